"""The engine that counts lists where the tests run.

Bitmaps in memory, or SQL where ``pyroaring`` is not installed.
"""

from wagtail_cpsnews.catalogue.counting import SQLCounter, get_counter
from wagtail_cpsnews.catalogue.db import using


def by_engine(*, bitmaps, sql):
    """Return what a test expects of the engine that serves.

    Such as a number of statements.
    """
    return sql if isinstance(get_counter(using()), SQLCounter) else bitmaps
