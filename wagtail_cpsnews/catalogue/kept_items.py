"""Items in the form of an output, kept in memory.

For as long as the story says the same.

What a story says of other things is resolved each time: a story with a deferred block in what lists show is not kept,
nor is one whose picture has a signed address.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.utils import translation

from ..images.renditions import address_period, rendition_url
from .counting import Key, get_counter
from .db import using
from .deferred import placeholders_in
from .item_source import ItemSource
from .models import ROW_FORMAT, Entry
from .query import Query
from .references import Resolver
from .results import Results
from .serializers import item, resolver_for
from .state import Snapshot

Value = TypeVar("Value")

#: The name of a picture's file, and the address that it had.
Picture = tuple[str, str | None]


def items_of(
    results: Results, form: str, make: Callable[[Entry, Resolver], Value], *variant: Any
) -> list[Value]:
    """Return the stories of a list in one form, in order; see ``items_by_page()``."""
    return list(items_by_page(results, form, make, *variant).values())


def items_by_page(
    results: Results, form: str, make: Callable[[Entry, Resolver], Value], *variant: Any
) -> dict[int, Value]:
    """Return the stories of a list in one form, by page and in order.

    One that has been removed since they were counted is left out.

    Args:
        form: The name of the form, such as ``feed``.
        make: Returns an entry in that form. What it returns is kept, so nobody may change it.
        variant: What else the form depends on, hashable, besides the label language and the terms.
    """
    query, snapshot, selection = results.query, results.snapshot, results.selection
    about = form, query.lang, variant, snapshot.reference_sequence
    found = {key: _still(selection.items.get((key, about))) for key in results.keys}
    missing = [key for key, value in found.items() if value is None]
    entries = selection.entries(missing)
    resolver = resolver_for(entries, snapshot.reference)
    made = {}
    for entry in entries:
        made[entry.page_pk] = value = make(entry, resolver)
        if _stays(entry):
            selection.items.set(((entry.page_pk, entry.number), about), (value, _picture(entry)))
    return {
        key.page_pk: value if value is not None else made[key.page_pk]
        for key, value in found.items()
        if value is not None or key.page_pk in made
    }


def data_of(results: Results) -> list[dict[str, Any]]:
    """Return the items of a list as plain data. They are kept: copy what you change."""
    return list(data_by_page(results).values())


def data_by_page(results: Results) -> dict[int, dict[str, Any]]:
    """Return what ``data_of()`` does, by page and in order."""
    reference, lang = results.snapshot.reference, results.query.lang
    return items_by_page(
        results, "data", lambda entry, resolver: item(entry, reference, lang, resolver=resolver)
    )


def pictures_of(results: Results) -> tuple[Picture, ...] | None:
    """Return the pictures of a list's items.

    ``None`` where ``data_of()`` does not keep all items of it.
    """
    about = "data", results.query.lang, (), results.snapshot.reference_sequence
    kept = [results.selection.items.get((key, about)) for key in results.keys]
    if None in kept:
        return None
    return tuple(picture for _value, picture in kept if picture is not None)


def are_current(pictures: Iterable[Picture]) -> bool:
    """Return whether pictures still have their files and addresses."""
    return all(rendition_url(name) == url for name, url in pictures)


class KeptStory:
    """One story with its text, as it was read last; its contacts are found each time.

    query: whose sites count. A story whose text points to anything is not kept, since that is resolved each time.
    """

    def __init__(self, pk: UUID, query: Query, snapshot: Snapshot) -> None:
        self.pk, self.query, self.snapshot = pk, query, snapshot
        self._selection = get_counter(using()).select(query, snapshot)

    def get(self, asked: str, when: datetime.datetime) -> dict[str, Any] | None:
        """Return what is kept, with its contacts at ``when``.

        ``None`` where nothing is kept of what the story says now.

        asked: the label language that was asked for, "" for the story's own.
        """
        stories = self._selection.stories
        page_pk = stories.get(self.pk)
        key = self._selection.key_of(page_pk) if page_pk is not None and not self.snapshot.is_due else None
        known = _still(stories.get((key, self._about(asked)))) if key is not None else None
        if known is None:
            return None
        entry, lang, data = known
        if "contacts" not in data:
            return dict(data)
        source = ItemSource(entry, self.snapshot.reference, lang, when=when, snapshot=self.snapshot)
        with translation.override(lang):
            return {**data, "contacts": source.contacts}

    def set(self, entry: Entry, asked: str, lang: str, data: dict[str, Any]) -> None:
        """Keep what a story says in ``lang``, where it depends on nothing else."""
        if not _stays(entry) or placeholders_in(entry.content) or entry.content.get("documents"):
            return
        light = copy.copy(entry)
        light.content, light.text = {}, ""
        self._selection.stories.set(self.pk, entry.page_pk)
        about = self._about(asked)
        kept = (light, lang, data), _picture(entry)
        self._selection.stories.set((Key(entry.page_pk, entry.number), about), kept)

    def _about(self, asked: str) -> tuple[Any, ...]:
        return asked, self.query.fields, self.snapshot.reference_sequence


def _picture(entry: Entry) -> Picture | None:
    name = (entry.facts.get("image") or {}).get("name", "")
    return (name, rendition_url(name)) if name else None


def _still(kept: tuple[Any, Picture | None] | None) -> Any:
    """Return a kept value, or ``None`` where its picture has changed.

    The picture may have lost its file or have another address now.
    """
    if kept is None:
        return None
    value, picture = kept
    return value if picture is None or are_current([picture]) else None


def _stays(entry: Entry) -> bool:
    """Return whether an item can be kept.

    It can if it depends on nothing but the entry, terms, sites and settings.
    """
    if entry.facts.get("format") != ROW_FORMAT or placeholders_in(entry.facts):
        return False
    return not entry.facts.get("image") or address_period() is None
