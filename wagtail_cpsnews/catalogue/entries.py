"""Writes entries: what a page says now, or a tombstone.

A page that says nothing any more gets a tombstone.

Only inside a projection, which holds the lock and gives the number; see ``projection.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any

from django.db import connections, transaction
from django.db.utils import OperationalError

from ..images.renditions import collecting_failures, verifying
from . import decisions
from .adapters import adapter_for, story_models
from .entry_store import BATCH, Change, EntryStore, batches
from .lookups import Reference
from .models import Entry
from .retries import note_results
from .rows import Row, build_row, facts_of
from .rules import Decision, decide, has_rules
from .visibility import VisibilityChecker

logger = logging.getLogger("wagtail_cpsnews")


class EntryWriter(EntryStore):
    """Looks at pages and brings their entries up to date, all with one number.

    reference: terms and sites to read the pages with. ``unknown_terms`` says afterwards which texts of adapters named no
    term.
    """

    #: Rows that the first set-based step of a batch takes, and pages that the first step reads and renders. Where a
    #: step is quick the next takes twice as many, up to 16 times.
    ROWS = 250
    PAGES = 4
    #: Entries that a step reads whole and writes: some tenths of a second.
    ENTRIES = 200

    def __init__(self, alias: str, number: int, reference: Reference) -> None:
        super().__init__(alias, number)
        self.reference = reference
        self.rows_a_step, self.pages_a_step = self.ROWS, self.PAGES
        self.unknown_terms: set[tuple[str, str]] = set()
        #: Stories that an adapter or the database could not make public.
        self.failed = 0
        #: Whether a story may be waiting for another try.
        self.has_retries = True
        #: Whether each page has a savepoint of its own, so that one that fails holds up no other.
        self._each_alone = True
        self._visibility: VisibilityChecker | None = None
        #: What the rules say of pages otherwise than what is stored, until it is; and pages that they now hide or show.
        self.decisions: dict[int, Decision] = {}
        self.redecided: set[int] = set()

    @property
    def visibility(self) -> VisibilityChecker:
        """What is public, as of this projection."""
        if self._visibility is None:
            self._visibility = VisibilityChecker(self.reference.roots, now=self.now, alias=self.alias)
        return self._visibility

    def read_with(self, reference: Reference) -> None:
        """Read the pages with these terms and sites from now on."""
        self.reference, self._visibility = reference, None

    def refresh(self, pks: Iterable[int], *, compare_content: bool = False) -> None:
        """Bring the entries of these pages up to date, whatever the pages are now.

        closely: what an entry says is compared, not its digest alone, which a raw write leaves as it was.
        """
        for chunk in batches(sorted(set(pks)), BATCH):
            if not self._refresh_together(chunk, compare_content):
                self._refresh(chunk, compare_content)

    def _refresh_together(self, pks: list[int], compare_content: bool) -> bool:
        """Return whether all these pages could be projected in one savepoint.

        Where one fails, none is.
        """
        before = self.changed, self.written, set(self.unknown_terms), set(self.groups), set(self.redecided)
        self._each_alone = False
        try:
            with transaction.atomic(using=self.alias):
                self._refresh(pks, compare_content)
        except Exception as error:
            if _is_passing(error, self.alias):
                raise
            self.changed, self.written, self.unknown_terms, self.groups, self.redecided = before
            self.decisions = {}
            return False
        finally:
            self._each_alone = True
        return True

    def _alone(self) -> Any:
        """Return a savepoint for one step, where each page is projected alone.

        A check runs in no transaction.
        """
        is_needed = self._each_alone and connections[self.alias].in_atomic_block
        return transaction.atomic(using=self.alias) if is_needed else nullcontext()

    def _is_for_all(self, error: Exception) -> bool:
        """Return whether an error ends more than the step that it came from."""
        return not self._each_alone or _is_passing(error, self.alias)

    def _refresh(self, pks: list[int], compare_content: bool) -> None:
        with verifying(compare_content):
            rows = {row.page_pk: row for row in self.rows(pks)}
        known = self._all_entries().filter(page_pk__in=pks)
        if compare_content:
            known = known.prefetch_related("terms", "uses")
        entries = {entry.page_pk: entry for entry in known}
        changed = [
            (entries.get(pk), rows[pk])
            for pk in pks
            if pk in rows and not matches(entries.get(pk), rows[pk], compare_content=compare_content)
        ]
        for pk in self._write_or_refuse(changed, compare_content):
            del rows[pk]  # what cannot be written must not go on saying what it said
        self.write_tombstones([pk for pk, entry in entries.items() if entry.public and pk not in rows])
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
        """Decide again which version is listed for these pages' stories.

        It is decided for each language, at the end of a projection.
        """
        self.groups |= set(
            self.entries().filter(page_pk__in=list(pks)).values_list("translation_key", flat=True)
        )

    def rows(self, pks: Iterable[int]) -> Iterator[Row]:
        """Yield what the public pages among ``pks`` should say.

        A page whose adapter fails is logged and not shown.
        """
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
                        if self.visibility.why_not_by_columns(page) or not decision.public:
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
        """Return what the rules say about a page.

        Kept where that is not what is stored.
        """
        decision = decide(page)
        if has_rules() and page.alias_of_id is None and decisions.differs(page, decision):
            self.decisions[page.pk] = decision
            if page.cpsnews_code not in (None, decision.code):
                self.redecided.add(page.pk)
        return decision

    def _pages(self, model: Any, adapter: Any, pks: list[int]) -> list[Any]:
        """Return the pages among ``pks`` of one type.

        If the type's adapter fails to load them, they are not shown.
        """
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

    def _write_or_refuse(self, changed: list[Change], compare_content: bool) -> list[int]:
        """Write entries, and return the pages that the database refuses.

        Each is then written alone, so that one refused entry holds up no other.
        """
        if not self._each_alone:
            self._write(changed, compare_content)
            return []
        refused = []
        for entry, row in changed:
            try:
                with self._alone():
                    self._write([(entry, row)], compare_content)
            except Exception as error:
                if self._is_for_all(error):
                    raise
                self.failed += 1
                logger.exception(
                    "The entry of page %s cannot be written; the story is not shown.", row.page_pk
                )
                refused.append(row.page_pk)
        return refused


def _is_passing(error: Exception, alias: str) -> bool:
    """Return whether an error is the database's rather than an adapter's.

    A lock or a lost connection, for example: the next refresh tries again.
    """
    if connections[alias].needs_rollback:
        return True
    # "No such column" is what SQLite says of a query that is wrong.
    return isinstance(error, OperationalError) and "no such" not in str(error)


def matches(entry: Entry | None, row: Row, *, compare_content: bool = False) -> bool:
    """Return whether an entry says what its page says.

    ``compare_content``: compares every column, term and use.
    """
    if entry is None or not entry.public:
        return False
    if not compare_content:
        return all(getattr(entry, name) == row.columns[name] for name in ("digest", "path", "site_id"))
    stored = {name: getattr(entry, name) for name in row.columns}
    stored["facts"] = facts_of(entry)
    return (
        stored == row.columns
        and {(term.taxonomy, term.key) for term in entry.terms.all()} == row.terms
        and {use.subject for use in entry.uses.all()} == row.uses
    )
