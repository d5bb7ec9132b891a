"""Conditional answers: entity tags, 304, and headers.

The headers that caches and other origins need.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from .. import __version__
from ..catalogue.kept import Kept
from ..catalogue.snapshots import Snapshot
from ..conf import get_settings
from ..images.renditions import address_period
from .compression import compress
from .cors import allow_all_origins
from .responses import PublicResponseMixin
from .tags import LISTS, add_tags


class NotModified(PublicResponseMixin, HttpResponse):
    """304: what you have is current."""

    status_code = 304


def address(request: HttpRequest) -> str:
    """Return the address that was asked for, without its parameters."""
    return request.build_absolute_uri(request.path)


def etag(request: HttpRequest, snapshot: Snapshot, *parts: Any) -> str:
    """Return a tag that changes when the answer may have changed.

    It depends on catalogue, request, origin, version and settings.
    """
    text = "\n".join(
        map(
            str,
            (
                snapshot.epoch,
                snapshot.sequence,
                snapshot.token,
                snapshot.next_change,
                address(request),
                __version__,
                get_settings().fingerprint,
                address_period(),
                *parts,
            ),
        )
    )
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


#: Headers that ask for an answer under a condition; see ``get_conditional_response()``.
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


def not_modified(request: HttpRequest, tag: str) -> HttpResponse | None:
    """Return a 304 when the client has what ``tag`` stands for, else ``None``.

    "Whatever you have" (``*``) is not understood: whether there is anything is not known yet.
    """
    if request.META.keys().isdisjoint(_CONDITIONS):
        return None
    if (
        request.headers.get("If-None-Match", "").strip() == "*"
        or get_conditional_response(request, etag=tag) is None
    ):
        return None
    return NotModified()


#: Answers that a process keeps, by entity tag and address as it was asked for.
_answers = Kept(100)


def conditional_response(
    request: HttpRequest,
    tag: str,
    build: Callable[[], HttpResponse],
    age: Callable[[], int],
    *,
    keep: bool = False,
    cache_tags: Callable[[], Iterable[str] | None] | None = None,
) -> HttpResponse:
    """Return a 304 for a client that has ``tag``, else what ``build`` returns.

    With all headers.

    Args:
        tag: The entity tag; "" where there is none, and the answer is always built.
        age: Says for how many seconds the answer may be kept. It is called when the answer is there.
        keep: Whether this process keeps a 200 for the next request. One with signed addresses never is.
        cache_tags: Says what an answer depends on, when it is there; all stories, where it is not given.
    """
    response = (not_modified(request, tag) if tag else None) or (
        _built_once((tag, request.get_full_path()), build)
        if keep and tag and address_period() is None
        else build()
    )
    add_headers(response, tag=tag, age=age(), cache_tags=cache_tags() if cache_tags else (LISTS,))
    compress(request, response)
    return response


def _built_once(key: tuple[str, str], build: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what is kept under ``key``, or what ``build`` returns.

    What is built is kept where it is a 200.
    """
    known = _answers.get(key)
    if known is not None:
        response_class, content, headers = known
        response: HttpResponse = response_class(content)
        for name, value in headers:
            response[name] = value
        return response
    response = build()
    if response.status_code == 200:
        _answers.set(key, (type(response), response.content, list(response.headers.items())))
    return response


def add_headers(
    response: HttpResponse,
    *,
    tag: str = "",
    age: int | None = None,
    cache_tags: Iterable[str] | None = (LISTS,),
) -> None:
    """Add the headers that every public answer has.

    CORS for reading, caching, and no guessing of types.

    Args:
        tag: The entity tag of a 200 or a 304; other answers have none.
        age: For how many seconds a 200 or a 304 may be kept; other answers are never kept, nor is one without it.
        cache_tags: What a 200 depends on; ``None`` where that is not the catalogue.
    """
    allow_all_origins(response, expose="ETag, Retry-After")
    is_kept = response.status_code in (200, 304)
    if tag and is_kept:
        response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={age}" if is_kept and age is not None else "no-store"
    if is_kept and age is not None and cache_tags is not None:
        add_tags(response, cache_tags)
