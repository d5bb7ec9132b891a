"""Which database the catalogue is in."""

from __future__ import annotations

from django.db import router

from ..compat import get_page_model


def using() -> str:
    """Return the alias of the database that pages are written to.

    The catalogue is stored beside them.
    """
    return router.db_for_write(get_page_model())
