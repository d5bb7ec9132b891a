"""From a request to a ``Listing``.

Old and broken addresses are redirected, other mistakes explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect, HttpResponseRedirect, HttpResponseRedirectBase
from django.utils.http import escape_leading_slashes

from ..catalogue.parameters import Problem, label_language
from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot, current
from ..http import date_fields, legacy
from ..http.former_names import former_names
from ..http.list_requests import MAX_URL, ListRequest, read_params
from ..http.listing import Listing
from ..http.orders import usual_order
from ..stories.index_pages import index_page, path_of


class Answer:
    """A listing with the status of its page, or a redirect."""

    def __init__(
        self, listing: Listing | None = None, status: int = 200, redirect: HttpResponse | None = None
    ) -> None:
        self.listing = listing
        self.status = status
        self.redirect = redirect


@dataclass(frozen=True)
class _Address:
    """The parameters of an address in today's words.

    problems: what could not be translated. redirect: to a better address.
    """

    params: Any
    problems: list[Problem] = field(default_factory=list)
    dates: dict[str, date_fields.DateFields] = field(default_factory=dict)
    redirect: HttpResponse | None = None


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
    asked = _read_address(params, path, snapshot)
    if asked.redirect is not None:
        return Answer(redirect=asked.redirect)
    params, dates = asked.params, asked.dates
    early = [*early, *asked.problems, *(fields.problem for fields in dates.values() if fields.problem)]
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
    listing.former_names = former_names(params, listing.query, snapshot.reference)
    return Answer(listing, found.status)


def _read_address(params: Any, path: str, snapshot: Snapshot) -> _Address:
    """Return what the parameters of the list at ``path`` mean.

    Those of old and broken addresses, and the form's fields for dates.
    """
    problems: list[Problem] = []
    mended = legacy.repair(params)
    if mended is not None:
        if redirect := _redirect(path, mended, HttpResponsePermanentRedirect):
            return _Address(mended, redirect=redirect)
        params = mended
    if legacy.is_legacy(params):
        translated = legacy.translate(params, snapshot.reference)
        redirect = _redirect(path, translated.params, HttpResponsePermanentRedirect)
        if redirect and not translated.problems:
            return _Address(translated.params, redirect=redirect)
        params, problems = translated.params, translated.problems
    dates = {name: fields for name in date_fields.DATES if (fields := date_fields.read(params, name))}
    if dates:
        params = date_fields.with_dates(params, dates)
        redirect = _redirect(path, date_fields.tidied(params), HttpResponseRedirect)
        if redirect and not any(fields.problem for fields in dates.values()):
            return _Address(params, redirect=redirect)
    elif date_fields.was_submitted(params) and (
        redirect := _redirect(path, date_fields.tidied(params), HttpResponseRedirect)
    ):
        return _Address(params, redirect=redirect)
    return _Address(params, problems, dates)


def redirect_to_index_page(request: HttpRequest, default: Query, snapshot: Snapshot) -> HttpResponse | None:
    """Return the redirect to the same list on the site's index page.

    In one step, whatever else the address needs. ``None`` where there is no such page or no catalogue yet, or the redirect
    could not say all of it: its address would be too long, or there are too many parameters to read.

    It is permanent, so that search engines know one list, and lasts no longer than a list does (``limit_lifetime()``):
    an editor may unpublish the page.
    """
    if not snapshot.built:
        return None
    params, problems = read_params(request)
    params = legacy.repair(params) or params
    asked = ListRequest.read(params, snapshot, default=default)
    page = index_page(request, snapshot, asked.query.language)
    path = path_of(page, snapshot.reference) if page is not None else request.path
    if page is None or problems or path == request.path:
        return None
    # What the page has anyway is not repeated.
    wrong = {problem.parameter for problem in asked.problems}
    usual = {"language": page.language, "lang": label_language(page.language, snapshot.reference)}
    kept = params.copy()
    for name, value in usual.items():
        if name not in wrong and getattr(asked.query, name) == value:
            kept.pop(name, None)
    return _read_address(kept, path, snapshot).redirect or _redirect(
        path, kept, HttpResponsePermanentRedirect
    )


def _redirect(path: str, params: Any, kind: type[HttpResponseRedirectBase]) -> HttpResponse | None:
    """Return the redirect.

    ``None`` where its address would be longer than browsers and Django accept.
    """
    pairs = [(name, value) for name, values in params.lists() for value in values if value.strip()]
    url = f"{path}?{urlencode(pairs)}" if pairs else path
    return kind(url) if len(url) <= MAX_URL else None
