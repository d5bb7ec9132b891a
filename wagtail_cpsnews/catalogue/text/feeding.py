"""Jobs that write to the search backend what the projector has noted.

The rows of ``SearchDocument`` that are pending are the queue, so a job that is lost costs nothing but time: the next
one, or ``newsroom_clock``, writes what it would have written.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from ...conf import get_settings
from ..changed import catalogue_changed
from ..db import using
from ..jobs import enqueue_in, enqueue_with_change, task
from ..models import Entry
from ..routing import reading_from
from .documents import LEASE, SearchDocument
from .outside import get_backend
from .words import mark_of

logger = logging.getLogger("wagtail_cpsnews")

#: Stories that are written at a time.
BATCH = 100

#: When a job that failed is tried again, in seconds. ``newsroom_clock`` goes on after that.
RETRIES = (10, 60, 300)


def connect() -> None:
    """Feed the search backend after each change of the catalogue."""
    catalogue_changed.connect(_after_change, dispatch_uid="cpsnews.feeding")


def _after_change(*, alias: str, **kwargs: Any) -> None:
    """Enqueue a job; what fails here must not undo the change."""
    if not get_settings().SEARCH_BACKEND:
        return
    try:
        if _due(alias).exists():
            enqueue_with_change(alias, feed_search_backend, feed_search_backend.enqueue)
    except Exception:
        logger.exception("No job feeds the search backend; newsroom_clock will.")


@task()
def feed_search_backend(attempt: int = 0) -> None:
    """Write what is pending into the search backend.

    Args:
        attempt: How often it has failed.
    """
    try:
        feed(using())
    except Exception:  # whatever a backend's library raises
        is_tried_again = attempt < len(RETRIES) and enqueue_in(
            feed_search_backend, RETRIES[attempt], attempt + 1
        )
        later = "it is tried again" if is_tried_again else "newsroom_clock tries again"
        logger.exception("The search backend could not be brought up to date; %s.", later)


def feed(alias: str) -> int:
    """Write all that is pending, and return how many stories that was.

    Raises whatever the backend raises; what it was about is pending still.
    """
    done = 0
    with reading_from(alias):
        while get_settings().SEARCH_BACKEND and (documents := _claim(alias)):
            claim = documents[0].claim
            try:
                _write(alias, documents)
                done += len(documents)
            finally:
                _claimed(alias, claim).update(claim=None, claimed_at=None)
    return done


def reset(alias: str, name: str) -> None:
    """Empty the backend's index for stories, and note that all are to be written."""
    SearchDocument.objects.using(alias).update(is_pending=True)
    backend = get_backend(name)
    if backend.rebuilder_class:
        rebuilder = backend.rebuilder_class(backend.get_index_for_model(SearchDocument))
        rebuilder.start().add_model(SearchDocument)
        rebuilder.finish()


def _due(alias: str) -> Any:
    """Return what is pending and no other job is writing."""
    free = Q(claim__isnull=True) | Q(claimed_at__lt=timezone.now() - LEASE)
    return SearchDocument.objects.using(alias).filter(free, is_pending=True)


def _claim(alias: str) -> list[SearchDocument]:
    """Return some of what is pending, for this job alone.

    Two that wrote the same story could leave the older text.
    """
    pks = list(_due(alias).order_by("page_pk").values_list("page_pk", flat=True)[:BATCH])
    if not pks:
        return []
    claim = uuid.uuid4()
    rows = _due(alias).filter(page_pk__in=pks)
    if not rows.update(claim=claim, claimed_at=timezone.now(), claimed_mark=F("mark")):
        return _claim(alias)  # another job was faster
    return list(_claimed(alias, claim))


def _claimed(alias: str, claim: uuid.UUID | None) -> Any:
    return SearchDocument.objects.using(alias).filter(claim=claim)


def _write(alias: str, documents: list[SearchDocument]) -> None:
    """Write stories as they are now, remove those that are not public, and note both.

    A story that was noted again since it was claimed stays pending.
    """
    index = get_backend(get_settings().SEARCH_BACKEND).get_index_for_model(SearchDocument)
    pks = [document.pk for document in documents]
    entries = Entry.objects.using(alias).filter(public=True, page_pk__in=pks)
    public = {entry.page_pk: entry for entry in entries}
    shown, other = [], {}
    for document in documents:
        document.entry = public.get(document.pk)
        mark = mark_of(document.entry) if document.entry is not None else ""
        if mark != document.mark:
            other[document.pk] = document.mark = mark
        if document.entry is None:
            index.delete_item(document)
        else:
            shown.append(document)
    if shown:
        index.add_items(SearchDocument, shown)
    index.refresh()  # what is not pending can be found
    written = _claimed(alias, documents[0].claim).filter(mark=F("claimed_mark"))
    for pk, mark in other.items():  # changed without a note: the others are not among these
        written.filter(pk=pk).update(mark=mark, claimed_mark=mark)
    written.filter(mark="")._raw_delete(alias)
    written.update(is_pending=False)
