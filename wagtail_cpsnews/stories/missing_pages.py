"""Pages for addresses without a page (404), or without their story (410).

In every language of the site, the language of the address first: a search box, the newest stories, and whom
journalists can call.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import DatabaseError
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone, translation

from ..catalogue.desk import find_desk
from ..catalogue.exceptions import NotBuilt
from ..catalogue.kept_items import data_of
from ..catalogue.parameters import label_language
from ..catalogue.public_pages import find_page, public_pages
from ..catalogue.query import Query
from ..catalogue.results import search
from ..catalogue.sites import language_at, site_for_host
from ..catalogue.snapshots import Snapshot, current
from ..conf import get_settings
from ..http.caching import max_age, next_answering
from ..http.csp import protect
from ..http.responses import keep_language
from ..http.views import request_sites, split_host
from .context import in_language, public_context
from .index import PressOffice
from .index_pages import index_page, list_address

logger = logging.getLogger("wagtail_cpsnews")

#: Stories of each language.
STORIES = 3


def missing_response(
    request: HttpRequest, templates: list[str], status: int, wording: Mapping[str, str] | None = None
) -> TemplateResponse:
    """Return a page for an address without one.

    By the first of ``templates`` that there is.

    wording: what it says instead of its usual words, by language.
    """
    context = missing_context(request)
    for part in context["parts"]:
        part["wording"] = (wording or {}).get(part.get("language", part["lang"]), "")
    response = TemplateResponse(request, templates, context, status=status)
    in_language(context["lang"], response)
    keep_language(request, protect(response))
    return response


def missing_context(request: HttpRequest) -> dict[str, Any]:
    """Return the template context of a 404 or 410 page.

    ``parts``: one a language; ``max_age``: for how long it may be kept. Without the database, or a catalogue, the page
    says what it is about, and no more.
    """
    parts: list[dict[str, Any]] = []
    age = 0
    try:
        snapshot = current()
        if snapshot.built:
            age = max_age(snapshot, next_answering(snapshot, timezone.now()))
            parts = _parts(request, snapshot)
    except (DatabaseError, NotBuilt) as error:
        logger.warning("A page is shown without stories: %s", error)
    parts = parts or [{"lang": translation.get_language() or "en"}]
    for number, part in enumerate(parts):
        part["level"], part["level_below"] = (2, 3) if number else (1, 2)
    return {**public_context(), "parts": parts, "lang": parts[0]["lang"], "max_age": age}


def _parts(request: HttpRequest, snapshot: Snapshot) -> list[dict[str, Any]]:
    reference = snapshot.reference
    site = site_for_host(reference.roots, *split_host(request))
    known = [root.language for root in reference.roots if root.site_id == site]
    ordered = [language_at(reference.roots, site, request.path), reference.default_language, *known]
    languages = [language for language in dict.fromkeys(ordered) if language in known]
    return [
        _part(request, snapshot, language, site) for language in languages or [reference.default_language]
    ]


def _part(request: HttpRequest, snapshot: Snapshot, language: str, site: int | None) -> dict[str, Any]:
    """Return what a page says in one language.

    What needs a query is looked for once for each snapshot: robots ask for thousands of addresses without a page.
    """
    lang = label_language(language, snapshot.reference)
    key = ("missing page", site, language)
    known = None if snapshot.is_due else snapshot.kept.get(key)
    if known is None:
        known = snapshot.kept[key] = _looked_for(request, snapshot, language, lang, site)
    # A story that is gone may be in the list for as long as this process has not looked.
    stories = [item for item in known["stories"] if unquote(urlsplit(item["url"]).path) != request.path]
    desk = find_desk(snapshot.reference, lang)
    return {**known, "stories": stories, "lang": lang, "language": language, "desk": desk}


def _looked_for(
    request: HttpRequest, snapshot: Snapshot, language: str, lang: str, site: int | None
) -> dict[str, Any]:
    reference, sites = snapshot.reference, request_sites(request, snapshot.reference)
    query = Query(language=language, lang=lang, sites=sites, facets=False, page_size=STORIES)
    with translation.override(lang):
        stories = data_of(search(query, snapshot))
    offices = public_pages(PressOffice, reference)
    office = find_page(offices, reference, site=site, sites=sites, language=language)
    found: dict[str, Any] = {"stories": stories, "press_office": _link(office.page) if office else None}
    if get_settings().FRONTEND:
        # Without host: a form may lead to where the page is from alone.
        parts = urlsplit(list_address(request, snapshot, query))
        found["list_url"] = parts._replace(scheme="", netloc="").geturl()
        found["search_url"], found["search_params"] = parts.path, parse_qsl(parts.query)
    elif page := index_page(request, snapshot, language):
        found["list_url"] = page.url
    return found


def _link(page: Any) -> dict[str, str] | None:
    found = page.specific()
    return {"title": found.title, "url": page.url, "language": page.language} if found else None
