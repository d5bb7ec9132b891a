"""The same list in the site's other languages.

With the filters that the reader has set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from ..catalogue.lookups import Reference
from ..catalogue.parameters import label_language
from ..http.listing import Listing
from ..languages import language_name, own_name
from .press_panel import Found


def versions_of_index(page: Any, listing: Listing, found: Iterable[Found]) -> list[dict[str, str]]:
    """Return an index page's public translations, by no query.

    They are those among ``found`` with the role "version".
    """
    query = urlencode(listing.filters_of_the_reader)
    return [
        _version(other.language, other.url + (query and f"?{query}"))
        for other in sorted(found, key=lambda other: other.locale_id)
        if "version" in other.roles and other.url and not other.is_alias and other.pk != page.pk
    ]


def versions_of_list(listing: Listing, reference: Reference) -> list[dict[str, str]]:
    """Return the newsroom's own list in other languages, by no query.

    It has one address; ``language`` and ``lang`` choose.
    """
    chosen = listing.query
    return [
        _version(
            language,
            listing.url(
                chosen.replace(
                    language=language, lang=label_language(language, reference), language_only=False
                )
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
