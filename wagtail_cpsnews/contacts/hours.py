"""When a contact answers: weekly hours, bank holidays, exceptions.

Pure functions of a timetable and a time.

The clock on the wall decides, in the timetable's own time zone: an hour that does not exist on the day the clocks
go forward is skipped, one that exists twice counts twice. So what is said always agrees with the clock that the
reader looks at, and two lines that meet at an hour leave no gap on any day of the year.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

#: What a timetable can do on a bank holiday.
CLOSED, USUAL, SUNDAY = "closed", "usual", "sunday"

#: How far ahead a change is looked for: longer than any rhythm of weeks and holidays.
HORIZON = 400

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    """From one wall-clock time to another, or to the next day's.

    The next day's where it is not later: 17:00 to 09:00, 00:00 to 00:00.
    """

    opens: datetime.time
    closes: datetime.time

    @property
    def passes_midnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.closes <= self.opens

    @property
    def is_all_day(self) -> bool:
        """Whether it lasts around the clock."""
        return self.opens == self.closes


@dataclass(frozen=True)
class Exceptional:
    """Days on which other hours hold, or none.

    ``stand_in`` is the key of the contact that answers instead.
    """

    first: datetime.date
    last: datetime.date
    spans: tuple[Span, ...] = ()
    stand_in: str | None = None

    def covers(self, day: datetime.date) -> bool:
        """Return whether it holds on ``day``."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Timetable:
    """The hours of one contact.

    week: the spans that begin on each weekday, Monday first. bank_holidays: ``CLOSED``, ``USUAL`` or ``SUNDAY``.
    exceptions: the first that covers a day counts for it, bank holiday or not. A span belongs to the day on which it
    begins: who is off on Wednesday still answers until nine that morning where Tuesday's shift lasts so long.
    """

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    bank_holidays: str = CLOSED
    exceptions: tuple[Exceptional, ...] = ()
    zone: str = ""

    @property
    def tzinfo(self) -> ZoneInfo:
        """The time zone of the hours; the site's where none is named."""
        return ZoneInfo(self.zone or settings.TIME_ZONE)

    def exception_on(self, day: datetime.date) -> Exceptional | None:
        """Return the exception that counts for a day."""
        return next((exception for exception in self.exceptions if exception.covers(day)), None)

    def spans_on(self, day: datetime.date) -> tuple[Span, ...]:
        """Return the spans that begin on a day."""
        exception = self.exception_on(day)
        return self._usual(day) if exception is None else exception.spans

    def _usual(self, day: datetime.date) -> tuple[Span, ...]:
        """Return the spans that would begin on a day without any exception."""
        if self.bank_holidays != USUAL and is_bank_holiday(day):
            return self.week[6] if self.bank_holidays == SUNDAY else ()
        return self.week[day.weekday()]

    def is_open(self, when: datetime.datetime) -> bool:
        """Return whether somebody answers at ``when`` (aware)."""
        local = when.astimezone(self.tzinfo)
        day, time = local.date(), local.time()
        for span in self.spans_on(day):
            if span.opens <= time and (span.passes_midnight or time < span.closes):
                return True
        return any(span.passes_midnight and time < span.closes for span in self.spans_on(day - _DAY))

    def is_away(self, when: datetime.datetime) -> bool:
        """Return whether nobody answers because of an exception that holds on that day."""
        exception = self.exception_on(when.astimezone(self.tzinfo).date())
        return exception is not None and not exception.spans and not self.is_open(when)

    def stand_in(self, when: datetime.datetime) -> str | None:
        """Return the key of the stand-in at ``when``.

        A stand-in answers all that day, and until the shift would have ended that began on it.

        Who stands in for a night shift on Wednesday answers until nine on Thursday morning.
        """
        local = when.astimezone(self.tzinfo)
        today, before = self.exception_on(local.date()), self.exception_on(local.date() - _DAY)
        if today is not None:
            return today.stand_in
        if before is not None and any(local.time() < end for end in self._ends_after(local.date() - _DAY)):
            return before.stand_in
        return None

    def _ends_after(self, day: datetime.date) -> set[datetime.time]:
        """Return when the usual spans end that begin on a day and pass midnight."""
        return {span.closes for span in self._usual(day) if span.passes_midnight}

    def next_change(self, when: datetime.datetime, days: int = HORIZON) -> datetime.datetime | None:
        """Return when this timetable next changes after ``when`` (aware, UTC).

        The first time at which anything that it says is different.

        ``None`` where nothing changes within ``days``.
        """
        if not any(self.week) and not self.exceptions:
            return None
        now = self._says(when)
        first = when.astimezone(self.tzinfo).date()
        for number in range(days + 1):
            for candidate in sorted(self._candidates(first + number * _DAY)):
                if candidate > when and self._says(candidate) != now:
                    return candidate
        return None

    def _says(self, when: datetime.datetime) -> tuple[bool, str | None]:
        return self.is_open(when), self.stand_in(when)

    def _candidates(self, day: datetime.date) -> set[datetime.datetime]:
        """Yield every instant of a local day at which the answer can change.

        Spans' ends, midnight, a change of clocks.
        """
        times = {datetime.time.min}
        for span in self.spans_on(day):
            times |= {span.opens} if span.passes_midnight else {span.opens, span.closes}
        times |= {span.closes for span in self.spans_on(day - _DAY) if span.passes_midnight}
        times |= self._ends_after(day - _DAY)  # where somebody stood in
        zone = self.tzinfo
        # A time that exists twice is two instants; of one that does not exist, the clocks' change takes the place.
        instants = {
            datetime.datetime.combine(day, time, zone).replace(fold=fold).astimezone(datetime.UTC)
            for time in times
            for fold in (0, 1)
        }
        return instants | set(_clock_changes(zone, day))


@functools.lru_cache(maxsize=4096)
def _clock_changes(zone: ZoneInfo, day: datetime.date) -> tuple[datetime.datetime, ...]:
    """Return the instants (UTC) at which the clocks change on a local day."""
    begin = datetime.datetime.combine(day, datetime.time.min, datetime.UTC) - _DAY
    found = []
    for hours in range(0, 72, 3):
        start = begin + datetime.timedelta(hours=hours)
        change = _change_between(zone, start, start + datetime.timedelta(hours=3))
        if change is not None:
            before = (change - datetime.timedelta(microseconds=1)).astimezone(zone)
            if day in (before.date(), change.astimezone(zone).date()):
                found.append(change)
    return tuple(found)


def _change_between(
    zone: ZoneInfo, start: datetime.datetime, end: datetime.datetime
) -> datetime.datetime | None:
    """Return the first instant with another offset than at ``start``.

    After ``start``, up to ``end``; to the second.
    """
    offset = start.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == offset:
        return None
    while end - start > datetime.timedelta(seconds=1):
        middle = start + datetime.timedelta(seconds=(end - start) // datetime.timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            start = middle
        else:
            end = middle
    return end


def is_bank_holiday(day: datetime.date) -> bool:
    """Return whether a day is a bank holiday in England and Wales.

    Substitute days included.
    """
    return day in _bank_holidays(day.year)


@functools.lru_cache(maxsize=256)
def _bank_holidays(year: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


# -- as data ----------------------------------------------------------------------------------------------------------


def timetable_data(
    hours: Iterable[Mapping[str, Any]],
    exceptions: Iterable[Mapping[str, Any]],
    keys: Mapping[Any, str],
    *,
    bank_holidays: str,
    zone: str,
) -> dict[str, Any]:
    """Return a contact's hours as ``timetable()`` reads them.

    From the raw values of its stream fields.

    Args:
        hours: Days of the week with opening and closing time.
        exceptions: First and last day, hours, and the primary key of who stands in.
        keys: The keys of contacts who stand in, by primary key.
    """
    week: list[list[list[str]]] = [[] for _day in range(7)]
    for value in hours:
        for day in value.get("days") or ():
            week[int(day)].append(_pair(value))
    return {
        "week": [sorted(day) for day in week],
        "bank_holidays": bank_holidays or CLOSED,
        "exceptions": [
            {
                "first": str(value["first_day"]),
                "last": str(value.get("last_day") or value["first_day"]),
                "spans": sorted(_pair(item.get("value", item)) for item in value.get("hours") or ()),
                "stand_in": keys.get(value.get("stand_in")),
            }
            for value in exceptions
        ],
        "zone": zone,
    }


def _pair(value: Any) -> list[str]:
    return [str(value["opens"])[:5], str(value["closes"])[:5]]


def timetable(data: Mapping[str, Any]) -> Timetable:
    """Return a timetable from what ``as_data()`` gives."""
    return Timetable(
        week=tuple(spans(day) for day in data["week"]),
        bank_holidays=data["bank_holidays"],
        exceptions=tuple(
            Exceptional(
                datetime.date.fromisoformat(row["first"]),
                datetime.date.fromisoformat(row["last"]),
                spans(row["spans"]),
                row["stand_in"],
            )
            for row in data["exceptions"]
        ),
        zone=data["zone"],
    )


def spans(pairs: Iterable[Iterable[str]]) -> tuple[Span, ...]:
    """Return spans from pairs of texts such as ``("09:00", "17:00")``.

    In the order of the day.
    """
    return tuple(sorted(Span(*map(datetime.time.fromisoformat, pair)) for pair in pairs))


def pairs(spans: Iterable[Span]) -> list[list[str]]:
    """Return spans as pairs of texts."""
    return [[_text(span.opens), _text(span.closes)] for span in spans]


def _text(time: datetime.time) -> str:
    return time.strftime("%H:%M")
