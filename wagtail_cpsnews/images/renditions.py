"""Renditions that answers name.

They are made without failing the answer, kept by name, given an address when read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypedDict

from django.core.files.storage import FileSystemStorage
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.utils import OperationalError
from django.utils.safestring import SafeString
from wagtail.images import get_image_model
from wagtail.images.models import Filter

from .operations import rendition_spec

logger = logging.getLogger("wagtail_cpsnews")


#: The picture of a story's page.
LEAD_FILTER = "max-1320x1320"


class RenditionFacts(TypedDict):
    """A rendition as the catalogue keeps it: no address, since signed ones expire."""

    id: int
    spec: str
    name: str
    width: int
    height: int


def get_rendition(image: Any, spec: str) -> Any | None:
    """Return a rendition of an image, made where there is none.

    ``None`` where that fails.

    Args:
        image: an image of the project's image model, or ``None``.
        spec: a filter specification; ours is added (``rendition_spec``).
    """
    if image is None or not image.pk:
        return None
    try:
        clean = _clean_filter(image, spec)
        rendition = _existing(image, clean)
        if rendition is not None and has_file(rendition.file.name, ask=_verifies.get()):
            return rendition
        if _read_only.get():
            raise FileNotFoundError("it has not been made, or its file is gone")
        # A savepoint: on PostgreSQL a failed query would end the transaction that we are in.
        with transaction.atomic(using=_database(image)):
            return (
                image.create_rendition(clean) if rendition is None else _made_again(image, clean, rendition)
            )
    except OperationalError:
        raise  # the database is locked or gone: nothing is known of the picture
    except Exception as error:  # storages and image libraries raise what they like
        logger.warning("The image %s (%s) can't be shown: %s", image.pk, spec, error)
        _note_failure(image)
        return None


def prefetch_renditions(image: Any, specs: Iterable[str]) -> None:
    """Read several renditions of an image by one query.

    ``get_rendition()`` finds them on the object then; one that is not there it looks for again.
    """
    cleaned = [_clean_filter(image, spec) for spec in specs]
    keys = {(clean.spec, clean.get_cache_key(image)) for clean in cleaned}
    objects = type(image).get_rendition_model()._base_manager.using(_database(image))
    rows = objects.filter(image_id=image.pk, filter_spec__in=[clean.spec for clean in cleaned])
    found = {(row.filter_spec, row.focal_point_key): row for row in rows}
    image._cpsnews_renditions = {key: row for key, row in found.items() if key in keys}


def rendition_facts(image: Any, spec: str) -> RenditionFacts | None:
    """Return what is kept of a rendition.

    ``None`` where it can't be made; ``get_rendition`` has the arguments.
    """
    rendition = get_rendition(image, spec)
    if rendition is None:
        return None
    return {
        "id": image.pk,
        "spec": rendition.filter_spec,
        "name": rendition.file.name,
        "width": rendition.width,
        "height": rendition.height,
    }


def get_renditions(pks: Iterable[Any], spec: str) -> dict[Any, Any]:
    """Return renditions by their images' keys.

    One query where all are there; missing ones are made.
    """
    wanted = set(pks)
    if not wanted:
        return {}
    Image = get_image_model()
    made = Image.get_rendition_model()._default_manager.filter(image__in=wanted)
    found: dict[Any, Any] = {}
    for rendition in made.filter(filter_spec=rendition_spec(spec)).select_related("image"):
        if rendition.focal_point_key == rendition.filter.get_cache_key(rendition.image) and has_file(
            rendition.file.name
        ):
            found[rendition.image_id] = rendition
    missing = wanted - set(found)
    for image in Image._default_manager.filter(pk__in=missing) if missing else ():
        rendition = get_rendition(image, spec)
        if rendition is not None:
            found[image.pk] = rendition
    return found


def rendition_url(name: str) -> str | None:
    """Return the present address of a rendition by its file's name.

    ``None`` where the file is known to be gone.
    """
    try:
        return str(rendition_storage().url(name)) if name and has_file(name) else None
    except Exception as error:
        logger.warning("The picture %s has no address: %s", name, error)
        return None


def has_file(name: str, *, ask: bool = False) -> bool:
    """Return whether a rendition's file exists.

    A storage elsewhere is believed to have it unless ``ask``.
    """
    storage = rendition_storage()
    if not ask:
        try:
            storage.path(name)
        except NotImplementedError:
            return True
    return bool(storage.exists(name))


#: For how many seconds an answer with signed addresses is the same answer; signatures live longer.
_SIGNED_SECONDS = 300


def address_period() -> int | None:
    """Return a value that changes when pictures get new addresses.

    ``None`` where addresses stay.

    A part of ETags: else "not modified" would be said of an answer whose signatures have expired.
    """
    storage = rendition_storage()
    if storage.__class__.url is FileSystemStorage.url:  # never signed; each answer asks
        return None
    try:
        is_signed = "?" in storage.url("images/picture.jpg")
    except Exception:  # no address can be made at all now
        return None
    return int(time.time() // _SIGNED_SECONDS) if is_signed else None


def image_html(image: Any, spec: str, **attributes: Any) -> SafeString:
    """Return the ``<img>`` element of an image, empty where it can't be shown."""
    rendition = get_rendition(image, spec)
    try:
        return SafeString(rendition.img_tag(attributes) if rendition is not None else "")
    except Exception as error:
        logger.warning("The image %s has no address: %s", image.pk, error)
        return SafeString("")


# -- while the catalogue is written or compared -----------------------------------------------------------------

_failures: ContextVar[set[Any] | None] = ContextVar("cpsnews_image_failures", default=None)
_verifies: ContextVar[bool] = ContextVar("cpsnews_image_verifies", default=False)
_read_only: ContextVar[bool] = ContextVar("cpsnews_image_read_only", default=False)


@contextmanager
def collecting_failures() -> Iterator[set[Any]]:
    """Collect the keys of images that can't be shown, while it lasts."""
    found: set[Any] = set()
    token = _failures.set(found)
    try:
        yield found
    finally:
        _failures.reset(token)


@contextmanager
def making_nothing(on: bool = True) -> Iterator[None]:
    """Make no rendition while it lasts: one that isn't there isn't given."""
    token = _read_only.set(on)
    try:
        yield
    finally:
        _read_only.reset(token)


@contextmanager
def verifying(on: bool = True) -> Iterator[None]:
    """Ask a storage elsewhere, too, whether it has a file.

    One request each, while the context lasts.
    """
    token = _verifies.set(on)
    try:
        yield
    finally:
        _verifies.reset(token)


def _note_failure(image: Any) -> None:
    failures = _failures.get()
    if failures is not None:
        failures.add(image.pk)


# -- below ------------------------------------------------------------------------------------------------------


def _clean_filter(image: Any, spec: str) -> Filter:
    return image.clean_filter_for_svg(Filter(spec=rendition_spec(spec)))


def _database(image: Any) -> str:
    return image._state.db or DEFAULT_DB_ALIAS


def _existing(image: Any, clean: Filter) -> Any | None:
    """Return the row as the database has it.

    Wagtail's cache may remember one that another process has deleted.
    """
    objects = type(image).get_rendition_model()._base_manager.using(_database(image))
    key = clean.get_cache_key(image)
    found = getattr(image, "_cpsnews_renditions", {}).get((clean.spec, key))
    if found is None:
        found = objects.filter(image_id=image.pk, filter_spec=clean.spec, focal_point_key=key).first()
    if found is not None:
        found.image = image
    return found


def _made_again(image: Any, clean: Filter, rendition: Any) -> Any:
    """Store a new file for a rendition that has lost its own.

    Deleting the row would later delete the new file.
    """
    rendition.file = image.generate_rendition_file(clean)
    rendition.save(using=_database(image))
    rendition.purge_from_cache()
    return rendition


@cache
def _rendition_field() -> Any:
    return get_image_model().get_rendition_model()._meta.get_field("file")


def rendition_storage() -> Any:
    """Return the storage of renditions."""
    return _rendition_field().storage
