"""Tombstones in feeds: what was public and is gone, an id and a time.

The same in every feed of a site, whatever its filter, so that nobody finds out by filtering what a withdrawn
story was filed under.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..catalogue.db import using
from ..catalogue.models import Entry

#: For how long a feed says that a story is gone, and how many it says it of: readers ask more often than that.
WINDOW = datetime.timedelta(days=90)
AT_MOST = 200


@dataclass(frozen=True)
class Tombstone:
    """The story with this id is gone since then."""

    id: str
    gone_at: datetime.datetime


def tombstones(sites: tuple[int, ...] | None) -> list[Tombstone]:
    """Return the stories that went lately, the latest first, by one query.

    Those of these sites (``None``: of all).

    A story whose time is over counts as gone even before the catalogue has buried it.
    """
    now = timezone.now()
    removed = (
        Entry.objects.using(using())
        .filter(Q(public=False) | Q(expires_at__lte=now))
        .annotate(since=Coalesce("gone_at", "expires_at"))
        .filter(since__gte=now - WINDOW)
    )
    if sites is not None:
        removed = removed.filter(site_id__in=sites)
    rows = removed.order_by("-since", "pk").values_list("pk", "since")[:AT_MOST]
    zone = timezone.get_default_timezone()
    return [
        Tombstone(f"urn:uuid:{pk}", timezone.localtime(since, zone).replace(microsecond=0))
        for pk, since in rows
    ]
