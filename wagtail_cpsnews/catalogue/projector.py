"""Reads marks, looks at the pages as they are now, and writes what differs into the catalogue.

Each projection is one short transaction of its own. It locks the state row first, so projections come one after
another and numbers are seen in order; pages are only read. Rows of one projection share its number.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connections, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.utils import DatabaseError, IntegrityError
from django.utils import timezone

from ..compat import get_page_model
from . import reference as reference_module
from . import text
from .adapters import adapter_for, story_models
from .build import UNKNOWN_TERM, Row, build_row, hash_path
from .gate import Gate
from .languages import regroup
from .marks import using
from .models import Entry, EntryTerm, EntryUse, Mark, State
from .sites import root_of

logger = logging.getLogger("wagtail_cpsnews")

#: Pages looked at in one transaction: a lock is held for some tenths of a second at the most.
BATCH = 100

#: What a tombstone forgets.
WIPED: dict[str, Any] = {
    "page_type": "",
    "path": "",
    "address": "",
    "language": "",
    "translation_key": None,
    "primary": False,
    "versions": "",
    "published": None,
    "updated": None,
    "expires_at": None,
    "title": "",
    "summary": "",
    "facts": {},
    "content": {},
    "text": "",
    "digest": "",
}

#: Set by ``wagtail_cpsnews.test``: project inside a test's transaction, where on_commit never comes.
inside_transactions = False


def project() -> bool:
    """Applies all marks that are committed now. Returns whether anything was written.

    Does nothing inside a transaction: the marks of that transaction are not committed yet. A database that is
    locked or gone is logged; the marks stay for the next look.
    """
    from .look import look_again

    changed = project_marks()
    if not connections[using()].in_atomic_block:
        look_again()
    return changed


def project_marks() -> bool:
    """As ``project``, without renewing this process's snapshot."""
    alias = using()
    if connections[alias].in_atomic_block and not inside_transactions:
        return False
    changed = False
    try:
        while True:
            with transaction.atomic(using=alias), Projection(alias) as projection:
                marks = list(Mark.objects.using(alias).order_by("pk")[:BATCH])
                projection.apply(marks)
                projection.expire()
                Mark.objects.using(alias).filter(pk__in=[mark.pk for mark in marks]).delete()
            changed = changed or projection.changed
            if len(marks) < BATCH:
                break
    except DatabaseError:
        logger.exception("The catalogue could not be brought up to date; the next look tries again.")
    return changed


class Projection:
    """One transaction's worth of projecting. Use it as a context manager inside ``transaction.atomic``."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.changed = False
        self.unknown_terms: set[tuple[str, str]] = set()
        self.now = timezone.now()

    def __enter__(self) -> Projection:
        self.state = lock_state(self.alias)
        self.number = self.state.sequence + 1
        self.reference = reference_module.parse(self.state.reference)
        self._gate: Gate | None = None
        self._groups: set[Any] = set()
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is not None:
            return
        if regroup(self.alias, self._groups, self.number, self.reference):
            self.changed = True
        if self.changed:
            self.state.sequence = self.number
            self.state.save(using=self.alias)

    @property
    def gate(self) -> Gate:
        if self._gate is None:
            self._gate = Gate(now=self.now)
        return self._gate

    # -- marks ------------------------------------------------------------------------------------------------

    def apply(self, marks: Iterable[Mark]) -> None:
        """Looks at everything that ``marks`` point to."""
        by_scope: dict[str, list[str]] = {scope: [] for scope in (Mark.PAGE, Mark.SUBTREE, Mark.USE, Mark.REFERENCE)}
        for mark in marks:
            by_scope[mark.scope].append(mark.subject)
        pks: set[int] = set()
        if by_scope[Mark.REFERENCE]:
            pks |= self._read_reference()
        for subject in dict.fromkeys(by_scope[Mark.SUBTREE]):
            pks |= self._look_at_subtree(int(subject))
        pks |= self._pages_using(by_scope[Mark.USE])
        pks |= {int(subject) for subject in by_scope[Mark.PAGE]}
        self.look_at(pks)

    def expire(self) -> None:
        """Takes out what has passed its expiry since the last projection."""
        passed = self._entries().filter(expires_at__lte=self.now)
        self.look_at(passed.values_list("page_pk", flat=True))

    def _read_reference(self) -> set[int]:
        """Takes over terms, sites and locales; returns the pages whose entries they change."""
        data = reference_module.read()
        old = self.reference
        if data == self.state.reference:
            return set()
        self.state.reference = data
        self.state.reference_sequence = self.number
        self.changed = True
        new = self.reference = reference_module.parse(data)
        pks = self._pages_using([UNKNOWN_TERM])
        for name, taxonomy in new.taxonomies.items():
            before = old.taxonomies[name].by_key
            for key in {*before, *taxonomy.by_key}:
                was, now = before.get(key), taxonomy.by_key.get(key)
                if (was and was.successor) != (now and now.successor) or now is None:
                    pks |= self._pages_with_term(name, key)
        if {(root.site_id, root.path) for root in old.roots} != {(root.site_id, root.path) for root in new.roots}:
            for page in get_page_model()._default_manager.using(self.alias).filter(depth=1).only("pk", "path"):
                pks |= self._look_at_subtree(page.pk)
        elif old.roots != new.roots:
            pks |= set(self._entries().exclude(address="").values_list("page_pk", flat=True))
        if old.languages != new.languages:
            self._groups |= set(self._entries().values_list("translation_key", flat=True))
        return pks

    def _pages_with_term(self, taxonomy: str, key: str) -> set[int]:
        from ..taxonomy.models import MODELS

        pks = set(
            self._entries().filter(terms__taxonomy=taxonomy, terms__key=key).values_list("page_pk", flat=True)
        )
        term = MODELS[taxonomy]._default_manager.filter(translation_key=key).first()
        if term is not None:
            pks |= set(term.used_by().values_list("pk", flat=True))
        return pks

    def _pages_using(self, subjects: Iterable[str]) -> set[int]:
        subjects = list(dict.fromkeys(subjects))
        if not subjects:
            return set()
        return set(
            self._entries().filter(uses__subject__in=subjects).values_list("page_pk", flat=True).distinct()
        )

    # -- subtrees: set-based, because a section can hold ten thousand stories ------------------------------------

    def _look_at_subtree(self, pk: int) -> set[int]:
        """Brings addresses and privacy of a page and all below it up to date; returns the pages to look at singly."""
        Page = get_page_model()
        top = Page._default_manager.using(self.alias).filter(pk=pk).first()
        if top is None:
            return set()
        tops = [top, *Page._default_manager.using(self.alias).filter(alias_of_id=pk, numchild__gt=0)]
        pks: set[int] = set()
        for page in tops:
            below = Page._default_manager.using(self.alias).filter(path__startswith=page.path)
            self._move(below)
            pks |= self._differences(below)
        return pks

    def _move(self, below: Any) -> None:
        """One update for all ordinary entries whose page has another address now."""
        address = below.filter(pk=OuterRef("page_pk")).order_by()
        moved = self._entries().filter(address="", page_pk__in=below.order_by().values("pk")).exclude(
            path=Subquery(address.values("url_path")[:1])
        )
        touched = list(moved.values_list("page_pk", "translation_key"))
        if touched:
            self._groups |= {key for _pk, key in touched}
            for chunk in batches([pk for pk, _key in touched], 500):
                self._entries().filter(page_pk__in=chunk).update(
                    path=Subquery(address.values("url_path")[:1]), number=self.number
                )
                self._place(self._entries().filter(page_pk__in=chunk).only("pk", "path"))
            self.changed = True

    def _place(self, entries: Any) -> None:
        """What follows from a new path: its hash and the site."""
        rows = list(entries)
        for entry in rows:
            root = root_of(self.gate.roots, entry.path)
            entry.path_hash = hash_path(entry.path)
            entry.site_id = root.site_id if root else None
        Entry.objects.using(self.alias).bulk_update(rows, ["path_hash", "site_id"])

    def _differences(self, below: Any) -> set[int]:
        """Takes out what may not be shown any more; returns what has to be looked at singly."""
        entries = dict(
            self._entries().filter(page_pk__in=below.order_by().values("pk")).values_list("page_pk", "address")
        )
        stories = below.filter(_is_story(below.db)).order_by()
        public = {
            pk
            for pk, *columns in stories.values_list(
                "pk", "live", "expire_at", "alias_of_id", "path", "url_path"
            ).iterator()
            if self.gate.why_not_row(*columns) is None
        }
        self._bury(entries.keys() - public)
        own_address = {pk for pk, address in entries.items() if address}
        return (public - entries.keys()) | (own_address & public)

    # -- single pages ------------------------------------------------------------------------------------------

    def look_at(self, pks: Iterable[int]) -> None:
        """Brings the entries of these pages up to date, whatever the pages are now."""
        for chunk in batches(sorted(set(pks)), BATCH):
            rows = {row.page_pk: row for row in self.rows(chunk)}
            entries = {entry.page_pk: entry for entry in self._all_entries().filter(page_pk__in=chunk)}
            for pk in chunk:
                row, entry = rows.get(pk), entries.get(pk)
                if row is not None and not matches(entry, row):
                    self._write(entry, row)
            self._bury([pk for pk, entry in entries.items() if entry.public and pk not in rows])

    def rows(self, pks: Iterable[int]) -> Iterator[Row]:
        """What the public pages among ``pks`` should say. A page whose adapter fails is logged and not shown."""
        pks = list(pks)
        for model in story_models():
            adapter = adapter_for(model)
            if adapter is None:
                continue
            queryset = adapter.get_queryset(model).using(self.alias).filter(pk__in=pks)
            for page in queryset.select_related("locale"):
                if page.specific_class is not type(page) or self.gate.why_not(page) is not None:
                    continue
                try:
                    row = build_row(page, adapter, self.reference)
                except DatabaseError:
                    raise
                except Exception:
                    logger.exception("The adapter of %s failed for page %s; it is not shown.", model._meta.label, page.pk)
                    continue
                if row is not None:
                    self.unknown_terms |= set(row.unknown_terms)
                    yield row

    def _write(self, entry: Entry | None, row: Row) -> None:
        if entry is None:
            entry = Entry(page_pk=row.page_pk)
        elif entry.translation_key:
            self._groups.add(entry.translation_key)
        for name, value in row.columns.items():
            setattr(entry, name, value)
        entry.public, entry.gone_at, entry.number = True, None, self.number
        entry.save(using=self.alias)
        self._replace(EntryTerm, entry, [{"taxonomy": name, "key": key} for name, key in sorted(row.terms)])
        self._replace(EntryUse, entry, [{"subject": subject} for subject in sorted(row.uses)])
        text.engine(self.alias).write(entry)
        self._groups.add(entry.translation_key)
        self.changed = True

    def _replace(self, model: Any, entry: Entry, rows: list[dict[str, Any]]) -> None:
        objects = model.objects.using(self.alias)
        old = list(objects.filter(entry=entry).values(*rows[0])) if rows else None
        if old is None or sorted(map(str, old)) != sorted(map(str, rows)):
            objects.filter(entry=entry).delete()
            objects.bulk_create([model(entry=entry, **row) for row in rows])

    def _bury(self, pks: Iterable[int]) -> None:
        """Turns entries into tombstones: an id and a time, nothing else."""
        for chunk in batches(sorted(pks), 500):
            gone = self._entries().filter(page_pk__in=chunk)
            found = list(gone.values_list("pk", "page_pk", "translation_key"))
            if not found:
                continue
            self._groups |= {key for _id, _pk, key in found if key}
            EntryUse.objects.using(self.alias).filter(entry__in=[pk for pk, *_rest in found]).delete()
            text.engine(self.alias).remove([page_pk for _id, page_pk, _key in found])
            gone.update(public=False, gone_at=self.now, number=self.number, **WIPED)
            self.changed = True

    def _entries(self) -> Any:
        return Entry.objects.using(self.alias).filter(public=True)

    def _all_entries(self) -> Any:
        return Entry.objects.using(self.alias)


def matches(entry: Entry | None, row: Row) -> bool:
    """Whether an entry says what its page says."""
    return (
        entry is not None
        and entry.public
        and all(getattr(entry, name) == row.columns[name] for name in ("digest", "path", "site_id"))
    )


def _is_story(alias: str) -> Q:
    labels = [(model._meta.app_label, model._meta.model_name) for model in story_models()]
    condition = Q(pk__in=[])
    for app_label, model_name in labels:
        condition |= Q(content_type__app_label=app_label, content_type__model=model_name)
    return condition


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """``items`` in lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def lock_state(alias: str) -> State:
    """The state row, locked until the transaction ends: always the first thing a projection does."""
    states = State.objects.using(alias)
    if connections[alias].features.has_select_for_update:
        state = states.select_for_update().filter(pk=1).first()
    else:  # SQLite: a write takes the database's one lock, reading first could fail to upgrade
        states.filter(pk=1).update(sequence=F("sequence"))
        state = states.filter(pk=1).first()
    if state is None:
        begin(alias)
        state = states.get(pk=1)
    return state


def begin(alias: str) -> None:
    """Makes the state row where there is none. Two who try at once end with one row."""
    with contextlib.suppress(IntegrityError), transaction.atomic(using=alias):
        new_state(alias)


def new_state(alias: str) -> State:
    """Starts the catalogue: empty and not built, or built where there are no stories to build it from."""
    empty = not get_page_model()._default_manager.using(alias).filter(_is_story(alias)).exists()
    return State.objects.using(alias).create(
        pk=1,
        built_at=timezone.now() if empty else None,
        reference=reference_module.read(),
    )
