"""The builder: which list, how it looks, and the lines for a site that allows scripts, a frame, a link or a developer.

One page, in public and in the admin. It works without JavaScript; with it, counts and code follow each choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.look import current
from ..catalogue.parameters import TRACKERS, Problem, label_language, parse, shorten
from ..catalogue.query import Query
from ..catalogue.reference import Reference
from ..catalogue.results import NotBuilt, search
from ..catalogue.sentence import describe, language_name
from ..conf import get_settings
from ..frontend.listing import Listing, capitalised
from ..publicly import scope
from .doors import Doors
from .look import NAMES as LOOK_NAMES
from .look import Look, parse_look
from .recipes import RECIPES

#: The list parameters that can be chosen here.
PARAMETERS = (
    "q",
    "kind",
    "crime_type",
    "area",
    "topic",
    "language",
    "language_only",
    "page_size",
)

#: How many stories a list shows where nothing else is chosen: a column on somebody's page, not a page of its own.
STORIES = 5


#: What a site can allow; the answer decides which door the code is for.
DOOR_LABELS = {
    "element": gettext_lazy("I can paste a script"),
    "iframe": gettext_lazy("Only a frame (iframe)"),
    "link": gettext_lazy("Only a link"),
    "developer": gettext_lazy("I have a developer"),
}
DOORS = tuple(DOOR_LABELS)

THEME_LABELS = {
    "": gettext_lazy("your page’s (a frame: light)"),
    "light": gettext_lazy("light"),
    "dark": gettext_lazy("dark"),
    "auto": gettext_lazy("as the reader’s device says"),
}

#: Choices that only the element knows; a frame has neither reader's filters nor a script of its own.
SWITCHES = ("filters", "search", "pinned", "preload")

#: Words of forces' and councils' names that do not say where they are; the page's script is given the same ones.
GENERIC_WORDS = (
    *("police", "constabulary", "heddlu", "council", "cyngor", "county", "sir", "city", "borough"),
    *("metropolitan", "of", "the"),
)


@dataclass(frozen=True)
class Choices:
    """What was chosen besides the list: door, look, and the element's switches.

    theme: "" where none was chosen: the element has the colours of the page around it, a frame its look's.
    """

    door: str
    look: Look
    theme: str = ""
    filters: bool = False
    search: bool = False
    pinned: bool = False
    preload: bool = False


@dataclass(frozen=True)
class FoundArea:
    """An area that somebody's force, county or council belongs to."""

    slug: str
    label: str
    found_as: str

    def __str__(self) -> str:
        return self.label if self.label == self.found_as else f"{self.label} ({self.found_as})"


def builder_context(request: HttpRequest, path: str, lang: str = "") -> dict[str, Any]:
    """Everything that the builder's templates need.

    path: the address of the page itself. lang: the language that it is in; without one, ``?lang=`` says it, else the
    site's. The list speaks the language of its stories. Raises ``NotBuilt`` while there is no catalogue.
    """
    snapshot = current()
    if not snapshot.built:
        raise NotBuilt
    reference, params = snapshot.reference, _params(request)
    language = reference.default_language
    named = params.get("lang", "").strip().lower()
    lang = label_language(lang or named or language, reference)
    default = Query(language=language, page_size=STORIES, sites=scope(request, reference))
    also = {*LOOK_NAMES, *SWITCHES, "door", "find", "lang"}
    # Never negotiated: the page is the same for everybody.
    with translation.override(lang):
        parsed = parse(params, reference, default=default, accept=PARAMETERS, also=also)
        choices, problems = _choices(params)
    query = parsed.query
    results = search(query.but(lang=lang), snapshot)
    plain = default.but(lang=label_language(language, reference))
    listing = Listing(query=query.but(lang=lang), results=results, default=plain, path=path)
    find = params.get("find", "").strip()[:100]
    return {
        "lang": lang,
        "named_lang": lang if named else "",
        "listing": listing,
        "choices": choices,
        "problems": [*parsed.problems, *problems],
        "doors": Doors(query, plain, choices, request, title_of(query, reference)),
        "find": find,
        "found_areas": find_areas(find, reference, lang),
        "aliases": _aliases(reference),
        "generic_words": GENERIC_WORDS,
        "languages": [
            {"code": code, "name": capitalised(language_name(code))} for code in reference.languages
        ],
        "versions": _versions(params, path, lang, reference),
        "door_choices": [{"value": value, "label": label} for value, label in DOOR_LABELS.items()],
        "themes": [{"value": value, "label": label} for value, label in THEME_LABELS.items()],
        "switches": _switches(choices),
        "recipes": RECIPES,
        "builder_path": path,
    }


def _switches(choices: Choices) -> list[dict[str, Any]]:
    """The yes-or-no choices, as checkboxes."""
    look, script = choices.look, _("with a script")
    rows: list[tuple[str, str, bool, str, str]] = [
        ("summary", "yes", look.summary, _("Summaries"), ""),
        ("images", "yes", look.images, _("Pictures"), ""),
        ("paging", "more", look.paging == "more", _("A button for more stories"), ""),
        ("filters", "yes", choices.filters, _("Readers can filter"), script),
        ("search", "yes", choices.search, _("Readers can search"), script),
        ("preload", "yes", choices.preload, _("The browser asks for the list at once"), script),
        ("pinned", "yes", choices.pinned, _("A fixed version of the script, with its checksum"), script),
    ]
    names = ("name", "value", "checked", "label", "note")
    return [
        dict(zip(names, (name, value, checked, label, note), strict=True))
        for name, value, checked, label, note in rows
    ]


def _versions(params: QueryDict, path: str, lang: str, reference: Reference) -> list[dict[str, str]]:
    """This page with the same choices in the site's other languages."""
    rows = []
    for language in reference.languages:
        code = label_language(language, reference)
        if code != lang:
            there = params.copy()
            there["lang"] = code
            url = f"{path}?{there.urlencode()}"
            with translation.override(code):
                rows.append({"code": code, "name": capitalised(language_name(code)), "url": url})
    return rows


def title_of(query: Query, reference: Reference) -> str:
    """What the link to the list says, in the list's language: ``Latest news: area "Wessex"``."""
    with translation.override(query.lang):
        filters = describe(query, reference)
        return _("Latest news: %(filters)s") % {"filters": filters} if filters else _("Latest news")


def _params(request: HttpRequest) -> QueryDict:
    try:
        given = request.GET
    except TooManyFieldsSent:
        return QueryDict()
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        if not TRACKERS.match(name):
            kept.setlist(name, [value.replace("\x00", "\ufffd") for value in values])
    return kept


def _choices(params: QueryDict) -> tuple[Choices, list[Problem]]:
    """What was chosen; what cannot be understood has its default and is explained."""
    look, problems = parse_look(params)
    door = params.get("door", "").strip() or DOORS[0]
    if door not in DOORS:
        message = _("There is no such door.")
        problems.append(Problem("door", shorten(door), message, list(DOORS), f"?door={DOORS[0]}"))
        door = DOORS[0]
    switches = {}
    for name in SWITCHES:
        value = params.get(name, "").strip()
        if value not in ("", "yes"):
            message = _("Write “yes” or leave it out.")
            problems.append(Problem(name, shorten(value), message, ["yes"], f"?{name}=yes"))
        switches[name] = value == "yes"
    theme = look.theme if params.get("theme", "").strip().lower() == look.theme else ""
    return Choices(door, look, theme, **switches), problems


def _plain(text: str) -> str:
    """Letters and digits only; ``find`` in builder.js compares the same way."""
    return slugify(text.replace("&", " and "))


def _distinctive(text: str) -> str:
    """``text`` in plain words without the generic ones, unless it has no others."""
    words = _plain(text).split("-")
    return "-".join([word for word in words if word not in GENERIC_WORDS] or words)


def find_areas(text: str, reference: Reference, lang: str) -> list[FoundArea]:
    """The areas that ``text`` names: a police force, a county, a council, as people write them.

    It is part of a name, with or without the generic words ("Kent Police"); where it is part of none, a name is
    part of it, as whole words ("Heddlu Gogledd Cymru" has "Cymru" in it).
    """
    typed, wanted = _plain(text), _distinctive(text)
    if len(typed) < 2 or not get_settings().is_on("area"):
        return []

    def part_of_name(name: str) -> bool:
        return typed in _plain(name) or (len(wanted) > 1 and wanted in _distinctive(name))

    def has_name(name: str) -> bool:
        known = _distinctive(name)
        return len(known) >= 4 and f"-{known}-" in f"-{wanted}-"

    for matches in (part_of_name, has_name):
        found = []
        for term in reference.taxonomies["area"].current:
            if term.retired:
                continue
            match = next((name for name in (*term.names.values(), *term.aliases) if matches(name)), None)
            if match is not None:
                found.append(FoundArea(term.slug, term.label(lang), match))
        if found:
            return found
    return []


def _aliases(reference: Reference) -> dict[str, str]:
    """By area, every name that leads to it: what the page's script looks through while somebody types."""
    return {
        term.slug: " | ".join((*term.names.values(), *term.aliases))
        for term in reference.taxonomies["area"].current
    }
