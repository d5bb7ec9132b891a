"""For the tests of projects that use the package.

In a ``TestCase`` nothing is ever committed, so nothing would reach the catalogue. With ``CatalogueTestMixin``, or
with the pytest fixture ``newsroom_catalogue`` of ``wagtail_cpsnews.test.pytest_plugin``, every look at the catalogue
takes in what the test has done so far::

    class NewsTests(CatalogueTestMixin, TestCase):
        def test_story_is_listed(self):
            ...
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.signals import setting_changed
from django.db import connections
from django.utils import timezone

from ..catalogue import projection, snapshots
from ..catalogue.db import using
from ..catalogue.state import Snapshot

__all__ = ["CatalogueTestMixin", "catalogue_in_transactions"]


#: Statements that leave the database as it is.
_READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|PRAGMA|EXPLAIN)\b", re.IGNORECASE)


class _Watch:
    """The snapshot of a test.

    Refreshed when the test's connection has written, and once a second like in production.
    """

    def __init__(self, alias: str) -> None:
        self._alias, self._connection = alias, connections[alias]
        self._snapshot: Snapshot | None = None
        self._refreshed_at, self._writes = timezone.now(), 0

    def __call__(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        """Note what the connection executes, as Django's ``execute_wrapper``."""
        if not _READS.match(sql):
            self.forget()
        return execute(sql, *args)

    def forget(self, **kwargs: Any) -> None:
        """Have the next call refresh."""
        self._snapshot = None
        self._writes += 1

    def current(self, refresh: Callable[[], Snapshot]) -> Snapshot:
        """Return the snapshot.

        From ``refresh`` where something may have changed since the last one.
        """
        if not self._is_watching():
            return refresh()
        if self._snapshot is None or not self._is_fresh(self._snapshot):
            self._refreshed_at = timezone.now()
            writes, snapshot = self._writes, refresh()
            if writes != self._writes:  # the refresh has projected, and may have left more to do
                return snapshot
            self._snapshot = snapshot
        return self._snapshot

    def _is_watching(self) -> bool:
        """Return whether nobody else can write what this connection reads."""
        return connections[self._alias] is self._connection and self._connection.in_atomic_block

    def _is_fresh(self, snapshot: Snapshot) -> bool:
        now = timezone.now()
        is_due = snapshot.next_change is not None and now >= snapshot.next_change
        return not is_due and abs(now - self._refreshed_at) < datetime.timedelta(seconds=1)


@contextlib.contextmanager
def catalogue_in_transactions() -> Iterator[None]:
    """Have the catalogue follow changes that are not committed, while it lasts."""
    watch = _Watch(using())
    projection.inside_transactions = True
    snapshots.reset()
    snapshots.set_watch(watch)
    setting_changed.connect(watch.forget)
    try:
        with connections[using()].execute_wrapper(watch):
            yield
    finally:
        setting_changed.disconnect(watch.forget)
        snapshots.set_watch(None)
        projection.inside_transactions = False
        snapshots.reset()


class CatalogueTestMixin:
    """For Django's ``TestCase``: put it before ``TestCase`` among the bases."""

    def setUp(self) -> None:
        context = catalogue_in_transactions()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)  # type: ignore[attr-defined]
        super().setUp()  # type: ignore[misc]
