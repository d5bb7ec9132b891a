"""Fixtures of several files of this package."""

from tests.jsonlines import bare_index, file, index  # noqa: F401
