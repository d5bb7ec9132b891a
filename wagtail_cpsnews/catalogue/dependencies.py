"""Notes whether an answer about one story also shows what others say now.

Other pages and stories, while the answer is made.
"""

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
    """Note that the answer shows something which is looked up each time.

    A list, a related story, a linked page.
    """
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
