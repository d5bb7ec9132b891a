"""Opening hours in words, in the active language.

"5pm to 9am on weekdays, all day at weekends".
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import dateformat
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .hours import CLOSED, SUNDAY, Span, Timetable

#: A day as an adverb, Monday first. Other languages inflect it: "ddydd Llun".
ON_DAYS = (
    gettext_lazy("on Monday"),
    gettext_lazy("on Tuesday"),
    gettext_lazy("on Wednesday"),
    gettext_lazy("on Thursday"),
    gettext_lazy("on Friday"),
    gettext_lazy("on Saturday"),
    gettext_lazy("on Sunday"),
)

_DAY = datetime.timedelta(days=1)
_ALL_DAY = Span(datetime.time.min, datetime.time.min)


def in_words(timetable: Timetable) -> str:
    """Return the weekly hours in words, with those on bank holidays.

    "" where there are no hours. A time zone other than the site's is named: "9am to 5pm on weekdays (Madrid time)".
    """
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(_plain(timetable.week)):
        if spans:
            groups.setdefault(spans, []).append(day)
    if not groups:
        return ""
    with_holidays = timetable.bank_holidays == SUNDAY
    sunday = next((days for days in groups.values() if 6 in days), [])
    joins_sunday = with_holidays and sunday in ([5, 6], [6])
    parts = [_line(row, spans, joins_sunday and row is sunday) for spans, row in groups.items()]
    if list(groups) == [(_ALL_DAY,)] and len(sunday) == 7:
        parts = [_("At any time")]
    if timetable.bank_holidays == CLOSED or (with_holidays and not sunday):
        parts.append(_("not on bank holidays"))
    elif with_holidays and not joins_sunday and len(sunday) < 7:
        parts.append(_("Sunday hours on bank holidays"))
    hours = ("; " if any("," in part for part in parts) else ", ").join(parts)
    return in_zone(hours, timetable.tzinfo)


def in_zone(text: str, zone: datetime.tzinfo) -> str:
    """Return a text about times, with their zone where it is not the site's."""
    name = str(zone)
    if not text or name == settings.TIME_ZONE:
        return text
    place = name.rpartition("/")[2].replace("_", " ")
    if not any(letter.islower() for letter in place):  # "UTC", "GMT"
        return f"{text} ({place})"
    return _("%(hours)s (%(place)s time)") % {"hours": text, "place": place}


def _plain(week: tuple[tuple[Span, ...], ...]) -> list[tuple[Span, ...]]:
    """Return the week with "all day" where a day and the night before leave no gap.

    Nine to nine on a Saturday after a night shift that ends at nine, say.
    """
    found = []
    for day, spans in enumerate(week):
        before = [span.closes for span in week[day - 1] if span.passes_midnight]
        round_the_clock = len(spans) == 1 and spans[0].is_all_day
        covered = round_the_clock and any(closes >= spans[0].opens for closes in before)
        found.append((_ALL_DAY,) if covered else spans)
    return found


def _line(row: list[int], spans: tuple[Span, ...], with_bank_holidays: bool) -> str:
    conjunction = _("and")
    hours = f" {conjunction} ".join(map(span, spans))
    if row == [5, 6] and with_bank_holidays:
        return _("%(hours)s at weekends and on bank holidays") % {"hours": hours}
    if row == [6] and with_bank_holidays:
        return _("%(hours)s on Sundays and bank holidays") % {"hours": hours}
    if len(row) == 7:
        return _("%(hours)s every day") % {"hours": hours}
    if row == [0, 1, 2, 3, 4]:
        return _("%(hours)s on weekdays") % {"hours": hours}
    if row == [5, 6]:
        return _("%(hours)s at weekends") % {"hours": hours}
    return f"{days(row)}, {hours}"


def days(row: list[int]) -> str:
    """Return weekdays in words.

    "Monday", "Saturday and Sunday", "Monday to Wednesday and Friday", "Every day".
    """
    if len(row) == 7:
        return _("Every day")
    parts: list[str] = []
    rest = list(row)
    while rest:
        length = 1
        while length < len(rest) and rest[length] == rest[0] + length:
            length += 1
        names = [str(WEEKDAYS[day]) for day in rest[:length]]
        if length > 2:
            names = [_("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}]
        parts += names
        rest = rest[length:]
    if len(parts) == 1:
        return parts[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def span(span: Span) -> str:
    """Return hours of a day: "9am to 5pm", "5pm to 9am", "all day"."""
    if span == _ALL_DAY:
        return _("all day")
    return _("%(opens)s to %(closes)s") % {"opens": time(span.opens), "closes": time(span.closes)}


def time(value: datetime.time) -> str:
    """Return a time of day: "9am", "5:30pm", "noon", "midnight"."""
    if (value.hour, value.minute) == (0, 0):
        return _("midnight")
    if (value.hour, value.minute) == (12, 0):
        return _("noon")
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"


def until(end: datetime.datetime, now: datetime.datetime) -> str:
    """Return until when something holds: "Until 9am on Monday", "Until 5pm today".

    Both in the time zone that is to be read. Midnight belongs to the day that it ends.
    """
    return _("Until %(time)s %(day)s") % {"time": time(end.time()), "day": on_day(end, now)}


def opens(start: datetime.datetime, now: datetime.datetime) -> str:
    """Return when somebody answers again, such as "Opens on Monday at 9am"."""
    return _("Opens %(day)s at %(time)s") % {"time": time(start.time()), "day": on_day(start, now)}


def available_again(start: datetime.datetime, now: datetime.datetime) -> str:
    """Return when an absence ends, such as "Available again on 7 December at 9am"."""
    return _("Available again %(day)s at %(time)s") % {"time": time(start.time()), "day": on_day(start, now)}


def on_day(when: datetime.datetime, now: datetime.datetime) -> str:
    """Return a day that is near: "today", "tomorrow", "on Monday", "on 4 January"."""
    day = (when - datetime.timedelta(microseconds=1)).date() if when.time() == _ALL_DAY.opens else when.date()
    distance = (day - now.date()).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("tomorrow")
    if 1 < distance < 7:
        return str(ON_DAYS[day.weekday()])
    return _("on %(date)s") % {"date": dateformat.format(day, "j F")}
