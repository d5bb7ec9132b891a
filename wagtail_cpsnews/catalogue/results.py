"""A list: what a query finds, with counts, facets and sentence. Three database queries at the most."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import translation

from ..conf import get_settings
from .counting import get_counter
from .cursor import START, Cursor
from .db import using
from .exceptions import CursorGone, NoSuchPage, NotBuilt
from .models import Entry
from .query import Query
from .snapshots import Snapshot, current
from .summaries import summarise


@dataclass(frozen=True)
class Facet:
    """One term beside a filter."""

    slug: str
    label: str
    count: int
    selected: bool
    key: str = field(repr=False, default="")
    #: What the label is in, where that is another language than the labels'.
    language: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the API gives it."""
        data = {"slug": self.slug, "label": self.label, "count": self.count, "selected": self.selected}
        return {**data, "language": self.language} if self.language else data


@dataclass(frozen=True)
class Results:
    """What a list shows. Made by ``search()``."""

    query: Query
    snapshot: Snapshot
    count: int
    entries: list[Entry]
    facets: dict[str, list[Facet]]
    has_more: bool

    @cached_property
    def sentence(self) -> str:
        """ "Showing 1 - 10 of 40 results for …" in the query's label language."""
        return summarise(
            self.query, self.snapshot.reference, count=self.count, first=self.first, shown=len(self.entries)
        )

    @property
    def first(self) -> int:
        """The number of the first story shown, from 1; 0 when none is shown."""
        return (self.query.page - 1) * self.query.page_size + 1 if self.entries else 0

    @property
    def last_page(self) -> int:
        """The number of the last page; 1 for an empty list."""
        return max(1, -(-self.count // self.query.page_size))

    @property
    def next_query(self) -> Query | None:
        """The query of the next page, by page number or by cursor as this one came."""
        if not self.has_more:
            return None
        if self.query.cursor:
            cursor = Cursor.after(self.entries[-1], self.snapshot.epoch, self.query.order)
            return self.query.replace(cursor=str(cursor))
        return self.query.replace(page=self.query.page + 1)

    @property
    def previous_query(self) -> Query | None:
        """The query of the page before; lists by cursor only go forward."""
        if self.query.cursor or self.query.page == 1:
            return None
        return self.query.replace(page=self.query.page - 1)


def search(query: Query, snapshot: Snapshot | None = None) -> Results:
    """Find what ``query`` asks for.

    Raises ``NotBuilt``, ``CursorGone`` (start again) or ``NoSuchPage`` (beyond the last).
    """
    snapshot = snapshot or current()
    if not snapshot.built:
        raise NotBuilt
    if query.cursor and query.cursor != START:
        cursor = Cursor.parse(query.cursor)
        if cursor.epoch != snapshot.epoch or cursor.order != query.order:
            raise CursorGone
    counter = get_counter(using())
    counts = counter.counts(query, snapshot.reference, facets=query.facets)
    start = 0 if query.cursor else (query.page - 1) * query.page_size
    if start >= counts.total and query.page > 1:
        raise NoSuchPage(max(1, -(-counts.total // query.page_size)))
    found: list[Entry] = []
    if counts.total:
        found = counter.page(query, snapshot.reference, start=start, size=query.page_size + 1)
    return Results(
        query=query,
        snapshot=snapshot,
        count=counts.total,
        entries=found[: query.page_size],
        facets=_facets(query, snapshot, counts.by_taxonomy) if query.facets else {},
        has_more=len(found) > query.page_size,
    )


def _facets(query: Query, snapshot: Snapshot, counts: Any) -> dict[str, list[Facet]]:
    facets = {}
    with translation.override(query.lang):
        for name in get_settings().taxonomies:
            numbers, selected = counts.get(name, {}), query.selected(name)
            facets[name] = [
                Facet(
                    term.slug,
                    term.label(query.lang),
                    numbers.get(term.key, 0),
                    term.slug in selected,
                    term.key,
                    term.label_language(query.lang),
                )
                for term in snapshot.reference.taxonomies[name].current
                if not term.retired or numbers.get(term.key) or term.slug in selected
            ]
    return facets
