"""Lists of stories inside pages.

The tag ``{% news_list %}``, and the blocks "live list" and "related stories".
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ..catalogue import deferred
from ..catalogue.db import using
from ..catalogue.deferred import DeferredBlock, Reader
from ..catalogue.models import Entry
from ..catalogue.parameters import Problem, label_language
from ..catalogue.query import PAGE_SIZE, Query
from ..catalogue.serializers import item, resolver_for
from ..catalogue.snapshots import current
from ..http.list_parts import language_mark
from ..http.list_requests import READERS_NAMES, ListRequest
from ..http.listing import Listing
from ..stories.blocks.lists import Params
from ..stories.index_pages import index_page, path_of

logger = logging.getLogger("wagtail_cpsnews")

#: The list parameters that a list inside a page takes: it has one page.
INSIDE = tuple(name for name in READERS_NAMES if name != "page")

#: Parameters that say how a list looks; the others say which stories it is about.
DISPLAY_PARAMETERS = {"lang", "order", "page_size"}

#: What a story inside another one's text says of itself in the API.
FIELDS = (
    "id",
    "kind",
    "title",
    "summary",
    "url",
    "published",
    "published_display",
    "language",
    "image",
    "latest_updates",
)


def read(params: Params, reader: Reader, query: Query | None = None) -> ListRequest:
    """Return a reader's query with these parameters.

    query: what they are added to; what it leaves open is the reader's.
    """
    start = query or Query()
    language = start.language or reader.language
    default = start.replace(
        language=language,
        lang=start.lang or (reader.lang if language == reader.language else ""),
        sites=reader.sites if start.sites is None else start.sites,
        page_size=start.page_size,
        facets=False,
    )
    default = default.replace(lang=default.lang or label_language(language, reader.reference))
    if params.get("language") and not params.get("lang"):
        default = default.replace(lang="")  # labels follow the language that is asked for
    return ListRequest.read(params, reader.snapshot or current(), default=default, accept=INSIDE)


def lost_its_filter(problems: Iterable[Problem], query: Query, names: Iterable[str]) -> bool:
    """Return whether every value of a requested filter was invalid.

    The list would be about something else.
    """
    wrong = {problem.parameter for problem in problems} - DISPLAY_PARAMETERS
    return any(name in wrong and not getattr(query, name, None) for name in names)


def listing_of(list_request: ListRequest, request: HttpRequest | None) -> Listing:
    """Return what a request finds.

    Two database queries; none where the catalogue is not built. request: of the page that shows the list; without it,
    in the API, links lead to the newsroom's own list, which leads on.
    """
    snapshot, found = list_request.snapshot, list_request.find()
    reference, query = snapshot.reference, list_request.query
    page = index_page(request, snapshot, query.language) if request is not None else None
    language = page.language if page is not None else reference.default_language
    plain = Query(language=language, lang=label_language(language, reference), sites=query.sites)
    return Listing(
        query=query,
        results=found.results,
        default=plain,
        start=plain.replace(language=query.language, lang=query.lang),
        path=path_of(page, reference) if page is not None else _list_path(),
        problems=found.problems,
    )


def _list_path() -> str:
    """Return the address of the newsroom's own list, with every filter.

    "" where it is not mounted.
    """
    try:
        return reverse("cpsnews:list")
    except NoReverseMatch:
        return ""


def all_url(listing: Listing) -> str:
    """Return the address of the whole list; "" where there is none."""
    if not listing.path:
        return ""
    return listing.url(listing.query.replace(page_size=PAGE_SIZE, facets=True))


def render(listing: Listing, heading: str = "", request: Any = None) -> str:
    """Return the list as HTML, in its own label language."""
    with translation.override(listing.query.lang):
        context = {
            "listing": listing,
            "heading": heading or _("Latest news"),
            "all_url": all_url(listing) if listing.count > len(listing.cards) else "",
        }
        return render_to_string("wagtail_cpsnews/news_list.html", context, request)


@deferred.register("live_list")
class LiveList(DeferredBlock):
    """The newest stories of a filter that an editor has set."""

    def find(self, data: Any, reader: Reader) -> Listing | None:
        params = Params(data["params"])
        list_request = read(params, reader)
        if lost_its_filter(list_request.problems, list_request.query, params):
            messages = " ".join(problem.message for problem in list_request.problems)
            logger.warning("A live list is left out, because its filter means nothing any more: %s", messages)
            return None
        return listing_of(replace(list_request, problems=[]), reader.request)

    def as_json(self, found: Listing, data: Any, reader: Reader) -> dict[str, Any]:
        """Return heading, filter, count, address of the whole list, and the newest."""
        query = found.query.as_json()
        return {
            "heading": data["heading"],
            "query": {name: value for name, value in query.items() if name != "page"},
            "count": found.count,
            "url": urljoin(reader.base, all_url(found)),
            "results": [_short(card) for card in found.cards],
        }

    def as_html(self, found: Listing, data: Any, reader: Reader) -> str:
        return render(found, data["heading"], reader.request)


@deferred.register("related_stories")
class RelatedStories(DeferredBlock):
    """Stories that an editor has chosen, as far as they are public."""

    template = "wagtail_cpsnews/blocks/related_stories.html"

    def find(self, data: Any, reader: Reader) -> dict[str, Any] | None:
        entries = _chosen(data["pages"], reader) if data["pages"] else []
        cards, resolver = [], resolver_for(entries, reader.reference)
        for entry in entries:
            card = item(entry, reader.reference, reader.lang, resolver=resolver)
            card["language_mark"] = language_mark(entry.language, reader.language)
            cards.append(card)
        return {"heading": _("Related stories"), "cards": cards} if cards else None

    def as_json(self, found: dict[str, Any], data: Any, reader: Reader) -> dict[str, Any]:
        """Return heading and stories."""
        return {"heading": data["heading"], "stories": [_short(card) for card in found["cards"]]}


def _chosen(pages: list[int], reader: Reader) -> list[Entry]:
    """Return the public stories among ``pages``, in that order, by one query.

    Each in the reader's language where it can be.
    """
    public = Entry.objects.using(using()).listed(reader.sites)
    keys = public.filter(page_pk__in=pages).order_by().values("translation_key")
    found = list(public.filter(translation_key__in=keys).cards())
    chosen = []
    for pk in pages:
        entry = next((entry for entry in found if entry.page_pk == pk), None)
        if entry is not None:
            chosen.append(next((other for other in found if _is_version(other, entry, reader)), entry))
    return list({entry.pk: entry for entry in chosen}.values())


def _is_version(other: Entry, entry: Entry, reader: Reader) -> bool:
    return (
        entry.language != reader.language
        and other.language == reader.language
        and (other.translation_key, other.site_id) == (entry.translation_key, entry.site_id)
        and bool(other.versions)
    )


def _short(card: dict[str, Any]) -> dict[str, Any]:
    short = {name: card[name] for name in FIELDS if name in card}
    if short.get("kind"):
        short["kind"] = {name: short["kind"][name] for name in ("slug", "label")}
    return short
