"""What a list offers in its place: one language, or fewer filters.

``listing`` is a ``Listing``, whose module imports this one.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from ..catalogue.counting import get_counter
from ..catalogue.db import using
from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot
from ..languages import language_name

#: Filters of an empty list of which each is tried without.
MOST_TRIED = 8


def only_in_language(listing: Any) -> dict[str, Any] | None:
    """Return how many of the stories are in the list's language, and their address.

    As ``{"count", "url", "label"}``; ``None`` where all or none of them are, or nothing else is shown.
    """
    if listing.results is None or listing.query.language_only or not listing.offers_language_only:
        return None
    query = listing.query.replace(language_only=True)
    count = _count(query, listing.results.snapshot)
    if not 0 < count < listing.count:
        return None
    values = {"count": count, "language": language_name(query.language)}
    if query.language.split("-")[0] == "cy":
        label = ngettext("Only the %(count)d story in Welsh", "Only the %(count)d stories in Welsh", count)
    else:
        label = ngettext(
            "Only the %(count)d story in %(language)s", "Only the %(count)d stories in %(language)s", count
        )
    return {"count": count, "url": listing.url(query), "label": label % values}


def best_without(listing: Any) -> dict[str, Any] | None:
    """Return which filter to remove from an empty list: ``{"chip", "count"}``.

    The one without which most stories are found; ``None`` where no single one helps.
    """
    if listing.results is None or listing.count or not 2 <= len(listing.chips) <= MOST_TRIED:
        return None
    snapshot = listing.results.snapshot
    found = [(_count(chip.query, snapshot), chip) for chip in listing.chips if chip.query is not None]
    count, chip = max(found, key=lambda pair: pair[0], default=(0, None))
    return {"chip": chip, "count": count} if count else None


def _count(query: Query, snapshot: Snapshot) -> int:
    """Return how many stories a query finds, from the counter alone."""
    return get_counter(using()).select(query, snapshot).counts(facets=False).total
