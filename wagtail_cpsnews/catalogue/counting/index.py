"""The catalogue as bitmaps.

For each term, site and language: the set of stories that have it, by ordinal.

Ordinals grow with (published, id), so the newest stories of a set are its last members. A story keeps its ordinal while
its date stays; one that goes leaves a hole, and one with an earlier date than others is put between them.
An ``Index`` is never changed: ``Draft`` makes the next one.
"""

from __future__ import annotations

import datetime
import time
import uuid
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from pyroaring import BitMap

from ...conf import get_settings
from ..kept import Kept

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)

#: Lists and searches whose stories are kept until the catalogue changes.
MAX_LISTS, MAX_SEARCHES = 50, 50

#: In place of an ordinal or a page that is not there.
_NONE = 0xFFFFFFFF
_HOLE = 0

#: Bytes of a story's public id.
_ID = 16


class Row(NamedTuple):
    """What an index holds of one public story.

    Times are aware; ``terms`` are (taxonomy, key).
    """

    page_pk: int
    id: UUID
    number: int
    published: datetime.datetime
    expires_at: datetime.datetime | None
    site_id: int
    language: str
    versions: str
    primary: bool
    terms: Iterable[tuple[str, str]]


def microseconds(when: datetime.datetime) -> int:
    """Return an aware time as whole microseconds since 1970."""
    return (when - _EPOCH) // _MICROSECOND


@dataclass
class Sets:
    """Which stories have what."""

    terms: dict[str, dict[str, BitMap]] = field(default_factory=dict)
    sites: dict[int, BitMap] = field(default_factory=dict)
    #: By language: the stories in it that stand for their language.
    languages: dict[str, BitMap] = field(default_factory=dict)
    #: By language: the stories that have a version in it.
    versions: dict[str, BitMap] = field(default_factory=dict)
    primary: BitMap = field(default_factory=BitMap)
    everything: BitMap = field(default_factory=BitMap)

    def all(self) -> Iterator[BitMap]:
        """Yield every bitmap."""
        yield self.primary
        yield self.everything
        for by_key in (self.sites, self.languages, self.versions, *self.terms.values()):
            yield from by_key.values()  # type: ignore[attr-defined]

    def mapped(self, change: Callable[[BitMap], BitMap]) -> Sets:
        """Return these sets with each bitmap replaced by what ``change`` returns."""

        def each(by_key: dict[Any, BitMap]) -> dict[Any, BitMap]:
            return {key: change(bitmap) for key, bitmap in by_key.items()}

        return Sets(
            {taxonomy: each(by_key) for taxonomy, by_key in self.terms.items()},
            each(self.sites),
            each(self.languages),
            each(self.versions),
            change(self.primary),
            change(self.everything),
        )

    def of(self, row: Row) -> Iterator[BitMap]:
        """Yield every bitmap that a story belongs to, made where there is none."""
        yield self.everything
        if row.primary:
            yield self.primary
        yield self.sites.setdefault(row.site_id, BitMap())
        if row.versions:
            yield self.languages.setdefault(row.language, BitMap())
        for language in row.versions.strip("|").split("|"):
            if language:
                yield self.versions.setdefault(language, BitMap())
        for taxonomy, key in row.terms:
            yield self.terms.setdefault(taxonomy, {}).setdefault(key, BitMap())


class Ordinals:
    """The ordinal of each page.

    An array by primary key, or a dictionary where keys are far apart.
    """

    def __init__(self, pages: Sequence[int]) -> None:
        highest = max(pages, default=0)
        self._by_pk: Any = {} if highest > 16 * len(pages) + 1_000_000 else array("I")
        if isinstance(self._by_pk, array) and pages:
            self._by_pk = array("I", [_NONE]) * (highest + 1)
        for ordinal, pk in enumerate(pages):
            if pk != _HOLE:
                self._by_pk[pk] = ordinal

    def copy(self) -> Ordinals:
        """Return another one with the same content."""
        made = Ordinals(())
        made._by_pk = self._by_pk.copy() if isinstance(self._by_pk, dict) else self._by_pk[:]
        return made

    def get(self, pk: int) -> int | None:
        """Return the ordinal of a page, ``None`` where it has none."""
        if isinstance(self._by_pk, dict):
            return self._by_pk.get(pk)
        found = self._by_pk[pk] if 0 <= pk < len(self._by_pk) else _NONE
        return None if found == _NONE else found

    def set(self, pk: int, ordinal: int | None) -> None:
        """Give a page an ordinal, or none."""
        value = _NONE if ordinal is None else ordinal
        if isinstance(self._by_pk, dict):
            self._by_pk[pk] = ordinal
            return
        if pk >= len(self._by_pk):
            more = pk + 1 - len(self._by_pk) + len(self._by_pk) // 8
            if more > 16_000_000:
                self._by_pk = {key: known for key, known in enumerate(self._by_pk) if known != _NONE}
                self._by_pk[pk] = ordinal
                return
            self._by_pk.extend(array("I", [_NONE]) * more)
        self._by_pk[pk] = value

    def many(self, pks: Iterable[int]) -> list[int]:
        """Return the ordinals of those pages that have one, in the order of ``pks``."""
        if isinstance(self._by_pk, dict):
            found = map(self._by_pk.get, pks)
            return [ordinal for ordinal in found if ordinal is not None]
        table, size = self._by_pk, len(self._by_pk)
        return [table[pk] for pk in pks if pk < size and table[pk] != _NONE]

    def bitmap(self, pks: Sequence[int]) -> BitMap:
        """Return the ordinals of those pages that have one, as a set."""
        if len(pks) < 2 or isinstance(self._by_pk, dict) or max(pks) >= len(self._by_pk):
            return BitMap(self.many(pks))
        # Without a step of Python's for each page: a frequent word is in thousands.
        found = BitMap(array("I", itemgetter(*pks)(self._by_pk)))
        found.discard(_NONE)
        return found


@dataclass
class Index:
    """All public stories, as of one number of the catalogue.

    pages, numbers, published (microseconds), ids (16 bytes each): by ordinal; a hole's page is 0.
    expiries: when stories expire, the first one first, with their pages. groups: pages and languages of the
    stories that several sites have a version of, by translation key. read_at: when it was read, by the monotonic clock.
    """

    epoch: uuid.UUID
    sequence: int
    token: uuid.UUID | None
    pages: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))
    published: array[int] = field(default_factory=lambda: array("q"))
    ids: bytearray = field(default_factory=bytearray)
    sets: Sets = field(default_factory=Sets)
    ordinals: Ordinals = field(default_factory=lambda: Ordinals(()))
    expiries: list[tuple[int, int]] = field(default_factory=list)
    groups: dict[UUID, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    read_at: float = field(default_factory=time.monotonic)
    #: Items of stories in lists, handed on from index to index of one history.
    items: Kept = field(default_factory=lambda: Kept(get_settings().ITEM_CACHE))
    #: Whole stories, about 10 kB each.
    stories: Kept = field(default_factory=lambda: Kept(get_settings().ITEM_CACHE // 20))
    #: What has been worked out from this index: stories of lists without terms, and of searches.
    listed: Kept = field(default_factory=lambda: Kept(MAX_LISTS))
    words: Kept = field(default_factory=lambda: Kept(MAX_SEARCHES))

    def __len__(self) -> int:
        return len(self.sets.everything)

    @property
    def holes(self) -> int:
        """How many ordinals have no story any more."""
        return len(self.pages) - len(self)

    def id(self, ordinal: int) -> UUID:
        """Return a story's public id."""
        return UUID(bytes=self._id_bytes(ordinal))

    def published_at(self, ordinal: int) -> datetime.datetime:
        """Return when a story was published, in UTC."""
        return _EPOCH + self.published[ordinal] * _MICROSECOND

    def place(self, published: int, pk: UUID) -> int:
        """Return the ordinal that a story with this time and id has, or would push up."""
        first, last = bisect_left(self.published, published), bisect_right(self.published, published)
        return first + bisect_left(range(first, last), pk.bytes, key=self._id_bytes)

    def _id_bytes(self, ordinal: int) -> bytes:
        return bytes(self.ids[ordinal * _ID : (ordinal + 1) * _ID])


class Draft:
    """The next index: a copy of one, in which stories are written and taken out."""

    #: Stories put between others; reading all again is quicker than more of these.
    MAX_INSERTED = 1_000

    def __init__(self, known: Index) -> None:
        self.pages, self.numbers = known.pages[:], known.numbers[:]
        self.published, self.ids = known.published[:], known.ids[:]
        self.sets = known.sets.mapped(BitMap)
        self.ordinals = known.ordinals.copy()
        self.expiries = {page: when for when, page in known.expiries}
        self.groups = dict(known.groups)
        self.items, self.stories = known.items, known.stories
        self._between: list[Row] = []

    def take_out(self, page_pk: int) -> None:
        """Remove a story, if it is there."""
        self.expiries.pop(page_pk, None)
        ordinal = self.ordinals.get(page_pk)
        if ordinal is None:
            return
        for bitmap in self.sets.all():
            bitmap.discard(ordinal)
        self.pages[ordinal] = _HOLE
        self.ordinals.set(page_pk, None)

    def write(self, row: Row) -> None:
        """Put a story in, or what it says now in place of what it said."""
        before = self.ordinals.get(row.page_pk)
        self.take_out(row.page_pk)
        if row.expires_at is not None:
            self.expiries[row.page_pk] = microseconds(row.expires_at)
        published = microseconds(row.published)
        if before is not None and self._is_at(before, published, row.id.bytes):
            self._fill(before, row)
        elif not self.pages or (published, row.id.bytes) > (self.published[-1], bytes(self.ids[-_ID:])):
            self._append(row, published)
        else:
            self._between.append(row)

    def finish(self, epoch: UUID, sequence: int, token: UUID | None, read_at: float) -> Index | None:
        """Return the index, or ``None`` to read everything again.

        That is faster where too many stories lie between others.
        """
        if len(self._between) > self.MAX_INSERTED:
            return None
        if self._between:
            self._insert()
        return Index(
            epoch,
            sequence,
            token,
            self.pages,
            self.numbers,
            self.published,
            self.ids,
            self.sets,
            self.ordinals,
            sorted((when, page) for page, when in self.expiries.items()),
            self.groups,
            read_at,
            self.items,
            self.stories,
        )

    def _is_at(self, ordinal: int, published: int, pk: bytes) -> bool:
        return self.published[ordinal] == published and self.ids[ordinal * _ID : (ordinal + 1) * _ID] == pk

    def _append(self, row: Row, published: int) -> None:
        self.pages.append(_HOLE)
        self.numbers.append(0)
        self.published.append(published)
        self.ids += row.id.bytes
        self._fill(len(self.pages) - 1, row)

    def _fill(self, ordinal: int, row: Row) -> None:
        self.pages[ordinal], self.numbers[ordinal] = row.page_pk, row.number
        self.ordinals.set(row.page_pk, ordinal)
        for bitmap in self.sets.of(row):
            bitmap.add(ordinal)

    def _insert(self) -> None:
        """Insert stories between others.

        The last one comes first, so that the places of those before it stay.
        """
        at = Index(uuid.UUID(int=0), 0, None, published=self.published, ids=self.ids)
        rows = sorted(self._between, key=lambda row: (row.published, row.id.bytes), reverse=True)
        lowest = len(self.pages)
        placed = []
        for row in rows:
            published = microseconds(row.published)
            lowest = at.place(published, row.id)
            self.sets = self.sets.mapped(partial(_shifted, ordinal=lowest))
            self.pages.insert(lowest, row.page_pk)
            self.numbers.insert(lowest, row.number)
            self.published.insert(lowest, published)
            self.ids[lowest * _ID : lowest * _ID] = row.id.bytes
            placed.append(row)
        for ordinal in range(lowest, len(self.pages)):
            if self.pages[ordinal] != _HOLE:
                self.ordinals.set(self.pages[ordinal], ordinal)
        for row in placed:
            for bitmap in self.sets.of(row):
                bitmap.update(self.ordinals.many([row.page_pk]))


def _shifted(bitmap: BitMap, ordinal: int) -> BitMap:
    """Return a bitmap in which everything from ``ordinal`` on has moved up by one."""
    if not bitmap or bitmap.max() < ordinal:
        return bitmap
    above = bitmap & BitMap(range(ordinal, bitmap.max() + 1))
    return (bitmap - above) | above.shift(1)
