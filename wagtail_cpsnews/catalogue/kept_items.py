"""Items of lists in the form that an output gives them, kept in memory for as long as the story says the same.

What a story says of other things is resolved each time: a story with a deferred block in what lists show is not kept,
nor is one whose picture has a signed address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..images.renditions import address_period
from .deferred import placeholders_in
from .models import ROW_FORMAT, Entry
from .references import Resolver
from .results import Results
from .serializers import item, resolver_for

Value = TypeVar("Value")


def items_of(
    results: Results, form: str, make: Callable[[Entry, Resolver], Value], *variant: Any
) -> list[Value]:
    """Return the stories of a list in one form, in order; one that has gone since they were counted is left out.

    Args:
        form: The name of the form, such as ``feed``.
        make: Returns an entry in that form. What it returns is kept, so nobody may change it.
        variant: What else the form depends on, hashable, besides the label language and the terms.
    """
    query, snapshot, selection = results.query, results.snapshot, results.selection
    about = form, query.lang, variant, snapshot.reference_sequence
    found = {key: selection.items.get((key, about)) for key in results.keys}
    missing = [key for key, value in found.items() if value is None]
    entries = selection.entries(missing)
    resolver = resolver_for(entries, snapshot.reference)
    made = {}
    for entry in entries:
        made[entry.page_pk] = value = make(entry, resolver)
        if _stays(entry):
            selection.items.set(((entry.page_pk, entry.number), about), value)
    return [
        value if value is not None else made[key.page_pk]
        for key, value in found.items()
        if value is not None or key.page_pk in made
    ]


def data_of(results: Results) -> list[dict[str, Any]]:
    """Return the items of a list as plain data. They are kept: copy what you change."""
    reference, lang = results.snapshot.reference, results.query.lang
    return items_of(results, "data", lambda entry, resolver: item(entry, reference, lang, resolver=resolver))


def _stays(entry: Entry) -> bool:
    """Return whether an item depends on nothing but the entry, terms, sites and settings."""
    if entry.facts.get("format") != ROW_FORMAT or placeholders_in(entry.facts):
        return False
    return not entry.facts.get("image") or address_period() is None
