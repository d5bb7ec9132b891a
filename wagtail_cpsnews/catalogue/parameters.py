"""From URL parameters to a ``Query``.

This is the one place that knows what a parameter may be.

Nothing is ignored: what cannot be understood becomes a ``Problem`` that names parameter, value and what is allowed.
The API answers problems with 400; pages explain them and go on with the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ..conf import get_settings
from ..languages import match_language, text_languages
from ..registry import TAXONOMIES
from .cursor import START, Cursor
from .lookups import Reference
from .parameter_types import FIRST_DAY as FIRST_DAY
from .parameter_types import LAST_DAY as LAST_DAY
from .parameter_types import (
    Choice,
    Context,
    CursorText,
    Day,
    Fields,
    Flag,
    LabelLanguage,
    Language,
    Parameter,
    Refused,
    Search,
    Slug,
    WholeNumber,
)
from .parameter_types import Problem as Problem
from .parameter_types import shorten as shorten
from .query import MAX_PAGE_SIZE, NEWEST, OLDEST, PAGE_SIZE, RELEVANCE, Query
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


def label_languages(reference: Reference) -> list[str]:
    """Return the languages for labels, dates and sentences.

    The site's language comes first.
    """
    return text_languages(reference.languages)


#: Every list parameter; those of taxonomies that are off are unknown.
PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Search(
            name="q",
            description=f'Words to search for, up to {MAX_Q} characters. A story has all of them; `"an exact phrase"`, '
            "`-without` and `this OR that` are understood.",
            sample="harbour",
            is_common=True,
            longest=MAX_Q,
        ),
        *(Slug(name=name) for name in TAXONOMIES),
        Day(name="published_after", description="First day, inclusive."),
        Day(name="published_before", description="Last day, inclusive."),
        Language(
            name="language",
            description="Language of the stories. "
            "A story without a version in it is given once in the default language.",
            sample="cy",
            is_common=True,
        ),
        Flag(
            name="language_only",
            description="1: leave out stories that have no version in `language`.",
            values=("0", "1"),
            yes=("1",),
            no=("0",),
            shown="1",
            message=gettext_noop("Write 1 or leave it out."),
        ),
        LabelLanguage(
            name="lang",
            description="Language of labels, dates and summary sentence.",
            sample="cy",
            is_common=True,
            known=label_languages,
        ),
        Choice(
            name="order",
            description=f"`{NEWEST}`, `{OLDEST}`, or with `q` `{RELEVANCE}`. Without it a search lists the best match first, "
            "other lists and those by cursor the newest story.",
            values=(NEWEST, OLDEST, RELEVANCE),
        ),
        WholeNumber(name="page", description="From 1. Beyond the last page the answer is 404."),
        WholeNumber(
            name="page_size",
            description=f"1 to {MAX_PAGE_SIZE}; {PAGE_SIZE} without it ({MAX_PAGE_SIZE} in `changes/`).",
            highest=MAX_PAGE_SIZE,
        ),
        CursorText(
            name="cursor",
            description="`start`, or the cursor in `next`: pages that stay put while stories come and go.",
        ),
        Fields(
            name="fields",
            description="Names joined by commas: only these fields of each item.",
            also=tuple(taxonomy.field for taxonomy in TAXONOMIES.values()),
        ),
        Flag(
            name="facets",
            description="`none` leaves the counts out.",
            values=("all", "none"),
            yes=("all",),
            no=("none",),
        ),
    )
}


@dataclass
class Parsed:
    """A query and what could not be understood on the way to it."""

    query: Query
    problems: list[Problem] = field(default_factory=list)


def limit_problems(problems: list[Problem]) -> list[Problem]:
    """Return the first problems, then how many more there are.

    The first of each list parameter, and others up to ``MAX_PROBLEMS``.
    """
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
    """Return the parameters that a list takes with the present settings."""
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
    """Parse the parameters of a request.

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
        self.context = Context(reference, fields)
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
                    next(
                        (
                            one.example(one.sample)
                            for known in self.names
                            if (one := PARAMETERS[known]).is_common
                        ),
                        "",
                    ),
                )
            elif given:
                self._read(name, given)
        query = self.default.merged(Query(**self.values)) if self.values else self.default
        if "page" in self.values:
            query = query.replace(page=self.values["page"])
        return Parsed(self._with_languages(self._check_together(query)), limit_problems(self.problems))

    def _read(self, name: str, given: list[str]) -> None:
        parameter = PARAMETERS[name]
        if parameter.many:
            given = self._limit_values(name, list(dict.fromkeys(given)))
            found = [read for value in given if (read := self._value(parameter, value)) is not None]
            if found:
                self.values[name] = tuple(dict.fromkeys(found))
        elif len(set(given)) > 1:
            message = _("“%(name)s” takes one value.") % {"name": name}
            self._problem(name, ", ".join(given), message, 1, parameter.example(shorten(given[0])))
        elif (value := self._value(parameter, given[0])) is not None:
            self.values[name] = value

    def _value(self, parameter: Parameter, text: str) -> Any:
        """Return what a text means, or ``None``."""
        try:
            return parameter.read(text, self.context)
        except Refused as refused:
            self.problems.append(refused.as_problem(parameter.name, text))
            return None

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


def label_language(language: str, reference: Reference) -> str:
    """Return the label language for stories in ``language``.

    The same language where there are labels in it, else the default.
    """
    return match_language(language, label_languages(reference)) or reference.default_language
