"""Fixtures of several files of this package."""

from tests.oembed import ask  # noqa: F401
