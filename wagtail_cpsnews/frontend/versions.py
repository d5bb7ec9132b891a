"""The same list in the site's other languages, with the filters that the reader has set."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ..catalogue.gate import Gate
from ..catalogue.parameters import label_language
from ..catalogue.reference import Reference
from ..catalogue.sentence import language_name, own_name
from ..catalogue.sites import address_of
from .listing import Listing


def versions_of_index(page: Any, listing: Listing, reference: Reference) -> list[dict[str, str]]:
    """An index page's public translations. One query where there are none, four where there are."""
    pages = list(page.get_translations().select_related("locale").order_by("locale__pk"))
    if not pages:
        return []
    gate, query = Gate(reference.roots), urlencode(listing.filters_of_the_reader)
    return [
        _version(
            other.locale.language_code, address_of(reference.roots, other.url_path) + (query and f"?{query}")
        )
        for other in pages
        if gate.why_not(other) is None
    ]


def versions_of_list(listing: Listing, reference: Reference) -> list[dict[str, str]]:
    """The newsroom's own list has one address; ``language`` and ``lang`` choose. No query."""
    chosen = listing.query
    return [
        _version(
            language,
            listing.url(
                chosen.but(language=language, lang=label_language(language, reference), language_only=False)
            ),
        )
        for language in reference.languages
        if language != chosen.language
    ]


def _version(language: str, url: str) -> dict[str, str]:
    return {
        "language": language,
        "name": language_name(language),
        "own_name": own_name(language),
        "url": url,
    }
