"""From a request to a ``Listing``: redirects for old and broken addresses, explanations for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponsePermanentRedirect, HttpResponseRedirect, HttpResponseRedirectBase
from django.utils.datastructures import MultiValueDict
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from ..catalogue.exceptions import CursorGone, NoSuchPage, NotBuilt
from ..catalogue.parameters import TRACKERS, Parsed, Problem, parse, shorten
from ..catalogue.query import Query
from ..catalogue.results import search
from ..catalogue.snapshots import Snapshot, current
from ..conf import get_settings
from . import forms, legacy
from .listing import Listing

#: List parameters that make no sense on a page; there they are explained as unknown.
NOT_ON_PAGES = {"fields", "facets", "cursor"}

#: The longest address to redirect to; a longer one is answered where it is.
MAX_URL = 2000


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
    """The list that a request asks for.

    default: what the plain address stands for, languages included.
    locked: taxonomies that the list is fixed to. ignore: parameters that belong to the host.
    path: the list's address; the request's own where it is not given.
    """
    snapshot = snapshot or current()
    # Two leading slashes would make a link or redirect lead to another host.
    path, locked = escape_leading_slashes(path or request.path), frozenset(locked)
    params, early = _params(request)
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
    dates = {name: fields for name in forms.DATES if (fields := forms.read(params, name))}
    if dates:
        params = _with_dates(params, dates)
        redirect = _redirect(path, forms.tidied(params), HttpResponseRedirect)
        if redirect and not any(fields.problem for fields in dates.values()):
            return Answer(redirect=redirect)
    elif forms.was_submitted(params) and (
        redirect := _redirect(path, forms.tidied(params), HttpResponseRedirect)
    ):
        return Answer(redirect=redirect)
    early += [fields.problem for fields in dates.values() if fields.problem]
    parsed = understand(params, default, locked=locked, ignore={*ignore, *forms.NAMES}, snapshot=snapshot)
    return _listing(parsed, [*early, *parsed.problems], default, locked, path, dates, snapshot)


def understand(
    params: Any, default: Query, *, locked: frozenset[str], ignore: Iterable[str], snapshot: Snapshot
) -> Parsed:
    """What the parameters of a page ask for, and what is wrong with them; trackers are dropped quietly."""
    parsed = parse(
        without_trackers(params, locked),
        snapshot.reference,
        default=default,
        accept=set(_names(locked)),
        also={*ignore, *locked},
    )
    return Parsed(parsed.query, [*_locked_problems(params, default, locked, snapshot), *parsed.problems])


def _names(locked: frozenset[str]) -> list[str]:
    from ..catalogue.parameters import NAMES

    return [name for name in NAMES if name not in NOT_ON_PAGES and name not in locked]


def _listing(
    parsed: Parsed,
    problems: list[Problem],
    default: Query,
    locked: frozenset[str],
    path: str,
    dates: dict[str, forms.DateFields],
    snapshot: Snapshot,
) -> Answer:
    query, status, last, results = parsed.query, 200, None, None
    try:
        results = search(query, snapshot)
    except NoSuchPage as error:
        status, last = 404, error.last
        problems = [
            *problems,
            Problem(
                "page",
                str(query.page),
                _("There is no page %(page)d. The last page is %(last)d.")
                % {"page": query.page, "last": error.last},
            ),
        ]
    except NotBuilt:
        status = 503
    except CursorGone:
        status = 410
    listing = Listing(
        query=query,
        results=results,
        default=default,
        path=path,
        problems=problems,
        locked=locked,
        dates=dates,
        last_page=last,
    )
    return Answer(listing, status)


def _params(request: HttpRequest) -> tuple[Any, list[Problem]]:
    try:
        return request.GET, []
    except TooManyFieldsSent:
        message = _("The address has too many parameters. It was read as if it had none.")
        return QueryDict(), [Problem("", "", message)]


def without_trackers(params: Any, locked: Iterable[str] = ()) -> Any:
    """The parameters without those that campaigns add, and without those that the list is fixed to."""
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if not TRACKERS.match(name) and name not in locked:
            kept.setlist(name, values)
    return kept


def _locked_problems(
    params: Any, default: Query, locked: frozenset[str], snapshot: Snapshot
) -> list[Problem]:
    """A filter on what the list is fixed to is explained, unless it asks for just that."""
    problems = []
    for name in sorted(locked):
        given = [value for value in params.getlist(name) if value.strip()]
        found = [snapshot.reference.taxonomies[name].find(value) for value in given]
        if any(term is None or term.slug not in default.selected(name) for term in found):
            message = _("This list is always for one %(label)s, so the filter has been ignored.")
            problems.append(
                Problem(name, shorten(", ".join(given)), message % {"label": get_settings().label(name)})
            )
    return problems


def _with_dates(params: Any, dates: dict[str, forms.DateFields]) -> MultiValueDict[str, str]:
    """The parameters with the days that were typed in place of their fields; what is no day is left out."""
    kept = MultiValueDict(
        {name: values for name, values in params.lists() if name not in forms.NAMES and name not in dates}
    )
    for name, fields in dates.items():
        if fields.problem is None:
            kept[name] = str(fields.value)
    return kept


def _redirect(path: str, params: Any, kind: type[HttpResponseRedirectBase]) -> HttpResponse | None:
    """The redirect, or ``None`` where its address would be longer than browsers and Django accept."""
    pairs = [(name, value) for name, values in params.lists() for value in values if value.strip()]
    url = f"{path}?{urlencode(pairs)}" if pairs else path
    return kind(url) if len(url) <= MAX_URL else None
