"""Reads an index from the database, or what has changed since one was read.

Everything is read as of one time: in a REPEATABLE READ transaction where the database has it. Elsewhere the state is
read first, so that rows may be newer than the index says, never older: they are read again with the next change.
"""

from __future__ import annotations

import time
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Count, Exists, OuterRef, Subquery
from pyroaring import BitMap

from ..entry_store import batches
from ..models import Entry, EntryTerm, SequenceToken, State
from . import stored
from .index import Draft, Index, Row

#: Changed stories that are read into an index; with more of them all is read again.
MAX_CHANGED = 5_000

_CHUNK = 5_000

_COLUMNS = (
    "page_pk",
    "pk",
    "number",
    "published",
    "expires_at",
    "site_id",
    "language",
    "versions",
    "primary",
)


def read_index(alias: str, known: Index | None) -> Index:
    """Return the index as of now.

    ``known`` with what has changed since, where that can be told.
    """
    with _consistent(alias):
        read_at = time.monotonic()
        if known is None:
            known = stored.load(alias)
        state = _read_state(alias, known)
        made = None
        if known is not None and _continues(known, state):
            made = _continued(alias, known, state, read_at)
        return made if made is not None else _built(alias, state, read_at)


def store_index(alias: str) -> bool:
    """Store the index for new processes where that is worthwhile.

    Returns whether it was done.

    Few stories are read quickly enough, and a stored index is continued as long as few have changed since.
    """
    known = stored.header_of(alias)
    state = _read_state(alias, known)
    entries = Entry.objects.using(alias)
    if known is not None and _continues(known, state):
        changed = entries.filter(number__gt=known.sequence).order_by()
        if changed[: MAX_CHANGED // 2].count() < MAX_CHANGED // 2:
            return False
    if entries.filter(public=True).order_by()[: stored.FEWEST].count() < stored.FEWEST:
        return False
    return stored.save(alias, read_index(alias, None))


@contextmanager
def _consistent(alias: str) -> Iterator[None]:
    connection = connections[alias]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield  # on SQLite a transaction would take the one lock for writing
        return
    with transaction.atomic(using=alias):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _read_state(alias: str, known: Index | None) -> dict[str, Any]:
    tokens = SequenceToken.objects.using(alias)
    passed = tokens.none()
    if known is not None and known.token is not None:
        passed = tokens.filter(number=known.sequence, token=known.token)
    state: dict[str, Any] = dict(
        State.objects.using(alias)
        .annotate(
            token=Subquery(tokens.filter(number=OuterRef("sequence")).values("token")[:1]),
            passed_known=Exists(passed),
        )
        .values("epoch", "sequence", "token", "passed_known")
        .get(pk=1)
    )
    return state


def _continues(known: Index, state: dict[str, Any]) -> bool:
    """Return whether the catalogue continues from ``known``.

    It does not after a backup of before was restored.
    """
    is_same_history = known.epoch == state["epoch"] and state["sequence"] >= known.sequence
    if known.token is None:
        return bool(is_same_history and known.sequence == 0 and state["sequence"] > 0)
    return bool(is_same_history and state["passed_known"])


def _continued(alias: str, known: Index, state: dict[str, Any], read_at: float) -> Index | None:
    """Return ``known`` with what has changed.

    ``None`` where it is better to read everything again.
    """
    entries = Entry.objects.using(alias).filter(number__gt=known.sequence)
    changed = dict(entries.values_list("page_pk", "public")[: MAX_CHANGED + 1])
    if len(changed) > MAX_CHANGED or known.holes > max(1_000, len(known) // 4):
        return None
    draft = Draft(known)
    for pk, public in changed.items():
        if not public:
            draft.take_out(pk)
    keys: set[UUID] = set()
    for pks in batches([pk for pk, public in changed.items() if public], 500):
        found = Entry.objects.using(alias).filter(page_pk__in=pks, public=True)
        for row, key in _rows(found, _terms_of(alias, pks)):
            draft.write(row)
            keys.add(key)
    made = draft.finish(state["epoch"], state["sequence"], state["token"], read_at)
    if made is not None and (len(made.sets.sites) > 1 or made.groups):
        keys |= {
            key
            for key, versions in known.groups.items()
            if any(page in changed for page, _language in versions)
        }
        kept = {key: versions for key, versions in known.groups.items() if key not in keys}
        made.groups = kept | _groups(alias, keys)
    return made


def _built(alias: str, state: dict[str, Any], read_at: float) -> Index:
    draft = Draft(Index(state["epoch"], 0, None))
    for row, _key in _rows(Entry.objects.using(alias).filter(public=True), {}):
        draft.write(row)
    made = draft.finish(state["epoch"], state["sequence"], state["token"], read_at)
    assert made is not None  # stories come in order
    made.sets.terms = _terms(alias, made)
    for bitmap in made.sets.all():
        bitmap.run_optimize()
    if len(made.sets.sites) > 1:
        made.groups = _groups(alias, None)
    return made


def _rows(entries: Any, terms: dict[int, list[tuple[str, str]]]) -> Iterator[tuple[Row, UUID]]:
    """Yield what an index holds of entries, oldest first.

    With their translation keys.
    """
    rows = entries.order_by("published", "pk").values_list(*_COLUMNS, "translation_key")
    for values in rows.iterator(chunk_size=_CHUNK):
        columns: Any = values[:-1]
        yield Row._make((*columns, terms.get(columns[0], ()))), values[-1]


def _terms(alias: str, index: Index) -> dict[str, dict[str, BitMap]]:
    """Return the stories of every term.

    A row for each story would take more memory than the index itself.
    """
    found: dict[tuple[str, Any], array[int]] = defaultdict(lambda: array("I"))
    rows = EntryTerm.objects.using(alias).filter(entry__public=True).order_by()
    for taxonomy, key, pk in rows.values_list("taxonomy", "key", "entry__page_pk").iterator(
        chunk_size=_CHUNK
    ):
        ordinal = index.ordinals.get(pk)
        if ordinal is not None:
            found[taxonomy, key].append(ordinal)
    terms: dict[str, dict[str, BitMap]] = {}
    for (taxonomy, key), ordinals in found.items():
        terms.setdefault(taxonomy, {})[str(key)] = BitMap(ordinals)
    return terms


def _terms_of(alias: str, pks: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the terms of some pages."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = EntryTerm.objects.using(alias).filter(entry__page_pk__in=pks)
    for pk, taxonomy, key in rows.values_list("entry__page_pk", "taxonomy", "key"):
        found[pk].append((taxonomy, str(key)))
    return found


def _groups(alias: str, keys: Iterable[UUID] | None) -> dict[UUID, tuple[tuple[int, str], ...]]:
    """Return the stories that several sites have a version of.

    Their pages and languages, by translation key.
    """
    entries = Entry.objects.using(alias).filter(public=True, translation_key__isnull=False)
    if keys is not None:
        entries = entries.filter(translation_key__in=keys)
    shared: Any = entries.order_by().values("translation_key").annotate(sites=Count("site_id", distinct=True))
    shared = shared.filter(sites__gt=1).values("translation_key")
    found: dict[UUID, tuple[tuple[int, str], ...]] = {}
    pages = Entry.objects.using(alias).filter(public=True, translation_key__in=shared).order_by("page_pk")
    row: Any
    for row in pages.values_list("translation_key", "page_pk", "language"):
        key, pk, language = row
        found[key] = (*found.get(key, ()), (pk, language))
    return found
