"""The builder: which list, how it looks, and the embed code.

The code is for a site that allows scripts, a frame, a link or a developer.

One page, in public and in the admin. It works without JavaScript; with it, counts and code follow each choice.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from ..catalogue.exceptions import NotBuilt
from ..catalogue.lookups import Reference
from ..catalogue.parameter_types import Choice, read_one
from ..catalogue.parameters import Problem, label_language
from ..catalogue.query import Query
from ..catalogue.results import search
from ..catalogue.snapshots import Snapshot, current
from ..catalogue.summaries import describe
from ..http.list_parts import capitalised
from ..http.list_requests import ListRequest, read_params, without_trackers
from ..http.listing import Listing
from ..http.views import request_sites
from ..languages import asked_language, language_name
from ..registry import TAXONOMIES
from .appearance import NAMES as LOOK_NAMES
from .appearance import parse_display_options
from .area_search import FoundAreas, find_areas
from .methods import Choices, MethodSnippets

#: The list parameters that can be chosen here.
PARAMETERS = (
    "q",
    *TAXONOMIES,
    "language",
    "language_only",
    "page_size",
)

#: How many stories a list shows where nothing else is chosen: a column on somebody's page, not a page of its own.
STORIES = 5


#: What a site can allow; the answer decides which embed method the code is for.
METHOD_LABELS = {
    "element": gettext_lazy("I can paste a script"),
    "iframe": gettext_lazy("Only a frame (iframe)"),
    "link": gettext_lazy("Only a link"),
    "developer": gettext_lazy("I have a developer"),
}
METHODS = tuple(METHOD_LABELS)

THEME_LABELS = {
    "": gettext_lazy("your page’s (a frame: light)"),
    "light": gettext_lazy("light"),
    "dark": gettext_lazy("dark"),
    "auto": gettext_lazy("match the reader’s device"),
}

#: Choices that only the element knows; a frame has neither reader's filters nor a script of its own.
SWITCHES = ("filters", "search", "pinned", "preload")

METHOD = Choice(name="door", values=METHODS, message=gettext_noop("Unknown embed method."))
SWITCH_PARAMETERS = tuple(
    Choice(name=name, values=("yes",), message=gettext_noop("Write “yes” or leave it out."))
    for name in SWITCHES
)


def builder_context(request: HttpRequest, path: str, lang: str = "") -> dict[str, Any]:
    """Return everything that the builder's templates need.

    path: the address of the page itself. lang: the language that it is in; without one, ``?lang=`` says it, else the
    site's. The list speaks the language of its stories. Raises ``NotBuilt`` while there is no catalogue.
    """
    snapshot = current()
    if not snapshot.built:
        raise NotBuilt
    reference = snapshot.reference
    # Never negotiated: the page is the same for everybody.
    lang = label_language(lang or asked_language(request, "lang") or reference.default_language, reference)
    with translation.override(lang):
        return _context(request, path, lang, snapshot)


def _context(request: HttpRequest, path: str, lang: str, snapshot: Snapshot) -> dict[str, Any]:
    """Return the context in the active language, which is ``lang``."""
    reference = snapshot.reference
    params, early = _params(request)
    language = reference.default_language
    default = Query(language=language, page_size=STORIES, sites=request_sites(request, reference))
    also = {*LOOK_NAMES, *SWITCHES, "door", "find", "found", "lang"}
    find, found = _find(params, reference, lang)
    parsed = ListRequest.read(params, snapshot, default=default, accept=PARAMETERS, also=also)
    choices, problems = _choices(params)
    query = parsed.query
    in_words = query.replace(lang=lang)
    results = search(in_words, snapshot)
    plain = default.replace(lang=label_language(language, reference))
    listing = Listing(query=in_words, results=results, default=plain, path=path)
    return {
        "lang": lang,
        "named_lang": lang if params.get("lang", "").strip() else "",
        "listing": listing,
        "choices": choices,
        "problems": [*early, *parsed.problems, *problems],
        "doors": MethodSnippets(
            query, plain, choices, request, title_of(query, reference), snapshot, listing.cards
        ),
        "find": find,
        "found": found,
        "offered": not found.is_clear and not any(area.slug in query.area for area in found.areas),
        "filters": describe(in_words, reference) or _("all stories"),
        "extent": _extent(query, reference),
        "languages": [
            {"code": code, "name": capitalised(language_name(code))} for code in reference.languages
        ],
        "versions": _versions(params, path, lang, reference),
        "door_choices": [{"value": value, "label": label} for value, label in METHOD_LABELS.items()],
        "themes": [{"value": value, "label": label} for value, label in THEME_LABELS.items()],
        "switches": _switches(choices),
        "builder_path": path,
    }


def _find(params: QueryDict, reference: Reference, lang: str) -> tuple[str, FoundAreas]:
    """Select the areas that "Find your area" names.

    Returns its text with what it found.

    A text is acted on once: ``found`` is the one that the form has acted on before. Its areas give way to those of the
    new text, while areas that were ticked by hand stay.
    """
    find = params.get("find", "").strip()[:100]
    before = params.get("found", "").strip()[:100]
    areas = find_areas(find, reference, lang)
    if find and find != before:
        selected = find_areas(before, reference, lang).clear_slugs
        kept = [slug for slug in params.getlist("area") if slug not in selected]
        params.setlist("area", list(dict.fromkeys([*kept, *areas.clear_slugs])))
    return find, areas


def _extent(query: Query, reference: Reference) -> str:
    """Return how many stories the list has, and in which language, in words."""
    number = ngettext("The newest story.", "The %(count)d newest stories.", query.page_size)
    sentences = [number % {"count": query.page_size}]
    names = {"language": language_name(query.language), "other": language_name(reference.default_language)}
    if query.language_only:
        sentences.append(_("Only stories in %(language)s.") % names)
    elif query.language != reference.default_language:
        sentences.append(_("In %(language)s where there is a version in it, else in %(other)s.") % names)
    return " ".join(sentences)


def _switches(choices: Choices) -> list[dict[str, Any]]:
    """Return the yes-or-no choices, as checkboxes."""
    options, script = choices.look, _("with a script")
    rows: list[tuple[str, str, bool, str, str]] = [
        ("summary", "yes", options.summary, _("Summaries"), ""),
        ("images", "yes", options.images, _("Pictures"), ""),
        ("paging", "more", options.paging == "more", _("A button for more stories"), ""),
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
    """Return this page with the same choices in the site's other languages."""
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
    """Return the text of the link to the list, in the list's language.

    For example ``Latest news: area "Wessex"``.
    """
    with translation.override(query.lang):
        filters = describe(query, reference)
        return _("Latest news: %(filters)s") % {"filters": filters} if filters else _("Latest news")


def _params(request: HttpRequest) -> tuple[QueryDict, list[Problem]]:
    given, problems = read_params(request)
    kept = without_trackers(given)
    for name, values in kept.lists():
        kept.setlist(name, [value.replace("\x00", "\ufffd") for value in values])
    return kept, problems


def _choices(params: QueryDict) -> tuple[Choices, list[Problem]]:
    """Return what was chosen.

    What cannot be understood has its default and is explained.
    """
    options, problems = parse_display_options(params)
    values: dict[str, Any] = {}
    for parameter in (METHOD, *SWITCH_PARAMETERS):
        values[parameter.name], problem = read_one(parameter, [params.get(parameter.name, "")])
        if problem is not None:
            problems.append(problem)
    method = values.pop("door") or METHODS[0]
    switches = {name: bool(value) for name, value in values.items()}
    theme = options.theme if params.get("theme", "").strip().lower() == options.theme else ""
    return Choices(method, options, theme, **switches), problems
