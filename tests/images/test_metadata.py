"""Image files lose their metadata and nothing else, in every format."""

import base64
import io
import re

import pytest
from PIL import Image, ImageChops, IptcImagePlugin

from tests import pictures
from wagtail_cpsnews.images.metadata import BrokenImageError, strip_metadata

#: What PIL calls the parts of a file that say how it looks.
LOOKS = {"icc_profile", "loop", "duration", "background", "transparency", "version", "extension", "timestamp"}
LOOKS |= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression", "adobe"}
LOOKS |= {
    "adobe_transform",
    "compression",
    "primary",
    "bit_depth",
    "chroma",
    "default_image",
    "aux",
    "depth_images",
}


def frames(image):
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        yield image.convert("RGB")


def assert_bare(data):
    """Check that there is no metadata that Pillow finds.

    And none of the text that was in it, plainly or packed.
    """
    assert pictures.WORDS not in data
    with Image.open(io.BytesIO(data)) as image:
        if image.format != "TIFF":  # there the size of the picture is "EXIF" too
            assert not dict(image.getexif())
            assert not image.getexif().get_ifd(0x8825)
        assert not IptcImagePlugin.getiptcinfo(image)
        image.load()
        found = {name for name, value in image.info.items() if value} - LOOKS
        assert not found & {"exif", "xmp", "comment", "photoshop", "Location", "Comment", "XML:com.adobe.xmp"}
        assert pictures.MARKER not in str(image.info)
        assert pictures.MARKER not in str(dict(getattr(image, "tag_v2", {})))


@pytest.mark.parametrize("ending", [ending for ending in pictures.MAKERS if ending != "svg"])
def test_only_metadata_is_removed(ending):
    data = pictures.MAKERS[ending]()
    assert pictures.WORDS in data
    bare = strip_metadata(data)
    assert_bare(bare)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(bare)) as after:
        assert after.info.get("icc_profile") == before.info.get("icc_profile")
        assert ending.endswith("gif") or after.info["icc_profile"]
        assert (after.size, after.mode, getattr(after, "n_frames", 1)) == (
            before.size,
            before.mode,
            getattr(before, "n_frames", 1),
        )
        for one, other in zip(frames(before), frames(after), strict=True):
            assert ImageChops.difference(one, other).getbbox() is None
    assert strip_metadata(bare) == bare


def test_an_svg_keeps_what_is_drawn():
    bare = strip_metadata(pictures.svg())
    assert pictures.WORDS not in bare
    assert b"<rect" in bare
    inner = base64.b64decode(re.search(rb"base64,([^\"']+)", bare)[1])
    assert_bare(inner)


@pytest.mark.parametrize("ending", pictures.MAKERS)
def test_a_damaged_file_is_refused_or_carries_nothing(ending):
    """Cut off anywhere: no error but the one that is announced.

    And nothing gets through.
    """
    data = pictures.MAKERS[ending]()
    for end in range(12, len(data), max(1, len(data) // 150)):
        try:
            bare = strip_metadata(data[:end])
        except BrokenImageError:
            continue
        # Less than the first bytes of a format is no image, and nothing that anybody would show.
        assert pictures.WORDS not in bare or end < 60


def test_other_files_are_left_alone():
    for data in (b"", b"%PDF-1.7", b"plain words <svg", b"\0\0\0\x18ftypmp42\0\0\0\0"):
        assert strip_metadata(data) == data
