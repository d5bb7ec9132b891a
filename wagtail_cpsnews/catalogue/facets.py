"""Facets: the terms beside each filter of a list, with counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import translation

from ..conf import get_settings
from .lookups import Reference
from .query import Query


@dataclass(frozen=True)
class Facet:
    """One term beside a filter."""

    slug: str
    label: str
    count: int
    selected: bool
    key: str = field(repr=False, default="")
    #: What the label is in, where that is another language than the labels'.
    language: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the facet as the API gives it."""
        data = {"slug": self.slug, "label": self.label, "count": self.count, "selected": self.selected}
        return {**data, "language": self.language} if self.language else data


class Label(NamedTuple):
    """A term as facets of one language show it.

    language: what the label is in, where that is another language.
    """

    key: str
    slug: str
    label: str
    language: str
    retired: bool


def facets_of(
    query: Query, reference: Reference, counted: Mapping[str, Mapping[str, int]]
) -> dict[str, list[Facet]]:
    """Return the terms beside each filter, in their own order.

    A retired term is there only where it is chosen.
    """
    facets = {}
    for name, terms in labels_of(reference, query.lang).items():
        numbers, selected = counted.get(name, {}), query.selected(name)
        facets[name] = [
            Facet(slug, label, numbers.get(key, 0), slug in selected, key, language)
            for key, slug, label, language, retired in terms
            if not retired or slug in selected  # it goes on filtering, but is not offered
        ]
    return facets


def labels_of(reference: Reference, lang: str) -> dict[str, list[Label]]:
    """Return the terms of each taxonomy in use. They are kept: change nothing."""
    labels: dict[str, list[Label]] = reference.kept.get_or_make(
        (Label, lang), lambda: _find_labels(reference, lang)
    )
    return labels


def _find_labels(reference: Reference, lang: str) -> dict[str, list[Label]]:
    with translation.override(lang):
        return {
            name: [
                Label(term.key, term.slug, term.label(lang), term.label_language(lang), term.retired)
                for term in reference.taxonomies[name].current
            ]
            for name in get_settings().taxonomies
        }
