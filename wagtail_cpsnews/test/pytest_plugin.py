"""The fixture ``newsroom_catalogue`` for a project's tests.

``pytest_plugins = ["wagtail_cpsnews.test.pytest_plugin"]`` in a conftest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import catalogue_in_transactions


@pytest.fixture
def newsroom_catalogue(db: Any) -> Iterator[None]:
    """Have the catalogue follow what the test does, though nothing is committed."""
    with catalogue_in_transactions():
        yield
