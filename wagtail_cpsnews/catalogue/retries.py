"""Stories whose pictures could not be made: projected again after pauses.

A storage was full or gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from .models import Invalidation, Retry

#: The pause after the first failure; it doubles with each, up to the longest.
FIRST, LONGEST = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)

#: How many are tried in one projection.
AT_ONCE = 100


def note_results(
    alias: str, projected: Iterable[int], failed: Collection[int], now: datetime.datetime
) -> None:
    """Record which of the projected pages have to be tried again.

    The others are forgotten.
    """
    known = {retry.page_pk: retry for retry in Retry.objects.using(alias).filter(page_pk__in=list(projected))}
    done = [retry.pk for pk, retry in known.items() if pk not in failed]
    if done:
        Retry.objects.using(alias).filter(pk__in=done).delete()
    for pk in failed:
        retry = known.get(pk) or Retry(page_pk=pk)
        retry.tries = min(retry.tries + 1, 30)
        retry.due_at = now + _pause(retry.tries)
        retry.save(using=alias)


def invalidate_due(alias: str, now: datetime.datetime) -> None:
    """Invalidate each page whose pause is over.

    The next is due after another pause.

    Only inside a projection, which holds the lock; the rest of many is for the next one.
    """
    retries = Retry.objects.using(alias)
    due = list(retries.filter(due_at__lte=now).order_by("due_at")[:AT_ONCE])
    if not due:
        return
    invalidations = [
        Invalidation(scope=Invalidation.PAGE, subject=str(retry.page_pk), rank=Invalidation.REST)
        for retry in due
    ]
    Invalidation.objects.using(alias).bulk_create(invalidations)
    for retry in due:
        retry.due_at = now + _pause(retry.tries)
    retries.bulk_update(due, ["due_at"])


def _pause(tries: int) -> datetime.timedelta:
    return min(FIRST * 2 ** (tries - 1), LONGEST)
