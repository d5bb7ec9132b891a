"""From a request to a ``Listing``.

Old and broken addresses are redirected, other mistakes explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect, HttpResponseRedirect, HttpResponseRedirectBase
from django.utils.http import escape_leading_slashes

from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot, current
from ..http import date_fields, legacy
from ..http.list_requests import MAX_URL, ListRequest, read_params
from ..http.listing import Listing
from ..http.orders import usual_order


class Answer:
    """A listing with the status of its page, or a redirect."""

    def __init__(
        self, listing: Listing | None = None, status: int = 200, redirect: HttpResponse | None = None
    ) -> None:
        self.listing = listing
        self.status = status
        self.redirect = redirect


def answer(
    request: HttpRequest,
    default: Query,
    *,
    locked: Iterable[str] = (),
    path: str = "",
    ignore: Iterable[str] = (),
    snapshot: Snapshot | None = None,
) -> Answer:
    """Return the list that a request asks for.

    default: what the plain address stands for, languages included.
    locked: taxonomies that the list is fixed to. ignore: parameters that belong to the host.
    path: the list's address; the request's own where it is not given.
    """
    snapshot = snapshot or current()
    # Two leading slashes would make a link or redirect lead to another host.
    path, locked = escape_leading_slashes(path or request.path), frozenset(locked)
    params, early = read_params(request)
    mended = legacy.repair(params)
    if mended is not None:
        if redirect := _redirect(path, mended, HttpResponsePermanentRedirect):
            return Answer(redirect=redirect)
        params = mended
    if legacy.is_legacy(params):
        translated = legacy.translate(params, snapshot.reference)
        redirect = _redirect(path, translated.params, HttpResponsePermanentRedirect)
        if redirect and not translated.problems:
            return Answer(redirect=redirect)
        params, early = translated.params, [*early, *translated.problems]
    dates = {name: fields for name in date_fields.DATES if (fields := date_fields.read(params, name))}
    if dates:
        params = date_fields.with_dates(params, dates)
        redirect = _redirect(path, date_fields.tidied(params), HttpResponseRedirect)
        if redirect and not any(fields.problem for fields in dates.values()):
            return Answer(redirect=redirect)
    elif date_fields.was_submitted(params) and (
        redirect := _redirect(path, date_fields.tidied(params), HttpResponseRedirect)
    ):
        return Answer(redirect=redirect)
    early += [fields.problem for fields in dates.values() if fields.problem]
    list_request = ListRequest.read(
        params, snapshot, default=default, also={*ignore, *date_fields.NAMES}, locked=locked
    )
    if not any(value.strip() for value in params.getlist("order")):
        query = list_request.query
        query = query.replace(order=usual_order(query, default), page=query.page)
        list_request = replace(list_request, query=query)
    found = replace(list_request, problems=[*early, *list_request.problems]).find()
    listing = Listing(
        query=list_request.query,
        results=found.results,
        default=default,
        path=path,
        problems=found.problems,
        locked=locked,
        dates=dates,
        last_page=found.last_page,
        best_first=True,
    )
    return Answer(listing, found.status)


def _redirect(path: str, params: Any, kind: type[HttpResponseRedirectBase]) -> HttpResponse | None:
    """Return the redirect.

    ``None`` where its address would be longer than browsers and Django accept.
    """
    pairs = [(name, value) for name, values in params.lists() for value in values if value.strip()]
    url = f"{path}?{urlencode(pairs)}" if pairs else path
    return kind(url) if len(url) <= MAX_URL else None
