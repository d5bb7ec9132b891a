"""Projection: reads invalidations and pages, and writes entries.

A projection is a batch: a short transaction of its own that locks the state row first, so that batches come one after
another and numbers are seen in order; pages are only read. A batch takes invalidations in order of rank until its
time is over, commits, and leaves invalidations for the rest. Rows of one batch share its number. See
docs/catalogue.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error, connections
from django.db.models import Q
from django.utils import timezone

from . import lookups as reference_module
from .after_response import is_in_request, leave
from .changed import catalogue_changed
from .db import using
from .decisions import take_waking, waking
from .entries import EntryWriter
from .exceptions import Locked
from .expansion import SharedSteps
from .invalidation import InvalidationQueue, take_last_rank
from .languages import regroup
from .models import Entry, Invalidation, State
from .retries import invalidate_due
from .routing import reading_from
from .sites import forget_old_roots
from .state import locking, read_due, save_sequence
from .subtrees import SubtreeSteps
from .uses import page_subject

logger = logging.getLogger("wagtail_cpsnews")

#: The name of what is left until a response has been sent: hiding the rest of a large change.
HIDING = "hiding"

#: Set by ``wagtail_cpsnews.test``: project inside a test's transaction, where on_commit never comes.
inside_transactions = False

#: How long a batch begins new steps, in seconds. A step is some set-based statements, or some pages that are read and
#: rendered; how many of them, see ``EntryWriter``.
BATCH_SECONDS = 0.3

#: How long a process begins new batches with what it has just committed, in seconds: with subtrees and leftovers, which
#: one change can leave for ten thousand stories, and with single pages, which took longer to save, or what is to be
#: hidden, where no request waits for it.
COMMIT_SECONDS = BATCH_SECONDS
COMMIT_SECONDS_SINGLE = 20.0

#: How long readers leave the rest of a large change alone after a batch that worked on it, in seconds.
READERS_PAUSE_SECONDS = 1.0

#: The least pause between the batches of one process, so that others get the lock between them, in seconds. SQLite's waiting
#: connections try again every tenth of a second.
PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Batch:
    """What one batch has done.

    Whether it wrote anything, whether it left work, and how long it took in seconds.
    """

    changed: bool
    more: bool
    seconds: float

    @property
    def pause(self) -> float:
        """For how long its process leaves the lock to others, in seconds."""
        return max(PAUSE_SECONDS, self.seconds) if PAUSE_SECONDS else 0


def project() -> bool:
    """Project what this process has just committed.

    Returns whether anything was written.

    Waits for the batch of another process, then goes on until nothing of its own rank is left, within limits.
    Does nothing inside a transaction: its invalidations are not committed yet. A database that is locked or
    gone is logged; the invalidations stay for the next refresh.
    """
    alias = using()
    if connections[alias].in_atomic_block and not inside_transactions:
        return False
    return _drain(take_last_rank(alias), limited=True)


def hide_rest() -> None:
    """Hide the rest of a large change, within limits.

    Its request has been answered.
    """
    if not connections[using()].in_atomic_block:
        _drain(Invalidation.TAKES_AWAY, limited=True)


def project_pending() -> bool:
    """Apply all invalidations that are committed now, batch after batch.

    Returns whether anything was written.
    """
    if connections[using()].in_atomic_block and not inside_transactions:
        return False
    return _drain(Invalidation.REST)


def project_once() -> bool:
    """Do one batch for a reader, unless another process is doing one.

    Returns whether anything was written.
    """
    if connections[using()].in_atomic_block:
        return _drain(Invalidation.REST) if inside_transactions else False
    try:
        rank = _rank_for_readers(using())
        return rank is not None and project_batch(rank, wait=False).changed
    except Locked:
        return False
    except Error:
        logger.exception("The catalogue could not be brought up to date; the next refresh tries again.")
        return False


def _rank_for_readers(alias: str) -> int | None:
    """Return up to which rank a reader works now.

    Leftovers are for readers only if no other process has just worked on them.

    On SQLite a batch holds the one lock there is, and editors have to get it between two batches.
    """
    now = timezone.now()
    state = State.objects.using(alias).filter(pk=1).only("rest_worked_at").first()
    last = state.rest_worked_at if state is not None else None
    if last is None or abs((now - last).total_seconds()) >= READERS_PAUSE_SECONDS:
        return Invalidation.REST
    urgent = Invalidation.objects.using(alias).filter(rank__lte=Invalidation.SINGLE)
    passed = Entry.objects.using(alias).filter(Q(expires_at__lte=now) | Q(changes_at__lte=now), public=True)
    is_due = urgent.exists() or passed.exists() or waking(now, using()).exists()
    return Invalidation.SINGLE if is_due else None


def _drain(rank: int, *, limited: bool = False) -> bool:
    changed, start = False, time.monotonic()
    try:
        while True:
            batch = project_batch(rank)
            changed = changed or batch.changed
            if not batch.more:
                return changed
            if limited and not inside_transactions and time.monotonic() - start >= COMMIT_SECONDS:
                rank = min(rank, Invalidation.SINGLE)
                if time.monotonic() - start >= COMMIT_SECONDS_SINGLE:
                    return changed
                if not _is_single_next(rank):
                    if is_in_request():
                        leave(HIDING)
                        return changed
                    rank = Invalidation.TAKES_AWAY
            if not inside_transactions:
                time.sleep(batch.pause)
    except Error:
        logger.exception("The catalogue could not be brought up to date; the next refresh tries again.")
    return changed


def _is_single_next(rank: int) -> bool:
    """Return whether the next invalidation is of one page or object.

    Invalidations up to ``rank`` count; others are of many pages at once.
    """
    invalidations = Invalidation.objects.using(using()).filter(rank__lte=rank).order_by("rank", "pk")
    return invalidations.values_list("scope", flat=True).first() in (Invalidation.PAGE, Invalidation.USE)


def project_batch(rank: int = Invalidation.REST, *, wait: bool = True) -> Batch:
    """Do one batch of what is marked, up to ``rank``.

    Raises:
        Locked: another connection has the lock, and ``wait`` is false.
        django.db.Error: the database failed; the invalidations stay.
    """
    with projecting(using(), wait=wait) as projection:
        began = time.monotonic()
        more = projection.work(rank)
    return Batch(projection.writer.changed, more, time.monotonic() - began)


@contextmanager
def projecting(alias: str, *, wait: bool = True) -> Iterator[Projection]:
    """Yield a projection that holds the lock, and commit what it wrote."""
    with reading_from(alias), locking(alias, wait=wait) as state, Projection(alias, state) as projection:
        yield projection


def writer_for(alias: str, state: State) -> EntryWriter:
    """Return a writer with the terms and sites of ``state``.

    It gives the next number of ``state``.
    """
    forget_old_roots(state)
    return EntryWriter(alias, state.sequence + 1, reference_module.parse(state.reference))


class Projection:
    """One batch: ``writer`` applies invalidations in order.

    Get it from ``projecting()``.
    """

    def __init__(self, alias: str, state: State) -> None:
        self.alias = alias
        self.state = state
        self.queue = InvalidationQueue(alias)
        self.writer = writer_for(alias, state)
        self._worked_on_rest = False
        self._subtrees = SubtreeSteps(self.writer, self.queue)
        self._shared = SharedSteps(self.writer, self.queue, state)
        self._steps: dict[str, Callable[[Invalidation], None]] = {
            Invalidation.PAGE: self._page_step,
            Invalidation.SUBTREE: self._subtrees.subtree_step,
            Invalidation.HIDE: self._subtrees.hide_step,
            Invalidation.PLACE: self._subtrees.place_step,
            Invalidation.REFERENCE: self._shared.reference_step,
            Invalidation.USE: self._shared.use_step,
            Invalidation.LINKS: self._shared.links_step,
            Invalidation.ADDRESS: self._shared.address_step,
            Invalidation.TERM: self._shared.term_step,
            Invalidation.GROUPS: self._shared.groups_step,
        }

    def __enter__(self) -> Projection:
        return self

    def __exit__(self, *error: Any) -> None:
        if error[0] is not None:
            return
        self.settle()
        self.queue.flush()
        if self.writer.changed:
            fields = ["reference", "reference_sequence"] if self._shared.reference_changed else []
            if self._worked_on_rest:
                self.state.rest_worked_at = timezone.now()
                fields.append("rest_worked_at")
            save_sequence(self.state, self.writer.number, self.alias, fields)
            catalogue_changed.send(
                sender=Projection,
                alias=self.alias,
                number=self.writer.number,
                everything=self._shared.reference_changed,
            )
        elif self._worked_on_rest:
            states = State.objects.using(self.alias).filter(pk=1)
            states.update(rest_worked_at=timezone.now())

    def settle(self) -> None:
        """Decide which language version represents each story.

        Only stories that this batch has touched so far are concerned.

        What uses a story that the rules now hide or show is left for a later step.
        """
        writer = self.writer
        groups, writer.groups = writer.groups, set()
        if regroup(self.alias, groups, writer.number, writer.reference):
            writer.changed = True
        redecided, writer.redecided = writer.redecided, set()
        for pk in sorted(redecided):  # links to it lead to it again, or no longer
            self.queue.leave(Invalidation.USE, page_subject(pk), rank=Invalidation.SINGLE)

    # -- a batch --------------------------------------------------------------------------------------------------

    def work(self, rank: int = Invalidation.REST) -> bool:
        """Apply invalidations up to ``rank`` until the batch's time is over.

        Returns whether some are left.
        """
        end = time.monotonic() + BATCH_SECONDS
        due = read_due(self.state, self.alias)
        self.writer.has_retries = due["has_retries"]
        if due["has_due_retry"]:
            invalidate_due(self.alias, self.writer.now)
        if due["has_expired"] and self.expire():
            return True
        passed = due["has_pointing"] or due["has_waking"]
        scope = None
        while True:
            invalidation = self.queue.first(rank)
            if invalidation is not None and invalidation.scope != scope:
                scope = invalidation.scope  # as many rows may take far longer
                self.writer.rows_a_step, self.writer.pages_a_step = self.writer.ROWS, self.writer.PAGES
            began = time.monotonic()
            if passed and (invalidation is None or invalidation.rank == Invalidation.REST):
                refreshed = self._refresh_passed()
                passed = refreshed >= self.writer.pages_a_step
                if not refreshed:
                    continue
            elif invalidation is None:
                return False
            else:
                self._worked_on_rest |= invalidation.rank == Invalidation.REST
                self._step(invalidation)
            self.settle()
            if time.monotonic() >= end:
                return passed or self.queue.first(rank) is not None
            if time.monotonic() - began < BATCH_SECONDS / 4:
                self.writer.rows_a_step = min(self.writer.rows_a_step * 2, self.writer.ROWS * 16)
                self.writer.pages_a_step = min(self.writer.pages_a_step * 2, self.writer.PAGES * 16)

    def expire(self) -> bool:
        """Remove what has expired.

        Returns whether there is more than one step can remove.
        """
        passed = self.writer.entries().filter(expires_at__lte=self.writer.now).order_by("expires_at", "pk")
        pks = list(passed.values_list("page_pk", flat=True)[: self.writer.rows_a_step])
        later = sorted(self._subtrees.hide(pks))  # the page says another time than its entry
        self.writer.refresh(later[: self.writer.pages_a_step])
        return len(pks) == self.writer.rows_a_step or len(later) > self.writer.pages_a_step

    def _refresh_passed(self) -> int:
        """Project some stories that time has changed, and return how many.

        They point to what has expired, or their rules ask again now.
        """
        size, now = self.writer.pages_a_step, self.writer.now
        pointing = self.writer.entries().filter(changes_at__lte=now).order_by("changes_at", "pk")
        pks = set(pointing.values_list("page_pk", flat=True)[:size])
        pks |= set(take_waking(now, size, self.alias))
        self.writer.refresh(pks)
        return len(pks)

    def _step(self, invalidation: Invalidation) -> None:
        """Apply one invalidation, or a part of a large one, or several like it."""
        step = self._steps.get(invalidation.scope)
        of_page = invalidation.scope in (
            Invalidation.PAGE,
            Invalidation.SUBTREE,
            Invalidation.HIDE,
            Invalidation.PLACE,
        )
        if step is None or (of_page and not invalidation.subject.isdecimal()):
            # One that cannot be read must not hold up all the others.
            logger.error("An invalidation of the catalogue makes no sense and is left out: %s", invalidation)
            self.queue.done([invalidation.pk])
            return
        step(invalidation)

    def _page_step(self, invalidation: Invalidation) -> None:
        """Project some pages; where they are known not to be public, many at once."""
        takes_away = invalidation.rank == Invalidation.TAKES_AWAY
        invalidations = self.queue.same(
            invalidation, self.writer.rows_a_step if takes_away else self.writer.pages_a_step
        )
        pages = {key: int(subject) for key, subject in invalidations.items() if subject.isdecimal()}
        if takes_away:
            public = self._subtrees.hide(pages.values())
            again = [
                key for key, pk in pages.items() if pk in public
            ]  # public by now, so a page like any other
            self.queue.put(again, rank=Invalidation.SINGLE)
            self.queue.done(invalidations.keys() - set(again))
        else:
            # Known before the pages are read: a publish leaves three for the same page.
            known = self.queue.of_pages(pages.values())
            self.writer.refresh(pages.values())
            self.queue.done({*invalidations, *known})
