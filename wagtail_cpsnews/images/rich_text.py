"""Images in rich text, as Wagtail shows them but without metadata.

In several widths. Nothing is shown where the file can't be had.
"""

from __future__ import annotations

import copy
import logging
import re
from typing import Any

from wagtail.images.formats import get_image_format
from wagtail.images.rich_text import ImageEmbedHandler

from .operations import rendition_spec
from .pictures import COLUMN, webp_filters, with_widths
from .renditions import get_rendition, prefetch_renditions

logger = logging.getLogger("wagtail_cpsnews")


#: Filters that show the whole image, in whatever size.
_WHOLE = re.compile(
    r"(?:(?:original|(?:width|height|max|min|scale)-[\d.x]+|format-\w+|\w+quality-\d+)(?:\||$))+"
)

#: What a format writes that adds nothing to the picture, such as a caption.
_PICTURE_ALONE = re.compile(r"\s*<img\b[^<]*>\s*")


class SafeImageEmbedHandler(ImageEmbedHandler):
    """Shows nothing for an image whose file can't be had.

    Wagtail's handler fails the whole page where a storage is full, and names a file that is not there.
    """

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Return an ``<img>`` for each image, empty for one that can't be shown."""
        images = cls.get_many(attrs_list)
        return [_image_html(image, attrs) for image, attrs in zip(images, attrs_list, strict=True)]


def _image_html(image: Any, attrs: dict[str, Any]) -> str:
    if not image:
        return '<img alt="">'
    image_format = copy.copy(get_image_format(attrs["format"]))
    is_whole = _WHOLE.fullmatch(image_format.filter_spec) is not None
    if is_whole and not image.is_svg() and not hasattr(image, "_cpsnews_renditions"):
        prefetch_renditions(image, (image_format.filter_spec, *webp_filters()))
    rendition = get_rendition(image, image_format.filter_spec)
    if rendition is None:
        return ""
    image_format.filter_spec = rendition_spec(image_format.filter_spec)
    image.prefetched_renditions = [rendition]  # what the format asks for next
    try:
        html = str(image_format.image_to_html(image, attrs.get("alt", "")))
        if not is_whole or not _PICTURE_ALONE.fullmatch(html):
            return html
        return with_widths(image, rendition, html, rendition.width if rendition.width < COLUMN else 0)
    except Exception as error:  # storages raise what they like
        logger.warning("The image %s in a text can't be shown: %s", image.pk, error)
        return ""


def register(features: Any) -> None:
    """Take the place of Wagtail's handler; one of the host project's own stays."""
    if features.embed_types.get(ImageEmbedHandler.identifier) is ImageEmbedHandler:
        features.register_embed_type(SafeImageEmbedHandler)
