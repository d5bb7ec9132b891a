"""Dates in three fields of the filter form: day, month, year.

The form sends them besides list parameters.

A browser's own date field shows "mm/dd/yyyy" to British readers whose browser is set to American English.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from ..catalogue.parameters import FIRST_DAY, LAST_DAY, Problem, shorten
from ..catalogue.query import NEWEST

DATES = ("published_after", "published_before")
PARTS = ("day", "month", "year")

#: Every name that the form sends for a date.
NAMES = tuple(f"{name}_{part}" for name in DATES for part in PARTS)


@dataclass
class DateFields:
    """The three fields of one date, as they were typed or as the query has them."""

    name: str
    day: str = ""
    month: str = ""
    year: str = ""
    problem: Problem | None = None

    @property
    def value(self) -> datetime.date | None:
        """The date, or ``None`` when nothing or nonsense was typed."""
        try:
            return datetime.date(int(self.year), int(self.month), int(self.day))
        except (ValueError, OverflowError):
            return None


def read(params: Any, name: str) -> DateFields | None:
    """Return the three fields of ``name`` as a reader sent them.

    ``None`` when they were not sent or are all empty.
    """
    typed = {part: params.get(f"{name}_{part}", "").strip() for part in PARTS}
    if not any(typed.values()):
        return None
    fields = DateFields(name, **typed)
    ascii_digits = all(value.isascii() and value.isdigit() and len(value) <= 4 for value in typed.values())
    if not ascii_digits or fields.value is None or not FIRST_DAY <= fields.value <= LAST_DAY:
        value = shorten("/".join(typed[part] or "–" for part in PARTS))
        fields.problem = Problem(
            name,
            value,
            _("“%(value)s” is not a date. Write day, month and year, such as 14 3 2026.") % {"value": value},
        )
    return fields


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
        if filled and name not in NAMES and (name, filled) != ("order", [NEWEST]):
            kept.setlist(name, filled)
    return kept


def shown(day: datetime.date | None, name: str) -> DateFields:
    """Return the three fields for a date that the query has."""
    if day is None:
        return DateFields(name)
    return DateFields(name, str(day.day), str(day.month), str(day.year))
