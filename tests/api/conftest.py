"""Fixtures of several files of this package."""

from tests.jsonpages import ask, give, home, office, pages, protocol  # noqa: F401
