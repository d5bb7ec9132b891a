"""Notes, while an answer about one story is made, whether it also shows what other pages and stories say now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Noted:
    """What has been noted so far."""

    def __init__(self) -> None:
        self.on_others = False


_noted: ContextVar[Noted | None] = ContextVar("cpsnews_dependencies", default=None)


def depend_on_others() -> None:
    """Note that the answer shows something which is looked up each time: a list, a related story, a linked page."""
    if (noted := _noted.get()) is not None:
        noted.on_others = True


@contextmanager
def noting() -> Iterator[Noted]:
    """Collect notes while it lasts."""
    noted = Noted()
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)
