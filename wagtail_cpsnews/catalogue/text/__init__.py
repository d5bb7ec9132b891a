"""Text search: one interface, and one engine for each database.

An engine answers with a condition on entries, nothing else.
"""

from __future__ import annotations

from django.db import connections

from .base import Engine, Phrase, PlainEngine, parse
from .postgresql import PostgreSQLEngine
from .sqlite import SQLiteEngine

__all__ = ["Engine", "Phrase", "engine", "parse"]

_ENGINES: dict[str, type[Engine]] = {"sqlite": SQLiteEngine, "postgresql": PostgreSQLEngine}


def engine(alias: str) -> Engine:
    """Return the engine for a database.

    Its own text search where it has one, plain comparison elsewhere.
    """
    return _ENGINES.get(connections[alias].vendor, PlainEngine)(alias)
