"""Answers that are the same for everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.translation import get_language_from_path
from rest_framework.response import Response


class PublicHeaders(ResponseHeaders):
    """Headers of an answer that is the same for everybody.

    Middleware of the host says of every answer that it varies by language or cookie. Ours does not, and saying so
    would keep shared caches from holding it; only its encoding varies.
    """

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() == "vary":
            if "accept-encoding" not in str(value).lower():
                return
            value = "Accept-Encoding"
        super().__setitem__(key, value)


class PublicResponseMixin:
    """For responses that are the same for everybody.

    No cookie, no ``Vary`` but by encoding.
    """

    headers: ResponseHeaders

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = PublicHeaders(dict(self.headers.items()))

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Set no cookie: middleware that renews a session's finds no place here."""

    def delete_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Do as ``set_cookie``."""


class PublicResponse(PublicResponseMixin, Response):
    """An answer of the API, in whatever form was asked for."""


class PublicBytes(PublicResponseMixin, HttpResponse):
    """An answer that is bytes already."""


class PageHeaders(ResponseHeaders):
    """Headers of a page whose language is in its address.

    Django's LocaleMiddleware says of an address without a prefix that it varies by ``Accept-Language``, though it
    reads that header only where the default language has a prefix too.
    """

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() == "vary":
            names = [name.strip() for name in str(value).split(",")]
            value = ", ".join(name for name in names if name.lower() != "accept-language")
            if not value:
                return
        super().__setitem__(key, value)


def keep_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep a page from varying by ``Accept-Language``.

    Where its address says its language.
    """
    is_used, is_default_prefixed = is_language_prefix_patterns_used(getattr(settings, "ROOT_URLCONF", ""))
    if is_used and (not is_default_prefixed or get_language_from_path(request.path_info)):
        response.headers = PageHeaders(dict(response.headers.items()))
    return response
