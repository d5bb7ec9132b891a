"""Dates in British style, in the label language.

For example "14 March 2026", "14 Mawrth 2026".
"""

from __future__ import annotations

import datetime

from django.utils import dateformat, timezone
from django.utils.translation import gettext_noop

from ..contacts.formatting import time as time_of_day

#: Django's own Welsh July is misspelt; our catalogue, which comes later, puts it right.
_MISSPELT = (gettext_noop("July"),)


#: Offsets before there was standard time are rounded to this: London's was -00:01:15 until 1847, Amsterdam's
#: +00:19:32 until 1937. RFC 3339, RFC 9557 and RFC 5322 have no seconds in an offset.
_STEP = datetime.timedelta(minutes=5)


def local(value: datetime.datetime) -> datetime.datetime:
    """Return an aware datetime in ``TIME_ZONE``.

    Its offset is one that feeds and JSON can write.
    """
    try:
        value = timezone.localtime(value, timezone.get_default_timezone())
    except OverflowError:  # the first or the last day that Python knows
        return value.astimezone(datetime.UTC) if value.utcoffset() else value
    offset = value.utcoffset() or datetime.timedelta()
    if not offset % datetime.timedelta(minutes=1):
        return value
    return value.astimezone(datetime.timezone(_STEP * round(offset / _STEP)))


def iso(value: datetime.datetime | None) -> str | None:
    """Return an aware datetime as ISO 8601, in whole seconds.

    With its offset in ``TIME_ZONE``.
    """
    return local(value).isoformat(timespec="seconds") if value is not None else None


def display(value: datetime.datetime | datetime.date | str | None) -> str:
    """Return a day in words, in the active language and in ``TIME_ZONE``.

    ISO text is read; ``None`` gives "".
    """
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value) if "T" in value else datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = local(value)
    return dateformat.format(value, "j F Y")


def display_with_time(value: datetime.datetime | datetime.date | None) -> str:
    """Return a day as ``display()`` does, with the time if it is today.

    A time of midnight is that of a source which knew the day alone.
    """
    shown = display(value)
    if not isinstance(value, datetime.datetime):
        return shown
    when = local(value) if timezone.is_aware(value) else value
    if when.date() != local(timezone.now()).date() or (when.hour, when.minute) == (0, 0):
        return shown
    return f"{shown}, {time_of_day(when.time())}"


def short_display(value: datetime.datetime | None) -> str:
    """Return a date and time for staff: "30 Nov 2026, 9:30am".

    In ``TIME_ZONE``; "" for None.

    The order is the same in every language, American English too; months are named in the active one.
    """
    if value is None:
        return ""
    if timezone.is_aware(value):
        value = local(value)
    half = "am" if value.hour < 12 else "pm"
    return dateformat.format(value, "j M Y, g:i") + half
