"""Removal of metadata from existing files of renditions.

The files keep their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from .credits import add_credits, read_credits
from .metadata import strip_metadata
from .operations import kept_credits


@dataclass
class Report:
    """What was found and done; ``failed`` holds (file name, reason)."""

    seen: int = 0
    cleaned: int = 0
    missing: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def clean_renditions(*, dry_run: bool = False) -> Report:
    """Remove metadata from the file of each rendition.

    Names stay, and with them addresses that others keep.
    """
    report = Report()
    renditions = get_image_model().get_rendition_model()._base_manager.order_by("pk")
    for rendition in renditions.iterator(chunk_size=200):
        report.seen += 1
        try:
            if _clean(rendition, dry_run):
                report.cleaned += 1
        except FileNotFoundError:
            report.missing += 1
        except Exception as error:  # storages raise what they like; the others are still to be done
            report.failed.append((rendition.file.name, str(error) or type(error).__name__))
    return report


def _clean(rendition: Any, dry_run: bool) -> bool:
    """Return whether the file of a rendition had, or has, unwanted metadata.

    Metadata that a setting keeps is wanted.
    """
    storage, name = rendition.file.storage, rendition.file.name
    with storage.open(name) as file:
        data = file.read()
    clean = strip_metadata(data)
    credits = kept_credits(rendition.filter_spec)
    if credits:
        kept = {field: text for field, text in read_credits(data).items() if field in credits}
        clean = add_credits(clean, kept)
    if clean == data:
        return False
    if not dry_run:
        storage.delete(name)
        try:
            stored = storage.save(name, ContentFile(clean))
        except Exception:
            rendition.delete()  # what has no file is made again when it is asked for
            raise
        if stored != name:  # a storage that keeps what it deletes
            rendition.file.name = stored
            rendition.save(update_fields=["file"])
        rendition.purge_from_cache()
    return True
