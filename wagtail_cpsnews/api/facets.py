"""Facets in answers of the API, as data and as JSON."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from ..catalogue.facets import labels_of
from ..catalogue.lookups import Reference
from ..catalogue.results import Results
from ..conf import get_settings
from .renderers import to_json

#: A term as JSON: its key and slug, whether it is retired, and what is before its count and after it, not selected
#: and selected.
_Term = tuple[str, str, bool, str, tuple[str, str]]


def facets_of(results: Results) -> dict[str, Any]:
    """Return counts by taxonomy, and the taxonomies' names."""
    names: dict[str, str] = {}
    if results.facets:
        lang, kept = results.query.lang, results.snapshot.reference.kept
        names = kept.get_or_make(("taxonomies", lang), lambda: _names(lang))
    return {
        "facets": {name: [facet.as_json() for facet in facets] for name, facets in results.facets.items()},
        "facet_labels": names,
    }


def facets_json(results: Results) -> str:
    """Return ``facets_of()`` as JSON without its braces.

    It is put together from pieces that are kept: all but the counts stay until a term changes.
    """
    query, reference = results.query, results.snapshot.reference
    if not query.facets:
        return '"facets":{},"facet_labels":{}'
    pieces, names = reference.kept.get_or_make(
        ("facets as JSON", query.lang), lambda: _pieces(reference, query.lang)
    )
    taxonomies = []
    for name, start, terms in pieces:
        numbers, selected = results.counted.get(name, {}), query.selected(name)
        written = [
            f"{before}{numbers.get(key, 0)}{after[slug in selected]}"
            for key, slug, retired, before, after in terms
            if not retired or slug in selected
        ]
        taxonomies.append(f"{start}{','.join(written)}]")
    return f'"facets":{{{",".join(taxonomies)}}},"facet_labels":{names}'


def _pieces(reference: Reference, lang: str) -> tuple[list[tuple[str, str, list[_Term]]], str]:
    """Return each taxonomy with the JSON that begins it and its terms.

    And the JSON of the taxonomies' names.
    """
    pieces = []
    for name, labels in labels_of(reference, lang).items():
        terms: list[_Term] = []
        for key, slug, label, language, retired in labels:
            before = to_json({"slug": slug, "label": label}).decode()[:-1] + ',"count":'
            end = to_json({"language": language} if language else {}).decode()[1:]
            comma = "," if language else ""
            after = f',"selected":false{comma}{end}', f',"selected":true{comma}{end}'
            terms.append((key, slug, retired, before, after))
        pieces.append((name, f"{to_json(name).decode()}:[", terms))
    return pieces, to_json(_names(lang)).decode()


def _names(lang: str) -> dict[str, str]:
    """Return what each taxonomy is called."""
    with translation.override(lang):
        return {name: get_settings().label(name) for name in get_settings().taxonomies}
