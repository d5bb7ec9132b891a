"""Addresses of feeds.

The feed that is asked for, the page it belongs to, and the feeds to follow a list by.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch

from ..catalogue.lookups import Reference
from ..catalogue.parameters import label_language
from ..catalogue.query import Query
from ..outputs import alternates

#: Stories in a feed when nobody says how many.
PAGE_SIZE = 20


@dataclass(frozen=True)
class FeedLink:
    """One way to follow a list."""

    name: str
    type: str
    url: str


def parameters(query: Query, reference: Reference, *, page: bool = False) -> list[tuple[str, str]]:
    """Return the parameters that ask for a query.

    In a fixed order, without what holds anyway. The order of a feed is kept; ``page``: how it is cut, too.
    """
    without = {"facets", "fields", "cursor", "page", "page_size"}
    if query.language == reference.default_language:
        without.add("language")
    if query.lang == label_language(query.language, reference):
        without.add("lang")
    pairs = query.params(without=without)
    if page and query.page > 1:
        pairs.append(("page", str(query.page)))
    if page and query.page_size != PAGE_SIZE:
        pairs.append(("page_size", str(query.page_size)))
    return pairs


def with_parameters(path: str, pairs: list[tuple[str, str]]) -> str:
    """Return an address with parameters, or without a question mark."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def feed_links(query: Query, reference: Reference) -> list[FeedLink]:
    """Return the feeds of a list, newest first whatever the list's order.

    None where the newsroom is not mounted.
    """
    pairs = [pair for pair in parameters(query, reference) if pair[0] != "order"]
    links = []
    for feed in alternates("feed"):
        with suppress(NoReverseMatch):
            links.append(FeedLink(feed.title, feed.media_type, feed.list_address(pairs)))
    return links
