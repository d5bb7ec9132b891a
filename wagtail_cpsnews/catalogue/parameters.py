"""From URL parameters to a ``Query``: the one place that knows what a parameter may be.

Nothing is ignored: what cannot be understood becomes a ``Problem`` that names parameter, value and what is allowed.
The API answers problems with 400; pages explain them and go on with the rest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import get_settings
from ..registry import TAXONOMIES
from . import text
from .cursor import START, BadCursor, Cursor
from .lookups import Reference
from .query import MAX_PAGE_SIZE, NEWEST, OLDEST, RELEVANCE, Query
from .query import NAMES as NAMES

#: Parameters that campaigns and social networks add to links. Pages drop them; see docs/parameters.md.
TRACKERS = re.compile(
    r"^(utm_.+|at_.+|mtm_.+|pk_.+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|li_fat_id|igshid|"
    r"mc_cid|mc_eid|yclid|_ga|_gl|_hsenc|_hsmi|__hstc|__hssc|vero_id|oly_anon_id|oly_enc_id|srsltid|ref_src)$"
)

MAX_Q = 200
#: Different values of one parameter that are read, such as areas.
MAX_VALUES = 100
#: Problems that one answer explains.
MAX_PROBLEMS = 20
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)
#: Values that any site understands.
_EXAMPLES = {"q": "harbour", "language": "cy", "lang": "cy"}

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
        """As the API gives it."""
        return {
            "parameter": self.parameter,
            "value": self.value,
            "message": self.message,
            "allowed": self.allowed,
            "example": self.example,
        }


@dataclass
class Parsed:
    """A query and what could not be understood on the way to it."""

    query: Query
    problems: list[Problem] = field(default_factory=list)


def limit_problems(problems: list[Problem]) -> list[Problem]:
    """Return the first problem of each list parameter and others up to ``MAX_PROBLEMS``, then how many there are more."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    known: dict[str, int] = {}
    for place, problem in enumerate(problems):
        if problem.parameter in NAMES:
            known.setdefault(problem.parameter, place)
    kept = set(known.values())
    for place in range(len(problems)):
        if len(kept) >= MAX_PROBLEMS:
            break
        kept.add(place)
    more = len(problems) - len(kept)
    message = ngettext(
        "%(count)d more part of this address could not be understood.",
        "%(count)d more parts of this address could not be understood.",
        more,
    )
    return [*(problems[place] for place in sorted(kept)), Problem("", "", message % {"count": more})]


def names_in_use() -> tuple[str, ...]:
    """The parameters that a list takes with the present settings."""
    on = get_settings().is_on
    return tuple(name for name in NAMES if name not in TAXONOMIES or on(name))


def parse(
    params: Any,
    reference: Reference,
    *,
    default: Query | None = None,
    accept: Iterable[str] = NAMES,
    also: Iterable[str] = (),
    fields: Iterable[str] = (),
) -> Parsed:
    """Understands the parameters of a request.

    params: a ``QueryDict`` (anything with ``lists()``).
    default: what holds where a parameter is absent (an index page's own filters, its language).
    accept: the list parameters that this output takes; also: names that it handles itself and that are passed by.
    fields: the names that ``fields`` may hold.
    """
    return _Parser(reference, default or Query(), set(accept), set(also), tuple(fields)).parse(params)


class _Parser:
    def __init__(
        self, reference: Reference, default: Query, accept: set[str], also: set[str], fields: tuple[str, ...]
    ) -> None:
        self.reference = reference
        self.default = default
        self.names = [name for name in names_in_use() if name in accept]
        self.also = also
        self.fields = fields
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}

    def parse(self, params: Any) -> Parsed:
        for name, values in params.lists():
            given = [value.strip() for value in values if value.strip()]
            if name in self.also:
                continue
            if name not in self.names:
                self._problem(
                    name,
                    ", ".join(given),
                    _("There is no parameter “%(name)s”.") % {"name": shorten(name)},
                    [*self.names, *sorted(self.also)],
                    next((f"?{known}={_EXAMPLES[known]}" for known in self.names if known in _EXAMPLES), ""),
                )
            elif given:
                self._read(name, given)
        query = self.default.merged(Query(**self.values)) if self.values else self.default
        if "page" in self.values:
            query = query.replace(page=self.values["page"])
        return Parsed(self._with_languages(self._check_together(query)), limit_problems(self.problems))

    def _read(self, name: str, given: list[str]) -> None:
        if name in TAXONOMIES:
            given = self._limit_values(name, list(dict.fromkeys(given)))
            slugs = [slug for value in given if (slug := self._term(name, value))]
            if slugs:
                self.values[name] = tuple(dict.fromkeys(slugs))
            return
        if len(set(given)) > 1:
            self._problem(
                name,
                ", ".join(given),
                _("“%(name)s” takes one value.") % {"name": name},
                1,
                f"?{name}={shorten(given[0])}",
            )
            return
        reader: Callable[[str, str], Any] = getattr(self, f"_read_{name}", self._read_day)
        value = reader(name, given[0])
        if value is not None:
            self.values[name] = value

    def _limit_values(self, name: str, given: list[str]) -> list[str]:
        if len(given) > MAX_VALUES:
            self._problem(
                name,
                ", ".join(given),
                _("“%(name)s” has %(count)d values. Only the first %(limit)d were read.")
                % {"name": name, "count": len(given), "limit": MAX_VALUES},
                _("up to %(limit)d values") % {"limit": MAX_VALUES},
                "",
            )
        return given[:MAX_VALUES]

    def _term(self, name: str, value: str) -> str | None:
        terms = self.reference.taxonomies[name]
        term = None if _CONTROL.search(value) or value.isdigit() else terms.find(value)
        if term is None:
            allowed = [term.slug for term in terms.current if not term.retired]
            example = f"?{name}={allowed[0]}" if allowed else ""
            label = get_settings().label(name)
            self._problem(
                name,
                value,
                _("There is no %(label)s “%(value)s”.") % {"label": label, "value": shorten(value)},
                allowed,
                example,
            )
            return None
        return term.slug

    def _read_q(self, name: str, value: str) -> str | None:
        allowed = _("up to %(count)d characters, with a letter or digit") % {"count": MAX_Q}
        if len(value) > MAX_Q:
            message = _("The search is too long: %(count)d characters.") % {"count": len(value)}
        elif _CONTROL.search(value):
            message = _("The search contains an invalid character.")
        elif not text.parse(value):
            message = _("Enter at least one word.")
        else:
            return value
        self._problem(name, value, message, allowed, "?q=harbour")
        return None

    def _read_day(self, name: str, value: str) -> datetime.date | None:
        try:
            if not _DAY.fullmatch(value):
                raise ValueError(value)
            day = datetime.date.fromisoformat(value)
            if not FIRST_DAY <= day <= LAST_DAY:
                raise ValueError(value)
        except ValueError:
            self._problem(
                name,
                value,
                _("“%(value)s” is not a day. Write year-month-day.") % {"value": shorten(value)},
                _("%(first)s to %(last)s") % {"first": FIRST_DAY, "last": LAST_DAY},
                f"?{name}=2026-03-14",
            )
            return None
        return day

    def _read_language(self, name: str, value: str) -> str | None:
        code = value.lower()
        known = self.reference.match_language(code) if _LANGUAGE.fullmatch(code) else None
        if (
            known is None
            and _LANGUAGE.fullmatch(code)
            and (code in LANG_INFO or code.split("-")[0] in LANG_INFO)
        ):
            known = code
        if known is None:
            self._problem(
                name,
                value,
                _("“%(value)s” is not a language code.") % {"value": shorten(value)},
                list(self.reference.languages),
                f"?{name}={self.reference.default_language}",
            )
        return known

    def _read_lang(self, name: str, value: str) -> str | None:
        code, allowed = value.lower(), label_languages(self.reference)
        for language in allowed:
            if code == language or code.split("-")[0] == language.split("-")[0]:
                return language
        self._problem(
            name,
            value,
            _("Labels are not given in “%(value)s”.") % {"value": shorten(value)},
            allowed,
            f"?{name}={allowed[0]}",
        )
        return None

    def _read_language_only(self, name: str, value: str) -> bool | None:
        if value in ("0", "1"):
            return value == "1"
        self._problem(name, value, _("Write 1 or leave it out."), ["0", "1"], f"?{name}=1")
        return None

    def _read_order(self, name: str, value: str) -> str | None:
        return self._choice(name, value, [NEWEST, OLDEST, RELEVANCE])

    def _read_facets(self, name: str, value: str) -> bool | None:
        choice = self._choice(name, value, ["all", "none"])
        return None if choice is None else choice == "all"

    def _read_cursor(self, name: str, value: str) -> str | None:
        if value != START:
            try:
                Cursor.parse(value)
            except BadCursor:
                self._problem(
                    name,
                    value,
                    _("This is not a cursor that we gave."),
                    [START, _("“next” of an answer")],
                    f"?cursor={START}",
                )
                return None
        return value

    def _read_fields(self, name: str, value: str) -> tuple[str, ...] | None:
        wanted = [part.strip() for part in value.split(",") if part.strip()]
        # Elsewhere than here nobody knows which taxonomies are off: the widget asks for all of them.
        known = {*self.fields, *(taxonomy.field for taxonomy in TAXONOMIES.values())}
        unknown = [part for part in wanted if part not in known]
        if unknown:
            self._problem(
                name,
                ", ".join(unknown),
                _("There is no field “%(value)s”.") % {"value": shorten(unknown[0])},
                list(self.fields),
                f"?{name}=title,url,published",
            )
            return None
        return tuple(dict.fromkeys(wanted)) or None

    def _read_page(self, name: str, value: str) -> int | None:
        return self._number(name, value, None)

    def _read_page_size(self, name: str, value: str) -> int | None:
        return self._number(name, value, MAX_PAGE_SIZE)

    def _number(self, name: str, value: str, highest: int | None) -> int | None:
        number = int(value) if _NUMBER.fullmatch(value) else 0
        if number < 1 or (highest is not None and number > highest):
            allowed = _("a whole number from 1")
            if highest is not None:
                allowed = _("%(first)s to %(last)s") % {"first": 1, "last": highest}
            message = _("“%(value)s” is not a whole number that “%(name)s” can take.")
            self._problem(
                name, value, message % {"value": shorten(value), "name": name}, allowed, f"?{name}=1"
            )
            return None
        return number

    def _choice(self, name: str, value: str, allowed: list[str]) -> str | None:
        if value in allowed:
            return value
        self._problem(
            name,
            value,
            _("“%(value)s” is not allowed.") % {"value": shorten(value)},
            allowed,
            f"?{name}={allowed[0]}",
        )
        return None

    def _check_together(self, query: Query) -> Query:
        if (
            query.published_after
            and query.published_before
            and query.published_after > query.published_before
        ):
            self._problem(
                "published_before",
                query.published_before.isoformat(),
                _("The last day is before the first day."),
                _("%(day)s or later") % {"day": query.published_after.isoformat()},
                f"?published_after={query.published_before}&published_before={query.published_after}",
            )
            query = query.replace(published_before=None, page=query.page)
        if query.order == RELEVANCE and not query.q:
            self._problem(
                "order",
                RELEVANCE,
                _("Only a search can be ordered by relevance."),
                [NEWEST, OLDEST],
                "?q=harbour&order=relevance",
            )
            query = query.replace(order=NEWEST, page=query.page)
        if query.cursor and query.cursor != START and query.order != Cursor.parse(query.cursor).order:
            self._problem(
                "cursor",
                query.cursor,
                _("This cursor belongs to a list in another order."),
                [START, f"order={Cursor.parse(query.cursor).order}"],
                f"?cursor={START}",
            )
            query = query.replace(cursor="", page=query.page)
        elif query.cursor and (query.page != 1 or query.order == RELEVANCE):
            self._problem(
                "cursor",
                query.cursor,
                _("A cursor goes with neither “page” nor “order=relevance”."),
                [NEWEST, OLDEST],
                "?cursor=start",
            )
            query = query.replace(cursor="", page=query.page)
        return query

    def _with_languages(self, query: Query) -> Query:
        language = query.language or self.reference.default_language
        lang = query.lang or label_language(language, self.reference)
        return query.replace(language=language, lang=lang, page=query.page, cursor=query.cursor)

    def _problem(self, parameter: str, value: str, message: str, allowed: Any, example: str) -> None:
        self.problems.append(Problem(shorten(parameter), shorten(value), str(message), allowed, example))


def label_languages(reference: Reference) -> list[str]:
    """The languages that labels, dates and sentences can be given in: the site's, and ours."""
    short = {language.split("-")[0].lower() for language in reference.languages}
    ours = [language for language in ("en", "cy") if language not in short]
    return [*(language.lower() for language in reference.languages), *ours]


def label_language(language: str, reference: Reference) -> str:
    """The label language for stories in ``language``: itself where we can, else the default."""
    allowed = label_languages(reference)
    for candidate in allowed:
        if candidate == language or candidate.split("-")[0] == language.split("-")[0]:
            return candidate
    return reference.default_language


def shorten(value: str, length: int = 100) -> str:
    """A value as it can be said back: no control characters, not longer than needed."""
    clean = _CONTROL.sub("\ufffd", value)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
