"""Counting in memory, with bitmaps.

Each process holds the public stories and brings them up to date with its snapshot.

About 50 bytes a story. Counts, facets and pages cost no database query; what a page shows is loaded by key.
"""

from __future__ import annotations

import datetime
import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from uuid import UUID

from django.utils import timezone
from pyroaring import BitMap

from ...conf import get_settings
from ...registry import TAXONOMIES
from .. import projection, text
from ..cursor import START, Cursor
from ..kept import Kept
from ..models import Entry, listed_now
from ..query import OLDEST, RELEVANCE, Query
from ..sites import site_numbers
from ..state import Snapshot
from .base import Counts, Key
from .index import Index, microseconds
from .loading import read_index
from .ranking import Ranking, find, rank
from .sql import start_of

_lock = threading.Lock()
_indexes: dict[str, Index] = {}


def index_for(alias: str, snapshot: Snapshot) -> Index:
    """Return an index that is not older than ``snapshot``.

    One thread reads what is missing, the others wait for it.
    """
    known = _indexes.get(alias)
    if known is not None and _answers(known, snapshot):
        return known
    with _lock:
        known = _indexes.get(alias)
        if known is None or not _answers(known, snapshot):
            known = _indexes[alias] = read_index(alias, known)
        return known


def _answers(known: Index, snapshot: Snapshot) -> bool:
    """Return whether an index knows what ``snapshot`` knows, of the same history."""
    if known.epoch != snapshot.epoch:
        return False
    if known.sequence == snapshot.sequence:
        return known.token == snapshot.token
    # Newer than a snapshot that another thread still has; not than one read later, of a database that has gone back.
    is_ahead = known.sequence > snapshot.sequence and snapshot.refreshed_at <= known.read_at
    return is_ahead and not projection.inside_transactions


class BitmapCounter:
    """Counts and cuts lists of public entries, in memory."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def select(self, query: Query, snapshot: Snapshot) -> BitmapSelection:
        """Return what a query finds, as of ``snapshot`` or later."""
        return BitmapSelection(self.alias, query, snapshot, index_for(self.alias, snapshot))


class BitmapSelection:
    """What a query finds in an index."""

    def __init__(self, alias: str, query: Query, snapshot: Snapshot, index: Index) -> None:
        self.alias = alias
        self.query = query
        self.reference = snapshot.reference
        self.index = index

    @property
    def items(self) -> Kept:
        """What is kept of stories for as long as their number stays."""
        return self.index.items

    @property
    def stories(self) -> Kept:
        """What is kept of whole stories for as long as their number stays."""
        return self.index.stories

    def counts(self, *, facets: bool) -> Counts:
        """Return the total and, with ``facets``, counts of terms.

        Each taxonomy ignores its own selection.
        """
        found = {}
        for taxonomy in get_settings().taxonomies if facets else ():
            stories = self._found if taxonomy not in self._selected else self._without(taxonomy)
            found[taxonomy] = {
                key: count
                for key, bitmap in self.index.sets.terms.get(taxonomy, {}).items()
                if (count := stories.intersection_cardinality(bitmap))
            }
        return Counts(len(self._found), found)

    def count_as_typed(self) -> int:
        """Return how many stories have the query's words as typed."""
        return self._ranking.count_as_typed(self._found)

    def keys(self, start: int, size: int) -> list[Key]:
        """Return at most ``size`` stories from the ``start``-th, in the query's order."""
        pages, numbers = self.index.pages, self.index.numbers
        return [Key(pages[ordinal], numbers[ordinal]) for ordinal in self._ordinals(start, size)]

    def places(self, keys: Sequence[Key]) -> list[tuple[datetime.datetime, UUID]]:
        """Return when each of these stories was published, and its public id."""
        ordinals = self.index.ordinals.many(key.page_pk for key in keys)
        return [(self.index.published_at(ordinal), self.index.id(ordinal)) for ordinal in ordinals]

    def entries(self, keys: Sequence[Key]) -> list[Entry]:
        """Return the entries of these stories as they are now.

        One that has been removed meanwhile is left out.
        """
        if not keys:
            return []
        wanted = Entry.objects.using(self.alias).cards().filter(listed_now())
        found = {entry.page_pk: entry for entry in wanted.filter(page_pk__in=[key.page_pk for key in keys])}
        return [found[key.page_pk] for key in keys if key.page_pk in found]

    def _ordinals(self, start: int, size: int) -> Sequence[int]:
        stories = self._found
        if self.query.order == RELEVANCE and self.query.q:
            return self._ranking.best(stories, start, size)
        if self.query.cursor and self.query.cursor != START:
            stories = self._behind(Cursor.parse(self.query.cursor))
        if self.query.order == OLDEST:
            return list(stories[start : start + size])
        end = len(stories) - start
        return list(stories[max(0, end - size) : end])[::-1] if end > 0 else []

    @cached_property
    def _found(self) -> BitMap:
        """The stories that the whole query finds."""
        return BitMap.intersection(self._base, *self._selected.values()) if self._selected else self._base

    def _without(self, taxonomy: str) -> BitMap:
        """Return what the query finds without its selection in one taxonomy."""
        others = [stories for name, stories in self._selected.items() if name != taxonomy]
        return BitMap.intersection(self._base, *others) if others else self._base

    @cached_property
    def _selected(self) -> dict[str, BitMap]:
        """The stories of the terms that each taxonomy asks for."""
        selected = {}
        for taxonomy in TAXONOMIES:
            known, by_key = self.reference.taxonomies[taxonomy], self.index.sets.terms.get(taxonomy, {})
            if slugs := self.query.selected(taxonomy):
                terms = [term for slug in slugs if (term := known.find(slug))]
                selected[taxonomy] = _union([by_key[term.key] for term in terms if term.key in by_key])
        return selected

    @cached_property
    def _base(self) -> BitMap:
        """The stories that the query finds without its terms."""
        query = self.query
        stories: BitMap = self._listed
        if query.published_after or query.published_before:
            first = self._first_of(query.published_after) if query.published_after else 0
            last = len(self.index.pages)
            if query.published_before:
                last = self._first_of(query.published_before + datetime.timedelta(days=1))
            stories = stories & BitMap(range(first, last))
        if query.q:
            stories = stories & self._matching
        return stories

    def _first_of(self, day: datetime.date) -> int:
        return bisect_left(self.index.published, microseconds(start_of(day)))

    def key_of(self, page_pk: int) -> Key | None:
        """Return the key of a page's story.

        ``None`` where it is not public now on the query's sites.
        """
        ordinal = self.index.ordinals.get(page_pk)
        if ordinal is None or ordinal not in self._public:
            return None
        return Key(page_pk, self.index.numbers[ordinal])

    def among(self, page_pks: Iterable[int], size: int) -> list[Key]:
        """Return at most ``size`` of these pages' stories that the query finds.

        The newest come first.
        """
        found = self._found & BitMap(self.index.ordinals.many(page_pks))
        pages, numbers = self.index.pages, self.index.numbers
        return [Key(pages[ordinal], numbers[ordinal]) for ordinal in list(found)[-size:][::-1]]

    def public_count(self) -> int:
        """Return how many stories are public now on the query's sites, in any language."""
        return len(self._public)

    def public_keys(self, start: int, size: int) -> list[Key]:
        """Return at most ``size`` of them from the ``start``-th, the oldest first."""
        pages, numbers = self.index.pages, self.index.numbers
        return [Key(pages[ordinal], numbers[ordinal]) for ordinal in self._public[start : start + size]]

    @cached_property
    def _public(self) -> BitMap:
        """What is public now on the query's sites, in every language."""
        public: BitMap = self.index.listed.get_or_make((self.query.sites, self._expired), self._find_public)
        return public

    def _find_public(self) -> BitMap:
        sets, stories = self.index.sets, self.index.sets.everything
        if self.query.sites is not None:
            stories = _union([sets.sites[site] for site in self.query.sites if site in sets.sites])
        if self._expired:
            pages = [page for _time, page in self.index.expiries[: self._expired]]
            stories = stories - BitMap(self.index.ordinals.many(pages))
        return stories

    @cached_property
    def _expired(self) -> int:
        """How many stories have expired since the index was read."""
        return bisect_left(self.index.expiries, (microseconds(timezone.now()) + 1, 0))

    @cached_property
    def _listed(self) -> BitMap:
        """What can be listed at all: public now, on these sites, once a story."""
        query = self.query
        key = query.sites, query.language, query.language_only, self._expired, self._default_language
        listed: BitMap = self.index.listed.get_or_make(key, self._find_listed)
        return listed

    @property
    def _default_language(self) -> str:
        return self.reference.default_language

    def _find_listed(self) -> BitMap:
        query, sets, none = self.query, self.index.sets, BitMap()
        own = sets.languages.get(query.language, none)
        if query.language_only:
            stories = own
        elif query.language == self._default_language:
            stories = sets.primary
        else:
            stories = own | (sets.primary - sets.versions.get(query.language, none))
        stories = stories & self._public
        if self.index.groups and len(site_numbers(self.reference, query.sites)) > 1:
            stories = stories - BitMap(self._shown_elsewhere(stories))
        return stories

    def _shown_elsewhere(self, stories: BitMap) -> list[int]:
        """Return the ordinals of versions that give way to another site's.

        See ``once_across_sites()``.
        """
        ranks = {self._default_language: 1, self.query.language: 0}
        left_out: list[int] = []
        for versions in self.index.groups.values():
            found = [
                (ranks.get(language, 2), ordinal)
                for page, language in versions
                for ordinal in self.index.ordinals.many([page])
                if ordinal in stories
            ]
            left_out += [ordinal for _rank, ordinal in sorted(found)[1:]]
        return left_out

    @property
    def _matching(self) -> BitMap:
        """The stories that hold the words."""
        if self.query.order == RELEVANCE:
            return _union(self._ranking.ranks)
        words, expression = self.index.words, text.parse(self.query.q)
        ranking: Ranking | None = words.get((Ranking, expression))
        if ranking is not None:
            return _union(ranking.ranks)
        return _union(
            words.get_or_make((BitMap, expression), lambda: find(self.alias, expression, self.index))
        )

    @cached_property
    def _ranking(self) -> Ranking:
        """The stories that hold the words, for an order by relevance."""
        expression = text.parse(self.query.q)
        ranking: Ranking = self.index.words.get_or_make(
            (Ranking, expression), lambda: rank(self.alias, expression, self.index)
        )
        return ranking

    def _behind(self, cursor: Cursor) -> BitMap:
        """Return what the query finds after the place of a cursor."""
        ordinal = self.index.place(microseconds(cursor.published), cursor.pk)
        if cursor.order == OLDEST:
            pages = self.index.pages
            is_there = ordinal < len(pages) and self._is_at(ordinal, cursor)
            return self._found & BitMap(range(ordinal + is_there, len(pages)))
        return self._found & BitMap(range(ordinal))

    def _is_at(self, ordinal: int, cursor: Cursor) -> bool:
        return (self.index.published[ordinal], self.index.id(ordinal)) == (
            microseconds(cursor.published),
            cursor.pk,
        )


def _union(bitmaps: Sequence[BitMap]) -> BitMap:
    if len(bitmaps) == 1:
        return bitmaps[0]
    return BitMap.union(*bitmaps) if bitmaps else BitMap()
