"""Work left until a response has been sent, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.local import Local
from django.core.signals import request_finished, request_started

_request = Local()

#: What can be left, by name.
_works: dict[str, Callable[[], None]] = {}


def is_in_request() -> bool:
    """Return whether this code runs for a request.

    Commands and tasks have no request.
    """
    return bool(getattr(_request, "is_running", False))


def leave(name: str) -> None:
    """Have the work of this name done after the response of this request.

    Outside of a request nothing happens.
    """
    if is_in_request() and name not in _request.left:
        _request.left.append(name)


def connect(name: str, work: Callable[[], None]) -> None:
    """Call ``work`` after each response whose request called ``leave(name)``."""
    _works[name] = work
    request_started.connect(_started, dispatch_uid="cpsnews.request_started")
    request_finished.connect(_finished, dispatch_uid="cpsnews.request_finished")


def _started(**kwargs: Any) -> None:
    _request.is_running, _request.left = True, []


def _finished(**kwargs: Any) -> None:
    _request.is_running = False
    left, _request.left = getattr(_request, "left", []), []
    for name in left:
        _works[name]()
