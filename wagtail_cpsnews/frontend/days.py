"""The newest stories day by day, with the one that leads."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from ..catalogue.dates import local
from ..contacts.formatting import time

#: A story with a picture leads while it is at most this many days older than the newest one.
LEAD_DAYS = 3

#: Stories without which none leads: a short list has no first among equals.
FEW = 4

_DAY = datetime.timedelta(days=1)


def lead_of(cards: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the story that leads.

    The newest with a picture among those of the last days; without one the newest. ``None`` for a short list.
    """
    cards = [card for card in cards if card.get("published")]
    if len(cards) < FEW:
        return None
    first = _day(cards[0]) - LEAD_DAYS * _DAY
    near = (card for card in cards if _day(card) >= first)
    return next((card for card in near if (card.get("image") or {}).get("url")), cards[0])


def by_day(cards: Iterable[dict[str, Any]], now: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """Return cards by the day of their publication.

    As ``[{"date", "label", "detail", "cards"}]``.

    ``label`` is "Today", "Yesterday", a weekday or a date, ``detail`` the rest of the date. Each card gets ``time``.
    """
    today = local(now or timezone.now()).date()
    days: dict[datetime.date | None, list[dict[str, Any]]] = {}
    for card in cards:
        day = _day(card) if card.get("published") else None
        days.setdefault(day, []).append({**card, "time": time_of(card)})
    return [{"date": day, "cards": found, **_words(day, today)} for day, found in days.items()]


def when(card: dict[str, Any], now: datetime.datetime | None = None) -> str:
    """Return a story's day and time where they matter: "Today, 11:40am", "Yesterday".

    "" for older stories: their date says enough.
    """
    if not card.get("published"):
        return ""
    day, today = _day(card), local(now or timezone.now()).date()
    if day == today:
        clock = time_of(card)
        return _("Today, %(time)s") % {"time": clock} if clock else _("Today")
    return _("Yesterday") if day == today - _DAY else ""


def time_of(card: dict[str, Any]) -> str:
    """Return the time of publication: "9:30am"; "" where only the day is known."""
    if not card.get("published"):
        return ""
    published = datetime.datetime.fromisoformat(card["published"]).time()
    return time(published) if published != datetime.time.min else ""


def _day(card: dict[str, Any]) -> datetime.date:
    return datetime.datetime.fromisoformat(card["published"]).date()


def _words(day: datetime.date | None, today: datetime.date) -> dict[str, str]:
    if day is None:
        return {"label": _("Without a date"), "detail": ""}
    if day == today:
        return {"label": _("Today"), "detail": dateformat.format(day, "l j F")}
    if day == today - _DAY:
        return {"label": _("Yesterday"), "detail": dateformat.format(day, "l j F")}
    if today - 7 * _DAY < day < today:
        return {"label": dateformat.format(day, "l"), "detail": dateformat.format(day, "j F")}
    return {"label": dateformat.format(day, "j F"), "detail": dateformat.format(day, "Y")}
