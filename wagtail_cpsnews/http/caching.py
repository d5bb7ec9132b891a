"""How long caches may keep a public answer.

Never beyond the next expiry of a story or change of a contact.
"""

from __future__ import annotations

import datetime
import hashlib
import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control

from ..catalogue.dependencies import noting
from ..catalogue.snapshots import Snapshot, current
from ..conf import get_settings
from .responses import keep_language
from .tags import LISTS, about_story, add_tags

#: When a page may begin to say something else, besides what the catalogue knows of: from what the catalogue is now.
Until = Callable[[Snapshot, datetime.datetime], datetime.datetime | None]

#: A lifetime that ends with the next expiry is rounded down to these steps, in seconds, so that it does not tell
#: to the second when a story goes.
STEPS = (60, 30, 10, 5, 0)

_SECOND = datetime.timedelta(seconds=1)


def max_age(
    snapshot: Snapshot,
    until: datetime.datetime | None = None,
    expires_at: datetime.datetime | None = None,
) -> int:
    """Return for how many seconds an answer may be kept.

    until: when it may begin to say something else, besides what the catalogue knows of.
    expires_at: when a page that it is about expires, besides those in the catalogue.
    """
    now, longest = timezone.now(), get_settings().MAX_AGE
    expiries = [when for when in (snapshot.next_change, expires_at) if when is not None]
    if expiries:
        left = (min(expiries) - now) / _SECOND
        if left < longest:
            longest = next(step for step in STEPS if step <= max(left, 0))
    if until is not None:
        # Half of what is left: a cache of the host's keeps the answer so long, and then hands it to a browser that
        # keeps it so long again, because Django's caches do not say how old an answer is.
        longest = max(0, min(longest, (until - now) // (2 * _SECOND)))
    # While the database is away: nobody has an answer longer than ``MAX_AGE`` after it was true.
    return max(0, longest - math.ceil(snapshot.age)) if snapshot.is_away else longest


def midnight_after(when: datetime.datetime, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return when the day of ``when`` ends, by the clock of ``zone``.

    ``TIME_ZONE`` where none is given.
    """
    zone = zone or timezone.get_default_timezone()
    tomorrow = timezone.localdate(when, zone) + datetime.timedelta(days=1)
    return datetime.datetime.combine(tomorrow, datetime.time(), zone)


def next_answering(snapshot: Snapshot, when: datetime.datetime) -> datetime.datetime:
    """Return when somebody else answers."""
    return snapshot.reference.contacts.at(when).until


def next_day(snapshot: Snapshot, when: datetime.datetime) -> datetime.datetime:
    """Return when dates of versions come into force."""
    return midnight_after(when)


def next_day_or_answering(snapshot: Snapshot, when: datetime.datetime) -> datetime.datetime:
    """Return when a page changes that says both: who answers, and "today".

    The day of each contact ends by the clock of its own time zone.
    """
    zones = {contact.timetable.tzinfo for contact in snapshot.reference.contacts.contacts}
    days = [midnight_after(when, zone) for zone in zones]
    return min(next_day(snapshot, when), next_answering(snapshot, when), *days)


def limit_lifetime(
    request: HttpRequest,
    serve: Callable[[], HttpResponse],
    until: Until | None = None,
    expiry: Callable[[], datetime.datetime | None] | None = None,
    story: Callable[[], Any] | None = None,
) -> HttpResponse:
    """Serve a page with a lifetime of ``MAX_AGE`` at most.

    It ends before the page may say something else.

    A reader with a session gets the page again each time, and no shared cache keeps it: editors look at what they have just
    published, and nobody passes a page's password or login without a session. expiry: of the page itself and of what it
    points to, asked when it has been made. story: the public id of the story that the page is about, asked then, too.
    """
    # Before the page is made: it may say something newer, never older.
    snapshot, when = current(), timezone.now()
    ends = until(snapshot, when) if until else None
    with noting() as noted:
        response = serve()
    if response.status_code in (200, 301):  # without a lifetime, browsers keep a 301 for good
        age = max_age(snapshot, ends, expiry() if expiry else None)
        elapsed = (timezone.now() - when) // datetime.timedelta(seconds=1)
        patch_cache_control(response, max_age=max(0, age - elapsed), **_privacy(request))
        add_tags(response, about_story(story(), shows_others=noted.on_others) if story else (LISTS,))
    if response.status_code == 200:
        response = not_sent_again(request, response)
    return keep_language(request, response)


def not_sent_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return an HTML page with an entity tag, or a 304 where the reader has it.

    The tag is of what the page says, since menus and templates of the host are not in the catalogue, and of the policy
    that it is shown by, which a 304 does not bring. It is weak: middleware may compress or add to the page afterwards.
    A reader with a session and a preview get none.
    """
    if (
        _has_session(request)
        or getattr(request, "is_preview", False)
        or request.method not in ("GET", "HEAD")
        or response.streaming
        or not getattr(response, "is_rendered", True)
        or response.has_header("ETag")
    ):
        return response
    body = response.content + response.get("Content-Security-Policy", "").encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["ETag"] = tag
    given = request.headers.get("If-None-Match", "").strip()
    if given in ("", "*"):
        return response
    return get_conditional_response(request, etag=tag, response=response) or response


def _has_session(request: HttpRequest) -> bool:
    """Return whether the reader may have a session, by the cookie alone.

    To ask for the user would make every answer differ by cookie, for all caches.
    """
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _privacy(request: HttpRequest) -> dict[str, bool]:
    return {"private": True, "no_cache": True} if _has_session(request) else {}
