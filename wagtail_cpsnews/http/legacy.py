"""Legacy addresses of the replaced site, and addresses with mistakes.

Pages only: the API never guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from ..catalogue.lookups import Reference
from ..catalogue.parameters import Problem, limit_problems, shorten
from ..conf import get_settings

#: Old parameter by new one.
_RENAMED = {
    "keys": "q",
    "publication_date_after": "published_after",
    "publication_date_before": "published_before",
}
_NUMBERED = ("crime_type", "area")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
#: The old site wrote days as it was set up: month first on a British page, or year first.
_AMERICAN_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)


@dataclass
class Translation:
    """New parameters for old ones, and what could not be translated."""

    params: MultiValueDict[str, str]
    problems: list[Problem] = field(default_factory=list)


def is_legacy(params: Any) -> bool:
    """Return whether a query was written for the old site.

    By a name that it used, a value ``All``, or a term by number.
    """
    for name, values in params.lists():
        if name in _RENAMED:
            return True
        if _is_numbered(name) and any(value == "All" or _DIGITS.fullmatch(value) for value in values):
            return True
    return False


def translate(params: Any, reference: Reference) -> Translation:
    """Return today's parameters for what ``params`` asked the old site.

    Its ``page`` counted from zero.
    """
    result = Translation(MultiValueDict())
    for name, values in params.lists():
        for value in values:
            value = value.strip()
            if not value or (value == "All" and _is_numbered(name)):
                continue
            if _is_numbered(name) and _DIGITS.fullmatch(value):
                term = reference.taxonomies[name].by_number(int(value))
                if term is None:
                    result.problems.append(_no_such_number(name, value))
                else:
                    result.params.appendlist(name, term.slug)
            elif name == "page" and _DIGITS.fullmatch(value):
                result.params.appendlist(name, str(int(value) + 1))
            elif name.startswith("publication_date_"):
                result.params.appendlist(_RENAMED[name], _day(value))
            else:
                result.params.appendlist(_RENAMED.get(name, name), value)
    if result.params.get("page") == "1":
        del result.params["page"]
    result.problems = limit_problems(result.problems)
    return result


def _is_numbered(name: str) -> bool:
    """Return whether the old site had numbers for this.

    A taxonomy that is off has none, and is explained as unknown.
    """
    return name in _NUMBERED and get_settings().is_on(name)


def _day(value: str) -> str:
    match = _AMERICAN_DAY.fullmatch(value)
    return f"{match[3]}-{int(match[1]):02d}-{int(match[2]):02d}" if match else value


def _no_such_number(name: str, value: str) -> Problem:
    label = get_settings().label(name)
    return Problem(
        name,
        shorten(value),
        _(
            "The old link uses a number for %(label)s that we do not recognise (%(value)s), so it has been ignored."
        )
        % {"label": label, "value": value},
    )


def repair(params: Any) -> MultiValueDict[str, str] | None:
    """Return parameters without a stray ``amp;`` in their names.

    It comes from a link that was escaped twice. ``None`` if no name has one.
    """
    if not any(name.startswith("amp;") for name in params):
        return None
    mended: MultiValueDict[str, str] = MultiValueDict()
    for name, values in params.lists():
        while name.startswith("amp;"):
            name = name.removeprefix("amp;")
        for value in values:
            mended.appendlist(name, value)
    return mended
