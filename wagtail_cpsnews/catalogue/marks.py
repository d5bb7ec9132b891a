"""Marks: what a change leaves behind, in its own transaction and without a lock, for the projector."""

from __future__ import annotations

from typing import Any

from django.db import connections, router, transaction

from ..compat import get_page_model
from .models import Mark


def using() -> str:
    """The database that pages are written to: the catalogue lives beside them."""
    return router.db_for_write(get_page_model())


def mark_page(pk: Any) -> None:
    """Look at one page again."""
    _add(Mark.PAGE, str(pk))


def mark_subtree(pk: Any) -> None:
    """Look at a page and everything below it again: addresses, privacy, site."""
    _add(Mark.SUBTREE, str(pk))


def mark_use(subject: str) -> None:
    """Look again at every story that shows or links to an object (``"wagtailimages.image:5"``)."""
    _add(Mark.USE, subject)


def mark_reference() -> None:
    """Terms, sites or locales changed."""
    _add(Mark.REFERENCE, "")


def _add(scope: str, subject: str) -> None:
    alias = using()
    Mark.objects.using(alias).create(scope=scope, subject=subject)
    # One projection a transaction is enough, and a deletion of ten thousand pages leaves ten thousand marks. Only the
    # newest callbacks are searched: what a rolled-back savepoint takes along, it takes along with its marks.
    waiting = connections[alias].run_on_commit[-50:]
    if not any(callback[1] is _project_now for callback in waiting):
        transaction.on_commit(_project_now, using=alias, robust=True)


def _project_now() -> None:
    from .projector import project

    project()
