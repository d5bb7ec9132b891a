"""Opening hours in words, in the active language: "Monday to Friday, 9am to 5pm"."""

from __future__ import annotations

import datetime

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from .hours import CLOSED, SUNDAY, Span, Timetable, runs


def in_words(timetable: Timetable) -> str:
    """Return the weekly hours in words, with those on bank holidays.

    "" where there are no hours.
    """
    both = _("and")
    lines = [f"{days(row)}, {f' {both} '.join(map(span, spans))}" for row, spans in runs(timetable.week)]
    if not lines:
        return ""
    if all(day and all(one.is_all_day for one in day) for day in timetable.week):
        lines = [_("At any time")]
    if timetable.bank_holidays == CLOSED:
        lines.append(_("not on bank holidays"))
    elif timetable.bank_holidays == SUNDAY and timetable.week[6] != timetable.week[0]:
        lines.append(_("Sunday hours on bank holidays"))
    return "; ".join(lines)


def days(row: list[int]) -> str:
    """Return weekdays in a row in words.

    "Monday", "Saturday and Sunday", "Monday to Friday", "Every day".
    """
    first, last = str(WEEKDAYS[row[0]]), str(WEEKDAYS[row[-1]])
    if len(row) == 7:
        return _("Every day")
    if len(row) == 1:
        return first
    if len(row) == 2:
        return _("%(first)s and %(last)s") % {"first": first, "last": last}
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def span(span: Span) -> str:
    """Return hours of a day: "9am to 5pm", "5pm to 9am", "all day"."""
    if span.is_all_day and span.opens == datetime.time.min:
        return _("all day")
    return _("%(opens)s to %(closes)s") % {"opens": time(span.opens), "closes": time(span.closes)}


def time(value: datetime.time) -> str:
    """Return a time of day: "9am", "5.30pm", "noon", "midnight"."""
    if (value.hour, value.minute) == (0, 0):
        return _("midnight")
    if (value.hour, value.minute) == (12, 0):
        return _("noon")
    minutes = f".{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"
