"""Text search: one interface, and an engine for each database.

Another engine searches one of Wagtail’s search backends. An engine answers with ids, in the same order everywhere.
"""

from __future__ import annotations

from django.db import connections

from ...conf import get_settings
from .base import ALL, AS_TYPED, FINER, LEVELS, ROUGH, Engine, Found, PlainEngine
from .grammar import Expression, Term, parse
from .outside import OutsideEngine
from .postgresql import PostgreSQLEngine
from .sqlite import SQLiteEngine

__all__ = [
    "ALL",
    "AS_TYPED",
    "FINER",
    "LEVELS",
    "ROUGH",
    "Engine",
    "Expression",
    "Found",
    "OutsideEngine",
    "PlainEngine",
    "Term",
    "database_engine",
    "engine",
    "engines",
    "parse",
]

_ENGINES: dict[str, type[Engine]] = {"sqlite": SQLiteEngine, "postgresql": PostgreSQLEngine}


def database_engine(alias: str) -> Engine:
    """Return the engine for a database.

    Its own text search where it has one, a slow comparison elsewhere.
    """
    return _ENGINES.get(connections[alias].vendor, PlainEngine)(alias)


def engines(alias: str) -> list[Engine]:
    """Return the engines that are told of each change.

    The database's, and the one over ``SEARCH_BACKEND`` where that is set.
    """
    database = database_engine(alias)
    return [database, OutsideEngine(alias, database)] if get_settings().SEARCH_BACKEND else [database]


def engine(alias: str) -> Engine:
    """Return the engine that is searched."""
    return engines(alias)[-1]
