"""Finds the picture or document that a stored file belongs to, by its name."""

from __future__ import annotations

import functools
import posixpath
from typing import Any

from django.apps import apps
from django.db.models import FileField
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

#: Keys of the rows that a name was found at: (model, pk). Wagtail's tables have no index by name.
_known: dict[str, tuple[Any, Any]] = {}

#: Names that a process remembers.
MOST_KNOWN = 10_000


def is_plain_name(name: str) -> bool:
    """Return whether a name means one file however it is read.

    The web server may understand another spelling of a path (``..``, ``//``, a backslash) otherwise.
    """
    return (
        bool(name)
        and not name.startswith("/")
        and not name.endswith("/")
        and posixpath.normpath(name) == name
        and name.split("/")[0] != ".."
        and "\\" not in name
        and name.isprintable()
    )


def find_by_name(name: str) -> Any | None:
    """Return the image or document whose file has this name, or ``None``.

    A rendition's is its image.
    """
    Image, Document = get_image_model(), get_document_model()
    Rendition = Image.get_rendition_model()
    if (place := _known.get(name)) is not None:
        model, pk = place
        if (row := _rows(model).filter(pk=pk, file=name).first()) is not None:
            return _owner(row)
        _known.pop(name, None)  # it has been replaced; another may have its name
    for model in (Rendition, Image, Document):
        if (row := _rows(model).filter(file=name).first()) is not None:
            if len(_known) >= MOST_KNOWN:
                _known.clear()
            _known[name] = (model, row.pk)
            return _owner(row)
    return None


def _rows(model: Any) -> Any:
    rows = model._default_manager.order_by("pk")
    return rows.select_related("image") if hasattr(model, "image") else rows


def _owner(row: Any) -> Any:
    return getattr(row, "image", row)


def is_in_own_folder(name: str) -> bool:
    """Return whether a file lies where Wagtail alone puts files.

    One that no picture and no document names there is left over: its row is gone or not yet committed.
    """
    return name.partition("/")[0] in _own_folders()


@functools.cache
def folder_of_renditions() -> str:
    """Return the folder that renditions are in.

    "images" unless the host's image model says otherwise.
    """
    return _folder(get_image_model().get_rendition_model()().get_upload_to("name.jpg"))


@functools.cache
def _own_folders() -> frozenset[str]:
    """Return the folders of pictures and documents that no other model uses."""
    Image, Document = get_image_model(), get_document_model()
    own = (Image, Image.get_rendition_model(), Document)
    folders = {
        _folder(Image().get_upload_to("name.jpg")),
        folder_of_renditions(),
        _folder(Document._meta.get_field("file").generate_filename(Document(), "name.txt")),
    }
    others = {
        _folder(f"{field.upload_to}/name")
        for model in apps.get_models()
        if model not in own
        for field in model._meta.concrete_fields
        if isinstance(field, FileField) and isinstance(field.upload_to, str)
    }
    return frozenset(folders - others - {""})


def _folder(name: str) -> str:
    first, slash, _rest = name.replace("\\", "/").partition("/")
    return first if slash else ""
