"""Work left until a response has been sent, so that editors do not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.local import Local
from django.core.signals import request_finished, request_started

_request = Local()


def is_in_request() -> bool:
    """Return whether this code runs for a request.

    Commands and tasks have no request.
    """
    return bool(getattr(_request, "is_running", False))


def leave() -> None:
    """Have the work done when the response of this request has been sent."""
    _request.has_work = True


def connect(work: Callable[[], None]) -> None:
    """Call ``work`` after the response of each request that has called ``leave()``."""

    def started(**kwargs: Any) -> None:
        _request.is_running, _request.has_work = True, False

    def finished(**kwargs: Any) -> None:
        _request.is_running = False
        if getattr(_request, "has_work", False):
            _request.has_work = False
            work()

    request_started.connect(started, weak=False, dispatch_uid="cpsnews.request_started")
    request_finished.connect(finished, weak=False, dispatch_uid="cpsnews.request_finished")
