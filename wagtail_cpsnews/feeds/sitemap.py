"""``sitemap-news.xml``: the public stories of a site, for search engines.

Without those that editors keep from them. With language versions of each, and for the newest what Google News asks for. Beyond ``PART`` stories it is an index
of numbered parts; the oldest come first, so that old parts stay as they are.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.counting import Key, get_counter
from ..catalogue.db import using
from ..catalogue.kept import Kept
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry, listed_now
from ..catalogue.parameters import TRACKERS, shorten
from ..catalogue.query import Query
from ..catalogue.sites import site_for_host
from ..catalogue.snapshots import Snapshot, current
from ..conf import get_settings
from ..http.caching import max_age
from ..http.conditional import conditional_response, etag
from ..http.unavailable import answer_unavailable
from ..http.views import request_sites, split_host
from .channel import site_name
from .outputs import XML
from .sitemap_xml import Writer, write_index
from .views import FeedResponse, for_readers, plainly

#: Addresses in one file; search engines take 50,000. Old parts stay as they are, so a small one is sent again sooner.
PART = 10_000

#: News tags in one file: what Google takes.
MOST_NEWS = 1000

BATCH = 2000

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

#: What a row of the sitemap needs of an entry.
COLUMNS = (
    *("path", "address", "language", "title", "published", "updated"),
    *("facts__translations", "facts__noindex"),
)


@dataclass(frozen=True)
class _News:
    """Since when a story is news, and what the publication is called."""

    since: datetime.datetime
    site: str


@dataclass(frozen=True)
class Content:
    """What a part of the sitemap is about, as memory has it.

    count: of all stories. keys: returns those of the part. digest: changes with the part, and with nothing else.
    """

    count: int
    keys: Callable[[], Sequence[Key]]
    digest: str


#: Digests of parts for as long as the catalogue stays, and compressed parts by their tag: some 200 kB each.
_digests, _parts = Kept(200), Kept(10)


def read_content(
    sites: tuple[int, ...] | None, snapshot: Snapshot, part: int, since: datetime.datetime
) -> Content | None:
    """Return what a part is about.

    ``None`` where the database would have to be asked.
    """
    selection = get_counter(using()).select(Query(sites=sites), snapshot)
    count = selection.public_count()
    if count is None:
        return None
    parts = max(1, -(-count // PART))
    if part > parts or (not part and parts > 1):
        return Content(count, lambda: (), f"{parts} parts")
    start = (max(part, 1) - 1) * PART

    def read() -> str:
        keys = selection.public_keys(start, PART)
        numbers = array("q", [number for key in keys for number in key]).tobytes()
        digest = hashlib.sha256(numbers).hexdigest()
        newest = [published for published, _pk in selection.places(keys[-1:])]
        skip = count - MOST_NEWS - start
        shows_news = skip < len(keys) and any(published >= since for published in newest)
        return f"{digest} {max(0, skip)} {since}" if shows_news else digest

    place = (snapshot.epoch, snapshot.sequence, snapshot.token, count, sites, part, PART, MOST_NEWS, since)
    digest = read() if snapshot.is_due else _digests.get_or_make(place, read)
    return Content(count, partial(selection.public_keys, start, PART), digest)


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
    news = _News(_start_of_news(), site_name(request, snapshot.reference))
    content = read_content(request_sites(request, snapshot.reference), snapshot, part, news.since)
    about = part, news.site, sorted(_hosts(request, snapshot.reference))
    if content is None:
        tag = etag(request, snapshot, "sitemap", *about, news.since)
    else:
        tag = etag(request, _without_number(snapshot), "sitemap", *about, content.digest)

    def build() -> HttpResponse:
        known = None if snapshot.is_due else _parts.get(tag)
        data = zlib.decompress(known) if known else _write(request, snapshot, part, news, content)
        if data is None:
            return plainly(_("There is no such part of this sitemap."), 404)
        if not known and not snapshot.is_due:
            _parts.set(tag, zlib.compress(data, 1))
        return FeedResponse(data, content_type=XML)

    return conditional_response(request, tag, build, partial(max_age, snapshot))


def sitemap_addresses(request: HttpRequest) -> list[str]:
    """Return the addresses of the sitemap, or of its parts.

    For a sitemap index of the project's own.

    None while the catalogue is not built, or where the newsroom is not mounted.
    """
    snapshot = current()
    try:
        url = request.build_absolute_uri(reverse("cpsnews:sitemap-news"))
    except NoReverseMatch:
        return []
    if not snapshot.built:
        return []
    sites = request_sites(request, snapshot.reference)
    count = get_counter(using()).select(Query(sites=sites), snapshot).public_count()
    if count is None:
        count = Entry.objects.using(using()).listed(sites).count()
    parts = -(-count // PART)
    return [f"{url}?page={number}" for number in range(1, parts + 1)] if parts > 1 else [url]


def _without_number(snapshot: Snapshot) -> Snapshot:
    """Return what a part depends on besides its stories.

    It stays while others are published.
    """
    return replace(snapshot, sequence=snapshot.reference_sequence, token=None, next_change=None)


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


def _write(
    request: HttpRequest, snapshot: Snapshot, part: int, news: _News, content: Content | None
) -> bytes | None:
    """Return the whole, the index of its parts, or one part.

    ``None`` for a part that there is not.
    """
    sites = request_sites(request, snapshot.reference)
    # Every language version of every public story: each has an address of its own.
    entries = Entry.objects.using(using()).listed(sites).order_by("published", "pk")
    count = content.count if content is not None else entries.count()
    parts = max(1, -(-count // PART))
    if part > parts:
        return None
    if not part and parts > 1:
        url = request.build_absolute_uri(request.path)
        return write_index(f"{url}?page={number}" for number in range(1, parts + 1))
    start = (max(part, 1) - 1) * PART
    writer = Writer(snapshot.reference, _hosts(request, snapshot.reference), news.site)
    if content is not None:
        rows = _rows_of(content)
    else:
        rows = entries.values_list(*COLUMNS)[start : start + PART].iterator(chunk_size=BATCH)
    # The newest come last: news tags are for the last of all stories, as far as they are news.
    return writer.write(rows, news.since, skip=max(0, count - MOST_NEWS - start))


def _rows_of(content: Content) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of stories by key; of one that has gone meanwhile there is none."""
    keys = content.keys()
    for start in range(0, len(keys), BATCH):
        pages = [key.page_pk for key in keys[start : start + BATCH]]
        rows = Entry.objects.using(using()).filter(listed_now(), page_pk__in=pages).order_by()
        found = {row[0]: row[1:] for row in rows.values_list("page_pk", *COLUMNS)}
        yield from (found[pk] for pk in pages if pk in found)
