"""The interface of counters.

A counter selects what a query finds; a selection counts it and cuts it into pages.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from ..kept import Kept
from ..models import Entry
from ..query import Query
from ..state import Snapshot


@dataclass(frozen=True)
class Counts:
    """How many stories a query finds, and how many each term would leave.

    By taxonomy, then by term key.
    """

    total: int
    by_taxonomy: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Key(NamedTuple):
    """An entry in one version.

    ``number`` is that of the projection that last wrote it.
    """

    page_pk: int
    number: int


class Selection(Protocol):
    """What a query finds."""

    @property
    def items(self) -> Kept:
        """What is kept of stories in lists for as long as their number stays."""

    @property
    def stories(self) -> Kept:
        """What is kept of whole stories for as long as their number stays."""

    def key_of(self, page_pk: int) -> Key | None:
        """Return the key of a page's story.

        ``None`` where it is not public now on the query's sites, or not known.
        """

    def among(self, page_pks: Iterable[int], size: int) -> Sequence[Key]:
        """Return at most ``size`` of these pages' stories that the query finds.

        The newest come first.
        """

    def public_count(self) -> int | None:
        """Return how many stories are public now on the query's sites, in any language.

        ``None`` where that is not known without asking the database.
        """

    def public_keys(self, start: int, size: int) -> Sequence[Key]:
        """Return at most ``size`` of them from the ``start``-th, the oldest first.

        Only where ``public_count()`` knows.
        """

    def counts(self, *, facets: bool) -> Counts:
        """Return the total and, with ``facets``, counts of terms.

        Each taxonomy ignores its own selection.
        """

    def count_as_typed(self) -> int:
        """Return how many stories have the query's words as typed.

        They come first in order of relevance; the others have other forms of a word.
        """

    def keys(self, start: int, size: int) -> Sequence[Key]:
        """Return at most ``size`` stories from the ``start``-th, in the query's order.

        The first is number 0.
        """

    def places(self, keys: Sequence[Key]) -> list[tuple[datetime.datetime, UUID]]:
        """Return when each of these stories was published (aware), and its public id."""

    def entries(self, keys: Sequence[Key]) -> list[Entry]:
        """Return the entries of these stories as they are now, in this order.

        One that has been removed meanwhile is left out.
        """


class Counter(Protocol):
    """Counts and cuts lists of public entries."""

    def __init__(self, alias: str) -> None:
        """Take the alias of the database that the catalogue is in."""

    def select(self, query: Query, snapshot: Snapshot) -> Selection:
        """Return what a query finds, as of ``snapshot`` or later."""
