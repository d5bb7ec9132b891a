"""For how long an answer may be kept: not beyond the next expiry of a story, nor beyond the next change of a contact."""

from __future__ import annotations

import datetime

from django.utils import timezone

from ..conf import get_settings
from .snapshots import Snapshot

#: A lifetime that ends with the next expiry is rounded down to these steps, in seconds, so that it does not tell
#: to the second when a story goes.
STEPS = (60, 30, 10, 5, 0)

_SECOND = datetime.timedelta(seconds=1)


def max_age(
    snapshot: Snapshot,
    until: datetime.datetime | None = None,
    expires_at: datetime.datetime | None = None,
) -> int:
    """For how many seconds an answer may be kept.

    until: when it may begin to say something else, besides what the catalogue knows of.
    expires_at: when a page that it is about expires, besides those in the catalogue.
    """
    now, longest = timezone.now(), get_settings().MAX_AGE
    expiries = [moment for moment in (snapshot.next_change, expires_at) if moment is not None]
    if expiries:
        left = (min(expiries) - now) / _SECOND
        if left < longest:
            longest = next(step for step in STEPS if step <= max(left, 0))
    if until is not None:
        # Half of what is left: a cache of the host's keeps the answer so long, and then hands it to a browser that
        # keeps it so long again, because Django's caches do not say how old an answer is.
        longest = max(0, min(longest, (until - now) // (2 * _SECOND)))
    return longest


def midnight_after(moment: datetime.datetime) -> datetime.datetime:
    """When the day of ``moment`` ends, by the clock of ``TIME_ZONE``."""
    zone = timezone.get_default_timezone()
    tomorrow = timezone.localdate(moment, zone) + datetime.timedelta(days=1)
    return datetime.datetime.combine(tomorrow, datetime.time(), zone)
