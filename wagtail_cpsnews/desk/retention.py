"""Retention: what is kept for a time, and what of it is due.

See docs/data-protection.md, which names every table.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..conf import get_settings
from ..usage import ledger
from ..usage.models import EmbedUse
from .proof.models import Proof

_BATCH = 100


@dataclass(frozen=True)
class Period:
    """One thing that is kept for a number of days.

    setting: the setting that gives the days; 0 keeps for ever. due: returns the rows that are older than a time.
    """

    what: str
    setting: str
    due: Callable[[datetime.datetime], QuerySet[Any]]

    @property
    def days(self) -> int:
        """For how many days it is kept; 0 for ever."""
        return int(getattr(get_settings(), self.setting))

    def rows(self) -> QuerySet[Any]:
        """Return the rows that are due."""
        before = timezone.now() - datetime.timedelta(days=self.days)
        rows = self.due(before)
        return rows if self.days else rows.none()


def _uses(before: datetime.datetime) -> QuerySet[Any]:
    return EmbedUse.objects.using(using()).filter(last_seen__lt=before)


def _proofs(before: datetime.datetime) -> QuerySet[Any]:
    """Return proofs of stops that have ended; of one in force every proof is kept."""
    ended = Proof.objects.using(using()).filter(stop__ended_at__lt=before)
    return ended.filter(finished_at__lt=before)


def _stops(before: datetime.datetime) -> QuerySet[Any]:
    return PublicationStop.objects.using(using()).filter(ended_at__lt=before)


#: What is deleted, in this order.
PERIODS = (
    Period("uses on other sites", "USAGE_DAYS", _uses),
    Period("proofs of absence", "PROOF_DAYS", _proofs),
    Period("ended holds, embargoes and withdrawals", "STOP_DAYS", _stops),
)


def count_due() -> Iterator[tuple[Period, int]]:
    """Yield how many rows of each period are due; write nothing."""
    for period in PERIODS:
        yield period, period.rows().count()


def delete_due() -> Iterator[tuple[Period, int]]:
    """Delete what is due, and yield how many rows of each period there were.

    A few rows in one transaction.
    """
    for period in PERIODS:
        deleted = 0
        while pks := list(period.rows().values_list("pk", flat=True)[:_BATCH]):
            with transaction.atomic(using=using()):
                period.rows().filter(pk__in=pks).delete()
            deleted += len(pks)
        yield period, deleted
    if get_settings().USAGE_DAYS:
        ledger.tidy(using())  # the sites of uses that are gone
