"""Middleware that a host may add."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .unavailable import is_database_unavailable, unavailable


class DatabaseUnavailableMiddleware:
    """Answer 503 with ``Retry-After`` where a view fails because the database can't be reached.

    The package's own addresses do so without it. Pages need it: Wagtail looks for the site before it asks a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the 503, or ``None`` for every other error."""
        return unavailable(request, exception) if is_database_unavailable(exception) else None
