"""How many, and which: counts, facets and pages of a query. One interface; plain SQL behind it."""

from .base import Counter, Counts
from .sql import SQLCounter

__all__ = ["Counter", "Counts", "get_counter"]


def get_counter(alias: str) -> Counter:
    """Return the counter for a database."""
    return SQLCounter(alias)
