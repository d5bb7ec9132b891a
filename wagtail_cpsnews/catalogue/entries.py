"""Writes entries: what a page says now, or a tombstone where it says nothing any more.

Only inside a projection, which holds the lock and gives the number; see ``projection.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from typing import Any

from django.db import connections, transaction
from django.db.utils import OperationalError
from django.utils import timezone

from ..images.renditions import collecting_failures, verifying
from . import decisions, text
from .adapters import adapter_for, story_models
from .lookups import Reference
from .models import Departure, Entry, EntryTerm, EntryUse
from .retries import note_results
from .rows import Row, build_row, have_same_terms
from .rules import Decision, decide, has_rules
from .visibility import VisibilityChecker

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
    "changes_at": None,
    "title": "",
    "summary": "",
    "facts": {},
    "content": {},
    "text": "",
    "digest": "",
}


class EntryWriter:
    """Looks at pages and brings their entries up to date, all with one number.

    reference: terms and sites to read the pages with. ``changed`` says afterwards whether anything was written,
    ``unknown_terms`` which texts of adapters named no term, ``groups`` which stories' language versions have to be
    sorted out.
    """

    #: Rows that the first set-based step of a batch takes, and pages that the first step reads and renders. Where a
    #: step is quick the next takes twice as many, up to 16 times.
    ROWS = 250
    PAGES = 4

    def __init__(self, alias: str, number: int, reference: Reference) -> None:
        self.alias = alias
        self.number = number
        self.reference = reference
        self.changed = False
        self.rows_a_step, self.pages_a_step = self.ROWS, self.PAGES
        self.unknown_terms: set[tuple[str, str]] = set()
        #: Stories that an adapter or the database could not make public.
        self.failed = 0
        self.now = timezone.now()
        #: Whether a story may be waiting for another try.
        self.has_retries = True
        #: Whether each page has a savepoint of its own, so that one that fails holds up no other.
        self._each_alone = True
        self._gate: VisibilityChecker | None = None
        #: Translation keys.
        self.groups: set[Any] = set()
        #: What the rules say of pages otherwise than what is stored, until it is; and pages that they now hide or show.
        self.decisions: dict[int, Decision] = {}
        self.redecided: set[int] = set()

    @property
    def gate(self) -> VisibilityChecker:
        """What is public, as of this projection."""
        if self._gate is None:
            self._gate = VisibilityChecker(self.reference.roots, now=self.now, alias=self.alias)
        return self._gate

    def read_with(self, reference: Reference) -> None:
        """Read the pages with these terms and sites from now on."""
        self.reference, self._gate = reference, None

    def look_at(self, pks: Iterable[int], *, closely: bool = False) -> None:
        """Bring the entries of these pages up to date, whatever the pages are now.

        closely: what an entry says is compared, not its digest alone, which a raw write leaves as it was.
        """
        for chunk in batches(sorted(set(pks)), BATCH):
            if not self._looked_at_together(chunk, closely):
                self._look_at(chunk, closely)

    def _looked_at_together(self, pks: list[int], closely: bool) -> bool:
        """Return whether all of these pages could be looked at in one savepoint; where one fails, none is."""
        before = self.changed, set(self.unknown_terms), set(self.groups), set(self.redecided)
        self._each_alone = False
        try:
            with transaction.atomic(using=self.alias):
                self._look_at(pks, closely)
        except Exception as error:
            if _is_passing(error, self.alias):
                raise
            self.changed, self.unknown_terms, self.groups, self.redecided = before
            self.decisions = {}
            return False
        finally:
            self._each_alone = True
        return True

    def _alone(self) -> Any:
        """Return a savepoint for one step, where pages are looked at each alone."""
        return transaction.atomic(using=self.alias) if self._each_alone else nullcontext()

    def _is_for_all(self, error: Exception) -> bool:
        """Return whether an error ends more than the step that it came from."""
        return not self._each_alone or _is_passing(error, self.alias)

    def _look_at(self, pks: list[int], closely: bool) -> None:
        with verifying(closely):
            rows = {row.page_pk: row for row in self.rows(pks)}
        known = self._all_entries().filter(page_pk__in=pks)
        if closely:
            known = known.prefetch_related("terms", "uses")
        entries = {entry.page_pk: entry for entry in known}
        for pk in pks:
            row, entry = rows.get(pk), entries.get(pk)
            if (
                row is not None
                and not matches(entry, row, closely=closely)
                and not self._written(entry, row, closely)
            ):
                del rows[pk]  # what cannot be written must not go on saying what it said
        self.bury([pk for pk, entry in entries.items() if entry.public and pk not in rows])
        self._store_decisions()
        failed = {pk for pk, row in rows.items() if row.failed_images}
        if failed or self.has_retries:
            note_results(self.alias, pks, failed, self.now)
            self.has_retries = True

    def _store_decisions(self) -> None:
        decisions.store(self.decisions, self.alias)
        self.decisions = {}
        self.changed = self.changed or bool(self.redecided)

    def regroup(self, pks: Iterable[int]) -> None:
        """Decide again, at the end, which version is listed for the stories of these pages in each language."""
        self.groups |= set(
            self.entries().filter(page_pk__in=list(pks)).values_list("translation_key", flat=True)
        )

    def rows(self, pks: Iterable[int]) -> Iterator[Row]:
        """What the public pages among ``pks`` should say. A page whose adapter fails is logged and not shown."""
        waiting = set(pks)
        for model in story_models():
            adapter = adapter_for(model)
            if adapter is None or not waiting:
                continue
            for page in self._pages(model, adapter, sorted(waiting)):
                if page.specific_class is not type(page):
                    continue
                waiting.discard(page.pk)  # no other type has it
                try:
                    # A savepoint: on PostgreSQL a failed query of an adapter would end the whole projection.
                    with self._alone(), collecting_failures() as failed:
                        decision = self._decide(page)
                        if self.gate.why_not_by_columns(page) or not decision.public:
                            continue
                        row = build_row(page, adapter, self.reference, decision.until)
                except Exception as error:
                    if self._is_for_all(error):
                        raise
                    self.failed += 1
                    logger.exception(
                        "The adapter of %s failed for page %s; it is not shown.", model._meta.label, page.pk
                    )
                    continue
                if row is not None:
                    row.failed_images = failed
                    self.unknown_terms |= set(row.unknown_terms)
                    yield row

    def _decide(self, page: Any) -> Decision:
        """Return what the rules say of a page, and keep it where that is not what is stored."""
        decision = decide(page)
        if has_rules() and page.alias_of_id is None and decisions.differs(page, decision):
            self.decisions[page.pk] = decision
            if page.cpsnews_code not in (None, decision.code):
                self.redecided.add(page.pk)
        return decision

    def _pages(self, model: Any, adapter: Any, pks: list[int]) -> list[Any]:
        """The pages among ``pks`` of one type; those of a type whose adapter fails to load them are not shown."""
        try:
            with self._alone():
                pages = adapter.get_queryset(model).using(self.alias).filter(pk__in=pks)
                pages = decisions.with_decision(pages) if has_rules() else pages
                return list(pages.select_related("locale"))
        except Exception as error:
            if self._is_for_all(error):
                raise
            logger.exception(
                "The adapter of %s failed to load its pages; they are not shown.", model._meta.label
            )
            return []

    def _written(self, entry: Entry | None, row: Row, closely: bool) -> bool:
        """Write one entry; a row that the database refuses is logged, and holds up no other."""
        try:
            with self._alone():
                self._write(entry, row, closely)
        except Exception as error:
            if self._is_for_all(error):
                raise
            self.failed += 1
            logger.exception("The entry of page %s cannot be written; the story is not shown.", row.page_pk)
            return False
        return True

    def _write(self, entry: Entry | None, row: Row, closely: bool) -> None:
        facts = row.columns["facts"]
        if is_new := entry is None:
            # As a story in one language has them; where there are others, they are sorted out at the end.
            entry = Entry(page_pk=row.page_pk, primary=True, versions=f"|{row.columns['language']}|")
        elif entry.translation_key:
            self.groups.add(entry.translation_key)
        has_same_terms = not closely and entry.public is True and have_same_terms(entry.facts, facts)
        if "translations" in entry.facts:
            facts = {**facts, "translations": entry.facts["translations"]}
        before = entry.site_id
        for name, value in {**row.columns, "facts": facts}.items():
            setattr(entry, name, value)
        entry.public, entry.gone_at, entry.number = True, None, self.number
        entry.save(using=self.alias, force_insert=is_new)
        self.record_departures([(entry, before)])
        if not has_same_terms:
            terms = [{"taxonomy": name, "key": key} for name, key in sorted(row.terms)]
            self._replace(EntryTerm, entry, terms, is_new)
        uses = [{"subject": subject} for subject in sorted(row.uses)]
        if is_new or not uses or not self._has_uses(entry, row.uses):
            self._replace(EntryUse, entry, uses, is_new)
        text.engine(self.alias).write(entry)
        self.groups.add(entry.translation_key)
        self.changed = True

    def _replace(self, model: Any, entry: Entry, rows: list[dict[str, Any]], is_new: bool) -> None:
        objects = model.objects.using(self.alias)
        if not is_new:
            objects.filter(entry=entry)._raw_delete(self.alias)
        objects.bulk_create([model(entry=entry, **row) for row in rows])

    def _has_uses(self, entry: Entry, uses: set[str]) -> bool:
        found = EntryUse.objects.using(self.alias).filter(entry=entry)
        return sorted(found.values_list("subject", flat=True)) == sorted(uses)

    def record_departures(self, moved: Iterable[tuple[Entry, int | None]]) -> None:
        """Record which site entries were on before, for clients that keep a copy of its list."""
        rows = [
            Departure(entry=entry, site_id=site_id, number=self.number, left_at=self.now)
            for entry, site_id in moved
            if site_id is not None and site_id != entry.site_id
        ]
        Departure.objects.using(self.alias).bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["entry", "site_id"],
            update_fields=["number", "left_at"],
        )

    def bury(self, pks: Iterable[int]) -> None:
        """Turn entries into tombstones: an id and a time, nothing else."""
        for chunk in batches(sorted(pks), 500):
            gone = self.entries().filter(page_pk__in=chunk)
            found = list(gone.values_list("pk", "page_pk", "translation_key"))
            if not found:
                continue
            self.groups |= {key for _id, _pk, key in found if key}
            EntryUse.objects.using(self.alias).filter(entry__in=[pk for pk, *_rest in found]).delete()
            text.engine(self.alias).remove([page_pk for _id, page_pk, _key in found])
            gone.update(public=False, gone_at=self.now, number=self.number, **WIPED)
            self.changed = True

    def entries(self) -> Any:
        """Return the public entries."""
        return Entry.objects.using(self.alias).filter(public=True)

    def _all_entries(self) -> Any:
        return Entry.objects.using(self.alias)


def _is_passing(error: Exception, alias: str) -> bool:
    """Whether an error is the database's (locked, gone) rather than an adapter's: the next look tries again."""
    if connections[alias].needs_rollback:
        return True
    # "No such column" is what SQLite says of a query that is wrong.
    return isinstance(error, OperationalError) and "no such" not in str(error)


def matches(entry: Entry | None, row: Row, *, closely: bool = False) -> bool:
    """Return whether an entry says what its page says; ``closely``: in every column, term and use."""
    if entry is None or not entry.public:
        return False
    if not closely:
        return all(getattr(entry, name) == row.columns[name] for name in ("digest", "path", "site_id"))
    said = {name: getattr(entry, name) for name in row.columns}
    said["facts"] = {name: value for name, value in entry.facts.items() if name != "translations"}
    return (
        said == row.columns
        and {(term.taxonomy, term.key) for term in entry.terms.all()} == row.terms
        and {use.subject for use in entry.uses.all()} == row.uses
    )


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """``items`` in lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
