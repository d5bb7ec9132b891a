"""All terms of all taxonomies by one query: lists need their names several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Value
from django.utils import translation

from ..taxonomy.models import MODELS


@dataclass(frozen=True)
class TermRow:
    """One language version of a term.

    ``current`` is True if the term is offered for new stories.
    """

    taxonomy: str
    pk: Any
    key: Any
    slug: str
    name: str
    language: str
    current: bool


def read_terms() -> list[TermRow]:
    """Return every row of every taxonomy, in the order in which terms are offered."""
    querysets = [
        model._default_manager.order_by().values_list(
            Value(name, output_field=CharField()),
            "pk",
            "translation_key",
            "slug",
            "name",
            F("locale__language_code"),
            "retired",
            "successor_id",
            "sort_order",
        )
        for name, model in MODELS.items()
    ]
    first, *others = querysets
    rows = sorted(first.union(*others, all=True), key=lambda row: (row[8], row[4]))
    return [
        TermRow(taxonomy, pk, key, slug, name, language, not retired and successor is None)
        for taxonomy, pk, key, slug, name, language, retired, successor, _order in rows
    ]


def shown_names() -> dict[tuple[str, Any], str]:
    """Return the name of every row, by taxonomy and primary key.

    The name is in the reader's language if the term has one.
    """
    rows = read_terms()
    language = translation.get_language()
    mine = {(row.taxonomy, row.key): row.name for row in rows if row.language == language}
    return {(row.taxonomy, row.pk): mine.get((row.taxonomy, row.key), row.name) for row in rows}
