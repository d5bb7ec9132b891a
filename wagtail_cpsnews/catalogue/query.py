"""``Query``: one immutable object for what a list was asked for.

Every output that lists stories uses it.

A ``Query`` holds slugs, not rows: it can be made from a URL (``catalogue.parameters.parse``), by hand
(``Query(area=("wessex",))``) or from an index page, and it gives the URL parameters back (``params()``).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from ..registry import TAXONOMIES, with_fields

#: Every list parameter, in the order of addresses; those of taxonomies that are off are unknown.
NAMES = (
    "q",
    *TAXONOMIES,
    "published_after",
    "published_before",
    "language",
    "language_only",
    "lang",
    "order",
    "page",
    "page_size",
    "cursor",
    "fields",
    "facets",
)

PAGE_SIZE = 10
MAX_PAGE_SIZE = 100
NEWEST, OLDEST, RELEVANCE = "-published", "published", "relevance"


@dataclass(frozen=True, kw_only=True)
class Query:
    """The parameters of a list.

    All values are normalised: current slugs, known languages, dates.

    kind, crime_type, area, topic, and by its name each other taxonomy of the registry: slugs; several of one are
        *or*, different ones *and*.
    published_after, published_before: inclusive days in ``TIME_ZONE``.
    language: of stories; language_only: leave out stories that have no version in it.
    lang: of labels, dates and sentence.
    sites: ids of the sites whose stories count, ``None`` for all; not a parameter.
    """

    q: str = ""
    kind: tuple[str, ...] = ()
    crime_type: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    published_after: datetime.date | None = None
    published_before: datetime.date | None = None
    language: str = ""
    language_only: bool = False
    lang: str = ""
    order: str = NEWEST
    page: int = 1
    page_size: int = PAGE_SIZE
    cursor: str = ""
    fields: tuple[str, ...] = ()
    facets: bool = True
    sites: tuple[int, ...] | None = None

    @classmethod
    def under(cls, taxonomy: str, *slugs: str) -> Self:
        """Return the stories that are filed under any of these terms of one taxonomy."""
        changes: dict[str, Any] = {taxonomy: slugs}
        return cls(**changes)

    def selected(self, taxonomy: str) -> tuple[str, ...]:
        """Return the slugs asked for in a taxonomy."""
        return tuple(getattr(self, taxonomy))

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked for besides "the newest"."""
        return bool(
            self.q
            or self.published_after
            or self.published_before
            or self.language_only
            or any(self.selected(name) for name in TAXONOMIES)
        )

    def replace(self, **changes: Any) -> Self:
        """Return this query with some values replaced.

        Back on page 1 unless a page is given.
        """
        if "page" not in changes and "cursor" not in changes:
            changes = {"page": 1, "cursor": "", **changes}
        return replace(self, **changes)

    def without(self, name: str, value: str | None = None) -> Self:
        """Return this query without one filter, or without one value of it."""
        if value is not None and name in TAXONOMIES:
            return self.replace(**{name: tuple(slug for slug in self.selected(name) if slug != value)})
        changes = {name: _DEFAULTS[name]}
        if name == "q" and self.order == RELEVANCE:
            changes["order"] = NEWEST  # only a search has a best match
        return self.replace(**changes)

    def cleared(self) -> Self:
        """Return this query without any filter.

        Languages, order and page size stay.
        """
        names = (*TAXONOMIES, "q", "published_after", "published_before", "language_only")
        order = NEWEST if self.order == RELEVANCE else self.order
        return self.replace(**{name: _DEFAULTS[name] for name in names}, order=order)

    def merged(self, other: Query) -> Self:
        """Return this query with the filters that ``other`` sets.

        An index page's own filters and its reader's.
        """
        changes: dict[str, Any] = {}
        for item in fields(self):
            if item.name != "sites" and getattr(other, item.name) != item.default:
                changes[item.name] = getattr(other, item.name)
        return replace(self, **changes)

    def params(self, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Return the URL parameters that ask for this query.

        In a fixed order; defaults are left out.
        """
        skipped = {"sites", *without}
        pairs: list[tuple[str, str]] = []
        for name in NAMES:
            value = getattr(self, name)
            if name in skipped or value == _DEFAULTS[name]:
                continue
            if name in TAXONOMIES:
                pairs += [(name, slug) for slug in value]
            elif name == "fields":
                pairs.append((name, ",".join(value)))
            elif name == "facets":
                pairs.append((name, "all" if value else "none"))
            elif isinstance(value, bool):
                pairs.append((name, "1"))
            else:
                pairs.append((name, value.isoformat() if isinstance(value, datetime.date) else str(value)))
        return pairs

    def urlencode(self, **kwargs: Any) -> str:
        """Return ``params()`` as a query string, without the question mark."""
        return urlencode(self.params(**kwargs))

    def as_json(self) -> dict[str, Any]:
        """Return the normalised parameters as the API gives them back.

        Filters that are set, and how the list is cut.
        """
        data: dict[str, Any] = {}
        for name in TAXONOMIES:
            if self.selected(name):
                data[name] = list(self.selected(name))
        for name in ("q", "published_after", "published_before", "language_only", "cursor"):
            value = getattr(self, name)
            if value:
                data[name] = value.isoformat() if isinstance(value, datetime.date) else value
        data |= {"language": self.language, "lang": self.lang, "order": self.order}
        data |= (
            {"page_size": self.page_size} if self.cursor else {"page": self.page, "page_size": self.page_size}
        )
        return data


if not TYPE_CHECKING:
    Query = with_fields(Query, TAXONOMIES, ())

_DEFAULTS = {item.name: item.default for item in fields(Query)}
