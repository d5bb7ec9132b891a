"""The usage ledger in the database.

Write what a process has gathered, forget what is old, make room.

Each piece of work is bounded in rows and time. See docs/usage.md for what is kept when the table is full.
"""

from __future__ import annotations

import datetime
import logging
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.utils import DatabaseError
from django.utils import timezone

from ..conf import get_settings
from .fair_sample import Hours, Use
from .models import EmbedSite, EmbedUse

logger = logging.getLogger("wagtail_cpsnews")

#: Rows of the table of uses.
MAX_ROWS = 500_000

#: Known sites that a process remembers, those that were seen last.
MAX_KNOWN_SITES = 20_000

#: For how long one piece of work goes on, in seconds, and how many rows it deletes or writes in one statement.
WORK_SECONDS = 0.3
BATCH = 200

#: Rows that ``newsroom_clock`` keeps free, so that what a process writes finds room.
ROWS_KEPT_FREE = 10_000

_SITES_AT_ONCE = 50


def known_sites(alias: str) -> frozenset[str]:
    """Return the sites that were seen in more than one hour."""
    known = EmbedSite.objects.using(alias).filter(is_known=True).order_by("-last_seen")
    return frozenset(known.values_list("host", flat=True)[:MAX_KNOWN_SITES])


def write_uses(alias: str, uses: Mapping[Use, Hours], seconds: float = WORK_SECONDS) -> list[Use]:
    """Write uses and their sites, each batch in a transaction of its own.

    Returns:
        The uses that are written. For the rest time ran out, or the database refused.
    """
    written: list[Use] = []
    end = time.monotonic() + seconds
    for batch in _batches(list(uses)):
        if written and time.monotonic() > end:
            break
        try:
            with transaction.atomic(using=alias):
                _write_sites(alias, batch, uses)
                _write_uses(alias, batch, uses)
        except DatabaseError:
            logger.warning("The usage ledger could not be written; the next time tries again.", exc_info=True)
            break
        written += batch
    return written


def tidy(alias: str, wanted: int = 0, seconds: float = WORK_SECONDS) -> int:
    """Delete what is older than ``USAGE_DAYS``, then make room if needed.

    Bounded work.

    Args:
        wanted: How many rows are to be free.
        seconds: For how long to work; one batch of rows more at the most.

    Returns:
        The number of rows that are free; negative if there are too many.
    """
    end = time.monotonic() + seconds
    too_old = timezone.now() - datetime.timedelta(days=get_settings().USAGE_DAYS)
    uses, sites = EmbedUse.objects.using(alias), EmbedSite.objects.using(alias)
    while _delete(uses.filter(last_seen__lt=too_old)) and time.monotonic() < end:
        pass
    _delete(sites.filter(last_seen__lt=too_old))
    free = MAX_ROWS - uses.count()
    deleted = 0
    while free + deleted < wanted and time.monotonic() < end:
        batch = _evict(alias, wanted - free - deleted, end)
        if not batch:
            break
        deleted += batch
    if deleted:
        logger.warning("The usage ledger is full: %d uses made room for others.", deleted)
    return free + deleted


def _batches(uses: list[Use]) -> Iterator[list[Use]]:
    """Yield batches in an order that no site can choose.

    Each is sorted, so that processes lock rows in one order.
    """
    random.shuffle(uses)
    for start in range(0, len(uses), BATCH):
        yield sorted(uses[start : start + BATCH])


def _write_sites(alias: str, batch: list[Use], uses: Mapping[Use, Hours]) -> None:
    """Write the batch's sites.

    One that is seen in a second hour is known from then on.
    """
    hours: dict[str, Hours] = {}
    for use in batch:
        first, last = hours.get(use[0], uses[use])
        hours[use[0]] = min(first, uses[use][0]), max(last, uses[use][1])
    table = EmbedSite.objects.using(alias)
    before = {site.host: site for site in table.filter(host__in=hours)}
    table.bulk_create(
        [
            EmbedSite(host=host, first_seen=first, last_seen=last, is_known=last > first)
            for host, (first, last) in hours.items()
            if host not in before
        ],
        ignore_conflicts=True,  # another process may have been faster
    )
    changed = {host: site for host, site in before.items() if hours[host][1] > site.last_seen}
    for hour in {hours[host][1] for host in changed}:
        table.filter(host__in=[host for host in changed if hours[host][1] == hour]).update(last_seen=hour)
    again = [
        host for host, site in before.items() if hours[host] != (site.first_seen,) * 2 and not site.is_known
    ]
    table.filter(host__in=again).update(is_known=True)


def _write_uses(alias: str, batch: list[Use], uses: Mapping[Use, Hours]) -> None:
    EmbedUse.objects.using(alias).bulk_create(
        [
            EmbedUse(host=host, door=method, what=what, first_seen=first, last_seen=last)
            for host, method, what in batch
            for first, last in (uses[host, method, what],)
        ],
        update_conflicts=True,
        unique_fields=["host", "door", "what"],
        update_fields=["last_seen"],
    )


def _evict(alias: str, wanted: int, end: float) -> int:
    """Delete one batch of uses.

    Uses of sites seen in only one hour go first, by lot, then the oldest of the sites with most uses.
    """
    limit = min(wanted, BATCH)
    uses, sites = EmbedUse.objects.using(alias), EmbedSite.objects.using(alias)
    while strangers := dict(
        sites.filter(is_known=False).order_by("lot").values_list("host", "pk")[:_SITES_AT_ONCE]
    ):
        deleted = _delete(uses.filter(host__in=strangers), limit)
        left = set(uses.filter(host__in=strangers).values_list("host", flat=True).distinct())
        sites.filter(pk__in=[pk for host, pk in strangers.items() if host not in left]).delete()
        if deleted or time.monotonic() > end:
            return deleted
    most = list(
        uses.values_list("host").annotate(count=Count("pk")).order_by("-count", "host")[:_SITES_AT_ONCE]
    )
    deleted = 0
    for host, count in most if most and most[0][1] > 1 else ():
        # The sites with most become as small as the last of them, and none is forgotten.
        surplus = min(count - most[-1][1] + 1, count - 1)
        deleted += _delete(uses.filter(host=host).order_by("last_seen"), min(surplus, limit - deleted))
        if deleted >= limit or time.monotonic() > end:
            break
    return deleted


def _delete(rows: QuerySet[Any], limit: int = BATCH) -> int:
    """Delete up to ``limit`` rows and return how many there were."""
    found = list(rows.values_list("pk", flat=True)[:limit])
    if found:
        rows.model._default_manager.using(rows.db).filter(pk__in=found).delete()
    return len(found)
