"""Images in rich text, as Wagtail shows them but without metadata.

Nothing is shown where the file can't be had.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

from wagtail.images.formats import get_image_format
from wagtail.images.rich_text import ImageEmbedHandler

from .operations import rendition_spec
from .renditions import get_rendition

logger = logging.getLogger("wagtail_cpsnews")


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
    rendition = get_rendition(image, image_format.filter_spec)
    if rendition is None:
        return ""
    image_format.filter_spec = rendition_spec(image_format.filter_spec)
    image.prefetched_renditions = [rendition]  # what the format asks for next
    try:
        return str(image_format.image_to_html(image, attrs.get("alt", "")))
    except Exception as error:  # storages raise what they like
        logger.warning("The image %s in a text can't be shown: %s", image.pk, error)
        return ""


def register(features: Any) -> None:
    """Take the place of Wagtail's handler; one of the host project's own stays."""
    if features.embed_types.get(ImageEmbedHandler.identifier) is ImageEmbedHandler:
        features.register_embed_type(SafeImageEmbedHandler)
