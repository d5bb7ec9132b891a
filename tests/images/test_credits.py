"""Credit fields are kept where a host project asks for them.

And nothing beside them.
"""

import io

import pytest
from PIL import Image, ImageChops

from tests import pictures
from wagtail_cpsnews.images.credits import add_credits, read_credits
from wagtail_cpsnews.images.metadata import strip_metadata

CREDITS = {"artist": "Ceri Vaughan", "copyright": "© Crown “2026” <x>", "credit": "CPS & partners"}


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "animated.webp"])
@pytest.mark.parametrize("names", [("artist",), ("credit",), ("artist", "copyright", "credit")])
def test_credits_are_written_and_read_again(ending, names):
    bare = strip_metadata(pictures.MAKERS[ending]())
    wanted = {name: CREDITS[name] for name in names}
    data = add_credits(bare, wanted)
    assert read_credits(data) == wanted
    assert pictures.WORDS not in data
    with Image.open(io.BytesIO(bare)) as before, Image.open(io.BytesIO(data)) as after:
        assert after.info["icc_profile"] == pictures.ICC
        assert (after.size, getattr(after, "n_frames", 1)) == (before.size, getattr(before, "n_frames", 1))
        assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    assert strip_metadata(data) == bare or ending == "webp"  # a plain WebP gets a header that tells of fields


@pytest.mark.parametrize(
    "data",
    [
        pictures.jpeg(artist="Ceri Vaughan", copyright="Crown", iptc_fields={110: "CPS"}),
        pictures.jpeg(iptc_fields={80: "Ceri Vaughan", 116: "Crown", 110: "CPS"}),
        pictures.png(Author="Ceri Vaughan", Copyright="Crown", Credit="CPS"),
    ],
    ids=["exif and iptc", "iptc", "png text"],
)
def test_credits_are_found_where_agencies_write_them(data):
    assert read_credits(data) == {"artist": "Ceri Vaughan", "copyright": "Crown", "credit": "CPS"}


def test_a_file_without_credits_or_of_another_format_is_left_alone():
    assert read_credits(pictures.jpeg()) == {}
    assert read_credits(b"no picture") == {}
    assert add_credits(b"GIF89a", CREDITS) == b"GIF89a"
    assert add_credits(pictures.jpeg(), {}) == pictures.jpeg()
