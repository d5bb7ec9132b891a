"""How many, and which: counts, facets and pages of a query. Bitmaps in memory, or plain SQL without ``pyroaring``."""

from __future__ import annotations

from .base import Counter, Counts, Key, Selection
from .sql import SQLCounter

try:
    from .bitmaps import BitmapCounter
except ImportError:  # the extra "bitmaps" is not installed
    _COUNTER: type[Counter] = SQLCounter
else:
    _COUNTER = BitmapCounter

__all__ = ["Counter", "Counts", "Key", "Selection", "get_counter"]


def get_counter(alias: str) -> Counter:
    """Return the counter for a database."""
    return _COUNTER(alias)
