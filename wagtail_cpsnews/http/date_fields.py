"""Dates in three fields of the filter form: day, month, year.

The form sends them besides list parameters.

A browser's own date field shows "mm/dd/yyyy" to British readers whose browser is set to American English.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from ..catalogue.dates import display
from ..catalogue.parameters import FIRST_DAY, LAST_DAY, Problem, shorten
from ..catalogue.query import NEWEST

DATES = ("published_after", "published_before")
PARTS = ("day", "month", "year")

#: Every name that the form sends for a date.
NAMES = tuple(f"{name}_{part}" for name in DATES for part in PARTS)


#: A date that was typed or pasted into one field: numbers and names of months, with anything between them.
_PIECES = re.compile(r"[0-9]+|[^\W\d_]+")


@dataclass
class DateFields:
    """The three fields of one date, as they were typed or as the query has them.

    value: The date; ``None`` when nothing or nonsense was typed.
    """

    name: str
    day: str = ""
    month: str = ""
    year: str = ""
    value: datetime.date | None = None
    problem: Problem | None = None

    @property
    def text(self) -> str:
        """The date as one field shows it: in words, or as it was typed."""
        typed = " ".join(filter(None, (self.day, self.month, self.year)))
        return typed if self.value is None else display(self.value)


def read(params: Any, name: str) -> DateFields | None:
    """Return the three fields of ``name`` as a reader sent them.

    A year alone, or a month with its year, stands for its first day, in ``published_before`` for its last one. Months
    may be named, years have two figures, and the whole date may be in one field.

    ``None`` when they were not sent or are all empty.
    """
    typed = {part: params.get(f"{name}_{part}", "").strip() for part in PARTS}
    if not any(typed.values()):
        return None
    fields = DateFields(name, **typed)
    try:
        fields.value = _date(*_split(typed), is_last=name == DATES[1])
    except _Wrong as wrong:
        filled = [text for text in typed.values() if text]
        value = shorten(filled[0] if len(filled) == 1 else "/".join(typed[part] or "–" for part in PARTS))
        fields.problem = Problem(name, value, str(wrong) % {"value": value})
    return fields


class _Wrong(Exception):
    """What was typed is no date; the message says why."""


def _split(typed: dict[str, str]) -> tuple[str, str, str]:
    """Return day, month and year, also where all were typed into one field."""
    filled = [text for text in typed.values() if text]
    pieces = _PIECES.findall(filled[0]) if len(filled) == 1 else []
    match pieces:
        case [year, month, day] if len(year) == 4 and year.isdigit():
            return day, month, year
        case [month, day, year] if not month.isdigit() and len(day) <= 2:  # March 14, 2026
            return day, month, year
        case [day, month, year]:
            return day, month, year
        case [day, month] if day.isdigit() and not month.isdigit():  # 14 March
            return day, month, ""
        case [month, year]:
            return "", month, year
        case [year] if len(year) == 4 and year.isdigit():
            return "", "", year
    return typed["day"], typed["month"], typed["year"]


def _date(day: str, month: str, year: str, *, is_last: bool) -> datetime.date:
    """Return the date that three texts give; raise ``_Wrong`` where they do not."""
    no_date = _("“%(value)s” is not a date. Write day, month and year, such as 14 3 2026.")
    if not (month or year or any(map(str.isdigit, day)) or _named_month(day)):  # “soon”
        raise _Wrong(no_date)
    if not year:
        raise _Wrong(_("“%(value)s” has no year. Add it, such as 14 3 2026."))
    if day and not month:
        raise _Wrong(_("“%(value)s” has no month. Add it, such as 14 3 2026."))
    try:
        number = _month(month) if month else 12 if is_last else 1
        whole_year = _year(year)
        last = calendar.monthrange(whole_year, number)[1]
        found = datetime.date(whole_year, number, _number(day) if day else last if is_last else 1)
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValueError(found)
    except ValueError as error:  # calendar.IllegalMonthError is one
        raise _Wrong(no_date) from error
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError(text)
    return int(text)


def _year(text: str) -> int:
    """Return a year; one of two figures is next year at the latest."""
    if len(text) != 2:
        return _number(text)
    year = 2000 + _number(text)
    return year if year <= timezone.localdate().year + 1 else year - 100


def _month(text: str) -> int:
    """Return a month, from its number or its name.

    Names are those of English and of the reader's language, short or long.
    """
    if text.isascii() and text.isdigit():
        return _number(text)
    found = _named_month(text)
    if found is None:
        raise ValueError(text)
    return found


def _named_month(text: str) -> int | None:
    name = text.rstrip(".").casefold()
    return _months(get_language() or "en").get(name) or _months("en").get(name)


@functools.cache
def _months(language: str) -> dict[str, int]:
    """Return the numbers of months by their names and short names in a language."""
    with override(language):
        named = [
            (str(name), number) for names in (MONTHS, MONTHS_3, MONTHS_AP) for number, name in names.items()
        ]
    return {name.rstrip(".").casefold(): number for name, number in named}


def was_submitted(params: Any) -> bool:
    """Return whether the form sent these parameters.

    It sends its date fields, filled or not.
    """
    return any(name in params for name in NAMES)


def tidied(params: Any) -> MultiValueDict[str, str]:
    """Return what the form sent, tidied.

    Without its empty fields and without the order that holds anyway.
    """
    kept: MultiValueDict[str, str] = MultiValueDict()
    for name, values in params.lists():
        filled = [value for value in values if value.strip()]
        if filled and name not in NAMES:
            kept.setlist(name, filled)
    if kept.get("order") == NEWEST and "q" not in kept:
        del kept["order"]
    return kept


def shown(day: datetime.date | None, name: str) -> DateFields:
    """Return the three fields for a date that the query has."""
    if day is None:
        return DateFields(name)
    return DateFields(name, str(day.day), str(day.month), str(day.year), day)


def with_dates(params: Any, dates: dict[str, DateFields]) -> MultiValueDict[str, str]:
    """Return the parameters with typed days in place of their fields.

    What is no day is left out.
    """
    kept = MultiValueDict(
        {name: values for name, values in params.lists() if name not in NAMES and name not in dates}
    )
    for name, fields in dates.items():
        if fields.problem is None:
            kept[name] = str(fields.value)
    return kept
