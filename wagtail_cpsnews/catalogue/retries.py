"""Stories whose pictures could not be made, because a storage was full or gone: projected again after pauses."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.db import transaction

from .models import Mark, Retry

#: The pause after the first failure; it doubles with each, up to the longest.
FIRST, LONGEST = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def note_results(
    alias: str, looked_at: Iterable[int], failed: Collection[int], now: datetime.datetime
) -> None:
    """Remember which of the pages just projected have to be tried again, and forget the others."""
    known = {retry.page_pk: retry for retry in Retry.objects.using(alias).filter(page_pk__in=list(looked_at))}
    done = [retry.pk for pk, retry in known.items() if pk not in failed]
    if done:
        Retry.objects.using(alias).filter(pk__in=done).delete()
    for pk in failed:
        retry = known.get(pk) or Retry(page_pk=pk)
        retry.tries = min(retry.tries + 1, 30)
        retry.due_at = now + _pause(retry.tries)
        retry.save(using=alias)


def invalidate_due(alias: str, now: datetime.datetime) -> None:
    """Leave an invalidation for each page whose pause is over; the next is due after another pause.

    Of those that failed together, because a storage was gone, some at a time.
    """
    due = Retry.objects.using(alias).filter(due_at__lte=now)
    if not due.exists():
        return
    with transaction.atomic(using=alias):
        for retry in due.order_by("due_at").select_for_update()[:50]:
            Mark.objects.using(alias).create(scope=Mark.PAGE, subject=str(retry.page_pk))
            retry.due_at = now + _pause(retry.tries)
            retry.save(using=alias, update_fields=["due_at"])


def _pause(tries: int) -> datetime.timedelta:
    return min(FIRST * 2 ** (tries - 1), LONGEST)
