"""What can go wrong when the catalogue is read."""

from __future__ import annotations


class NotBuilt(Exception):
    """The catalogue has never been built: ``manage.py rebuild_catalogue`` does it."""


class CursorGone(Exception):
    """The cursor is from before the catalogue started again."""


class NoSuchPage(Exception):
    """The requested page number exceeds ``last``, the number of the last page."""

    def __init__(self, last: int) -> None:
        super().__init__(last)
        self.last = last


class BadToken(ValueError):
    """The text is not a token of the change log."""


class TokenGone(Exception):
    """The token is from before the catalogue, or the list of sites, started again."""


class Locked(Exception):
    """Another connection has the catalogue's lock."""
