"""For how long caches may keep our pages, whoever runs them: what comes down must be gone from all of them soon."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from ..catalogue.freshness import max_age, midnight_after
from ..catalogue.snapshots import Snapshot, current

#: When a page may begin to say something else, besides what the catalogue knows of: from what the catalogue is now.
Until = Callable[[Snapshot, datetime.datetime], datetime.datetime | None]


def next_answering(snapshot: Snapshot, moment: datetime.datetime) -> datetime.datetime:
    """When somebody else answers."""
    return snapshot.reference.contacts.at(moment).until


def next_day(snapshot: Snapshot, moment: datetime.datetime) -> datetime.datetime:
    """When dates of versions come into force."""
    return midnight_after(moment)


def limit_lifetime(
    request: HttpRequest,
    serve: Callable[[], HttpResponse],
    until: Until | None = None,
    expiry: Callable[[], datetime.datetime | None] | None = None,
) -> HttpResponse:
    """Serves a page with a lifetime of ``MAX_AGE`` at most, which ends before the page may say something else.

    Who has a session gets the page anew each time, and no shared cache keeps it: editors look at what they have just
    published, and nobody passes a page's password or login without a session. expiry: of the page itself and of what it
    points to, asked when it has been made.
    """
    # Before the page is made: it may say something newer, never older.
    snapshot, moment = current(), timezone.now()
    ends = until(snapshot, moment) if until else None
    response = serve()
    if response.status_code == 200:
        age = max_age(snapshot, ends, expiry() if expiry else None)
        late = (timezone.now() - moment) // datetime.timedelta(seconds=1)
        patch_cache_control(response, max_age=max(0, age - late), **_privacy(request))
    return response


def _privacy(request: HttpRequest) -> dict[str, bool]:
    """By the cookie alone: to ask for the user would make every answer differ by cookie, for all caches."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {"private": True, "no_cache": True} if has_session else {}
