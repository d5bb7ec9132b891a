"""Counts, facets and pages of a query.

Bitmaps in memory count them, or plain SQL without ``pyroaring``.
"""

from __future__ import annotations

from .base import Counter, Counts, Key, Selection
from .sql import SQLCounter

try:
    from .bitmaps import BitmapCounter
    from .loading import store_index
except ImportError:  # the extra "bitmaps" is not installed
    _COUNTER: type[Counter] = SQLCounter
else:
    _COUNTER = BitmapCounter

__all__ = ["Counter", "Counts", "Key", "Selection", "get_counter", "store"]


def get_counter(alias: str) -> Counter:
    """Return the counter for a database."""
    return _COUNTER(alias)


def store(alias: str) -> bool:
    """Store what new processes can start from.

    Where that saves them time. Returns whether something was stored.
    """
    return _COUNTER is not SQLCounter and store_index(alias)
