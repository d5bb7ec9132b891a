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
from collections.abc import Iterator

from ..catalogue import projection, snapshots

__all__ = ["CatalogueTestMixin", "catalogue_in_transactions"]


@contextlib.contextmanager
def catalogue_in_transactions() -> Iterator[None]:
    """Inside, the catalogue follows changes that are not committed."""
    projection.inside_transactions = True
    snapshots.reset()
    try:
        yield
    finally:
        projection.inside_transactions = False
        snapshots.reset()


class CatalogueTestMixin:
    """For Django's ``TestCase``: put it before ``TestCase`` among the bases."""

    def setUp(self) -> None:
        context = catalogue_in_transactions()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)  # type: ignore[attr-defined]
        super().setUp()  # type: ignore[misc]
