"""Lists: what a query finds, with counts, facets and result summary.

Three database queries at the most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from .counting import Key, Selection, get_counter
from .cursor import START, Cursor
from .db import using
from .exceptions import CursorGone, NoSuchPage, NotBuilt
from .facets import Facet, facets_of
from .models import Entry
from .query import RELEVANCE, Query
from .snapshots import Snapshot, current
from .suggestions import suggest
from .summaries import summarise


@dataclass(frozen=True)
class Results:
    """What a list shows. Made by ``search()``.

    counted: how many stories each term would leave, by taxonomy and key; see ``facets``.
    """

    query: Query
    snapshot: Snapshot
    count: int
    keys: Sequence[Key]
    counted: Mapping[str, Mapping[str, int]]
    has_more: bool
    selection: Selection = field(repr=False, compare=False)

    @cached_property
    def entries(self) -> list[Entry]:
        """Return the stories of this page.

        One that has been removed since they were counted is left out.
        """
        return self.selection.entries(self.keys)

    def including(self, key: Key | None) -> Results:
        """Return these results with one story more, where they do not have it.

        key: of a story that the query finds, on whatever page.
        """
        return self if key is None or key in self.keys else replace(self, keys=(*self.keys, key))

    @cached_property
    def facets(self) -> dict[str, list[Facet]]:
        """The terms beside each filter, with counts.

        Nothing where the query asks for none.
        """
        return facets_of(self.query, self.snapshot.reference, self.counted) if self.query.facets else {}

    @cached_property
    def ids(self) -> list[UUID]:
        """The public ids of the stories of this page."""
        return [pk for _published, pk in self.selection.places(self.keys)]

    @cached_property
    def sentence(self) -> str:
        """ "Showing 1 - 10 of 40 results for …" in the query's label language."""
        query, reference = self.query, self.snapshot.reference
        shown = {"count": self.count, "first": self.first, "shown": len(self.keys)}
        sentence: str = reference.kept.get_or_make(
            ("sentence", query, *shown.values()), lambda: summarise(query, reference, **shown)
        )
        return sentence

    @cached_property
    def as_typed(self) -> int | None:
        """How many stories have the words as typed, which come before the others.

        ``None`` where the order is not that of relevance.
        """
        query = self.query
        return self.selection.count_as_typed() if query.q and query.order == RELEVANCE else None

    @cached_property
    def suggestion(self) -> str:
        """Another spelling of the search, where this one finds few stories, or ""."""
        return suggest(self.query, self.count, self.snapshot)

    @property
    def first(self) -> int:
        """The number of the first story shown, from 1; 0 when none is shown."""
        return (self.query.page - 1) * self.query.page_size + 1 if self.keys else 0

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
            [(published, pk)] = self.selection.places(self.keys[-1:])
            cursor = Cursor(self.snapshot.epoch, self.query.order, published, pk)
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
    selection = get_counter(using()).select(query, snapshot)
    counts = selection.counts(facets=query.facets)
    start = 0 if query.cursor else (query.page - 1) * query.page_size
    if start >= counts.total and query.page > 1:
        raise NoSuchPage(max(1, -(-counts.total // query.page_size)))
    found = selection.keys(start, query.page_size + 1) if counts.total else ()
    return Results(
        query=query,
        snapshot=snapshot,
        count=counts.total,
        keys=found[: query.page_size],
        counted=counts.by_taxonomy,
        has_more=len(found) > query.page_size,
        selection=selection,
    )
