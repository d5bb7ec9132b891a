"""The order of a list on the site's own pages and in the API.

The best match of a search comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from ..catalogue.query import NEWEST, OLDEST, RELEVANCE, Query


def usual_order(query: Query, default: Query) -> str:
    """Return the order of a page or an answer of the API where none is chosen.

    Of a search the best match comes first, where ``default`` has no order or words of its own.
    """
    is_search = bool(query.q) and query.q != default.q and default.order == NEWEST
    return RELEVANCE if is_search else default.order


def params_with(query: Query, usual: str, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return a query's parameters, its order where it is not the usual one.

    usual: "" where every list is newest first unless it says otherwise.
    """
    without = set(without)
    if not usual or "order" in without:
        return query.params(without=without)
    order = [] if query.order == usual else [("order", query.order)]
    return [*query.params(without={*without, "order"}), *order]


def choices(query: Query, usual: str) -> list[dict[str, Any]]:
    """Return the orders that can be chosen.

    The usual one is not sent: a search typed into the list of the newest stories has another.
    """
    labels = [(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))]
    if query.q:
        labels.insert(0 if usual else 2, (RELEVANCE, _("Best match first")))
    return [
        {
            "order": value,
            "value": "" if value == usual else value,
            "label": label,
            "checked": query.order == value,
        }
        for value, label in labels
    ]
