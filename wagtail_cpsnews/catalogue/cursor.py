"""Cursors: a place in a list that stays while stories come and go.

A cursor names the last story seen, not a page number.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import Self

from django.db.models import Q

from .query import NEWEST, OLDEST
from .signed import SEPARATOR, decode, sign, unsign

#: The cursor of the first page.
START = "start"

_SALT = "cpsnews.cursor"
#: The epoch of a cursor that another key has signed: no catalogue has it.
_NO_EPOCH = uuid.UUID(int=0)


class BadCursor(ValueError):
    """The text is not a cursor of this site."""


@dataclass(frozen=True)
class Cursor:
    """The last story of a page, in a given order, as of an epoch of the catalogue."""

    epoch: uuid.UUID
    order: str
    published: datetime.datetime
    pk: uuid.UUID

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``str(cursor)``; raise ``BadCursor`` for anything else.

        One that another key has signed is of no epoch, so its list starts again.
        """
        try:
            # Version 0.1.0 did not sign them.
            values, is_valid = unsign(text, _SALT) if SEPARATOR in text else (decode(text), True)
            epoch, order, published, pk = values
            when = datetime.datetime.fromisoformat(published)
            if when.tzinfo is None or order not in (NEWEST, OLDEST):
                raise ValueError("no cursor")
            cursor = cls(uuid.UUID(epoch), order, when.astimezone(datetime.UTC), uuid.UUID(pk))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise BadCursor(text) from error
        return cursor if is_valid else replace(cursor, epoch=_NO_EPOCH)

    def __str__(self) -> str:
        return sign([self.epoch.hex, self.order, self.published.isoformat(), self.pk.hex], _SALT)

    def condition(self) -> Q:
        """Return the entries that come after this one."""
        if self.order == OLDEST:
            return Q(published__gt=self.published) | Q(published=self.published, pk__gt=self.pk)
        return Q(published__lt=self.published) | Q(published=self.published, pk__lt=self.pk)
