"""Publication stops in force: which stories are held, on embargo or withdrawn.

They are decided set-based, as a page's columns are: one query for any number of pages.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import QuerySet

from ..compat import get_page_model
from .db import using
from .models import Entry, PublicationStop
from .rules import Decision

#: The code of each kind of stop. It names the template of the page that answers instead.
CODES: dict[str, str] = {
    PublicationStop.Kind.EMBARGO.value: "embargoed",
    PublicationStop.Kind.HOLD.value: "held",
    PublicationStop.Kind.WITHDRAWAL.value: "withdrawn",
}

#: The name of what is left until a response has been sent: publishing what was on embargo.
STOPS_DUE = "stops due"

#: Which counts where a story has several: the last of them.
_ORDER = list(CODES)

#: Codes by translation key, as this process has read them; ``None`` before it has.
_known: Mapping[uuid.UUID, str] | None = None

#: Where the catalogue was then: its epoch, sequence and token.
_known_at: Any = None


def stop_of(page: Any) -> PublicationStop | None:
    """Return the stop of a story that is in force, or ``None``.

    Of several, the gravest. An alias is stopped as its source is. Reads from the database that is written.
    """
    found = PublicationStop.objects.using(using()).filter(translation_key=key_of(page), ended_at=None)
    return max(found, key=lambda stop: _ORDER.index(stop.kind), default=None)


def key_of(page: Any) -> uuid.UUID:
    """Return the translation key by which a page's story is stopped."""
    while page.alias_of_id is not None:
        page = page.alias_of
    key: uuid.UUID = page.translation_key
    return key


def pages_of(key: uuid.UUID) -> QuerySet[Any]:
    """Return the pages of a story: its language versions, and the aliases of these."""
    pages = get_page_model()._base_manager.using(using()).order_by()
    versions = models.Q(translation_key=key)
    return pages.filter(
        versions | models.Q(alias_of__translation_key=key) | models.Q(alias_of__alias_of__translation_key=key)
    )


def due_embargoes(now: datetime.datetime, alias: str) -> QuerySet[PublicationStop]:
    """Return the embargoes to end now.

    One whose story is on hold or withdrawn waits for that.
    """
    stops = PublicationStop.objects.using(alias).filter(ended_at=None)
    others = stops.filter(translation_key=models.OuterRef("translation_key")).exclude(
        pk=models.OuterRef("pk")
    )
    return stops.filter(wake_at__lte=now).exclude(models.Exists(others))


def keys_of_versions(key: uuid.UUID) -> set[uuid.UUID]:
    """Return the translation keys of a story and of its other versions.

    A version in a language that the site has no section for is a page of its own, and names the story. Found are
    those that are public, and those that are stopped with the story.
    """
    entries = Entry.objects.using(using()).filter(public=True).order_by()
    of_key = entries.filter(page_pk__in=list(pages_of(key).values_list("pk", flat=True)))
    groups = {key, *of_key.values_list("translation_key", flat=True)}
    versions = list(entries.filter(translation_key__in=groups).values_list("page_pk", flat=True))
    pages = get_page_model()._base_manager.using(using()).filter(pk__in=versions).order_by()
    with_it = models.Q(follows__translation_key=key) | models.Q(followers__translation_key=key)
    stops = PublicationStop.objects.using(using()).filter(with_it, ended_at=None)
    found = {key, *pages.values_list("translation_key", flat=True)}
    return found | set(stops.values_list("translation_key", flat=True))


def read_codes(alias: str) -> dict[uuid.UUID, str]:
    """Return the codes of all stories that are stopped, by translation key."""
    rows = PublicationStop.objects.using(alias).filter(ended_at=None).values_list("translation_key", "kind")
    return {key: CODES[kind] for key, kind in sorted(rows, key=lambda row: _ORDER.index(row[1]))}


def decide_served(page: Any) -> Decision:
    """Return what the stops say of a page that is served.

    A stop takes its pages down in its own transaction. What this process knows, and reads again with each change of
    the catalogue, is for a page that came back by a raw write.
    """
    global _known
    if _known is None:
        _known = read_codes(using())
    code = _known.get(key_of(page), "") if _known else ""
    return Decision(not code, code)


def forget_unless_at(place: Any) -> None:
    """Read again what is stopped where the catalogue has changed since."""
    global _known_at
    if place != _known_at:
        _known_at = place
        forget_known()


def forget_known() -> None:
    """Read again what is stopped when a page is next served."""
    global _known
    _known = None
