"""Counting in plain SQL over the entries: one query for the total and all facets, one for a page."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, QuerySet, UUIDField, Value
from django.utils import timezone

from ...conf import get_settings
from ...registry import TAXONOMIES
from .. import text
from ..cursor import START, Cursor
from ..languages import once_across_sites, shown_in
from ..lookups import Reference
from ..models import Entry, EntryTerm
from ..query import OLDEST, RELEVANCE, Query
from ..sites import site_numbers
from .base import Counts


class SQLCounter:
    """The reference implementation: fine to ten thousand stories."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def counts(self, query: Query, reference: Reference, *, facets: bool) -> Counts:
        base = self._entries(query, reference)
        total = (
            self._filtered(base, query, reference)
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
                entries = self._filtered(base, query, reference, ignoring=taxonomy)
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

    def page(self, query: Query, reference: Reference, *, start: int, size: int) -> list[Entry]:
        entries = self._filtered(self._entries(query, reference), query, reference)
        if query.cursor and query.cursor != START:
            entries = entries.filter(Cursor.parse(query.cursor).condition())
        return list(self._ordered(entries, query)[start : start + size])

    def _entries(self, query: Query, reference: Reference) -> QuerySet[Entry]:
        """Return what can be listed at all: public now, on these sites, once a story."""
        entries: QuerySet[Entry] = Entry.objects.using(self.alias).cards().listed(query.sites)
        default = reference.default_language
        entries = entries.filter(shown_in(query.language, default=default, only=query.language_only))
        if len(site_numbers(reference, query.sites)) > 1:
            entries = once_across_sites(entries, query.language, default)
        return entries

    def _filtered(
        self, entries: QuerySet[Entry], query: Query, reference: Reference, ignoring: str = ""
    ) -> QuerySet[Entry]:
        for taxonomy in TAXONOMIES:
            slugs = query.selected(taxonomy)
            if slugs and taxonomy != ignoring:
                keys = [term.key for slug in slugs if (term := reference.taxonomies[taxonomy].find(slug))]
                carries = EntryTerm.objects.using(self.alias).filter(
                    entry=OuterRef("pk"), taxonomy=taxonomy, key__in=keys
                )
                entries = entries.filter(Exists(carries))
        if query.published_after:
            entries = entries.filter(published__gte=_start_of(query.published_after))
        if query.published_before:
            entries = entries.filter(
                published__lt=_start_of(query.published_before + datetime.timedelta(days=1))
            )
        if query.q:
            entries = entries.filter(text.engine(self.alias).matching(text.parse(query.q)))
        return entries

    def _ordered(self, entries: QuerySet[Entry], query: Query) -> QuerySet[Entry]:
        if query.order == RELEVANCE and query.q:
            relevance: Any = text.engine(self.alias).relevance(text.parse(query.q))
            return entries.annotate(relevance=relevance).order_by(F("relevance").desc(), "-published", "-pk")
        if query.order == OLDEST:
            return entries.order_by("published", "pk")
        return entries.order_by("-published", "-pk")


def _start_of(day: datetime.date) -> datetime.datetime:
    """Midnight of a day in ``TIME_ZONE``."""
    return timezone.make_aware(
        datetime.datetime.combine(day, datetime.time.min), timezone.get_default_timezone()
    )
