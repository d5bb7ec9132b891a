"""Counting in plain SQL over the entries.

One query for the total and all facets, one for a page.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from ...conf import get_settings
from ...registry import TAXONOMIES
from .. import text
from ..cursor import START, Cursor
from ..kept import Kept
from ..languages import once_across_sites, shown_in
from ..models import Entry, EntryTerm
from ..query import OLDEST, RELEVANCE, Query
from ..sites import site_numbers
from ..state import Snapshot
from .base import Counts, Key

#: Searches whose stories are kept until the catalogue changes.
_searches = Kept(20)


class SQLCounter:
    """The reference implementation: fine to ten thousand stories."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def select(self, query: Query, snapshot: Snapshot) -> SQLSelection:
        """Return what a query finds, as the database has it when it is asked."""
        return SQLSelection(self.alias, query, snapshot)


class SQLSelection:
    """What a query finds: one database query for the counts, one for a page."""

    def __init__(self, alias: str, query: Query, snapshot: Snapshot) -> None:
        self.alias = alias
        self.query = query
        self.snapshot = snapshot
        self.reference = snapshot.reference
        self.items = self.stories = Kept(0)
        self._loaded: dict[int, Entry] = {}

    def key_of(self, page_pk: int) -> None:
        """Return ``None``: nothing is known without asking, and nothing is kept."""

    def among(self, page_pks: Iterable[int], size: int) -> list[Key]:
        """Return at most ``size`` of these pages' stories that the query finds.

        The newest come first.
        """
        entries = self._filtered(self._entries()).filter(_is_among(self.alias, list(page_pks)))
        found = list(entries.order_by("-published", "-pk")[:size])
        self._loaded |= {entry.page_pk: entry for entry in found}
        return [Key(entry.page_pk, entry.number) for entry in found]

    def public_count(self) -> None:
        """Return ``None``: nothing is known without asking."""

    def public_keys(self, start: int, size: int) -> list[Key]:
        """Return nothing, see ``public_count()``."""
        return []

    def counts(self, *, facets: bool) -> Counts:
        """Return the total and, with ``facets``, counts of terms.

        Each taxonomy ignores its own selection.
        """
        base = self._entries()
        total = (
            self._filtered(base)
            .order_by()
            .annotate(
                taxonomy=Value("", output_field=CharField()),
                term=Value(None, output_field=UUIDField()),
            )
            .values("taxonomy", "term")
            .annotate(stories=Count("pk"))
            .values_list("taxonomy", "term", "stories")
        )
        parts: list[Any] = [total]
        if facets:
            for taxonomy in get_settings().taxonomies:
                entries = self._filtered(base, ignoring=taxonomy)
                parts.append(
                    EntryTerm.objects.using(self.alias)
                    .filter(taxonomy=taxonomy, entry__in=entries.order_by().values("pk"))
                    .order_by()
                    .values("taxonomy", "key")
                    .annotate(stories=Count("pk"))
                    .values_list("taxonomy", "key", "stories")
                )
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        found: dict[str, dict[str, int]] = defaultdict(dict)
        number = 0
        for taxonomy, key, stories in rows:
            if taxonomy:
                found[taxonomy][str(key)] = stories
            else:
                number = stories
        return Counts(number, found)

    def count_as_typed(self) -> int:
        """Return how many stories have the query's words as typed."""
        entries = self._filtered(self._entries())
        if self._found.groups is None:
            return entries.count()
        typed = [pk for pk, rank in self._ranks.items() if rank < text.AS_TYPED]
        return entries.filter(_is_among(self.alias, typed)).count()

    def keys(self, start: int, size: int) -> list[Key]:
        """Return at most ``size`` stories from the ``start``-th, in the query's order."""
        query = self.query
        entries = self._filtered(self._entries())
        if query.cursor and query.cursor != START:
            entries = entries.filter(Cursor.parse(query.cursor).condition())
        if query.order == RELEVANCE and query.q:
            found = self._best(entries, start, size)
        else:
            found = list(self._ordered(entries)[start : start + size])
        self._loaded |= {entry.page_pk: entry for entry in found}
        return [Key(entry.page_pk, entry.number) for entry in found]

    def places(self, keys: Sequence[Key]) -> list[tuple[datetime.datetime, UUID]]:
        """Return when each of these stories was published, and its public id."""
        found = [self._loaded[key.page_pk] for key in keys]
        return [(entry.published, entry.pk) for entry in found if entry.published is not None]

    def entries(self, keys: Sequence[Key]) -> list[Entry]:
        """Return the entries of these stories, as ``keys()`` has read them."""
        return [self._loaded[key.page_pk] for key in keys]

    def _entries(self) -> QuerySet[Entry]:
        """Return what can be listed at all: public now, on these sites, once a story."""
        query, reference = self.query, self.reference
        entries: QuerySet[Entry] = Entry.objects.using(self.alias).cards().listed(query.sites)
        default = reference.default_language
        entries = entries.filter(shown_in(query.language, default=default, only=query.language_only))
        if len(site_numbers(reference, query.sites)) > 1:
            entries = once_across_sites(entries, query.language, default)
        return entries

    def _filtered(self, entries: QuerySet[Entry], ignoring: str = "") -> QuerySet[Entry]:
        query, reference = self.query, self.reference
        for taxonomy in TAXONOMIES:
            slugs = query.selected(taxonomy)
            if slugs and taxonomy != ignoring:
                keys = [term.key for slug in slugs if (term := reference.taxonomies[taxonomy].find(slug))]
                carries = EntryTerm.objects.using(self.alias).filter(
                    entry=OuterRef("pk"), taxonomy=taxonomy, key__in=keys
                )
                entries = entries.filter(Exists(carries))
        if query.published_after:
            entries = entries.filter(published__gte=start_of(query.published_after))
        if query.published_before:
            entries = entries.filter(
                published__lt=start_of(query.published_before + datetime.timedelta(days=1))
            )
        if query.q:
            entries = entries.filter(self._matching)
        return entries

    @cached_property
    def _found(self) -> text.Found:
        """What the words find."""
        expression, is_ranked = text.parse(self.query.q), self.query.order == RELEVANCE

        def search() -> text.Found:
            return text.engine(self.alias).search(expression, text.LEVELS if is_ranked else text.ALL)

        # A number without a token may be had by several histories.
        snapshot = self.snapshot
        key = self.alias, snapshot.epoch, snapshot.sequence, snapshot.token, expression, is_ranked
        found: text.Found = _searches.get_or_make(key, search) if snapshot.token else search()
        return found

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return self._found.ranks()

    @property
    def _matching(self) -> Q:
        """The condition that a story is found by the words, however many are."""
        if self._found.groups is None:
            return ~_is_among(self.alias, self._found.excluded)
        return _is_among(self.alias, list(self._ranks))

    def _ordered(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.query.order == OLDEST:
            return entries.order_by("published", "pk")
        return entries.order_by("-published", "-pk")

    def _best(self, entries: QuerySet[Entry], start: int, size: int) -> list[Entry]:
        """Return at most ``size`` stories from the ``start``-th, best match first."""
        pks = list(self._ordered(entries).values_list("page_pk", flat=True))
        ranks = self._ranks
        pks = sorted(pks, key=lambda pk: ranks.get(pk, 0))[start : start + size]
        found = {entry.page_pk: entry for entry in entries.filter(page_pk__in=pks)}
        return [found[pk] for pk in pks if pk in found]


def _is_among(alias: str, pks: Sequence[int]) -> Q:
    """Return the condition that a page is one of ``pks``.

    It has one parameter: databases take only so many.
    """
    vendor = connections[alias].vendor
    if vendor == "sqlite":
        array = RawSQL("SELECT value FROM json_each(%s)", [json.dumps(pks)])
    elif vendor == "postgresql":
        array = RawSQL("SELECT unnest(%s::bigint[])", [list(pks)])
    else:
        return Q(page_pk__in=list(pks))
    return Q(page_pk__in=array)


def start_of(day: datetime.date) -> datetime.datetime:
    """Return midnight of a day in ``TIME_ZONE``."""
    return timezone.make_aware(
        datetime.datetime.combine(day, datetime.time.min), timezone.get_default_timezone()
    )
