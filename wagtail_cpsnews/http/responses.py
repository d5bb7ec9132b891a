"""Answers that are the same for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import ResponseHeaders
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
