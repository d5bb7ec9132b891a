"""Per-process snapshot of the catalogue's state row, refreshed lazily.

A request refreshes it, at most once in ``LOOK_SECONDS``, and at once in the process that committed a change. One
thread does so; the others serve the snapshot they have, or wait where it is older than that. No threads are started.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Case, Exists, F, JSONField, OuterRef, Subquery, Value, When
from django.utils import timezone

from ..conf import get_settings
from . import after_response, invalidation, projection
from .db import using
from .decisions import waking
from .installed import invalidate_without_class
from .lookups import parse
from .models import Entry, Invalidation, Retry, SequenceToken, State
from .state import Snapshot, begin
from .stops import STOPS_DUE, due_embargoes, forget_unless_at

__all__ = ["Snapshot", "connect", "current", "refresh_at_next_request", "reset", "start_again"]


logger = logging.getLogger("wagtail_cpsnews")

#: How long a request waits for the refresh of another thread where what is known is too old, in seconds.
WAIT_SECONDS = 5

#: How much older than ``LOOK_SECONDS`` a snapshot may be for a thread that does not wait for another one's refresh.
GRACE_SECONDS = 0.1

#: How long it waits then: a refresh takes milliseconds, with a projection some tenths of a second.
PATIENCE_SECONDS = 1.0


class Watch(Protocol):
    """Remembers a snapshot inside a test's transaction; see ``wagtail_cpsnews.test``."""

    def current(self, refresh: Callable[[], Snapshot]) -> Snapshot:
        """Return the snapshot.

        From ``refresh`` where the test may have changed something.
        """

    def forget(self) -> None:
        """Have the next call refresh."""


class _Memory:
    """What this process remembers.

    ``lock`` lets one thread refresh the snapshot while the others go on serving what is known for a short time.

    Only what the process has committed itself do the others wait for.
    """

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.lock = threading.Lock()
        #: How often this process has committed a change, and how often it had when the snapshot was read.
        self.commits = self.known_commits = 0
        #: Whether this process has looked for entries whose page class is not installed.
        self.has_asked_classes = False
        #: In a test: what knows whether the test has written since the last refresh.
        self.watch: Watch | None = None

    @property
    def is_behind(self) -> bool:
        """Whether this process has committed what its snapshot does not know."""
        return self.commits != self.known_commits


_memory = _Memory()


def current() -> Snapshot:
    """Return the snapshot to answer a request from."""
    if projection.inside_transactions:  # a test
        return _memory.watch.current(lambda: _refresh(None)) if _memory.watch else _refresh(None)
    is_behind, snapshot = _memory.is_behind, _memory.snapshot
    if snapshot is not None and _is_fresh(snapshot) and not is_behind:
        return snapshot
    if _acquire(snapshot, is_behind):
        try:
            if _memory.snapshot is snapshot or _memory.is_behind:
                commits = _memory.commits  # another may come meanwhile
                _memory.snapshot = _refresh_or_keep(_memory.snapshot)
                _memory.known_commits = commits
            snapshot = _memory.snapshot
        finally:
            _memory.lock.release()
    assert snapshot is not None
    return snapshot


def is_away() -> bool:
    """Return whether the database could not be reached at the last refresh."""
    return _memory.snapshot is not None and _memory.snapshot.is_away


def _acquire(snapshot: Snapshot | None, is_behind: bool) -> bool:
    """Take the lock; return false where the refresh by another thread is not awaited.

    Raises:
        django.db.OperationalError: Another thread waits for the database, and what is known is too old to be served.
    """
    if snapshot is None or is_behind:
        return _memory.lock.acquire()
    age = time.monotonic() - snapshot.known_at
    if age < get_settings().LOOK_SECONDS + GRACE_SECONDS:
        return _memory.lock.acquire(blocking=False)
    if age < get_settings().MAX_AGE:  # nobody has asked for a while: what is known may be minutes old
        return _memory.lock.acquire(timeout=PATIENCE_SECONDS)
    if not _memory.lock.acquire(timeout=WAIT_SECONDS):
        raise OperationalError("the database does not answer")
    return True


def refresh_at_next_request() -> None:
    """Have the next request know what this process has just committed.

    The thread of that request does not matter.
    """
    _memory.commits += 1


def start_again(epoch: uuid.UUID) -> None:
    """Void what clients remember of ``epoch``: an older database was put back."""
    _renew_epoch(using(), epoch)
    refresh_at_next_request()


def _renew_epoch(alias: str, epoch: uuid.UUID) -> None:
    """Rotate the epoch unless another process already has (compare-and-set)."""
    State.objects.using(alias).filter(epoch=epoch).update(epoch=uuid.uuid4())


def reset() -> None:
    """Forget the snapshot.

    For tests, and after a database was put in place of another.
    """
    with _memory.lock:
        _memory.snapshot = None
        _memory.has_asked_classes = False
        if _memory.watch is not None:
            _memory.watch.forget()


def set_watch(watch: Watch | None) -> None:
    """Set what remembers the snapshot inside a test's transaction."""
    _memory.watch = watch


def _is_fresh(snapshot: Snapshot) -> bool:
    if time.monotonic() - snapshot.refreshed_at >= get_settings().LOOK_SECONDS:
        return False
    return not snapshot.is_due and (not snapshot.is_away or snapshot.age < get_settings().MAX_AGE)


def _refresh_or_keep(known: Snapshot | None) -> Snapshot:
    """Refresh; while the database can’t be reached, go on with what is known.

    That is for ``MAX_AGE`` seconds after the last refresh that worked.

    Raises:
        django.db.Error: It can’t be reached, and what is known is too old, or not what this process has committed.
    """
    try:
        return _refresh(known)
    except (InterfaceError, OperationalError) as error:
        if known is None or _memory.is_behind or known.is_due or "no such" in str(error):
            raise
        if known.age >= get_settings().MAX_AGE:
            raise
        logger.warning("The database can’t be reached; what is known of the catalogue is served: %s", error)
        connection = connections[using()]
        if not connection.in_atomic_block:
            connection.close()  # the next refresh tries another one
        return replace(known, refreshed_at=time.monotonic(), is_away=True)


def _refresh(known: Snapshot | None) -> Snapshot:
    """Refresh the snapshot, by one query when nothing has changed.

    Pending invalidations are projected first.
    """
    alias, began = using(), time.monotonic()
    if not _memory.has_asked_classes:
        _ask_classes(alias)
    row = _read(alias, known)
    ended = row is not None and (row["passed"] or row["passed_elsewhere"] or row["waking"] or row["retry"])
    if row is None or row["pending"] or ended:
        if connections[alias].in_atomic_block and not projection.inside_transactions:
            # A request inside a transaction (ATOMIC_REQUESTS) cannot project; it is made up for when it has ended.
            transaction.on_commit(_refresh_later, using=alias, robust=True)
        else:
            projection.project_once()
            row = _read(alias, known)
    if row is not None and row["embargo"]:
        after_response.leave(STOPS_DUE)  # the reader who finds it due is answered as before
    if row is None:  # no migrations yet, or a truncated table: begin anew
        begin(alias)
        row = _read(alias, None)
        assert row is not None
    if known is not None and known.epoch == row["epoch"] and not _continues(known, row):
        # A backup was restored: what clients remember of later numbers is void.
        _renew_epoch(alias, known.epoch)
        row = _read(alias, None)
        assert row is not None
    forget_unless_at((row["epoch"], row["sequence"], row["token"]))
    return Snapshot(
        epoch=row["epoch"],
        sequence=row["sequence"],
        token=row["token"],
        built=row["built_at"] is not None,
        reference=parse(row["news"]) if row["news"] is not None else known.reference,  # type: ignore[union-attr]
        reference_sequence=row["reference_sequence"],
        next_change=min(filter(None, (row["next_expiry"], row["next_change"])), default=None),
        refreshed_at=time.monotonic(),
        known_at=began,
    )


def _ask_classes(alias: str) -> None:
    """Remove the entries of page classes that this release does not have.

    Once in each process.
    """
    if connections[alias].in_atomic_block and not projection.inside_transactions:
        transaction.on_commit(functools.partial(_ask_classes, alias), using=alias, robust=True)
    else:
        invalidate_without_class(alias)
        _memory.has_asked_classes = True


def _continues(known: Snapshot, row: dict[str, Any]) -> bool:
    """Return whether the catalogue continues from ``known``.

    It does not after a backup of before was restored.
    """
    return bool(row["sequence"] >= known.sequence and row["passed_known"])


def _refresh_later() -> None:
    """Do one batch after the transaction of a request that could not do it."""
    projection.project_once()
    refresh_at_next_request()


def _read(alias: str, known: Snapshot | None) -> Any:
    now = timezone.now()
    entries = Entry.objects.using(alias).filter(public=True)
    nothing = Value(None, output_field=JSONField())
    tokens = SequenceToken.objects.using(alias)
    passed_known: Any = Value(True)
    news: Any = F("reference")
    if known is not None:
        unchanged = When(epoch=known.epoch, reference_sequence=known.reference_sequence, then=nothing)
        if known.token is not None:
            passed_known = Exists(tokens.filter(number=known.sequence, token=known.token))
        news = Case(unchanged, default=F("reference"), output_field=JSONField())
    return (
        State.objects.using(alias)
        .filter(pk=1)
        .annotate(
            pending=Exists(Invalidation.objects.using(alias).all()),
            passed=Exists(entries.filter(expires_at__lte=now)),
            retry=Exists(Retry.objects.using(alias).filter(due_at__lte=now)),
            passed_elsewhere=Exists(entries.filter(changes_at__lte=now)),
            waking=Exists(waking(now, alias)),
            embargo=Exists(due_embargoes(now, alias)),
            next_expiry=Subquery(
                entries.filter(expires_at__gt=now).order_by("expires_at").values("expires_at")[:1]
            ),
            next_change=Subquery(
                entries.filter(changes_at__gt=now).order_by("changes_at").values("changes_at")[:1]
            ),
            news=news,
            token=Subquery(tokens.filter(number=OuterRef("sequence")).values("token")[:1]),
            passed_known=passed_known,
        )
        .values(
            "epoch",
            "sequence",
            "token",
            "passed_known",
            "built_at",
            "reference_sequence",
            "pending",
            "passed",
            "retry",
            "passed_elsewhere",
            "waking",
            "embargo",
            "next_expiry",
            "next_change",
            "news",
        )
        .first()
    )


def connect() -> None:
    """Project what this process commits, as soon as it is committed."""
    invalidation.committed.connect(_after_commit, dispatch_uid="cpsnews.project")
    after_response.connect(projection.HIDING, _hide_rest)


def _hide_rest() -> None:
    projection.hide_rest()
    refresh_at_next_request()
    connections[using()].close_if_unusable_or_obsolete()  # Django has closed its own by now


def _after_commit(**kwargs: Any) -> None:
    projection.project()
    if not connections[using()].in_atomic_block:
        refresh_at_next_request()
