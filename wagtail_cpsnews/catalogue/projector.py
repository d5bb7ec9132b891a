"""Reads marks, looks at the pages as they are now, and writes what differs into the catalogue.

A projection is a batch: a short transaction of its own that locks the state row first, so that batches come one after
another and numbers are seen in order; pages are only read. A batch takes marks in order of rank until its time is
over, commits, and leaves marks for the rest. Rows of one batch share its number. See docs/catalogue.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error, connections

from . import reference as reference_module
from .expansion import SharedWriter
from .languages import regroup
from .marks import MarkQueue, take_last_rank, using
from .models import Mark, State
from .retries import invalidate_due
from .routing import reading_from
from .sites import forget_old_roots
from .state import Locked, locking, save_sequence

logger = logging.getLogger("wagtail_cpsnews")

#: Set by ``wagtail_cpsnews.test``: project inside a test's transaction, where on_commit never comes.
inside_transactions = False

#: How long a batch begins new steps, in seconds. A step is one set-based statement of at most ``ROWS`` rows
#: or ``PAGES`` pages.
BATCH_SECONDS = 0.3

#: How long a process goes on, batch after batch, with what it has just committed, in seconds: with leftovers, which one
#: change of a term can leave for ten thousand stories, and with single pages, which took longer to save.
COMMIT_SECONDS = 2.0
COMMIT_SECONDS_SINGLE = 20.0

#: A pause between the batches of one process, so that others get the lock between them, in seconds. SQLite's waiting
#: connections try again every tenth of a second.
PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Batch:
    """What one batch has done: whether it wrote anything, and whether it left work."""

    changed: bool
    more: bool


def project() -> bool:
    """Project what this process has just committed. Return whether anything was written.

    Waits for the batch of another process, then goes on until nothing of its own rank is left, within limits. Does nothing inside a transaction: its marks are not committed yet. A database
    that is locked or gone is logged; the marks stay for the next look.
    """
    from .look import look_again

    alias = using()
    if connections[alias].in_atomic_block and not inside_transactions:
        return False
    changed = _drain(take_last_rank(alias), limited=True)
    if not connections[alias].in_atomic_block:
        look_again()
    return changed


def project_marks() -> bool:
    """Apply all marks that are committed now, batch after batch. Return whether anything was written."""
    if connections[using()].in_atomic_block and not inside_transactions:
        return False
    return _drain(Mark.REST)


def project_once() -> bool:
    """Do one batch for a reader, unless another process is at it. Return whether anything was written."""
    if connections[using()].in_atomic_block:
        return _drain(Mark.REST) if inside_transactions else False
    try:
        return project_batch(wait=False).changed
    except Locked:
        return False
    except Error:
        logger.exception("The catalogue could not be brought up to date; the next look tries again.")
        return False


def _drain(rank: int, *, limited: bool = False) -> bool:
    changed, start = False, time.monotonic()
    try:
        while True:
            batch = project_batch(rank)
            changed = changed or batch.changed
            if not batch.more:
                return changed
            if limited and time.monotonic() - start >= COMMIT_SECONDS:
                rank = min(rank, Mark.SINGLE)
                if time.monotonic() - start >= COMMIT_SECONDS_SINGLE:
                    return changed
            if not inside_transactions:
                time.sleep(PAUSE_SECONDS)
    except Error:
        logger.exception("The catalogue could not be brought up to date; the next look tries again.")
    return changed


def project_batch(rank: int = Mark.REST, *, wait: bool = True) -> Batch:
    """Do one batch of what is marked, up to ``rank``.

    Raises:
        Locked: another connection has the lock, and ``wait`` is false.
        django.db.Error: the database failed; the marks stay.
    """
    with projecting(using(), wait=wait) as projection:
        more = projection.work(rank)
    return Batch(projection.changed, more)


@contextmanager
def projecting(alias: str, *, wait: bool = True) -> Iterator[Projection]:
    """Yield a projection that holds the lock, and commit what it wrote."""
    with reading_from(alias), locking(alias, wait=wait) as state, Projection(alias, state) as projection:
        yield projection


SCOPES = frozenset(
    (
        *(Mark.PAGE, Mark.SUBTREE, Mark.USE, Mark.REFERENCE),
        *(Mark.HIDE, Mark.PLACE, Mark.LINKS, Mark.TERM, Mark.ADDRESS, Mark.GROUPS),
    )
)


class Projection(SharedWriter):
    """One batch. Get it from ``projecting()``."""

    def __init__(self, alias: str, state: State) -> None:
        super().__init__(alias)
        self.state = state
        self.queue = MarkQueue(alias)
        self.number = state.sequence + 1
        self.reference = reference_module.parse(state.reference)
        forget_old_roots(state)

    def __enter__(self) -> Projection:
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is not None:
            return
        self.settle()
        self.queue.flush()
        if self.changed:
            fields = ["reference", "reference_sequence"] if self.reference_changed else []
            save_sequence(self.state, self.number, self.alias, fields)

    def settle(self) -> None:
        """Decide which language version represents each story that this batch has touched so far."""
        groups, self._groups = self._groups, set()
        if regroup(self.alias, groups, self.number, self.reference):
            self.changed = True

    # -- a batch --------------------------------------------------------------------------------------------------

    def work(self, rank: int = Mark.REST) -> bool:
        """Apply marks up to ``rank`` until the batch's time is over. Return whether some are left."""
        end = time.monotonic() + BATCH_SECONDS
        invalidate_due(self.alias, self.now)
        if self.expire():
            return True
        while True:
            mark = self.queue.first(rank)
            if mark is None:
                return False
            self._step(mark)
            self.settle()
            if time.monotonic() >= end:
                return self.queue.first(rank) is not None

    def expire(self) -> bool:
        """Take out what has expired, and from other stories its addresses. Return whether more has than one step takes."""
        passed = self._entries().filter(expires_at__lte=self.now).order_by("expires_at", "pk")
        pks = list(passed.values_list("page_pk", flat=True)[: self.ROWS])
        later = sorted(self.hide(pks))  # the page says another time than its entry
        self.look_at(later[: self.PAGES])
        if len(pks) == self.ROWS or len(later) > self.PAGES:
            return True
        pointing = self._entries().filter(changes_at__lte=self.now).order_by("changes_at", "pk")
        pks = list(pointing.values_list("page_pk", flat=True)[: self.PAGES])
        self.look_at(pks)
        return len(pks) == self.PAGES

    def _step(self, mark: Mark) -> None:
        """Apply one mark, or a part of a large one, or several like it."""
        step = getattr(self, f"{mark.scope}_step", None) if mark.scope in SCOPES else None
        of_page = mark.scope in (Mark.PAGE, Mark.SUBTREE, Mark.HIDE, Mark.PLACE)
        if step is None or (of_page and not mark.subject.isdecimal()):
            # One that cannot be read must not hold up all the others.
            logger.error("A mark of the catalogue makes no sense and is left out: %s", mark)
            self.queue.done([mark.pk])
            return
        step(mark)

    def page_step(self, mark: Mark) -> None:
        """Look at some pages; where they are known not to be public, at many at once."""
        takes_away = mark.rank == Mark.TAKES_AWAY
        marks = self.queue.same(mark, self.ROWS if takes_away else self.PAGES)
        pages = {key: int(subject) for key, subject in marks.items() if subject.isdecimal()}
        if takes_away:
            public = self.hide(pages.values())
            again = [
                key for key, pk in pages.items() if pk in public
            ]  # public by now, so a page like any other
            self.queue.put(again, rank=Mark.SINGLE)
            self.queue.done(marks.keys() - set(again))
        else:
            # Known before the pages are read: a publish leaves three for the same page.
            known = self.queue.of_pages(pages.values())
            self.look_at(pages.values())
            self.queue.done({*marks, *known})
