"""Reads that must not come from a replica.

A projection reads from the database that it writes.

A project's router may send every read to a replica that lags behind, related objects of a page included. A projection
that read there would leave a restricted story public and delete the invalidation that tells of the restriction.
Public answers read there too: the catalogue lives in that database, and what they show beside it must not be older.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import router

from .db import using

_pinned: ContextVar[str | None] = ContextVar("cpsnews_reads", default=None)


class PinnedRouter:
    """A database router that answers only while reads are pinned.

    It is asked before the project's own.

    Models that are written to another database than the catalogue stay with the project's router.
    """

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        alias = _pinned.get()
        return alias if alias is not None and router.db_for_write(model) == alias else None


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Read from ``alias`` in this thread while the context lasts.

    For adapters and Wagtail too, whatever is written there.
    """
    # Looked at each time: tests replace the list of routers.
    if not any(isinstance(known, PinnedRouter) for known in router.routers):
        router.routers.insert(0, PinnedRouter())
    token = _pinned.set(alias)
    try:
        yield
    finally:
        _pinned.reset(token)


def keep_reading(response: Any) -> Any:
    """Have a response read from where its view did.

    It may be rendered after its view has ended.
    """
    if not hasattr(response, "render") or getattr(response, "is_rendered", True):
        return response

    def render() -> Any:
        del response.render  # a response that a cache keeps holds nothing but data
        with reading_from(using()):
            return response.render()

    response.render = render
    return response
