"""Counting in plain SQL over the entries.

One query for the total and all facets, one for a page.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, OuterRef, QuerySet, UUIDField, Value
from django.utils import timezone

from ...conf import get_settings
from ...registry import TAXONOMIES
from .. import text
from ..cursor import START, Cursor
from ..kept import Kept
from ..languages import once_across_sites, shown_in
from ..lookups import Reference
from ..models import Entry, EntryTerm
from ..query import OLDEST, RELEVANCE, Query
from ..sites import site_numbers
from ..state import Snapshot
from .base import Counts, Key


class SQLCounter:
    """The reference implementation: fine to ten thousand stories."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def select(self, query: Query, snapshot: Snapshot) -> SQLSelection:
        """Return what a query finds, as the database has it when it is asked."""
        return SQLSelection(self.alias, query, snapshot.reference)


class SQLSelection:
    """What a query finds: one database query for the counts, one for a page."""

    def __init__(self, alias: str, query: Query, reference: Reference) -> None:
        self.alias = alias
        self.query = query
        self.reference = reference
        self.items = self.stories = Kept(0)
        self._loaded: dict[int, Entry] = {}

    def key_of(self, page_pk: int) -> None:
        """Return ``None``: nothing is known without asking, and nothing is kept."""

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

    def keys(self, start: int, size: int) -> list[Key]:
        """Return at most ``size`` stories from the ``start``-th, in the query's order."""
        query = self.query
        entries = self._filtered(self._entries())
        if query.cursor and query.cursor != START:
            entries = entries.filter(Cursor.parse(query.cursor).condition())
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
            entries = entries.filter(text.engine(self.alias).matching(text.parse(query.q)))
        return entries

    def _ordered(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        query = self.query
        if query.order == RELEVANCE and query.q:
            relevance: Any = text.engine(self.alias).relevance(text.parse(query.q))
            return entries.annotate(relevance=relevance).order_by(F("relevance").desc(), "-published", "-pk")
        if query.order == OLDEST:
            return entries.order_by("published", "pk")
        return entries.order_by("-published", "-pk")


def start_of(day: datetime.date) -> datetime.datetime:
    """Return midnight of a day in ``TIME_ZONE``."""
    return timezone.make_aware(
        datetime.datetime.combine(day, datetime.time.min), timezone.get_default_timezone()
    )
