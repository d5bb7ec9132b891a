"""Middleware that a host may add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_resolver, get_urlconf

from .http.unavailable import is_database_unavailable, unavailable
from .stories.panels import gone_response
from .stories.redirects import GONE, HIDDEN, find_target


class DatabaseUnavailableMiddleware:
    """Answers 503 when a view fails because the database can't be reached.

    With ``Retry-After``.

    The package's own addresses do so without it. Pages need it: Wagtail looks for the site before it asks a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the 503, or ``None`` for every other error."""
        return unavailable(request, exception) if is_database_unavailable(exception) else None


class OldAddressMiddleware:
    """Answers 410 at the old address of a story that is no longer public.

    There, a redirect would name its new one.

    Wagtail's redirects know no 410 and lead to pages that are unpublished, too; an address says what a page is about.
    Put it before Wagtail's ``RedirectMiddleware``, so that it sees what that has found. It asks only where an answer
    is a redirect or a 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (301, 302, 404) or request.method not in ("GET", "HEAD"):
            return response
        target = find_target(request)
        if target.kind == GONE:
            return gone_response(request, target.answer)
        if target.kind == HIDDEN and response.status_code != 404:
            # As the project answers every other address without a page: a 404 must not tell.
            handler: Any = get_resolver(get_urlconf()).resolve_error_handler(404)
            answer: HttpResponse = handler(request, exception=Http404())
            return answer
        return response
