"""Resolve an address of this site to a list or a public story.

Nothing is ever fetched.

Whatever is not public is answered as if it had never been: there is one ``None`` for all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from django.apps import apps
from django.core.exceptions import TooManyFieldsSent
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import iri_to_uri, uri_to_iri
from django.utils.translation import gettext as _

from ..catalogue.db import using
from ..catalogue.models import Entry
from ..catalogue.parameters import label_language
from ..catalogue.query import Query
from ..catalogue.rows import hash_path
from ..catalogue.serializers import url_of
from ..catalogue.sites import page_paths, site_for_host
from ..catalogue.snapshots import Snapshot
from ..catalogue.summaries import describe
from ..catalogue.visibility import is_public
from ..compat import get_page_model
from ..conf import get_settings
from ..http import date_fields, legacy
from ..http.links import with_parameters
from ..http.list_requests import MAX_URL, ListRequest
from ..http.views import request_sites
from ..stories.index_pages import list_address
from .appearance import DisplayOptions
from .lists import EmbedRequest, entry_of, parse_embed_params, plain_query

_NEVER_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\x9f\\\ufffd]")
#: How many redirects in a row are followed.
MAX_REDIRECTS = 4

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """A list or a story.

    url: where it is read. title: a list's in words; a story's never says what it is about.
    """

    url: str
    title: str
    lang: str
    embed_request: EmbedRequest

    @property
    def is_story(self) -> bool:
        return bool(self.embed_request.story)


def resolve(text: str, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    """Return what the address ``text`` leads to.

    ``None`` for everything that is not this site's or not public.

    Redirects of this site are followed, as they are for a reader of the page.
    """
    for _hop in range(MAX_REDIRECTS + 1):
        parts = split(text)
        if parts is None or _NEVER_IN_ADDRESSES.search((unquote(parts.path) or "/").replace(" ", "")):
            return None
        found = _resolve(parts, text, request, snapshot)
        if found is not None:
            return found
        site = _site(parts, request, snapshot)
        link = redirect_from(parts, site) if site is not None else ""
        if not link:
            return None
        text = urljoin(text, link)
    return None


def _resolve(parts: SplitResult, text: str, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    path = unquote(parts.path) or "/"
    try:
        query = QueryDict(parts.query)
    except TooManyFieldsSent:
        return None
    site = _site(parts, request, snapshot)
    if site is not None:
        if path == unquote(reverse("cpsnews:embed_list")):
            return _embed(query, request, snapshot)
        if path.rstrip("/") == unquote(reverse("cpsnews:list")).rstrip("/"):
            return _root(query, request, snapshot)
        paths = page_paths(snapshot.reference.roots, site, path)
        return _story(paths, text, request, snapshot) or _index(paths, query, site, request, snapshot)
    return _headless(parts, text, request, snapshot)


def redirect_from(parts: SplitResult, site: int) -> str:
    """Return where Wagtail's redirects lead from an address of a site.

    "" where there is no redirect.
    """
    if not apps.is_installed("wagtail.contrib.redirects"):
        return ""
    from wagtail.contrib.redirects.models import Redirect

    whole = urlunsplit(("", "", parts.path, parts.query, ""))
    for address in dict.fromkeys((whole, parts.path)):
        path = Redirect.normalise_path(address, decode_unicode=False)
        rows = Redirect.objects.filter(Q(site=site) | Q(site=None), old_path__in={path, uri_to_iri(path)})
        # One for this site before one for all, as Wagtail's middleware chooses.
        redirect = min(
            rows.select_related("redirect_page"), key=lambda row: row.site_id is None, default=None
        )
        if redirect is not None:
            return str(redirect.link or "")
    return ""


def split(text: str) -> SplitResult | None:
    """Return the parts of an http or https address without credentials.

    ``None`` for anything else.
    """
    if len(text) > MAX_URL or _NEVER_IN_ADDRESSES.search(text):
        return None
    try:
        parts = urlsplit(text)
        bad = parts.scheme not in _PORTS or parts.port == 0 or not parts.hostname
    except ValueError:
        return None
    return None if bad or "@" in parts.netloc else parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _site(parts: SplitResult, request: HttpRequest, snapshot: Snapshot) -> int | None:
    """Return the site that the address belongs to.

    Only sites whose stories are published on this request's host count.
    """
    roots, sites = snapshot.reference.roots, request_sites(request, snapshot.reference)
    host, port = split_domain_port(request.get_host())
    if parts.hostname == host.lower() and parts.port in (None, int(port or request.get_port())):
        return _own_site(request, snapshot)
    for root in roots:
        same_port = root.port == _port(parts) or (parts.port is None and root.port in _PORTS.values())
        if root.hostname.lower() == parts.hostname and same_port and (sites is None or root.site_id in sites):
            return root.site_id
    return None


def _embed(params: QueryDict, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    embed_request = parse_embed_params(params, request, snapshot)
    if embed_request.problems:
        return None
    if embed_request.story:
        entry = entry_of(embed_request.story, embed_request.query)
        return _of_story(entry, snapshot, embed_request) if entry and entry.is_listed else None
    url = list_address(request, snapshot, embed_request.query, without=("page",))
    return _of_list(embed_request, embed_request.default, "", url, snapshot)


def _root(params: QueryDict, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    return _of_page(params, plain_query(request, snapshot), frozenset(), (), "", "", request, snapshot)


def _index(
    paths: list[str], params: QueryDict, site: int, request: HttpRequest, snapshot: Snapshot
) -> Target | None:
    """Return the list of an index page.

    With its preset and the address's own filters.
    """
    if request_sites(request, snapshot.reference) is not None and site != _own_site(request, snapshot):
        return None  # an embed on this host would list more than that page does
    slugs = {path.rstrip("/").rpartition("/")[2] for path in paths}
    pages = get_page_model()._default_manager.filter(slug__in=slugs, url_path__in=paths, live=True)
    for page in pages:
        index: Any = page.specific
        if getattr(index, "is_news_index", False) and is_public(index):
            default = index.get_query()
            locked = frozenset(name for name in get_settings().taxonomies if default.selected(name))
            url = index.get_full_url() or ""
            ignored = index.ignored_parameters
            return _of_page(params, default, locked, ignored, index.title, url, request, snapshot)
    return None


def _own_site(request: HttpRequest, snapshot: Snapshot) -> int | None:
    host, _port = split_domain_port(request.get_host())
    return site_for_host(snapshot.reference.roots, host, request.get_port())


def _of_page(
    params: QueryDict,
    default: Query,
    locked: frozenset[str],
    ignored: Any,
    title: str,
    url: str,
    request: HttpRequest,
    snapshot: Snapshot,
) -> Target | None:
    """Return a page's list.

    ``None`` when a filter means nothing, so that it never becomes a list of everything. An address that the page itself
    redirects is the list that it redirects to.

    url: the page's address; "" for the newsroom's own list.
    """
    given: Any = legacy.repair(params) or params
    if legacy.is_legacy(given):
        translated = legacy.translate(given, snapshot.reference)
        if translated.problems:
            return None
        given = translated.params
    dates = {name: fields for name in date_fields.DATES if (fields := date_fields.read(given, name))}
    if any(fields.problem for fields in dates.values()):
        return None
    if dates or date_fields.was_submitted(given):  # as the page itself redirects
        given = date_fields.tidied(date_fields.with_dates(given, dates))
    parsed = ListRequest.read(given, snapshot, default=default, also=ignored, locked=locked)
    if parsed.problems:
        return None
    query = parsed.query.replace(facets=False)
    embed_request = EmbedRequest(query=query, look=DisplayOptions(), default=plain_query(request, snapshot))
    if url:
        own = [pair for pair in parsed.query.replace().params() if pair not in default.params()]
        url = with_parameters(url, own)
    else:
        url = list_address(request, snapshot, parsed.query, without=("page",))
    return _of_list(embed_request, default, title, url, snapshot)


def _of_list(embed_request: EmbedRequest, default: Query, title: str, url: str, snapshot: Snapshot) -> Target:
    lang = embed_request.query.lang
    with translation.override(lang):
        title = title or _("News")
        filters = describe(embed_request.query, snapshot.reference)
        if filters and filters != describe(default, snapshot.reference):
            title = _("%(title)s: %(filters)s") % {"title": title, "filters": filters}
    return Target(url, title, lang, embed_request)


def _story(paths: list[str], text: str, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    entries = Entry.objects.using(using()).filter(public=True).cards().order_by()
    sites = request_sites(request, snapshot.reference)
    found = list(entries.filter(path_hash__in=[hash_path(path) for path in paths])) if paths else []
    # An adapter's own address. That it is not empty lets SQLite use the index of those that there are.
    text = text.partition("#")[0]
    spellings = {text, iri_to_uri(text), unquote(text)}
    found = found or list(entries.filter(address__in=spellings).exclude(address=""))
    # Sites are compared here: a database may think that their index finds a story sooner.
    entry = next((entry for entry in found if sites is None or entry.site_id in sites), None)
    return _of_story(entry, snapshot) if entry is not None and entry.is_listed else None


def _of_story(entry: Entry, snapshot: Snapshot, embed_request: EmbedRequest | None = None) -> Target:
    lang = label_language(entry.language, snapshot.reference)
    embed_request = embed_request or EmbedRequest(
        query=Query(lang=lang), look=DisplayOptions(summary=True), story=str(entry.pk)
    )
    with translation.override(lang):
        title = _("News story")
    return Target(url_of(entry.path, entry.address, snapshot.reference), title, lang, embed_request)


def _headless(parts: SplitResult, text: str, request: HttpRequest, snapshot: Snapshot) -> Target | None:
    """Return a story that another front end shows, below ``STORY_BASE_URL``."""
    roots, sites = snapshot.reference.roots, request_sites(request, snapshot.reference)
    hosts = {root.site_id: root.hostname for root in roots if sites is None or root.site_id in sites}
    paths: list[str] = []
    for site, hostname in sorted(hosts.items()):
        base = urlsplit(get_settings().story_base_url(hostname))
        if base.netloc and parts.netloc.lower() == base.netloc.lower() and parts.path.startswith(base.path):
            paths += page_paths(roots, site, unquote(parts.path[len(base.path) :]) or "/")
    return _story(paths, text, request, snapshot) if paths else None
