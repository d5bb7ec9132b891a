"""Pictures of stories in several widths, and a copy to download."""

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

#: The widths of pictures, in pixels: a telephone, the column of the text, and that at twice its sharpness.
WIDTHS = (480, 960, 1440)

#: For browsers that know WebP, which are nearly all; the others get ``LEAD_FILTER``.
WEBP_FILTERS = tuple(f"max-{width}x{width}|format-webp" for width in WIDTHS)

#: Large enough for a newspaper's column; never the original, which has its metadata.
DOWNLOAD_FILTER = "max-2400x2400|format-jpeg|jpegquality-85"

#: Renditions that a story's page shows of its picture.
PICTURE_FILTERS = (LEAD_FILTER, *WEBP_FILTERS, DOWNLOAD_FILTER)

#: Renditions of a picture inside a text.
TEXT_FILTERS = (LEAD_FILTER, *WEBP_FILTERS)

#: How wide it is shown: the column of the text, or the whole of a narrow page.
SIZES = "(min-width: 64rem) 44rem, 100vw"

#: The same in pixels.
COLUMN = 704


class Download(TypedDict):
    """A copy of a picture to download."""

    url: str
    format: str
    width: int
    height: int
    bytes: int


def picture_html(
    image: Any, alt: str, filters: tuple[str, ...] = PICTURE_FILTERS, **attributes: Any
) -> SafeString:
    """Return the picture at full width, empty where it can’t be shown.

    filters: the renditions that are read together. attributes: more of the ``<img>``.
    """
    if image is None:
        return SafeString("")
    if not image.is_svg() and not hasattr(image, "_cpsnews_renditions"):
        prefetch_renditions(image, filters)
    fallback = get_rendition(image, LEAD_FILTER)
    if fallback is None:
        return SafeString("")
    try:
        return with_widths(image, fallback, fallback.img_tag({"alt": alt, **attributes}))
    except Exception as error:  # storages raise what they like
        logger.warning("The image %s has no address: %s", image.pk, error)
        return SafeString("")


def with_widths(image: Any, fallback: Any, html: str, width: int = 0) -> SafeString:
    """Return the ``<img>`` of a rendition with WebP of several widths before it.

    Its own width and height stay, so nothing moves when it is loaded. Drawings and what may move stay as they are.

    Args:
        image: the image, whole or in part.
        fallback: the rendition, of the whole image.
        html: its ``<img>``.
        width: how wide it is shown, in pixels; 0 for the column of the text.
    """
    is_moving = PurePath(fallback.file.name).suffix.lower() == ".gif"
    widths: dict[int, Any] = {}
    for spec in () if image.is_svg() or is_moving else webp_filters(width):
        rendition = get_rendition(image, spec)
        if rendition is not None:
            widths.setdefault(rendition.width, rendition)  # a small picture is not enlarged
    if not widths:
        return SafeString(html)
    sources = ResponsiveImage.get_width_srcset(list(widths.values()))
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}">{}</picture>',
        sources,
        f"(min-width: {width}px) {width}px, 100vw" if width else SIZES,
        SafeString(html),
    )


def webp_filters(width: int = 0) -> tuple[str, ...]:
    """Return the renditions for a picture that is shown so wide.

    Up to twice as wide, for sharp screens.
    """
    useful = sum(one <= 2 * width for one in WIDTHS) if width else len(WIDTHS)
    return WEBP_FILTERS[: max(1, useful)]


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
