"""Site roots, and the addresses of stories that are built from them.

They are built when a list is read.

A copy of what Wagtail knows of its sites is part of the catalogue's state, because Wagtail's own copy lives in a
cache that other processes may not share.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.encoding import iri_to_uri
from wagtail.coreutils import WAGTAIL_APPEND_SLASH
from wagtail.models import Site

from ..compat import get_page_model
from ..conf import get_settings
from .db import using


@dataclass(frozen=True)
class SiteRoot:
    """One home page of one site: a site has one a language where translations are on."""

    site_id: int
    path: str
    url: str
    language: str
    hostname: str
    port: int
    is_default: bool
    page_pk: int
    #: What the site is called by its editors; may be empty.
    name: str = ""


def read_roots(alias: str | None = None) -> list[SiteRoot]:
    """Return all site roots as the database has them now.

    The most specific path comes first, as Wagtail orders them.

    alias: the database; the one that pages are written to where it is not given.
    """
    alias = alias or using()
    translated = getattr(settings, "WAGTAIL_I18N_ENABLED", False)
    roots = []
    sites = Site.objects.using(alias).select_related("root_page", "root_page__locale")
    sites = sites.order_by("-root_page__url_path", "-is_default_site", "hostname")
    versions: dict[Any, list[Any]] = defaultdict(list)
    if translated:
        keys = {site.root_page.translation_key for site in sites}
        pages = get_page_model()._default_manager.using(alias)
        for home in pages.filter(translation_key__in=keys).select_related("locale"):
            versions[home.translation_key].append(home)
    for site in sites:
        homes = versions[site.root_page.translation_key] if translated else [site.root_page]
        roots += [
            SiteRoot(
                site_id=site.pk,
                path=home.url_path,
                url=site.root_url,
                language=home.locale.language_code,
                hostname=site.hostname,
                port=site.port,
                is_default=site.is_default_site,
                page_pk=home.pk,
                name=site.site_name or "",
            )
            for home in homes
        ]
    return roots


def root_of(roots: tuple[SiteRoot, ...] | list[SiteRoot], path: str) -> SiteRoot | None:
    """Return the most specific root above a page's ``url_path``.

    ``None`` when no site shows the page.
    """
    below = [root for root in roots if path.startswith(root.path)]
    return max(below, key=lambda root: len(root.path), default=None)


def site_for_host(roots: tuple[SiteRoot, ...], hostname: str, port: str) -> int | None:
    """Return the site that answers a request, by Wagtail's rules.

    Host and port, host alone, the default site.
    """
    same_host = {root.site_id: root for root in roots if root.hostname == hostname}
    for root in same_host.values():
        if str(root.port) == port:
            return root.site_id
    if len(same_host) == 1:
        return next(iter(same_host))
    return next((root.site_id for root in roots if root.is_default), None)


def site_ids(roots: tuple[SiteRoot, ...], site_id: int) -> list[int]:
    """Return a site and the sites whose home pages lie inside it.

    They are what its readers can reach.
    """
    own = [root.path for root in roots if root.site_id == site_id]
    return sorted({root.site_id for root in roots if any(root.path.startswith(path) for path in own)})


def site_numbers(reference: Any, sites: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the ids of the sites that a query asks for; ``None`` asks for all."""
    return sites if sites is not None else tuple({root.site_id for root in reference.roots})


@functools.lru_cache(maxsize=64)
def _serve_prefix(language: str, urlconf: Any) -> str | None:
    """Return the prefix of page paths in a language: "/", "/cy/".

    ``None`` where pages are not served.
    """
    try:
        if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
            with translation.override(language):
                return reverse("wagtail_serve", args=("",))
        return reverse("wagtail_serve", args=("",))
    except NoReverseMatch:
        return None


def address_of(roots: tuple[SiteRoot, ...], path: str) -> str:
    """Return the absolute URL, percent-encoded, of the page at ``url_path``.

    Where another front end serves pages, below ``STORY_BASE_URL``.
    """
    root = root_of(roots, path)
    if root is None:
        return ""
    return (get_settings().story_base_url(root.hostname) or root.url) + _below(root, path)


def page_url(roots: tuple[SiteRoot, ...], path: str) -> str:
    """Return the URL of a page as Wagtail writes it into texts.

    The page is the one at ``url_path``. Where there are several sites, the URL has a host.
    """
    root = root_of(roots, path)
    if root is None:
        return ""
    if _serve_prefix(root.language, getattr(settings, "ROOT_URLCONF", None)) is None:
        return address_of(roots, path)  # another front end serves: Wagtail knows no address
    host = root.url if len({other.site_id for other in roots}) > 1 else ""
    return host + _below(root, path)


def _below(root: SiteRoot, path: str) -> str:
    """Return the path on its site of the page at ``path`` of the tree."""
    prefix = _serve_prefix(root.language, getattr(settings, "ROOT_URLCONF", None))
    relative = (prefix if prefix is not None else "/") + path[len(root.path) :]
    if not WAGTAIL_APPEND_SLASH and relative != "/":
        relative = relative.rstrip("/")
    return iri_to_uri(relative)


def page_paths(roots: tuple[SiteRoot, ...], site_id: int, path: str) -> list[str]:
    """Return the paths at which a page that a site shows may be in the tree.

    The reverse of ``address_of``, for the page at ``path``.

    Several where a site has several languages: "/cy/news/" is Welsh news, or a page "cy" of the English home page.
    """
    found = []
    for root in roots:
        prefix = _serve_prefix(root.language, getattr(settings, "ROOT_URLCONF", None))
        if root.site_id == site_id and prefix is not None and path.startswith(prefix):
            rest = path[len(prefix) :]
            found.append(root.path + (rest if rest.endswith("/") or not rest else f"{rest}/"))
    return found


def language_at(roots: tuple[SiteRoot, ...], site_id: int | None, path: str) -> str:
    """Return the language of a path on a site, "" where no page can be there.

    "/cy/" is Welsh, and so is whatever lies below it.
    """
    found = {
        prefix: root.language
        for root in roots
        if root.site_id == site_id
        and (prefix := _serve_prefix(root.language, getattr(settings, "ROOT_URLCONF", None))) is not None
        and path.startswith(prefix)
    }
    return found[max(found, key=len)] if found else ""


#: The sites that this process's copy of Wagtail's site roots was made with.
_roots_known: tuple[Any, int] | None = None


def forget_old_roots(state: Any) -> None:
    """Clear Wagtail's copy of site roots where sites have changed since it was made.

    Wagtail keeps it for an hour, often in each process alone: links written with an old copy would be wrong.
    """
    global _roots_known
    if _roots_known != (state.epoch, state.reference_sequence):
        Site.clear_site_root_paths_cache()
        _roots_known = (state.epoch, state.reference_sequence)
