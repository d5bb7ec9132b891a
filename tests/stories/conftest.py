"""Fixtures of several files of this package."""

from tests.protocols import protocol, read  # noqa: F401
