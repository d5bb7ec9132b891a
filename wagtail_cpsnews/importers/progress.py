"""How far a long import is, for a log: a line a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

#: Seconds between two lines.
INTERVAL = 60


def with_lines(
    items: Sequence[T], doing: str, write: Callable[[str], None], interval: float = INTERVAL
) -> Iterator[T]:
    """Yield the items, and ``write`` a line about them now and then.

    Every ``interval`` seconds, none before the first have passed.
    """
    begun = reported = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if done and now - reported >= interval:
            write(describe(doing, done, len(items), now - begun))
            reported = now
        yield item


def describe(doing: str, done: int, total: int, seconds: float) -> str:
    """Return how many of ``total`` are done, how fast, and how much time is left."""
    rate = done / seconds * 60 if seconds > 0 else 0.0
    text = f"{doing}: {done:,} of {total:,} stories"
    if rate < 1:
        return f"{text}."
    minutes = round((total - done) / rate)
    left = "less than a minute" if minutes < 1 else f"about {minutes:,} minute{'s' if minutes > 1 else ''}"
    return f"{text}, {rate:,.0f} a minute, {left} left."
