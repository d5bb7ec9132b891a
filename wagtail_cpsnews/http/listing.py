"""A list as templates show it, without database queries of its own.

Summary, filters with counts, chips, cards, pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

from ..catalogue.counting import Key
from ..catalogue.dates import display
from ..catalogue.highlights import highlights_of
from ..catalogue.kept_items import data_by_page
from ..catalogue.parameters import Problem
from ..catalogue.query import Query
from ..catalogue.results import Results
from ..catalogue.story_updates import cut
from ..catalogue.summaries import describe
from ..conf import get_settings
from ..languages import language_name
from ..registry import BY_ORDER, PLURALS
from . import date_fields, offers
from .filter_groups import filter_groups
from .links import FeedLink, feed_links
from .list_parts import Chip, FilterGroup, Option, PageLink, capitalised, differ
from .orders import choices, params_with, usual_order
from .search_notes import SearchNote, notes_on
from .tag_rows import tag_rows

#: Characters of a summary on a card; it is cut at a word.
SUMMARY_LENGTH = 220


class Listing:
    """Everything that the list templates need.

    results: what was found, or ``None`` where nothing can be listed (no such page, not built yet).
    default: the query that the plain address stands for; what it has is not repeated in addresses.
    path: the address of the list without parameters.
    locked: the taxonomies that the list is fixed to; they are neither filters nor chips.
    best_first: whether a reader's search lists the best match first, unless another order is chosen.
    start: the query that a card's links to lists begin with, where it is not ``default``.
    """

    def __init__(
        self,
        *,
        query: Query,
        results: Results | None,
        default: Query,
        path: str,
        problems: Iterable[Problem] = (),
        locked: Iterable[str] = (),
        dates: dict[str, date_fields.DateFields] | None = None,
        last_page: int | None = None,
        start: Query | None = None,
        best_first: bool = False,
    ) -> None:
        self.query = query
        self.results = results
        self.default = default
        self.path = path
        self.problems = list(problems)
        self.locked = frozenset(locked)
        self.dates = dates or {}
        self.last_page = last_page
        self.start = start or default
        self.best_first = best_first
        #: The story that an editor has chosen to lead, one that the list finds on whatever page; or ``None``.
        self.lead: Key | None = None
        #: What a reader is told who came by the old name of a term.
        self.former_names: tuple[str, ...] = ()

    def url(self, query: Query) -> str:
        """Return the address of another query of this list; "" where the list has none."""
        if not self.path:
            return ""
        fixed: dict[str, list[str]] = {}
        for name, value in self.default.params():
            fixed.setdefault(name, []).append(value)
        given: dict[str, list[str]] = {}
        for name, value in self._params(query):
            given.setdefault(name, []).append(value)
        pairs = [
            (name, value) for name, values in given.items() if fixed.get(name) != values for value in values
        ]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _params(self, query: Query, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        return params_with(query, self._usual_order(query), without)

    def _usual_order(self, query: Query) -> str:
        return usual_order(query, self.default) if self.best_first else ""

    @property
    def address(self) -> str:
        """The address of this list itself, without what campaigns add to it."""
        return self.url(self.query)

    # -- what was found -------------------------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """The result sentence."""
        return self.results.sentence if self.results else ""

    @property
    def count(self) -> int:
        """How many stories there are on all pages."""
        return self.results.count if self.results else 0

    @cached_property
    def cards(self) -> list[dict[str, Any]]:
        """Return the stories of this page as cards.

        Items as in the API, with tags, short summary and language mark.
        """
        if self.results is None:
            return []
        own = {key.page_pk for key in self.results.keys}
        cards = [card for page_pk, card in self._cards.items() if page_pk in own]
        if self.marks_words:
            shown = {str(highlight.id): highlight for highlight in highlights_of(self.results).values()}
            for card in cards:
                if (highlight := shown.get(card["id"])) is not None:
                    card["marked_title"], card["snippet"] = highlight.title, highlight.snippet
        return cards

    @property
    def lead_card(self) -> dict[str, Any] | None:
        """The card of the story that an editor has chosen to lead, or ``None``."""
        return self._cards.get(self.lead.page_pk) if self.lead is not None else None

    @cached_property
    def _cards(self) -> dict[int, dict[str, Any]]:
        """The cards by page, that of the lead story among them."""
        found = data_by_page(self.results.including(self.lead)) if self.results else {}
        return {page_pk: self._card(dict(data)) for page_pk, data in found.items()}

    @property
    def marks_words(self) -> bool:
        """Whether the words searched for are marked: a reader's, not the list's own."""
        return self.best_first and bool(self.query.q) and self.query.q != self.default.q

    def _card(self, card: dict[str, Any]) -> dict[str, Any]:
        if card.get("kind"):
            card["kind"] = {
                **card["kind"],
                "url": self.url(self.start.merged(Query.under("kind", card["kind"]["slug"]))),
            }
        card["tags"] = [
            {**term, "taxonomy": name, "url": self.url(self._only(name, term["slug"]))}
            for name, plural in PLURALS.items()
            for term in card.get(plural, ())
        ]
        card["tag_rows"] = tag_rows(card["tags"])
        card["short_summary"] = cut(card["summary"], SUMMARY_LENGTH)
        other = differ(card["language"], self.query.language)
        card["language_mark"] = card["language_display"] if other else ""
        card["lang"] = card["language"] if differ(card["language"], self.query.lang) else ""
        return card

    def _only(self, name: str, slug: str) -> Query:
        return self.default if name in self.locked else self.start.merged(Query.under(name, slug))

    @property
    def suggestion(self) -> dict[str, str] | None:
        """Return another spelling of a reader's search, and its address."""
        if self.results is None or self.query.q == self.default.q or not self.results.suggestion:
            return None
        words = self.results.suggestion
        return {"words": words, "url": self.url(self.query.replace(q=words))}

    @property
    def search_notes(self) -> list[SearchNote]:
        """Return what a reader is told about the signs in a search."""
        return notes_on(self.query.q) if self.query.q != self.default.q else []

    # -- filters --------------------------------------------------------------------------------------------------

    @cached_property
    def filters(self) -> list[FilterGroup]:
        """The groups of checkboxes."""
        return filter_groups(self.results, self.locked) if self.results else []

    @property
    def retired_options(self) -> list[Option]:
        """The retired terms that the list is filtered by."""
        return [option for group in self.filters for option in group.options if option.is_retired]

    @cached_property
    def date_fields(self) -> list[dict[str, Any]]:
        """The two dates of the form: name, legend and the three fields' values."""
        legends = {
            "published_after": _("Published on or after"),
            "published_before": _("Published on or before"),
        }
        return [
            {
                "name": name,
                "legend": legends[name],
                "fields": self.dates.get(name) or date_fields.shown(getattr(self.query, name), name),
                "problem": next((problem for problem in self.problems if problem.parameter == name), None),
            }
            for name in date_fields.DATES
        ]

    @property
    def has_typed_problem(self) -> bool:
        """Whether what a reader typed into the form cannot be read."""
        return any(fields.problem for fields in self.dates.values())

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The orders that can be chosen, each with its address."""
        return [
            {**order, "url": self.url(self.query.replace(order=order["order"]))}
            for order in choices(self.query, self._usual_order(self.query))
        ]

    @property
    def other_forms_at(self) -> int | None:
        """The place on this page of the first story with other forms of the words.

        ``None`` where there is none on it, or where the order does not tell.
        """
        if self.results is None or self.results.as_typed is None:
            return None
        place = max(0, self.results.as_typed - (self.query.page - 1) * self.query.page_size)
        return place if place < len(self.results.keys) else None

    @cached_property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form must send along: parameters that it shows no field for."""
        shown = {"q", "page", "cursor", "language_only", *date_fields.DATES, *BY_ORDER}
        default = self.default.params()
        return [pair for pair in self._params(self.query, shown) if pair not in default]

    @property
    def offers_language_only(self) -> bool:
        """Return whether stories in other languages can be left out.

        Not in the default language, where all are.
        """
        return bool(self.results and self.query.language != self.results.snapshot.reference.default_language)

    @property
    def language_only_label(self) -> str:
        """ "Welsh only"."""
        return _("%(language)s only") % {"language": capitalised(language_name(self.query.language))}

    @cached_property
    def language_only_offer(self) -> dict[str, Any] | None:
        """Return how many stories are in the list's language, and their address.

        As ``{"count", "url", "label"}``; ``None`` where all or none of them are, or that is no choice.
        """
        if self.results is None or not self.offers_language_only:
            return None
        offer = offers.only_in_language(self.query, self.results)
        return {"count": offer.count, "url": self.url(offer.query), "label": offer.label} if offer else None

    @cached_property
    def best_without(self) -> offers.FilterOffer | None:
        """Return which filter to remove from an empty list.

        ``None`` where no single one of several helps.
        """
        if self.results is None or self.count or not 2 <= len(self.chips) <= offers.MOST_TRIED:
            return None
        return offers.best_without(self.chips, self.results.snapshot)

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters that are set, each with the address that takes it off."""
        settings, chips = get_settings(), []
        if self.results is None:
            return []
        reference = self.results.snapshot.reference
        if self.query.q:
            label = capitalised(_("search term"))
            chips.append(self._chip(f"{label}: {self.query.q}", self.query.without("q")))
        for name in BY_ORDER:
            if name in self.locked or not settings.is_on(name):
                continue
            for slug in self.query.selected(name):
                term = reference.taxonomies[name].find(slug)
                label = term.label(self.query.lang) if term else slug
                legend = capitalised(settings.label(name))
                language = term.label_language(self.query.lang) if term else ""
                query = self.query.without(name, slug)
                chips.append(self._chip(f"{legend}: {label}", query, legend, label, language))
        for field in self.date_fields:
            day = getattr(self.query, field["name"])
            if day:
                chips.append(
                    self._chip(f"{field['legend']}: {display(day)}", self.query.without(field["name"]))
                )
        if self.query.language_only:
            chips.append(self._chip(self.language_only_label, self.query.without("language_only")))
        return chips

    def _chip(self, label: str, query: Query, name: str = "", value: str = "", language: str = "") -> Chip:
        return Chip(label, self.url(query), name, value, language, query)

    @property
    def filters_of_the_reader(self) -> list[tuple[str, str]]:
        """Return what readers have set, from page 1.

        The parameters that mean the same in this list's other languages.
        """
        not_theirs = {"language", "lang", "language_only", "page", "cursor", *self.locked}
        default = self.default.params()
        return [pair for pair in self._params(self.query, not_theirs) if pair not in default]

    @cached_property
    def clear_url(self) -> str:
        """Return the address of the list without the reader's filters.

        Languages and page size stay.
        """
        return self.url(self.query.cleared())

    # -- pages ----------------------------------------------------------------------------------------------------

    @cached_property
    def previous_url(self) -> str:
        """The address of the page before, or ""."""
        query = self.results.previous_query if self.results else None
        return self.url(query) if query else ""

    @cached_property
    def next_url(self) -> str:
        """The address of the next page, or ""."""
        query = self.results.next_query if self.results else None
        return self.url(query) if query else ""

    @cached_property
    def pages(self) -> list[PageLink]:
        """Return the first, the last and the pages around this one.

        With gaps between; empty where one page is enough.
        """
        if self.results is None or self.results.last_page < 2 or self.query.cursor:
            return []
        current, last = self.query.page, self.results.last_page
        wanted = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
        links, before = [], 0
        for number in wanted:
            if number - before == 2:
                links.append(self._page_link(number - 1))
            elif number - before > 2:
                links.append(PageLink(0, "", is_gap=True))
            links.append(self._page_link(number))
            before = number
        return links

    def _page_link(self, number: int) -> PageLink:
        return PageLink(
            number, self.url(self.query.replace(page=number)), is_current=number == self.query.page
        )

    @property
    def last_page_url(self) -> str:
        """Where a reader goes who asked for a page beyond the last."""
        return self.url(self.query.replace(page=self.last_page or 1))

    # -- following ------------------------------------------------------------------------------------------------

    @cached_property
    def feeds(self) -> list[FeedLink]:
        """The feeds of this list."""
        return feed_links(self.query, self.results.snapshot.reference) if self.results else []

    @property
    def data_params(self) -> str:
        """Return the parameters of the API for this list, in its order."""
        query = self.query.replace()
        return urlencode(params_with(query, usual_order(query, Query())))

    @property
    def description(self) -> str:
        """Return the filters in words: ``crime type "Hate crime" & area "Wessex"``.

        "" when none is set.
        """
        if self.results is None:
            return ""
        with translation.override(self.query.lang):
            return describe(self.query, self.results.snapshot.reference)
