"""How an embedded list looks: parameters named as the element's attributes, with ``_`` for ``-``."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ..catalogue.parameters import Problem, shorten

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
    """What the look parameters ask for.

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
        """The URL parameters that ask for this look. The theme is always among them: it decides the box's colour."""
        pairs = [("theme", self.theme)]
        for item in fields(self)[1:]:
            value = getattr(self, item.name)
            if value != item.default:
                pairs.append((item.name, "yes" if value is True else str(value)))
        return pairs

    def urlencode(self) -> str:
        """``params()`` as a query string."""
        return urlencode(self.params())


NAMES = tuple(item.name for item in fields(DisplayOptions))


def parse_display_options(params: Any) -> tuple[DisplayOptions, list[Problem]]:
    """The look that a request asks for, and what could not be understood on the way; that has its default."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in NAMES:
        given = list(dict.fromkeys(value.strip() for value in params.getlist(name) if value.strip()))
        if not given:
            continue
        value, message, allowed = _read(name, given[0])
        if len(given) > 1:
            message, allowed = _("“%(name)s” takes one value.") % {"name": name}, 1
        if message:
            example = f"?{name}={allowed[0]}" if isinstance(allowed, (list, tuple)) else f"?{name}=News"
            problems.append(Problem(name, shorten(", ".join(given)), message, allowed, example))
        else:
            values[name] = value
    return DisplayOptions(**values), problems


def _read(name: str, value: str) -> tuple[Any, str, Any]:
    """The value, what is wrong with it or "", and what is allowed."""
    if name == "heading":
        allowed = _("up to %(count)d characters") % {"count": MAX_HEADING}
        if len(value) > MAX_HEADING:
            return value, _("The heading is too long: %(count)d characters.") % {"count": len(value)}, allowed
        if _NOT_IN_HEADINGS.search(value):
            return value, _("The heading contains an invalid character."), allowed
        return value, "", allowed
    choices = {"theme": THEMES, "heading_level": LEVELS, "paging": PAGINGS}.get(name, ("yes", "no"))
    lower = value.lower()
    if name in ("summary", "images") and lower in (*_YES, *_NO):
        return lower in _YES, "", choices
    if lower in choices:
        return lower, "", choices
    return value, _("“%(value)s” is not allowed.") % {"value": shorten(value)}, list(choices)
