"""Display options: how an embedded list looks.

Parameters are named as the element's attributes, with ``_`` for ``-``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_noop

from ..catalogue.parameter_types import NO_CONTEXT, Choice, Flag, Line, Problem, read_one

THEMES = ("light", "dark", "auto")
LEVELS = ("2", "3", "4", "5", "6")
PAGINGS = ("more", "pages", "none")

#: A heading is a few words; what is longer is no heading but somebody's message under our name.
MAX_HEADING = 100

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
#: Control characters, and those that turn the direction of what follows.
_NOT_IN_HEADINGS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]")


@dataclass(frozen=True)
class DisplayOptions:
    """What the display parameters ask for.

    theme: ``auto`` follows the reader's own setting; a frame cannot see the page around it.
    paging: ``more`` (a link that makes the list longer), ``pages`` (back and forth) or ``none``.
    """

    theme: str = "light"
    heading: str = ""
    heading_level: str = "2"
    summary: bool = False
    images: bool = False
    paging: str = "none"

    def params(self) -> list[tuple[str, str]]:
        """Return the URL parameters that ask for these options.

        The theme is always among them: it decides the box's colour.
        """
        pairs = [("theme", self.theme)]
        for item in fields(self)[1:]:
            value = getattr(self, item.name)
            if value != item.default:
                pairs.append((item.name, "yes" if value is True else str(value)))
        return pairs

    def urlencode(self) -> str:
        """Return ``params()`` as a query string."""
        return urlencode(self.params())


#: The parameters of display options.
PARAMETERS = (
    Choice(name="theme", values=THEMES, any_case=True),
    Line(
        name="heading",
        sample="News",
        longest=MAX_HEADING,
        forbidden=_NOT_IN_HEADINGS,
        too_long=gettext_noop("The heading is too long: %(count)d characters."),
        not_text=gettext_noop("The heading contains an invalid character."),
    ),
    Choice(name="heading_level", values=LEVELS, any_case=True),
    Flag(name="summary", values=("yes", "no"), yes=_YES, no=_NO, any_case=True),
    Flag(name="images", values=("yes", "no"), yes=_YES, no=_NO, any_case=True),
    Choice(name="paging", values=PAGINGS, any_case=True),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)


def parse_display_options(params: Any) -> tuple[DisplayOptions, list[Problem]]:
    """Return a request's display options, and what could not be understood.

    What could not be understood has its default.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for parameter in PARAMETERS:
        value, problem = read_one(parameter, params.getlist(parameter.name), NO_CONTEXT)
        if problem is not None:
            problems.append(problem)
        elif value is not None:
            values[parameter.name] = value
    return DisplayOptions(**values), problems
