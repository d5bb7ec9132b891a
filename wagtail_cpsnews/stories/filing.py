"""What a story's page takes from other tables.

Its terms and contacts, and what the catalogue knows of the story.

Terms and contacts are read by one query. All of it is kept in memory: with ``pyroaring`` for as long as the story's number
in the catalogue stays, without it until the catalogue changes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router
from django.db.models import Manager, ManyToManyField
from wagtail.models import Locale

from ..catalogue.counting import get_counter
from ..catalogue.db import using
from ..catalogue.kept import Kept
from ..catalogue.models import Entry
from ..catalogue.query import Query
from ..catalogue.state import Snapshot
from ..registry import PLURALS, TAXONOMIES
from ..taxonomy.usage import own_taxonomies


class Filed(NamedTuple):
    """A term or a contact that a page has; a contact has no slug."""

    translation_key: Any
    slug: str
    name: str


@dataclass(frozen=True)
class StoryFacts:
    """What a story's page takes from other tables.

    pk: the public id, ``None`` where the story is not in the catalogue. extra and versions: as its entry has them.
    filed: terms by the name of the page's field, and ``contacts``.
    """

    pk: UUID | None
    extra: Any
    versions: list[dict[str, str]]
    filed: dict[str, list[Filed]]


def story_facts(page: Any, snapshot: Snapshot) -> StoryFacts:
    """Return what a story's page takes from other tables.

    What a draft in its preview has comes from the draft.
    """
    names = (*term_fields(_model_of(page)), "contacts")
    is_draft = bool(_in_draft(page, names))
    place = None if is_draft or snapshot.is_due else _place(page, snapshot)
    known: StoryFacts | None = place.kept.get(place.key) if place is not None else None
    if known is not None:
        return known
    entry = Entry.objects.filter(page_pk=page.pk, public=True).only("page_pk", "number", "facts").first()
    facts = entry.facts if entry else {}
    found = StoryFacts(
        pk=entry.pk if entry else None,
        extra=facts.get("extra"),
        versions=facts.get("translations") or [],
        filed=filed(page, names),
    )
    if entry is not None and place is not None and entry.number in place.numbers:
        place.kept.set(place.key, found)
    return found


class _Place(NamedTuple):
    """Where the facts of a story are kept.

    numbers: what its entry's number has to be, so that they are of the catalogue that ``key`` names.
    """

    kept: Kept
    key: Any
    numbers: range


#: Without ``pyroaring``: facts of stories, about 2 kB each.
_facts = Kept(200)


def _place(page: Any, snapshot: Snapshot) -> _Place | None:
    """Return where the facts of a page's story are kept.

    ``None`` where they can't be.
    """
    alias = using()
    selection = get_counter(alias).select(Query(), snapshot)
    reference = snapshot.reference_sequence
    if (key := selection.key_of(page.pk)) is not None:
        return _Place(selection.stories, ("page", key, reference), range(key.number, key.number + 1))
    # A number without a token may be had by several histories.
    if selection.public_count() is not None or snapshot.token is None:
        return None
    history = alias, snapshot.epoch, snapshot.sequence, snapshot.token
    return _Place(_facts, (*history, reference, page.pk), range(snapshot.sequence + 1))


@functools.cache
def term_fields(model: Any) -> tuple[str, ...]:
    """Return the names of the many-to-many fields of terms that a type of page has."""
    own = own_taxonomies(model)
    return tuple(
        plural for name, plural in PLURALS.items() if not TAXONOMIES[name].is_own or TAXONOMIES[name] in own
    )


def filed(page: Any, names: Iterable[str]) -> dict[str, list[Filed]]:
    """Return the terms or contacts of some of a page's fields, by field.

    One query for all but a draft's own.
    """
    names = tuple(names)
    single = {*_in_draft(page, names), *(name for name in names if not _is_plain(_model_of(page), name))}
    together = tuple(name for name in names if name not in single)
    found = _read(page, together) if together else {}
    for name in single:
        found[name] = [
            Filed(row.translation_key, getattr(row, "slug", ""), row.name)
            for row in getattr(page, name).all()
        ]
    return found


def recall_locale(page: Any, snapshot: Snapshot) -> None:
    """Give a page its locale from memory.

    Languages are a part of the reference, so a change of one makes another.
    """
    field = type(page)._meta.get_field("locale")
    if field.is_cached(page):
        return
    codes = snapshot.reference.kept.get_or_make("locales", _read_locales)
    code = codes.get(page.locale_id)
    if code is not None:
        page.locale = Locale.from_db(page._state.db, ["id", "language_code"], [page.locale_id, code])


def _model_of(page: Any) -> Any:
    return type(page)


def _read_locales() -> dict[int, str]:
    return dict(Locale.objects.using(using()).values_list("pk", "language_code"))


def _in_draft(page: Any, names: Iterable[str]) -> list[str]:
    """Return the fields that hold what an editor has not saved to their tables yet."""
    unsaved = getattr(page, "_cluster_related_objects", None) or {}
    return [name for name in names if page.pk is None or name in unsaved]


@functools.cache
def _is_plain(model: Any, name: str) -> bool:
    """Return whether a field can be read together with others.

    In the same order, and all of its rows.
    """
    field = model._meta.get_field(name)
    if not isinstance(field, ManyToManyField):
        return False
    target = field.related_model
    return (
        list(target._meta.ordering or ()) == ["sort_order", "name"]
        and type(target._default_manager) is Manager
    )


def _read(page: Any, names: tuple[str, ...]) -> dict[str, list[Filed]]:
    through = type(page)._meta.get_field(names[0]).remote_field.through
    alias = router.db_for_read(through, instance=page)
    found: dict[str, list[Filed]] = {name: [] for name in names}
    with connections[alias].cursor() as cursor:
        cursor.execute(_statement(_model_of(page), names, alias), [page.pk] * len(names))
        for place, key, slug, name, _order in cursor.fetchall():
            found[names[place]].append(Filed(UUID(str(key)), slug, name))
    return found


@functools.cache
def _statement(model: Any, names: tuple[str, ...], alias: str) -> str:
    quote = connections[alias].ops.quote_name
    parts = []
    for place, name in enumerate(names):
        field = model._meta.get_field(name)
        target = field.related_model._meta
        columns = {column.name: f"t.{quote(column.column)}" for column in target.concrete_fields}
        shown = (
            columns["translation_key"],
            columns.get("slug", "''"),
            columns["name"],
            columns["sort_order"],
        )
        parts.append(
            f"SELECT {place}, {', '.join(shown)} FROM {quote(field.m2m_db_table())} j "  # noqa: S608 - our models' names
            f"JOIN {quote(target.db_table)} t ON t.{quote(target.pk.column)} = j.{quote(field.m2m_reverse_name())} "
            f"WHERE j.{quote(field.m2m_column_name())} = %s"
        )
    return f"{' UNION ALL '.join(parts)} ORDER BY 1, 5, 4"
