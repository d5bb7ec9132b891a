"""Entries as readers get them, for API, cards and embeds.

With labels and dates in a language, and absolute addresses.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import translation

from .item_fields import ABSENT, DETAIL, Field, fields_in_use
from .item_fields import DETAIL_FIELDS as DETAIL_FIELDS
from .item_fields import LIST_FIELDS as LIST_FIELDS
from .item_source import ItemSource
from .item_source import absolute_links as absolute_links
from .item_source import labelled as labelled
from .item_source import url_of as url_of
from .lookups import Reference
from .models import Entry
from .references import Resolver
from .state import Snapshot
from .stored_references import all_refs


def list_fields() -> tuple[str, ...]:
    """Return the names of an item's fields with the present settings and adapters."""
    return tuple(field.name for field in fields_in_use())


def item(
    entry: Entry,
    reference: Reference,
    lang: str,
    *,
    detail: bool = False,
    when: datetime.datetime | None = None,
    resolver: Resolver | None = None,
    snapshot: Snapshot | None = None,
    fields: Collection[str] = (),
) -> dict[str, Any]:
    """Return one story as the API gives it.

    detail: with body, text, documents, licence and contacts, these as they are at ``when`` (now, where it is not given).
    resolver: decides what the stories of a list point to; ``resolver_for()`` makes one.
    snapshot: what lists inside the story are made from; the current one, where it is not given.
    fields: only these, in this order; the others are not worked out.
    """
    source = ItemSource(entry, reference, lang, detail, when, resolver, snapshot)
    with translation.override(lang):
        data = _values(fields_in_use(), source, fields)
        extra = [name for name in entry.facts.get("extra") or () if not fields or name in fields]
        if extra:  # those that no adapter declares too
            data |= {name: source.facts["extra"][name] for name in extra}
        if detail:
            data |= _values(DETAIL, source, fields)
        if fields:
            return {name: data[name] for name in fields if name in data}
        return data


def _values(fields: Iterable[Field], source: ItemSource, wanted: Collection[str]) -> dict[str, Any]:
    values = ((one.name, one.value(source)) for one in fields if not wanted or one.name in wanted)
    return {name: value for name, value in values if value is not ABSENT}


def resolver_for(entries: Iterable[Entry], reference: Reference) -> Resolver:
    """Return the resolver for everything that the stories of a list point to.

    Two queries, however many the stories are.
    """
    resolver = Resolver(reference, reference.default_language)
    for entry in entries:
        resolver.want(all_refs(entry.facts))
    return resolver
