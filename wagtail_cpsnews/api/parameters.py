"""The parameters of the API that no other list takes."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..catalogue.changes import START, Token
from ..catalogue.exceptions import BadToken, TokenGone
from ..catalogue.parameter_types import Choice, Context, Parameter, Refused, Text, shorten
from ..contacts.models import Audience

#: Dates for which a client can ask who answers.
FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)

_DATE_AND_TIME = re.compile(
    r"([0-9-]{10})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[ +-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
#: The same for JSON Schema.
_PATTERN = "^20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[ +-][0-9]{2}:?[0-9]{2})?$"


def _iso(given: re.Match[str]) -> str:
    """Return a date and time parsed from ISO 8601.

    A plus sign that was not encoded arrives as a space.
    """
    day, time, offset = given.groups(default="")
    return f"{day}T{time}{offset.replace(' ', '+')}"


@dataclass(frozen=True, kw_only=True)
class DateAndTime(Parameter):
    """A date and time in ISO 8601; one without an offset is in the site's time zone."""

    sample: str = "2026-03-14T02:00:00Z"

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "pattern": _PATTERN}

    def read(self, value: str, context: Context) -> datetime.datetime:
        try:
            given = _DATE_AND_TIME.fullmatch(value)
            read = datetime.datetime.fromisoformat(_iso(given)) if given else None
        except ValueError:
            read = None
        if read is None or not FIRST <= read.date() <= LAST:
            message = _("“%(value)s” is not a date and time.") % {"value": shorten(value)}
            allowed = _("%(first)s to %(last)s") % {"first": FIRST, "last": LAST}
            raise Refused(message, allowed, self.example(self.sample))
        if timezone.is_naive(read):
            read = timezone.make_aware(read, timezone.get_default_timezone())
        return read


@dataclass(frozen=True, kw_only=True)
class ChangeToken(Parameter):
    """How far a client has come in the change log."""

    sample: str = START

    def read(self, value: str, context: Context) -> Token | TokenGone | None:
        """Return ``None`` for the beginning, or a ``TokenGone`` for the view to raise.

        A token that is gone is no wrong value.
        """
        if value == START:
            return None
        try:
            return Token.parse(value)
        except TokenGone as error:
            return error
        except BadToken as error:
            message = _("This is not a token that we gave.")
            allowed = [START, _("“token” of an answer")]
            raise Refused(message, allowed, self.example(self.sample)) from error


@dataclass(frozen=True, kw_only=True)
class Path(Parameter):
    """A path on the site."""

    sample: str = "/news/"

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"type": "string", "pattern": "^/"}

    def read(self, value: str, context: Context) -> str:
        if not value.startswith("/"):
            message = _("“%(value)s” is not a path. A path begins with “/”.")
            raise Refused(message % {"value": shorten(value)}, _("a path"), self.example(self.sample))
        return value


@dataclass(frozen=True, kw_only=True)
class Name(Parameter):
    """Part of a term's name, read as a slug."""

    sample: str = "kent"

    def read(self, value: str, context: Context) -> str:
        wanted = slugify(value)
        if not wanted:
            raise Refused(_("Enter at least one word."), _("a name"), self.example(self.sample))
        return wanted


FORMAT = Choice(
    name="format",
    description="`html`: a page to look at.",
    sample="html",
    values=("json", "html"),
    message=gettext_noop("There is no such format."),
)
AT = DateAndTime(
    name="at",
    description="The ISO date and time for which `now` and `answers_now` hold; the present without it.",
)
AUDIENCE = Choice(
    name="audience",
    description=f"One of {', '.join(Audience.values)}.",
    sample=str(Audience.LOCAL),
    values=tuple(Audience.values),
    message=gettext_noop("There is no audience “%(value)s”."),
)
SINCE = ChangeToken(
    name="since", description="`start`, or the token in the last answer; without it, everything."
)
PATH = Path(
    name="path",
    description="The page's path on the site, where there are several; "
    "without it the one nearest to the home page.",
)
VERSION = Text(name="version", description="Id or title of a version: `versions` holds it alone.")
NAME = Name(name="q", description="Part of a name or alias, such as a county.")
