"""The interface of counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..lookups import Reference
from ..models import Entry
from ..query import Query


@dataclass(frozen=True)
class Counts:
    """How many stories a query finds, and how many each term would leave: by taxonomy, by term key."""

    total: int
    by_taxonomy: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Counter(Protocol):
    """Counts and cuts lists of public entries."""

    def counts(self, query: Query, reference: Reference, *, facets: bool) -> Counts:
        """The total of ``query`` and, with ``facets``, counts of terms; each taxonomy ignores its own selection."""

    def page(self, query: Query, reference: Reference, *, start: int, size: int) -> list[Entry]:
        """``size`` entries of ``query`` from the ``start``-th (0 is the first), in its order."""
