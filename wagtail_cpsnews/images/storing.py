"""Remove metadata from every rendition's file when it is stored.

It does not matter what made the rendition.

A rendition that a host project's template or a rich text asks for is named in a story's HTML just as ours are, so
the file is cleaned when it is stored, not when it is asked for. ``Field.pre_save`` is what ``save()``,
``get_or_create()`` and ``bulk_create()`` have in common; signals know nothing of the last (Wagtail's
``AbstractImage.create_renditions`` for ``{% picture %}`` and ``{% srcset_image %}``).
"""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from ..conf import get_settings
from .credits import add_credits, read_credits
from .metadata import strip_metadata


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    field = get_image_model().get_rendition_model()._meta.get_field("file")
    if getattr(field, "_cpsnews_strips", False):
        return
    store = field.pre_save

    def pre_save(model_instance: Any, add: bool) -> Any:
        file = getattr(model_instance, field.attname)
        if file and not file._committed:
            file.file = ContentFile(_cleaned(file.file, model_instance.image), name=file.name)
        return store(model_instance, add)

    field.pre_save = pre_save
    field._cpsnews_strips = True


def _cleaned(file: Any, image: Any) -> bytes:
    file.seek(0)
    data = strip_metadata(file.read())
    kept = get_settings().image_credits
    if not kept:
        return data
    with image.open_file() as original:
        credits = read_credits(original.read())
    return add_credits(data, {name: text for name, text in credits.items() if name in kept})
