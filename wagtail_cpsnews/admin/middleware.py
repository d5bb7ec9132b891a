"""Middleware for Wagtail's admin that a host may add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ..catalogue.guards import collecting_refusals
from .refusals import explain


class PublishingRefusedMiddleware:
    """Tells an editor why a story was not published.

    A page that is on hold, on embargo or withdrawn refuses to be published wherever that is tried. Wagtail's admin takes
    the refusal for a missing permission and leads to its home page; this leads to the page's editor, with the reason.
    Put it after Django's ``MessageMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with collecting_refusals() as refused:
            response = self.get_response(request)
        if refused and response.get("Location") == reverse("wagtailadmin_home"):
            _drop_last_error(request)
            explain(request, refused[-1].stop)
            page_pk = (request.resolver_match and request.resolver_match.kwargs.get("page_id")) or None
            if page_pk is not None:
                response["Location"] = reverse("wagtailadmin_pages:edit", args=[page_pk])
        return response


def _drop_last_error(request: HttpRequest) -> None:
    """Take back Wagtail's message, and keep the others."""
    storage: Any = messages.get_messages(request)
    waiting = list(storage)
    last = max((at for at, one in enumerate(waiting) if one.level == messages.ERROR), default=None)
    for at, one in enumerate(waiting):
        if at != last:
            messages.add_message(request, one.level, one.message, extra_tags=one.extra_tags)
