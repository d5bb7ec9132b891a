"""What an embed shows: a list, or the card of one story.

Frame, fragment and oEmbed use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ..catalogue.db import using
from ..catalogue.models import Entry
from ..catalogue.parameter_types import Choice, read_one
from ..catalogue.parameters import Problem, label_language
from ..catalogue.query import MAX_PAGE_SIZE, PAGE_SIZE, Query
from ..catalogue.references import Resolver
from ..catalogue.serializers import item, resolver_for
from ..catalogue.snapshots import Snapshot
from ..http.list_requests import READERS_NAMES, ListRequest, read_params, without_trackers
from ..http.views import request_sites
from ..languages import language_name
from ..stories.index_pages import list_address
from .appearance import NAMES as LOOK_NAMES
from .appearance import DisplayOptions, parse_display_options
from .words import words

#: Parameters that are no list's and no look's: which story, and in which form.
OWN = ("id", "format")

FORMAT = Choice(
    name="format",
    sample="fragment",
    values=("html", "fragment"),
    message=gettext_noop("There is no such format."),
)

#: How many problems are told one by one.
MAX_PROBLEMS_SHOWN = 3


@dataclass(frozen=True)
class EmbedRequest:
    """What a request asks an embed for.

    What could not be understood is in ``problems`` and left out.
    """

    query: Query
    look: DisplayOptions
    #: What the plain address stands for; it is not repeated in addresses.
    default: Query = field(default_factory=Query)
    story: str = ""
    format: str = "html"
    problems: tuple[Problem, ...] = ()
    #: Whether the reader of labels and dates was named; a story's card speaks the story's language otherwise.
    names_lang: bool = False

    def params(self) -> list[tuple[str, str]]:
        """Return the URL parameters that ask for this, normalised."""
        if self.story:
            lang = [("lang", self.query.lang)] if self.names_lang else []
            return [("id", self.story), *lang, *self.look.params()]
        return [*self.filters(), *self.look.params()]

    def filters(self) -> list[tuple[str, str]]:
        """Return the list parameters among them."""
        plain = self.default.params()
        return [pair for pair in self.query.params() if pair not in plain]


@dataclass(frozen=True)
class Link:
    """A link below the list; ``here``: it opens in the frame."""

    label: str
    url: str
    here: bool = False


@dataclass
class Embed:
    """What the templates show."""

    lang: str
    look: DisplayOptions
    status: int = 200
    title: str = ""
    note: str = ""
    cards: list[dict[str, Any]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    explained: list[Problem] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The stories that are shown."""
        return [card["id"] for card in self.cards]

    def render_items(self) -> SafeString:
        """Return the ``<ol>``, with notes before it: the same bytes in every method."""
        return SafeString(render_to_string("wagtail_cpsnews/embed/items.html", {"embed": self}).strip())


def plain_query(request: HttpRequest, snapshot: Snapshot) -> Query:
    """Return the query of an embed's address without parameters.

    It finds the site's newest stories.
    """
    language = snapshot.reference.default_language
    return Query(
        language=language,
        lang=label_language(language, snapshot.reference),
        sites=request_sites(request, snapshot.reference),
        facets=False,
    )


def parse_embed_params(params: QueryDict, request: HttpRequest, snapshot: Snapshot) -> EmbedRequest:
    """Parse the parameters of an embed's address.

    By the rule for readers: explain, never break.
    """
    reference = snapshot.reference
    language, default = reference.default_language, plain_query(request, snapshot)
    given = without_trackers(params)
    # What is wrong is told in the reader's language, which is never negotiated: the answer is everybody's.
    with translation.override(label_language(given.get("lang", "").strip().lower() or language, reference)):
        parsed = ListRequest.read(given, snapshot, default=default, also={*OWN, *LOOK_NAMES})
        look, problems = parse_display_options(given)
        problems = [*parsed.problems, *problems, *_about_form(given)]
    return EmbedRequest(
        query=parsed.query,
        look=look,
        default=default,
        story=given.get("id", "").strip(),
        format="fragment" if given.get("format", "").strip() == "fragment" else "html",
        problems=tuple(problems),
        names_lang=bool(given.get("lang", "").strip()),
    )


def parse_request(request: HttpRequest, snapshot: Snapshot) -> EmbedRequest:
    """Return what a request itself asks; see ``parse_embed_params``."""
    reference = snapshot.reference
    with translation.override(label_language(reference.default_language, reference)):
        params, early = read_params(request)
    embed_request = parse_embed_params(params, request, snapshot)
    return replace(embed_request, problems=(*early, *embed_request.problems))


def _about_form(params: QueryDict) -> list[Problem]:
    """Return what is wrong with ``format`` and ``id``.

    Filters beside ``id`` mean nothing.
    """
    problems = []
    _value, problem = read_one(FORMAT, [params.get("format", "")])
    if problem is not None:
        problems.append(problem)
    if params.get("id", "").strip():
        message = _("“%(name)s” means nothing beside “id”: one story is shown.")
        beside = [name for name in READERS_NAMES if name != "lang" and params.get(name, "").strip()]
        problems += [Problem(name, "", message % {"name": name}) for name in beside]
    return problems


def find(embed_request: EmbedRequest, request: HttpRequest, snapshot: Snapshot) -> Embed:
    """Return what is shown, with its status.

    200, 404 (no such page or story), 410 (gone), 503 (not built yet).
    """
    found = (
        _story(embed_request, request, snapshot)
        if embed_request.story
        else _list(embed_request, request, snapshot)
    )
    if found.status != 503:  # until it is built no term is known, so every filter looks wrong
        found.explained = list(embed_request.problems[:MAX_PROBLEMS_SHOWN])
    if (more := len(embed_request.problems) - MAX_PROBLEMS_SHOWN) > 0 and found.explained:
        with translation.override(found.lang):
            message = ngettext("%(count)d other value.", "%(count)d other values.", more) % {"count": more}
        found.explained.append(Problem("", "", message))
    return found


def _list(embed_request: EmbedRequest, request: HttpRequest, snapshot: Snapshot) -> Embed:
    query = embed_request.query
    embed = Embed(lang=query.lang, look=embed_request.look)
    with translation.override(query.lang):
        embed.title = _("News")
        full = Link(_("See the full list"), list_address(request, snapshot, query))
        found = ListRequest(query, snapshot).find()
        embed.status, results = found.status, found.results
        if results is None:
            embed.links = [full]
            embed.note = (
                found.problems[0].message
                if found.problems
                else _("The list of stories is being prepared. It should be here in a few minutes.")
            )
        else:
            resolver = resolver_for(results.entries, snapshot.reference)
            embed.cards = [card(entry, snapshot, query, resolver) for entry in results.entries]
            embed.note = "" if embed.cards else results.sentence
            embed.links = [*_paging(embed_request, results.has_more), full]
    return embed


def _paging(embed_request: EmbedRequest, has_more: bool) -> list[Link]:
    """Return links that work in the frame itself, without a script."""
    query = embed_request.query

    def link(label: str, **changes: Any) -> Link:
        there = replace(embed_request, query=query.replace(**changes))
        return Link(label, f"?{urlencode(there.params())}", here=True)

    links = []
    if (
        embed_request.look.paging == "more"
        and has_more
        and query.page == 1
        and query.page_size < MAX_PAGE_SIZE
    ):
        size = min(query.page_size + PAGE_SIZE, MAX_PAGE_SIZE)
        links.append(link(words()["more"], page_size=size))
    if embed_request.look.paging == "pages":
        if query.page > 1:
            links.append(link(words()["previous"], page=query.page - 1))
        if has_more:
            links.append(link(words()["next"], page=query.page + 1))
    return links


def _language_of(lang: str, snapshot: Snapshot) -> str:
    """Return the language of stories whose labels are in ``lang``."""
    reference = snapshot.reference
    return reference.match_language(lang) or reference.default_language


def _story(embed_request: EmbedRequest, request: HttpRequest, snapshot: Snapshot) -> Embed:
    """Return the card of one story. What is not public has neither title nor address."""
    embed = Embed(lang=embed_request.query.lang, look=embed_request.look)
    if not snapshot.built:
        embed.status = 503
    entry = entry_of(embed_request.story, embed_request.query) if snapshot.built else None
    if entry is not None and not embed_request.names_lang and entry.language:
        embed.lang = label_language(entry.language, snapshot.reference)
    with translation.override(embed.lang):
        embed.title = _("News story")
        everything = embed_request.default.replace(
            language=_language_of(embed.lang, snapshot), lang=embed.lang
        )
        embed.links = [Link(_("All stories"), list_address(request, snapshot, everything))]
        if embed.status == 503:
            embed.note = _("This story is not ready yet. It should be here in a few minutes.")
        elif entry is None:
            embed.status, embed.note = 404, _("There is no such story.")
        elif not entry.is_listed:
            embed.status, embed.note = 410, _("This story is no longer available.")
        else:
            embed.cards = [
                card(entry, snapshot, embed_request.query.replace(lang=embed.lang, language=embed.lang))
            ]
    return embed


def entry_of(text: str, query: Query) -> Entry | None:
    """Return the entry with this id, for the site of the request.

    Other sites' entries are not found.
    """
    try:
        pk = UUID(text)
    except ValueError:
        return None
    entry = Entry.objects.using(using()).filter(pk=pk).cards().first()
    if entry is None or (query.sites is not None and entry.public and entry.site_id not in query.sites):
        return None
    return entry


def card(entry: Entry, snapshot: Snapshot, query: Query, resolver: Resolver | None = None) -> dict[str, Any]:
    """Return an item as in the API, with the labels that embeds show.

    It also has a label for its language where that is another.
    """
    data = item(entry, snapshot.reference, query.lang, resolver=resolver)
    shown = [data.get("kind"), *data.get("crime_types", ()), *data.get("areas", ())]
    data["labels"] = [term["label"] for term in shown if term]
    other = entry.language.split("-")[0] != query.language.split("-")[0]
    data["language_mark"] = language_name(entry.language) if other else ""
    return data
