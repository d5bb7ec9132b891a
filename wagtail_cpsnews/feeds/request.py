"""From a request to the query of a feed."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot
from ..http.links import PAGE_SIZE
from ..http.list_requests import ListRequest, read_params
from ..http.views import request_sites


def read(request: HttpRequest, snapshot: Snapshot) -> ListRequest:
    """Return the query that a feed is asked for, and what of it was left out."""
    params, early = read_params(request)
    default = Query(sites=request_sites(request, snapshot.reference), facets=False)
    list_request = ListRequest.read(params, snapshot, default=default)
    query = list_request.query
    names_size = any(value.strip() for value in params.getlist("page_size"))
    if not names_size or any(problem.parameter == "page_size" for problem in list_request.problems):
        query = query.replace(page_size=PAGE_SIZE, page=query.page)
    return replace(list_request, query=query, problems=[*early, *list_request.problems])
