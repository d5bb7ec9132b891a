"""From a request to the query of a feed. A feed explains and never breaks: what it cannot understand is left out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ..catalogue.parameters import NAMES, TRACKERS, Parsed, Problem, parse
from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot
from ..http.views import scope
from .links import PAGE_SIZE

#: The list parameters that a feed takes.
ACCEPT = tuple(name for name in NAMES if name not in ("cursor", "fields", "facets"))


def read(request: HttpRequest, snapshot: Snapshot) -> Parsed:
    """The query that a feed is asked for, and what of it was left out."""
    params, early = _params(request)
    default = Query(sites=scope(request, snapshot.reference), facets=False)
    parsed = parse(params, snapshot.reference, default=default, accept=ACCEPT)
    query, problems = parsed.query, [*early, *parsed.problems]
    asked_size = any(value.strip() for value in params.getlist("page_size"))
    if not asked_size or any(problem.parameter == "page_size" for problem in problems):
        query = query.replace(page_size=PAGE_SIZE, page=query.page)
    return Parsed(query, problems)


def _params(request: HttpRequest) -> tuple[Any, list[Problem]]:
    try:
        given = request.GET
    except TooManyFieldsSent:
        message = _("The address has too many parameters. It was read as if it had none.")
        return QueryDict(), [Problem("", "", message)]
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        if not TRACKERS.match(name):
            kept.setlist(name, values)
    return kept, []
