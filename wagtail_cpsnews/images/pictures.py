"""A story's lead picture: in several widths, and a copy to download."""

from __future__ import annotations

import functools
import logging
from pathlib import PurePath
from typing import Any, TypedDict

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images.models import ResponsiveImage

from .renditions import LEAD_FILTER, get_rendition, prefetch_renditions, rendition_storage

logger = logging.getLogger("wagtail_cpsnews")

#: For browsers that know WebP, which are nearly all; the others get ``LEAD_FILTER``.
WEBP_FILTERS = tuple(f"max-{width}x{width}|format-webp" for width in (480, 960, 1440))

#: Large enough for a newspaper's column; never the original, which has its metadata.
DOWNLOAD_FILTER = "max-2400x2400|format-jpeg|jpegquality-85"

#: Renditions that a story's page shows of its picture.
PICTURE_FILTERS = (LEAD_FILTER, *WEBP_FILTERS, DOWNLOAD_FILTER)

#: How wide it is shown: the column of the text, or the whole of a narrow page.
SIZES = "(min-width: 64rem) 44rem, 100vw"


class Download(TypedDict):
    """A copy of a picture to download."""

    url: str
    format: str
    width: int
    height: int
    bytes: int


def picture_html(image: Any, alt: str) -> SafeString:
    """Return the picture at full width, empty where it can’t be shown."""
    if image is None:
        return SafeString("")
    is_drawing = image.is_svg()
    if not is_drawing and not hasattr(image, "_cpsnews_renditions"):
        prefetch_renditions(image, PICTURE_FILTERS)
    fallback = get_rendition(image, LEAD_FILTER)
    if fallback is None:
        return SafeString("")
    try:
        shown = fallback.img_tag({"alt": alt})
        is_moving = PurePath(fallback.file.name).suffix.lower() == ".gif"
        widths: dict[int, Any] = {}
        for spec in () if is_drawing or is_moving else WEBP_FILTERS:
            rendition = get_rendition(image, spec)
            if rendition is not None:
                widths.setdefault(rendition.width, rendition)  # a small picture is not enlarged
        if not widths:
            return SafeString(shown)
        sources = ResponsiveImage.get_width_srcset(list(widths.values()))
    except Exception as error:  # storages raise what they like
        logger.warning("The image %s has no address: %s", image.pk, error)
        return SafeString("")
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}">{}</picture>',
        sources,
        SIZES,
        SafeString(shown),
    )


def picture_download(image: Any) -> Download | None:
    """Return the copy to download, ``None`` where there is none.

    The caller knows that its licence allows it.
    """
    if image is None or image.is_svg():
        return None
    rendition = get_rendition(image, DOWNLOAD_FILTER)
    if rendition is None:
        return None
    try:
        size, url = _size(rendition.file.name), rendition.url
    except Exception as error:
        logger.warning("The image %s can’t be downloaded: %s", image.pk, error)
        return None
    return {
        "url": url,
        "format": "JPEG",
        "width": rendition.width,
        "height": rendition.height,
        "bytes": size,
    }


@functools.lru_cache(maxsize=1_000)
def _size(name: str) -> int:
    """Return how large a file is.

    A remote storage is asked once, not for each reader.
    """
    return int(rendition_storage().size(name))
