"""A place in a list that stays put while stories come and go: the last story seen, not a page number."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import uuid
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from .models import Entry
from .query import NEWEST, OLDEST

#: The cursor of the first page.
START = "start"


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
    def after(cls, entry: Entry, epoch: uuid.UUID, order: str) -> Self:
        """The cursor that continues behind ``entry``."""
        assert entry.published is not None
        return cls(epoch, order, entry.published, entry.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads ``str(cursor)``. Raises ``BadCursor`` for anything else."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            epoch, order, published, pk = json.loads(raw)
            moment = datetime.datetime.fromisoformat(published)
            if moment.tzinfo is None or order not in (NEWEST, OLDEST):
                raise ValueError("no cursor")
            return cls(uuid.UUID(epoch), order, moment.astimezone(datetime.UTC), uuid.UUID(pk))
        except (
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
            binascii.Error,
            RecursionError,
        ) as error:
            raise BadCursor(text) from error

    def __str__(self) -> str:
        raw = json.dumps([self.epoch.hex, self.order, self.published.isoformat(), self.pk.hex])
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    def condition(self) -> Q:
        """The entries that come after this one."""
        if self.order == OLDEST:
            return Q(published__gt=self.published) | Q(published=self.published, pk__gt=self.pk)
        return Q(published__lt=self.published) | Q(published=self.published, pk__lt=self.pk)
