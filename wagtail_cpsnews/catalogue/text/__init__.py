"""Text search: one interface, and one engine for each database.

An engine answers with ids, in the same order everywhere.
"""

from __future__ import annotations

from django.db import connections

from .base import AS_TYPED, LEVELS, Engine, Found, PlainEngine
from .grammar import Expression, Term, parse
from .postgresql import PostgreSQLEngine
from .sqlite import SQLiteEngine

__all__ = ["AS_TYPED", "LEVELS", "Engine", "Expression", "Found", "PlainEngine", "Term", "engine", "parse"]

_ENGINES: dict[str, type[Engine]] = {"sqlite": SQLiteEngine, "postgresql": PostgreSQLEngine}


def engine(alias: str) -> Engine:
    """Return the engine for a database.

    Its own text search where it has one, a slow comparison elsewhere.
    """
    return _ENGINES.get(connections[alias].vendor, PlainEngine)(alias)
