"""Resumable walks through all stories, batch by batch.

A later run continues one that was interrupted.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from ..compat import get_page_model
from .adapters import story_models
from .entry_store import batches
from .installed import entries_without_class
from .models import ROW_FORMAT, Checkpoint, Entry, State
from .rules import rule_codes

#: For how long an interrupted walk can be gone on with: what was looked at before may have changed since.
KEPT = datetime.timedelta(days=1)


class Walk:
    """Yields the pages of all stories, then entries without a story.

    Pages come by type and primary key; the entries are those whose page is no story any more.

    Args:
        name: Of the task: each goes on with its own last walk.
        resumable: Whether to go on with an interrupted walk, and to note how far this one has come.

    Attributes:
        done: How many stories have been yielded, those of the interrupted walk included.
        total: How many stories there are.
        earlier: What the interrupted walk had found, as it was given to ``note()``; else empty.
        resumed_at: How many stories the interrupted walk had done; 0 for a new walk.
    """

    def __init__(self, name: str, alias: str, *, resumable: bool) -> None:
        self.name = name
        self.alias = alias
        self.resumable = resumable
        self.earlier: dict[str, Any] = {}
        self._page_type, self._page_pk = "", 0
        self.done = 0
        self.total = sum(model._default_manager.using(alias).count() for model in story_models())
        self._version = _version(alias)
        if resumable:
            self._resume()
        self.resumed_at = self.done
        self._is_noted = self.done > 0

    def _resume(self) -> None:
        labels = {model._meta.label for model in story_models()}
        found = Checkpoint.objects.using(self.alias).filter(name=self.name, version=self._version).first()
        if found and found.at > timezone.now() - KEPT and found.page_type in labels:
            self._page_type, self._page_pk = found.page_type, found.page_pk
            self.done, self.earlier = found.done, found.found

    def batches(self, size: int) -> Iterator[list[int]]:
        """Yield the primary keys of the pages that are still to be looked at."""
        labels = [model._meta.label for model in story_models()]
        first = labels.index(self._page_type) if self._page_type else 0
        for model in story_models()[first:]:
            pages = model._default_manager.using(self.alias).order_by("pk").values_list("pk", flat=True)
            after = self._page_pk if model._meta.label == self._page_type else 0
            while pks := list(pages.filter(pk__gt=after)[:size]):
                after = pks[-1]
                self.done += len(pks)
                self._page_type, self._page_pk = model._meta.label, after
                yield pks
        yield from batches(self._orphans(), size)

    def _orphans(self) -> list[int]:
        pages = get_page_model()._default_manager.using(self.alias).order_by().values("pk")
        public = Entry.objects.using(self.alias).filter(public=True)
        orphans = public.exclude(page_pk__in=pages) | entries_without_class(self.alias)
        return list(orphans.values_list("page_pk", flat=True))

    def note(self, found: dict[str, Any]) -> None:
        """Note that the batch yielded last is done, and what has been found so far."""
        if not self.resumable:
            return
        self._is_noted = True
        row = Checkpoint(
            name=self.name,
            version=self._version,
            page_type=self._page_type,
            page_pk=self._page_pk,
            done=self.done,
            found=found,
            at=timezone.now(),
        )
        fields = [field.name for field in Checkpoint._meta.concrete_fields if not field.primary_key]
        Checkpoint.objects.using(self.alias).bulk_create(
            [row], update_conflicts=True, unique_fields=["name"], update_fields=fields
        )

    def finish(self) -> None:
        """Forget how far the walk has come: the next one begins with the first story."""
        if self._is_noted:
            forget(self.name, self.alias)


def forget(name: str, alias: str) -> None:
    """Have the next walk of this name begin with the first story."""
    Checkpoint.objects.using(alias).filter(name=name)._raw_delete(alias)


def _version(alias: str) -> str:
    """Return a digest of what makes the first part of a walk worthless.

    If the digest changes between two runs, a new walk begins.
    """
    epoch = State.objects.using(alias).filter(pk=1).values_list("epoch", flat=True).first()
    text = f"{epoch} {ROW_FORMAT} {' '.join(rule_codes())}"
    return hashlib.sha256(text.encode()).hexdigest()
