"""The metadata of lists, press office and media protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin

from django.db.models import Q
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from ..catalogue.lookups import Reference
from ..catalogue.query import Query
from ..catalogue.sites import SiteRoot, address_of, root_of, site_for_host
from ..catalogue.snapshots import current
from ..catalogue.visibility import visible_pages
from ..http.listing import Listing
from ..http.orders import usual_order
from ..http.views import split_host
from ..stories.news_item import NewsItemMixin
from ..stories.press_office import PressOfficeMixin
from ..stories.protocol import MediaProtocolMixin
from . import structured_data as ld
from .metadata import Metadata, alternates, own_description, page_node, publisher_node, site_name, steps_to
from .story_metadata import story_metadata


def metadata_of(context: Mapping[str, Any]) -> Metadata:
    """Return what the head of a page says, by the context of its template.

    A preview has nothing but its description: its address is not the page's.
    """
    request, page, listing = context["request"], context.get("page"), context.get("listing")
    if listing is not None:
        found = _list_metadata(context, listing, request, page)
    elif isinstance(page, NewsItemMixin):
        found = story_metadata(context, page)
    else:
        found = _page_metadata(context, page)
    if getattr(request, "is_preview", False):
        return Metadata(title=found.title, language=found.language, description=found.description)
    return found


def _list_metadata(context: Mapping[str, Any], listing: Listing, request: HttpRequest, page: Any) -> Metadata:
    reference = current().reference
    root = root_of(reference.roots, page.url_path) if page is not None else _asked_root(request, reference)
    title = str(context.get("list_title") or context.get("title") or getattr(page, "title", ""))
    query, language = _canonical_query(listing), listing.query.language
    base = _list_url(listing, request, page, root, reference)
    url = base + listing.url(query)[len(listing.path) :]
    chips = listing.chips
    is_plain = not chips and query.page == 1
    is_indexed = not (
        listing.results is None
        or listing.problems
        or listing.query.q not in ("", listing.default.q)
        or len(chips) > 1
        or (chips and not listing.count)
    )
    is_first = is_indexed and listing.query.replace() == query.replace() and query.page == 1
    name = " – ".join(filter(None, (listing.description if chips else "", title)))
    made = Metadata(
        title=name,
        language=language,
        description=(own_description(page) if is_plain else "") or listing.sentence or title,
        url=url,
        is_indexed=is_indexed,
        site_name=site_name(root),
        alternates=alternates(language, url, _absolute(context, url), reference) if is_first else (),
    )
    if root is None or not is_indexed:
        return made
    publisher = publisher_node(root, (), _press_office_url(context))
    steps = [(site_name(root), address_of(reference.roots, root.path))]
    if page is not None:
        steps = steps_to(page, root, reference)
    steps += [(title, base)] if base != steps[-1][1] else []
    steps += [(name, url)] if url != base else []
    return replace(
        made, nodes=[page_node("CollectionPage", made, publisher), ld.breadcrumbs(url, steps), publisher]
    )


def _canonical_query(listing: Listing) -> Query:
    """Return the query of the canonical address.

    The same stories, from the same page, in the usual way.
    """
    query, default = listing.query, listing.default
    usual = usual_order(query, default) if listing.best_first else default.order
    same_pages = not query.cursor and (query.order, query.page_size) == (usual, default.page_size)
    return query.replace(
        order=usual,
        page_size=default.page_size,
        lang=default.lang,
        page=query.page if same_pages else 1,
        cursor="",
    )


def _list_url(
    listing: Listing, request: HttpRequest, page: Any, root: SiteRoot | None, reference: Reference
) -> str:
    """Return the address of the list without parameters."""
    if page is not None:
        path = page.url_path
        if page.alias_of_id is not None:
            source = visible_pages(Q(pk=page.alias_of_id), reference.roots).values_list("url_path", flat=True)
            path = source.first() or path
        if address := address_of(reference.roots, path):
            return address
    return urljoin(root.url, listing.path) if root is not None else request.build_absolute_uri(listing.path)


def _asked_root(request: HttpRequest, reference: Reference) -> SiteRoot | None:
    site = site_for_host(reference.roots, *split_host(request))
    return next((root for root in reference.roots if root.site_id == site), None)


def _absolute(context: Mapping[str, Any], url: str) -> list[dict[str, str]]:
    return [{**one, "url": urljoin(url, one["url"])} for one in context.get("versions") or ()]


def _press_office_url(context: Mapping[str, Any]) -> str:
    office = (context.get("media") or {}).get("press_office") or {}
    return str(office.get("url") or "")


def _page_metadata(context: Mapping[str, Any], page: Any) -> Metadata:
    reference = current().reference
    root, language = root_of(reference.roots, page.url_path), page.locale.language_code
    url, contacts = address_of(reference.roots, page.url_path), []
    is_indexed, description, type_ = True, own_description(page), "WebPage"
    with translation.override(language):
        if isinstance(page, PressOfficeMixin):
            type_ = "ContactPage"
            groups = context.get("contact_groups") or ()
            contacts = [
                *(context.get("first_contacts") or ()),
                *(one for group in groups for one in group["contacts"]),
            ]
            description = description or _(
                "Telephone numbers, email addresses and opening hours for journalists."
            )
        if isinstance(page, MediaProtocolMixin):
            description = description or _("What is released to journalists, and when.")
            is_indexed = not (context.get("comparison") or context.get("problems"))
    versions = context.get("versions_elsewhere", context.get("versions")) or ()
    part = _version_part(context)
    made = Metadata(
        title=page.title,
        language=language,
        description=description or page.title,
        url=url + part if url else "",
        is_indexed=is_indexed,
        site_name=site_name(root),
        alternates=alternates(language, url, versions, reference) if is_indexed and not part else (),
    )
    if root is None or not url or not is_indexed:
        return made
    publisher = publisher_node(root, contacts)
    steps = [*steps_to(page, root, reference), (made.title, made.url)]
    return replace(
        made, nodes=[page_node(type_, made, publisher), ld.breadcrumbs(made.url, steps), publisher]
    )


def _version_part(context: Mapping[str, Any]) -> str:
    """Return the parameters of a protocol's version, or of a comparison.

    "" for what the plain address shows.
    """
    history, version, comparison = (context.get(name) for name in ("history", "version", "comparison"))
    if comparison:
        return "?" + urlencode({"compare": comparison.before.id, "with": comparison.after.id})
    if history is None or version is None or version is history.shown:
        return ""
    return "?" + urlencode({"version": version.id})
