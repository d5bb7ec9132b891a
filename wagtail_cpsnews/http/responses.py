"""Answers of the API: the same bytes for everybody, readable from every origin, kept for a minute at most."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.response import Response

from .. import __version__
from ..catalogue.snapshots import Snapshot
from ..conf import get_settings
from ..images.renditions import address_period
from .views import PublicResponseMixin


class PublicResponse(PublicResponseMixin, Response):
    """An answer in whatever form was asked for."""


class NotModified(PublicResponseMixin, HttpResponse):
    """304: what you have is current."""

    status_code = 304


def etag(request: HttpRequest, snapshot: Snapshot, *parts: Any) -> str:
    """A tag that changes when the answer may have changed: catalogue, question, origin, version, settings."""
    text = "\n".join(
        map(
            str,
            (
                snapshot.epoch,
                snapshot.sequence,
                snapshot.token,
                snapshot.next_change,
                request.build_absolute_uri(request.path),
                __version__,
                get_settings().fingerprint,
                address_period(),
                *parts,
            ),
        )
    )
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, tag: str) -> HttpResponse | None:
    """A 304 when the client has what ``tag`` stands for, else ``None``.

    "Whatever you have" (``*``) is not understood: whether there is anything is not known yet.
    """
    if (
        request.headers.get("If-None-Match", "").strip() == "*"
        or get_conditional_response(request, etag=tag) is None
    ):
        return None
    return NotModified()


def add_headers(response: HttpResponse, *, tag: str = "", age: int | None = None) -> None:
    """CORS for reading, caching, and no guessing of types."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    if tag:
        response["ETag"] = tag
    response["Cache-Control"] = "no-store" if age is None else f"public, max-age={age}"
