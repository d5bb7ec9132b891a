"""Types of URL parameters.

How a value is read, the message for a wrong one, and its OpenAPI description.

``parameters`` declares those of lists with them, ``api.parameters`` the API's own, ``embed.appearance``,
``embed.builder``, ``embed.lists`` and ``embed.oembed`` those of embeds.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..conf import get_settings
from ..languages import match_language
from . import text
from .cursor import START, BadCursor, Cursor
from .lookups import Reference

FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)

#: The highest whole number that a parameter without a limit takes.
HIGHEST_NUMBER = 999_999_999
#: The days from ``FIRST_DAY`` to ``LAST_DAY``, for JSON Schema, together with its format ``date``.
DAY_PATTERN = "^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


@dataclass(frozen=True)
class Problem:
    """What was wrong with one value of one parameter, for people and for programs."""

    parameter: str
    value: str
    message: str
    allowed: Any = None
    example: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the problem as the API gives it."""
        return {
            "parameter": self.parameter,
            "value": self.value,
            "message": self.message,
            "allowed": self.allowed,
            "example": self.example,
        }


class Refused(ValueError):
    """A value that a parameter does not take.

    ``part`` is what is wrong with it, where that is not all of it.
    """

    def __init__(self, message: str, allowed: Any, example: str, part: str = "") -> None:
        super().__init__(message)
        self.message, self.allowed, self.example, self.part = message, allowed, example, part

    def as_problem(self, name: str, value: str) -> Problem:
        """Return what is said about it."""
        return Problem(shorten(name), shorten(self.part or value), self.message, self.allowed, self.example)


@dataclass(frozen=True)
class Context:
    """What values are read against.

    Terms and languages, and the names that ``fields`` may hold.
    """

    reference: Reference
    fields: tuple[str, ...] = ()


#: For parameters that do not depend on what the site has.
NO_CONTEXT = Context(Reference({}, (), ()))


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter that takes one value.

    description: for OpenAPI. sample: a value for examples; is_common: whether any site takes it.
    """

    name: str
    description: str = ""
    sample: str = ""
    is_common: bool = False

    #: Whether several values are read; they are alternatives.
    many = False

    @property
    def choices(self) -> list[str] | None:
        """Return the words that are taken, where there are few."""
        return None

    def get_schema(self, context: Context) -> dict[str, Any]:
        """Override this to return the JSON Schema of one value, as the site has it."""
        return {"type": "string"}

    def get_description(self) -> str:
        """Override this to describe the parameter as the settings have it."""
        return self.description

    def read(self, value: str, context: Context) -> Any:
        """Override this to return what a text means.

        Raise ``Refused`` for one that means nothing.
        """
        raise NotImplementedError

    def example(self, value: Any) -> str:
        """Return a query string with a value."""
        return f"?{self.name}={value}"


@dataclass(frozen=True, kw_only=True)
class Slug(Parameter):
    """Terms of a taxonomy, by slug, name or alias."""

    many = True

    def get_description(self) -> str:
        return f"Slugs of {get_settings().label(self.name, 2)}; repeat the parameter for “or”."

    def read(self, value: str, context: Context) -> str:
        terms = context.reference.taxonomies[self.name]
        term = None if _CONTROL.search(value) or value.isdigit() else terms.find(value)
        if term is not None:
            return term.slug
        allowed = [term.slug for term in terms.current if not term.retired]
        message = _("There is no %(label)s “%(value)s”.")
        given = {"label": get_settings().label(self.name), "value": shorten(value)}
        raise Refused(message % given, allowed, self.example(allowed[0]) if allowed else "")


@dataclass(frozen=True, kw_only=True)
class Search(Parameter):
    """Words to search for, up to ``longest`` characters."""

    longest: int

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}

    def read(self, value: str, context: Context) -> str:
        if len(value) > self.longest:
            message = _("The search is too long: %(count)d characters.") % {"count": len(value)}
        elif _CONTROL.search(value):
            message = _("The search contains an invalid character.")
        elif not text.parse(value):
            message = _("Enter at least one word.")
        else:
            return value
        allowed = _("up to %(count)d characters, with a letter or digit") % {"count": self.longest}
        raise Refused(message, allowed, self.example(self.sample))


@dataclass(frozen=True, kw_only=True)
class Line(Parameter):
    """A line of text; ``forbidden`` are characters that it cannot hold.

    too_long, not_text: messages, as message ids; ``too_long`` has ``%(count)d``.
    """

    longest: int
    forbidden: re.Pattern[str]
    too_long: str
    not_text: str

    def read(self, value: str, context: Context) -> str:
        allowed = _("up to %(count)d characters") % {"count": self.longest}
        if len(value) > self.longest:
            raise Refused(_(self.too_long) % {"count": len(value)}, allowed, self.example(self.sample))
        if self.forbidden.search(value):
            raise Refused(_(self.not_text), allowed, self.example(self.sample))
        return value


@dataclass(frozen=True, kw_only=True)
class Text(Parameter):
    """Any text; the view that takes it says what it means."""

    def read(self, value: str, context: Context) -> str:
        return value


@dataclass(frozen=True, kw_only=True)
class Day(Parameter):
    """A day, ``2026-03-14``."""

    sample: str = "2026-03-14"

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": DAY_PATTERN}

    def read(self, value: str, context: Context) -> datetime.date:
        try:
            if not _DAY.fullmatch(value):
                raise ValueError(value)
            day = datetime.date.fromisoformat(value)
            if not FIRST_DAY <= day <= LAST_DAY:
                raise ValueError(value)
        except ValueError as error:
            message = _("“%(value)s” is not a day. Write year-month-day.") % {"value": shorten(value)}
            allowed = _("%(first)s to %(last)s") % {"first": FIRST_DAY, "last": LAST_DAY}
            raise Refused(message, allowed, self.example(self.sample)) from error
        return day


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Parameter):
    """A whole number from 1, to ``highest`` where that is given."""

    highest: int | None = None

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": self.highest or HIGHEST_NUMBER}

    def read(self, value: str, context: Context) -> int:
        number = int(value) if _NUMBER.fullmatch(value) else 0
        if number < 1 or (self.highest is not None and number > self.highest):
            allowed = _("a whole number from 1")
            if self.highest is not None:
                allowed = _("%(first)s to %(last)s") % {"first": 1, "last": self.highest}
            message = _("“%(value)s” is not a whole number that “%(name)s” can take.")
            raise Refused(message % {"value": shorten(value), "name": self.name}, allowed, self.example(1))
        return number


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of several words.

    any_case: whether capital letters are read as small ones. message: the one for another word, as a message id
    with or without ``%(value)s``.
    """

    values: Sequence[str]
    any_case: bool = False
    message: str = gettext_noop("“%(value)s” is not allowed.")

    @property
    def choices(self) -> list[str] | None:
        return list(self.values)

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "enum": self.choices}

    def read(self, value: str, context: Context) -> Any:
        word = value.lower() if self.any_case else value
        if word not in self.values:
            allowed = list(self.values)
            example = self.example(self.sample or allowed[0])
            raise Refused(_(self.message) % {"value": shorten(value)}, allowed, example)
        return word


@dataclass(frozen=True, kw_only=True)
class Flag(Choice):
    """Yes or no.

    yes, no: the words that mean it; ``values`` are those that OpenAPI and messages name. shown: the one in examples.
    """

    yes: Sequence[str]
    no: Sequence[str] = ()
    shown: str = ""

    def read(self, value: str, context: Context) -> bool:
        word = value.lower() if self.any_case else value
        if word not in (*self.yes, *self.no):
            example = self.example(self.shown or self.values[0])
            raise Refused(_(self.message) % {"value": shorten(value)}, list(self.values), example)
        return word in self.yes


@dataclass(frozen=True, kw_only=True)
class Language(Parameter):
    """A language's code, one of the site's or another that Django knows."""

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "enum": [language.lower() for language in context.reference.languages]}

    def read(self, value: str, context: Context) -> str:
        code, reference = value.lower(), context.reference
        if _LANGUAGE.fullmatch(code):
            known = reference.match_language(code)
            if known is not None:
                return known
            if code in LANG_INFO or code.split("-")[0] in LANG_INFO:
                return code
        message = _("“%(value)s” is not a language code.") % {"value": shorten(value)}
        raise Refused(message, list(reference.languages), self.example(reference.default_language))


@dataclass(frozen=True, kw_only=True)
class LabelLanguage(Parameter):
    """A language for labels, dates and sentences.

    ``known`` lists them.
    """

    known: Callable[[Reference], list[str]]

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "enum": self.known(context.reference)}

    def read(self, value: str, context: Context) -> str:
        allowed = self.known(context.reference)
        if (language := match_language(value, allowed)) is not None:
            return language
        message = _("Labels are not given in “%(value)s”.") % {"value": shorten(value)}
        raise Refused(message, allowed, self.example(allowed[0]))


@dataclass(frozen=True, kw_only=True)
class CursorText(Parameter):
    """A place in a list that an answer gave."""

    def read(self, value: str, context: Context) -> str:
        if value != START:
            try:
                Cursor.parse(value)
            except BadCursor as error:
                allowed = [START, _("“next” of an answer")]
                raise Refused(
                    _("This is not a cursor that we gave."), allowed, self.example(START)
                ) from error
        return value


@dataclass(frozen=True, kw_only=True)
class Fields(Parameter):
    """Names of an item's fields, joined by commas.

    also: names that are taken and may be absent: another site does not know which taxonomies are off here.
    """

    also: Sequence[str] = ()
    sample: str = "title,url,published"

    def get_schema(self, context: Context) -> dict[str, Any]:
        names = "|".join(context.fields)
        return {"type": "string", "pattern": f"^({names})?(,({names})?)*$"}

    def read(self, value: str, context: Context) -> tuple[str, ...] | None:
        wanted = [part.strip() for part in value.split(",") if part.strip()]
        unknown = [part for part in wanted if part not in (*context.fields, *self.also)]
        if unknown:
            message = _("There is no field “%(value)s”.") % {"value": shorten(unknown[0])}
            raise Refused(message, list(context.fields), self.example(self.sample), ", ".join(unknown))
        return tuple(dict.fromkeys(wanted)) or None


def read_one(
    parameter: Parameter, texts: Iterable[str], context: Context = NO_CONTEXT
) -> tuple[Any, Problem | None]:
    """Return a parameter's value and what is wrong with it.

    The value of a parameter that takes one; ``None`` where it is absent.
    """
    name, given = parameter.name, list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if not given:
        return None, None
    if len(given) > 1:
        message = _("“%(name)s” takes one value.") % {"name": name}
        example = parameter.example(parameter.sample or (parameter.choices or [""])[0])
        return None, Problem(name, shorten(", ".join(given)), message, 1, example)
    try:
        return parameter.read(given[0], context), None
    except Refused as refused:
        return None, refused.as_problem(name, given[0])


def shorten(value: str, length: int = 100) -> str:
    """Return a value as a message can repeat it.

    Without control characters, and not longer than needed.
    """
    clean = _CONTROL.sub("\ufffd", value)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
