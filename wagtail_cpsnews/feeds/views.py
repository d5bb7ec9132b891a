"""``feeds/news.rss``, ``news.atom`` and ``news.json``.

Browsers show the first two with a style sheet, which is here too.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ..catalogue.snapshots import current
from ..http.caching import max_age
from ..http.conditional import add_headers, conditional_response, etag
from ..http.cors import METHODS, answer_preflight
from ..http.csp import build_csp
from ..http.list_requests import ListRequest
from ..http.responses import PublicResponseMixin
from ..http.unavailable import answer_unavailable
from ..http.views import public_view
from ..languages import message_language
from ..stories.index_pages import index_addresses
from ..usage.recording import note
from .channel import ChannelBuilder, site_name
from .outputs import FEEDS, Feed
from .request import read
from .tombstones import tombstones

#: A feed loads its style sheet, nothing else.
POLICY = build_csp(style_src="'self'", base_uri="'none'", form_action="'none'", frame_ancestors="'self'")

STYLE_AGE = 3600


class FeedResponse(PublicResponseMixin, HttpResponse):
    """The same for everybody."""


def for_readers(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """Open a view to everybody, from every origin, for reading only."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        response = FeedResponse(status=204 if request.method == "OPTIONS" else 405)
        response["Allow"] = METHODS
        if request.method == "OPTIONS":
            answer_preflight(response)
        add_headers(response)
        return response

    return public_view(wrapped)


def plainly(message: str, status: int) -> HttpResponse:
    """Return an answer in plain text that is not to be kept."""
    response = FeedResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response["Retry-After"] = "60"
    add_headers(response)
    return response


def _error_form(request: HttpRequest) -> str:
    ending = request.path.rpartition(".")[2]
    return next((feed.error_form for feed in FEEDS if feed.name == ending), "xml")


@for_readers
@answer_unavailable(_error_form)
def feed(request: HttpRequest, form: Feed) -> HttpResponse:
    """Return the stories that the parameters ask for, in one of the formats."""
    snapshot = current()
    if not snapshot.built:
        return plainly(_("The list of stories is being prepared. Try again in a minute."), 503)
    with translation.override(message_language(request, "lang", "language")):
        list_request = read(request, snapshot)
    with translation.override(list_request.query.lang):
        return _answer(request, form, list_request)


def _answer(request: HttpRequest, form: Feed, list_request: ListRequest) -> HttpResponse:
    snapshot = list_request.snapshot
    messages = [(problem.parameter, problem.value, problem.message) for problem in list_request.problems]
    query, site = list_request.query, site_name(request, snapshot.reference)
    tag = etag(request, snapshot, form.name, query, messages, site, index_addresses(request, snapshot))

    def build() -> HttpResponse:
        response = FeedResponse(_write(request, form, list_request), content_type=form.content_type)
        response["Content-Security-Policy"] = POLICY
        return response

    response = conditional_response(request, tag, build, partial(max_age, snapshot), keep=not snapshot.is_due)
    response["Content-Language"] = list_request.query.lang
    if request.method == "GET" and response.status_code in (200, 304):
        note(request, form.method, query, stories=())  # which stories, the list says
    return response


def _write(request: HttpRequest, form: Feed, list_request: ListRequest) -> bytes:
    query, found = list_request.query, list_request.find()
    gone = tombstones(query.sites) if form.names_gone and query.page == 1 else []
    channel = ChannelBuilder(request, list_request.snapshot).channel(
        query, found.results, found.problems, gone
    )
    data: bytes = import_string(form.writer)(channel)
    return data


@functools.cache
def _style() -> tuple[bytes, str]:
    data = (files("wagtail_cpsnews.feeds") / "feed.css").read_bytes()
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'


@for_readers
def style(request: HttpRequest) -> HttpResponse:
    """Serve ``feeds/feed.css``."""
    data, tag = _style()
    build = partial(FeedResponse, data, content_type="text/css; charset=utf-8")
    return conditional_response(request, tag, build, lambda: STYLE_AGE, cache_tags=lambda: None)
