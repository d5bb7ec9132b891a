"""Subtrees of pages that are moved, restricted or under another site.

Set-based, because a section can hold ten thousand stories.

A subtree is gone through twice: first everything that is not public any more is taken away, at the first rank, then
paths, hashes and sites of the rest are written, at the last. Each pass goes by primary key, a step at a time; a page
that joins or leaves the subtree meanwhile has an invalidation of its own.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import SHA256, Cast, Concat

from ..compat import get_page_model
from .decisions import forget, refused_among, undecided_among
from .entries import EntryWriter, batches
from .invalidation import InvalidationQueue
from .models import Entry, Invalidation
from .rows import hash_path
from .rules import has_rules
from .sites import root_of
from .state import is_story


@dataclass(frozen=True)
class PageRow:
    """The columns of a page that decide on most of what is public, and where it lies."""

    pk: int
    live: bool
    expire_at: Any
    alias_of_id: Any
    path: str
    url_path: str
    translation_key: uuid.UUID


COLUMNS = ("pk", "live", "expire_at", "alias_of_id", "path", "url_path", "translation_key")


def _rows(pages: Any) -> list[PageRow]:
    return [PageRow(*row) for row in pages.values_list(*COLUMNS)]


class PathHash(SHA256):
    """``rows.hash_path`` in the database.

    Django's own needs the extension pgcrypto on PostgreSQL.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
        return self.as_sql(compiler, connection, template=template, **extra)


class SubtreeSteps:
    """The steps of a projection that go through the pages below one."""

    def __init__(self, writer: EntryWriter, queue: InvalidationQueue) -> None:
        self.writer = writer
        self.queue = queue
        self.alias = writer.alias

    def subtree_step(self, invalidation: Invalidation) -> None:
        """Split the invalidation of a subtree into one for each pass.

        The aliases of the page get their own.
        """
        pages = get_page_model()._default_manager.using(self.alias)
        # What lies below an alias is as private as the alias's source; an alias can be one of an alias.
        found = dict(
            pages.filter(Q(pk=invalidation.subject) | Q(alias_of=invalidation.subject)).values_list(
                "pk", "path"
            )
        )
        tops, aliases = dict(found), found.keys() - {int(invalidation.subject)}
        while aliases:
            found = dict(pages.filter(alias_of__in=aliases).values_list("pk", "path"))
            aliases = found.keys() - tops.keys()
            tops |= found
        self.queue.done([invalidation.pk])
        for pk, path in sorted(tops.items()):
            self._hide_below(
                Invalidation(scope=Invalidation.HIDE, subject=str(pk), rank=Invalidation.TAKES_AWAY), path
            )
            self.queue.leave(Invalidation.PLACE, pk)

    def hide_step(self, invalidation: Invalidation) -> None:
        """Continue to hide what may not be shown any more."""
        self.queue.done([invalidation.pk])
        self._hide_below(invalidation, self._path(invalidation))

    def _hide_below(self, invalidation: Invalidation, path: str | None) -> None:
        shown = Entry.objects.using(self.alias).filter(public=True).values("page_pk")
        rows = self._next(invalidation, path, Q(pk__in=shown))
        self.writer.write_tombstones({row.pk for row in rows} - {row.pk for row in self._public(rows)})
        self._go_on(invalidation, rows)

    def place_step(self, invalidation: Invalidation) -> None:
        """Write the paths, hashes and sites of what has moved.

        Invalidates what has to be projected page by page.
        """
        self.queue.done([invalidation.pk])
        rows = self._next(invalidation, self._path(invalidation), is_story())
        public = {row.pk: row for row in self._public(rows)}
        entries = self._entries_of([row.pk for row in rows])
        self.writer.write_tombstones(entries.keys() - public.keys())
        self._place([(entry, public[pk].url_path) for pk, entry in entries.items() if pk in public])
        own_address = {pk for pk, entry in entries.items() if entry.address}
        undecided = undecided_among(public.keys(), self.alias)
        later = (public.keys() - entries.keys()) | own_address | undecided
        self.queue.leave_pages(later & public.keys())
        self._go_on(invalidation, rows)

    def hide(self, pks: Iterable[int]) -> set[int]:
        """Hide those of these pages that are not public; return the others.

        Their content is not read.

        What the rules have decided of pages that are deleted is forgotten.
        """
        pks = set(pks)
        pages = get_page_model()._default_manager.using(self.alias).order_by()
        rows = [row for chunk in batches(sorted(pks), 500) for row in _rows(pages.filter(pk__in=chunk))]
        public = {row.pk for row in self._public(rows)}
        self.writer.write_tombstones(pks - public)
        if has_rules():
            forget(pks - {row.pk for row in rows}, self.alias)
        return public

    def _path(self, invalidation: Invalidation) -> str | None:
        pages = get_page_model()._default_manager.using(self.alias).filter(pk=invalidation.subject)
        path: str | None = pages.order_by().values_list("path", flat=True).first()
        return path

    def _next(self, invalidation: Invalidation, path: str | None, condition: Q) -> list[PageRow]:
        """Return the next pages of a pass; none where the page itself is gone."""
        if path is None:
            return []
        pages = get_page_model()._default_manager.using(self.alias)
        below = pages.filter(condition, path__startswith=path).order_by("pk")
        if invalidation.cursor.isdecimal():
            below = below.filter(pk__gt=int(invalidation.cursor))
        return _rows(below[: self.writer.rows_a_step])

    def _go_on(self, invalidation: Invalidation, rows: list[PageRow]) -> None:
        """Leave the rest of a pass behind a full step."""
        if len(rows) == self.writer.rows_a_step:
            self.queue.leave(
                invalidation.scope, invalidation.subject, rank=invalidation.rank, cursor=rows[-1].pk
            )

    def _public(self, rows: list[PageRow]) -> list[PageRow]:
        """Return those of ``rows`` that their columns and the rules let through.

        For the rules, what they have decided.
        """
        why_not = self.writer.visibility.why_not_by_columns
        rows = [row for row in rows if not why_not(row)]
        refused = refused_among([row.pk for row in rows], self.alias)
        return [row for row in rows if row.pk not in refused]

    def _entries_of(self, pks: Iterable[int]) -> dict[int, Entry]:
        """Return the public entries of pages, by page.

        With the columns that a place decides.
        """
        entries: dict[int, Entry] = {}
        columns = ("pk", "page_pk", "address", "path", "path_hash", "site_id", "translation_key")
        for chunk in batches(pks, 500):
            found = self.writer.entries().filter(page_pk__in=chunk).only(*columns)
            entries |= {entry.page_pk: entry for entry in found}
        return entries

    def _place(self, places: Iterable[tuple[Entry, str]]) -> None:
        """Write where entries lie now.

        One statement for some hundred rows that go to the same site.
        """
        moved: dict[int | None, list[Entry]] = defaultdict(list)
        for entry, path in places:
            root = root_of(self.writer.visibility.roots, path)
            site_id = root.site_id if root else None
            if (entry.path, entry.path_hash, entry.site_id) != (path, hash_path(path), site_id):
                moved[site_id].append(entry)
        address = get_page_model()._default_manager.using(self.alias).filter(pk=OuterRef("page_pk"))
        new_path = Subquery(address.order_by().values("url_path")[:1], output_field=CharField())
        for site_id, entries in moved.items():
            for chunk in batches(entries, 500):
                rows = Entry.objects.using(self.alias).filter(pk__in=[entry.pk for entry in chunk])
                rows.update(
                    path=new_path, path_hash=PathHash(new_path), site_id=site_id, number=self.writer.number
                )
                self.writer.groups |= self._with_versions(chunk, site_id)
                before = [(entry, entry.site_id) for entry in chunk]
                for entry in chunk:
                    entry.site_id = site_id
                self.writer.record_departures(before)
                self.writer.changed = True

    def _with_versions(self, moved: list[Entry], site_id: int | None) -> set[Any]:
        """Return the stories whose language versions have to be grouped again.

        Those that have any, or change sites.
        """
        stay = [entry.translation_key for entry in moved if entry.site_id == site_id]
        several = self.writer.entries().filter(translation_key__in=stay).order_by().values("translation_key")
        several = several.annotate(size=Count("pk")).filter(size__gt=1)
        others = {entry.translation_key for entry in moved if entry.site_id != site_id}
        return others | set(several.values_list("translation_key", flat=True)) if stay else others


def below_as_subjects(alias: str, path: str, prefix: str) -> Any:
    """Return a subquery of how uses of the pages below ``path`` are written down."""
    pages = get_page_model()._default_manager.using(alias).filter(path__startswith=path).order_by()
    subject = Concat(Value(prefix), Cast("pk", CharField()), output_field=CharField())
    return pages.annotate(subject_=subject).values("subject_")
