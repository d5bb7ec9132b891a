"""The site's own page with all stories, in a reader's language.

The newsroom's own list, feeds, embedded lists, the builder and pages for addresses without a page lead there. Where there
is no such page, they lead to the newsroom's own list, which is shown only then.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import escape_leading_slashes

from ..catalogue.lookups import Reference
from ..catalogue.parameters import label_language
from ..catalogue.public_pages import PublicPage, public_pages
from ..catalogue.query import Query
from ..catalogue.sites import root_of, site_for_host
from ..catalogue.snapshots import Snapshot
from ..conf import get_settings
from ..http.links import with_parameters
from ..http.views import split_host
from .index import NewsIndex

#: What was found last, by site: for while the database can’t be reached.
_last_known: dict[int | None, dict[str, PublicPage]] = {}

#: What no address of a list on a page says.
_NEVER = ("facets", "fields", "cursor")


def index_page(request: HttpRequest, snapshot: Snapshot, language: str) -> PublicPage | None:
    """Return the page with all stories of the request's site.

    In ``language``, or in the site's default language; ``None`` where there is neither.
    """
    pages = _index_pages(request, snapshot)
    return pages.get(language) or pages.get(snapshot.reference.default_language)


def index_addresses(request: HttpRequest, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the addresses of these pages by language.

    For the ETag of an answer that leads to one.
    """
    return sorted((language, page.url) for language, page in _index_pages(request, snapshot).items())


def _index_pages(request: HttpRequest, snapshot: Snapshot) -> dict[str, PublicPage]:
    """Return the site's index pages by language, looked for once for each snapshot."""
    reference = snapshot.reference
    site = site_for_host(reference.roots, *split_host(request))
    if get_settings().SITES == "all" and len({root.site_id for root in reference.roots}) > 1:
        return {}  # such a page lists one site alone
    pages: dict[str, PublicPage] | None = snapshot.kept.get(("index pages", site))
    if pages is None and snapshot.is_away:
        pages = _last_known.get(site, {})
    elif pages is None:
        pages = _last_known[site] = snapshot.kept["index pages", site] = _of_everything(site, reference)
    return pages or {}


def _of_everything(site: int | None, reference: Reference) -> dict[str, PublicPage]:
    """Return by language the page nearest to the home page that is fixed to nothing."""
    found: dict[str, PublicPage] = {}
    pages = [page for page in public_pages(NewsIndex, reference) if page.site_id == site]
    for page in sorted(pages, key=lambda page: page.distance):
        if page.language not in found and _lists_everything(page):
            found[page.language] = page
    return found


def _lists_everything(page: PublicPage) -> bool:
    index = page.specific()
    if index is None:
        return False
    query = index.get_query()
    return query.cleared() == query


def path_of(page: PublicPage, reference: Reference) -> str:
    """Return an index page's address, without its host where pages are served here."""
    parts, root = urlsplit(page.url), root_of(reference.roots, page.url_path)
    if root is not None and parts.netloc == urlsplit(root.url).netloc:
        return escape_leading_slashes(parts.path)
    return page.url


def list_address(
    request: HttpRequest, snapshot: Snapshot, query: Query, without: Iterable[str] = ("page", "page_size")
) -> str:
    """Return the absolute address at which readers find the list of ``query``.

    On the site’s own page in the query’s language, or at the newsroom’s own list; "" where there is neither.

    Args:
        without: Parameters that the address does not name.
    """
    reference = snapshot.reference
    page = index_page(request, snapshot, query.language)
    if page is not None:
        url, language = page.url, page.language
    else:
        try:
            url, language = request.build_absolute_uri(reverse("cpsnews:list")), reference.default_language
        except NoReverseMatch:
            return ""
    left_out = {*_NEVER, *without}
    if query.language == language:
        left_out.add("language")
    if query.lang == label_language(language if page is not None else query.language, reference):
        left_out.add("lang")
    return with_parameters(url, query.params(without=left_out))
