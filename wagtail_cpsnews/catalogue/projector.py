"""Reads marks, looks at the pages as they are now, and writes what differs into the catalogue.

Each projection is one short transaction of its own. It locks the state row first, so projections come one after
another and numbers are seen in order; pages are only read. Rows of one projection share its number.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction
from django.db.models import OuterRef, Subquery
from django.db.utils import DatabaseError
from django.utils import timezone
from wagtail.models import Site

from ..compat import get_page_model
from . import reference as reference_module
from .build import TERM_BY_NAME, UNKNOWN_TERM, hash_path, page_subject
from .languages import regroup
from .marks import using
from .models import Entry, EntryUse, Mark, State
from .retries import invalidate_due
from .sites import root_of
from .state import is_story, lock_state, save_sequence
from .writer import BATCH, EntryWriter, batches

logger = logging.getLogger("wagtail_cpsnews")

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
        invalidate_due(alias, timezone.now())
        while True:
            with transaction.atomic(using=alias), Projection(alias) as projection:
                marks = list(Mark.objects.using(alias).order_by("pk")[:BATCH])
                projection.apply(marks)
                projection.expire()
                Mark.objects.using(alias).filter(pk__in=[mark.pk for mark in marks]).delete()
            changed = changed or projection.changed
            if len(marks) < BATCH and not projection.put_off:
                break
    except DatabaseError:
        logger.exception("The catalogue could not be brought up to date; the next look tries again.")
    return changed


class Projection(EntryWriter):
    """One transaction's worth of projecting. Use it as a context manager inside ``transaction.atomic``."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        #: Whether it left marks for what is too much for one transaction.
        self.put_off = False

    def __enter__(self) -> Projection:
        self.state = lock_state(self.alias)
        _forget_old_roots(self.state)
        self.number = self.state.sequence + 1
        self.reference = reference_module.parse(self.state.reference)
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is not None:
            return
        if regroup(self.alias, self._groups, self.number, self.reference):
            self.changed = True
        if self.changed:
            save_sequence(self.state, self.number, self.alias)

    # -- marks ------------------------------------------------------------------------------------------------

    def apply(self, marks: Iterable[Mark]) -> None:
        """Looks at everything that ``marks`` point to."""
        by_scope: dict[str, list[str]] = {
            scope: [] for scope in (Mark.PAGE, Mark.SUBTREE, Mark.USE, Mark.REFERENCE)
        }
        for mark in marks:
            known = mark.scope in by_scope
            if known and (mark.scope in (Mark.USE, Mark.REFERENCE) or mark.subject.isdecimal()):
                by_scope[mark.scope].append(mark.subject)
            else:  # one that cannot be read must not hold up all the others
                logger.error("A mark of the catalogue makes no sense and is left out: %s", mark)
        pks: set[int] = set()
        if by_scope[Mark.REFERENCE]:
            pks |= self._read_reference()
        for subject in dict.fromkeys(by_scope[Mark.SUBTREE]):
            pks |= self._look_at_subtree(int(subject))
        pks |= self._pages_using(self._with_pages_below(by_scope[Mark.USE]))
        marked = {int(subject) for subject in by_scope[Mark.PAGE]}
        self.look_at(marked)
        pks -= marked
        if len(pks) <= BATCH:
            self.look_at(pks)
        else:  # a term that ten thousand stories carry: one transaction would hold the lock for minutes
            marks = [Mark(scope=Mark.PAGE, subject=str(pk)) for pk in sorted(pks)]
            Mark.objects.using(self.alias).bulk_create(marks, batch_size=500)
            self.put_off = True

    def expire(self) -> None:
        """Takes out what has passed its expiry since the last projection."""
        passed = self._entries().filter(expires_at__lte=self.now)
        self.look_at(passed.values_list("page_pk", flat=True))

    def _with_pages_below(self, subjects: list[str]) -> list[str]:
        """A page that has moved takes along what lies below it, and links to that have to be written anew."""
        prefix = page_subject("")
        moved = [int(subject.removeprefix(prefix)) for subject in subjects if subject.startswith(prefix)]
        Page = get_page_model()
        tops = list(
            Page._default_manager.using(self.alias).filter(pk__in=moved, numchild__gt=0).only("pk", "path")
        )
        if not tops:
            return subjects
        used = self._used_pages()
        below = Page._default_manager.using(self.alias)
        for chunk in batches(sorted(used), 500):
            paths = dict(below.filter(pk__in=chunk).order_by().values_list("pk", "path"))
            subjects = subjects + [
                page_subject(pk)
                for pk, path in paths.items()
                if any(path.startswith(top.path) for top in tops)
            ]
        return subjects

    def _used_pages(self) -> set[int]:
        """The pages that stories link to."""
        prefix = page_subject("")
        uses = EntryUse.objects.using(self.alias).filter(subject__startswith=prefix)
        return {int(use.removeprefix(prefix)) for use in uses.values_list("subject", flat=True).distinct()}

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
        pks = self._pages_using([UNKNOWN_TERM]) if old.taxonomies != new.taxonomies else set()
        for name, taxonomy in new.taxonomies.items():
            before = old.taxonomies[name].by_key
            for key in {*before, *taxonomy.by_key}:
                was, now = before.get(key), taxonomy.by_key.get(key)
                if (was and was.successor) != (now and now.successor) or now is None:
                    pks |= self._pages_with_term(name, key)
        if any(_names(old.taxonomies[name]) != _names(new.taxonomies[name]) for name in new.taxonomies):
            pks |= self._pages_using([TERM_BY_NAME])
        if {(root.site_id, root.path) for root in old.roots} != {
            (root.site_id, root.path) for root in new.roots
        }:
            for page in (
                get_page_model()._default_manager.using(self.alias).filter(depth=1).only("pk", "path")
            ):
                pks |= self._look_at_subtree(page.pk)
            self._place(self._entries().only("pk", "path", "path_hash", "site_id", "translation_key"))
        if old.roots != new.roots:
            _forget_old_roots(self.state)
            pks |= set(self._entries().exclude(address="").values_list("page_pk", flat=True))
            # Links inside a story are written with the host where there are several sites.
            pks |= self._pages_using(page_subject(pk) for pk in self._used_pages())
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
        pks: set[int] = set()
        for chunk in batches(dict.fromkeys(subjects), 500):
            pks |= set(self._entries().filter(uses__subject__in=chunk).values_list("page_pk", flat=True))
        return pks

    # -- subtrees: set-based, because a section can hold ten thousand stories ------------------------------------

    def _look_at_subtree(self, pk: int) -> set[int]:
        """Brings addresses and privacy of a page and all below it up to date; returns the pages to look at singly."""
        Page = get_page_model()
        top = Page._default_manager.using(self.alias).filter(pk=pk).first()
        if top is None:
            return set()
        # What lies below an alias is as private as the alias's source; an alias can be one of an alias.
        tops, sources = [top], [top]
        while sources:
            found = Page._default_manager.using(self.alias).filter(alias_of__in=sources)
            sources = [page for page in found if page not in tops]
            tops += sources
        pks: set[int] = set()
        for page in tops:
            below = Page._default_manager.using(self.alias).filter(path__startswith=page.path)
            self._move(below)
            pks |= self._differences(below)
        return pks

    def _move(self, below: Any) -> None:
        """One update for all ordinary entries whose page has another address now."""
        address = below.filter(pk=OuterRef("page_pk")).order_by()
        moved = (
            self._entries()
            .filter(address="", page_pk__in=below.order_by().values("pk"))
            .exclude(path=Subquery(address.values("url_path")[:1]))
        )
        for chunk in batches(list(moved.values_list("page_pk", flat=True)), 500):
            entries = self._entries().filter(page_pk__in=chunk)
            entries.update(path=Subquery(address.values("url_path")[:1]), number=self.number)
            self._place(entries.only("pk", "path", "path_hash", "site_id", "translation_key"))
            self.changed = True

    def _place(self, entries: Any) -> None:
        """What follows from paths and site roots: an entry's hash and site. Writes the rows that differ."""
        rows, moved = [], []
        for entry in entries.iterator(chunk_size=500):
            root = root_of(self.gate.roots, entry.path)
            new = (hash_path(entry.path), root.site_id if root else None)
            if (entry.path_hash, entry.site_id) != new:
                moved.append((entry, entry.site_id))
                entry.path_hash, entry.site_id = new
                entry.number = self.number
                rows.append(entry)
        if rows:
            Entry.objects.using(self.alias).bulk_update(
                rows, ["path_hash", "site_id", "number"], batch_size=500
            )
            self._depart(moved)
            self._groups |= {entry.translation_key for entry in rows}
            self.changed = True

    def _differences(self, below: Any) -> set[int]:
        """Takes out what may not be shown any more; returns what has to be looked at singly."""
        entries = dict(
            self._entries()
            .filter(page_pk__in=below.order_by().values("pk"))
            .values_list("page_pk", "address")
        )
        stories = below.filter(is_story()).order_by()
        public = {
            pk
            for pk, *columns in stories.values_list(
                "pk", "live", "expire_at", "alias_of_id", "path", "url_path"
            ).iterator()
            if self.gate.why_not_row(*columns) is None
        }
        self._bury(entries.keys() - public)
        if self.gate.has_checks:  # a check may look at anything, the new place included
            return public
        own_address = {pk for pk, address in entries.items() if address}
        return (public - entries.keys()) | (own_address & public)


def _names(taxonomy: Any) -> tuple[Any, ...]:
    """Every text that leads to a term."""
    return taxonomy._by_slug, taxonomy._by_name


#: The sites that this process's copy of Wagtail's site roots was made with.
_roots_known: tuple[Any, int] | None = None


def _forget_old_roots(state: State) -> None:
    """Wagtail caches site roots for an hour, often in each process alone: links written with them would be wrong."""
    global _roots_known
    if _roots_known != (state.epoch, state.reference_sequence):
        Site.clear_site_root_paths_cache()
        _roots_known = (state.epoch, state.reference_sequence)
