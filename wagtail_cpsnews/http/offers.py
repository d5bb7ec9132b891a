"""What a list offers in its place: one language, or fewer filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from ..catalogue.counting import get_counter
from ..catalogue.db import using
from ..catalogue.query import Query
from ..catalogue.results import Results
from ..catalogue.snapshots import Snapshot
from ..languages import language_name
from .list_parts import Chip

#: Filters of an empty list of which each is tried without.
MOST_TRIED = 8


@dataclass(frozen=True)
class LanguageOffer:
    """The stories of a list that are in its language."""

    count: int
    query: Query
    label: str


@dataclass(frozen=True)
class FilterOffer:
    """A filter, and how many stories are found without it."""

    chip: Chip
    count: int


def only_in_language(query: Query, results: Results) -> LanguageOffer | None:
    """Return how many of the stories are in the list's language.

    ``None`` where all or none of them are, or nothing else is shown.
    """
    if query.language_only:
        return None
    only = query.replace(language_only=True)
    count = _count(only, results.snapshot)
    if not 0 < count < results.count:
        return None
    values = {"count": count, "language": language_name(query.language)}
    if query.language.split("-")[0] == "cy":
        label = ngettext("Only the %(count)d story in Welsh", "Only the %(count)d stories in Welsh", count)
    else:
        label = ngettext(
            "Only the %(count)d story in %(language)s", "Only the %(count)d stories in %(language)s", count
        )
    return LanguageOffer(count, only, label % values)


def best_without(chips: Iterable[Chip], snapshot: Snapshot) -> FilterOffer | None:
    """Return which filter to remove from an empty list.

    The one without which most stories are found; ``None`` where no single one helps.
    """
    found = [FilterOffer(chip, _count(chip.query, snapshot)) for chip in chips if chip.query is not None]
    best = max(found, key=lambda offer: offer.count, default=None)
    return best if best is not None and best.count else None


def _count(query: Query, snapshot: Snapshot) -> int:
    """Return how many stories a query finds, from the counter alone."""
    return get_counter(using()).select(query, snapshot).counts(facets=False).total
