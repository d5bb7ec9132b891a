"""``sitemap-news.xml``: every public story of a site, for search engines.

With language versions of each, and for the newest what Google News asks for. Beyond ``PART`` stories it is an index
of numbered parts; the oldest come first, so that old parts stay as they are.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import partial
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from ..catalogue.dates import iso
from ..catalogue.db import using
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry
from ..catalogue.parameters import TRACKERS, shorten
from ..catalogue.serializers import url_of
from ..catalogue.sites import site_for_host
from ..catalogue.snapshots import Snapshot, current
from ..characters import clean
from ..conf import get_settings
from ..http.caching import max_age
from ..http.conditional import conditional_response, etag
from ..http.unavailable import answer_unavailable
from ..http.views import request_sites, split_host
from .channel import site_name
from .outputs import XML
from .text import Handler
from .views import FeedResponse, for_readers, plainly

#: Addresses in one file: what search engines take.
PART = 50_000

#: News tags in one file: what Google takes.
MOST_NEWS = 1000

BATCH = 2000

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
    "xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9",
}

#: What a row of the sitemap needs of an entry.
COLUMNS = ("path", "address", "language", "title", "published", "updated", "facts__translations")


@for_readers
@answer_unavailable("xml")
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return the sitemap, or with ``?page=`` one part of it."""
    snapshot = current()
    if not snapshot.built:
        return plainly(_("The list of stories is being prepared. Try again in a minute."), 503)
    part, problem = _part(request)
    if problem:
        return plainly(problem, 400)
    since = _start_of_news()
    site = site_name(request, snapshot.reference)
    tag = etag(request, snapshot, "sitemap", part, since, site, sorted(_hosts(request, snapshot.reference)))

    def build() -> HttpResponse:
        data = _write(request, snapshot, part, since, site)
        if data is None:
            return plainly(_("There is no such part of this sitemap."), 404)
        return FeedResponse(data, content_type=XML)

    return conditional_response(request, tag, build, partial(max_age, snapshot))


def _part(request: HttpRequest) -> tuple[int, str]:
    """Return the requested part's number (0 for none), and what was wrong.

    Wrong with the request's parameters, that is.
    """
    try:
        given = [(name, value) for name, values in request.GET.lists() for value in values if value.strip()]
    except TooManyFieldsSent:
        return 0, _("There are too many parameters.")
    number = 0
    for name, value in given:
        if TRACKERS.match(name):
            continue
        if name != "page":
            return 0, _("There is no parameter “%(name)s”.") % {"name": shorten(name)} + " ?page=1"
        if number or not _NUMBER.fullmatch(value.strip()):
            return 0, _("“page” is one whole number from 1.") + " ?page=1"
        number = int(value)
    return number, ""


def _start_of_news() -> datetime.datetime:
    """Return since when a story is news: yesterday's beginning.

    A whole day, so that the answer changes once a day.
    """
    today = timezone.localtime(timezone=timezone.get_default_timezone())
    yesterday = (today - datetime.timedelta(days=1)).date()
    return timezone.make_aware(
        datetime.datetime.combine(yesterday, datetime.time.min), timezone.get_default_timezone()
    )


def _hosts(request: HttpRequest, reference: Reference) -> set[str]:
    """Return the hosts whose addresses a search engine takes from here.

    The site's own, or where stories are read.
    """
    site, base = site_for_host(reference.roots, *split_host(request)), get_settings().story_base_url
    return {
        urlsplit(base(root.hostname) or root.url).netloc for root in reference.roots if root.site_id == site
    }


def _entries(request: HttpRequest, reference: Reference) -> QuerySet[Entry]:
    """Return every language version of every public story.

    Each has an address of its own.
    """
    entries = Entry.objects.using(using()).listed(request_sites(request, reference))
    return entries.order_by("published", "pk")


def _write(
    request: HttpRequest, snapshot: Snapshot, part: int, since: datetime.datetime, site: str
) -> bytes | None:
    """Return the whole sitemap, the index of its parts, or one part.

    ``None`` for a part that does not exist.
    """
    entries = _entries(request, snapshot.reference)
    count = entries.count()
    parts = max(1, -(-count // PART))
    if part > parts:
        return None
    if not part and parts > 1:
        url = request.build_absolute_uri(request.path)
        return _index(f"{url}?page={number}" for number in range(1, parts + 1))
    start = (max(part, 1) - 1) * PART
    rows = entries.values_list(*COLUMNS)[start : start + PART].iterator(chunk_size=BATCH)
    # The newest come last: news tags are for the last of those that are news.
    recent = entries.filter(published__gte=since).count()
    writer = _Writer(snapshot.reference, _hosts(request, snapshot.reference), site)
    return writer.write(rows, since, skip=max(0, recent - MOST_NEWS))


def _index(urls: Iterable[str]) -> bytes:
    out = StringIO()
    handler: Handler = SimplerXMLGenerator(out, "utf-8")
    handler.startDocument()
    handler.startElement("sitemapindex", {"xmlns": NAMESPACES["xmlns"]})
    for url in urls:
        handler.startElement("sitemap", {})
        handler.addQuickElement("loc", url)
        handler.endElement("sitemap")
    handler.endElement("sitemapindex")
    return out.getvalue().encode()


class _Writer:
    """Writes rows of entries as ``<url>`` elements."""

    def __init__(self, reference: Reference, hosts: set[str], site: str) -> None:
        self.reference = reference
        self.hosts = hosts
        self.site = site

    def write(self, rows: Iterator[tuple[Any, ...]], since: datetime.datetime, skip: int) -> bytes:
        """Return the sitemap; the first ``skip`` stories that are news get no news tag."""
        out = StringIO()
        handler: Handler = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
        handler.startDocument()
        handler.startElement("urlset", NAMESPACES)
        for path, address, language, title, published, updated, versions in rows:
            is_news = published is not None and published >= since
            skip -= is_news
            url = self._url(path, address)
            if not url:
                continue
            handler.startElement("url", {})
            handler.addQuickElement("loc", url)
            times = [when for when in (published, updated) if when]
            if times:
                handler.addQuickElement("lastmod", iso(max(times)))
            self._versions(handler, language, url, versions or [])
            if is_news and skip < 0:
                self._news(handler, language, title, published)
            handler.endElement("url")
        handler.endElement("urlset")
        return out.getvalue().encode()

    def _url(self, path: str, address: str) -> str:
        """Return a story's address.

        "" for one on another host, which search engines would refuse.
        """
        url = url_of(path, address, self.reference)
        return url if urlsplit(url).netloc in self.hosts else ""

    def _versions(self, handler: Handler, language: str, url: str, versions: list[dict[str, str]]) -> None:
        """Return the story in all its languages, itself among them.

        As search engines ask.
        """
        others = [
            (row["language"], other) for row in versions if (other := self._url(row["path"], row["address"]))
        ]
        for code, address in [(language, url), *others] if others else ():
            link = {"rel": "alternate", "hreflang": code, "href": address}
            handler.addQuickElement("xhtml:link", None, link)

    def _news(self, handler: Handler, language: str, title: str, published: datetime.datetime) -> None:
        handler.startElement("news:news", {})
        handler.startElement("news:publication", {})
        handler.addQuickElement("news:name", self.site)
        handler.addQuickElement("news:language", language.split("-")[0])
        handler.endElement("news:publication")
        handler.addQuickElement("news:publication_date", iso(published))
        handler.addQuickElement("news:title", clean(title))
        handler.endElement("news:news")
