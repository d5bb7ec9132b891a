"""Pending invalidations, written in the transaction of the change.

No lock is needed; the projector reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections, transaction
from django.dispatch import Signal

from .db import using
from .models import Invalidation


def invalidate_page(pk: Any, *, takes_away: bool = False) -> None:
    """Invalidate one page.

    ``takes_away``: it is known not to be public any more.
    """
    _add(Invalidation.PAGE, str(pk), Invalidation.TAKES_AWAY if takes_away else Invalidation.SINGLE)


def invalidate_pages(pks: Iterable[Any]) -> None:
    """Invalidate pages that a rule may decide about otherwise now."""
    # At the rank of single pages however many they are: a rule takes away.
    keys = sorted({str(pk) for pk in pks})
    _write([Invalidation(scope=Invalidation.PAGE, subject=key, rank=Invalidation.SINGLE) for key in keys])


def invalidate_subtree(pk: Any) -> None:
    """Invalidate addresses, privacy and site of a page and everything below it."""
    # Ranked first, because it may have become private; the projector puts the rest of the work at the end.
    _add(Invalidation.SUBTREE, str(pk), Invalidation.TAKES_AWAY)


def invalidate_use(subject: str) -> None:
    """Invalidate every story that shows or links to an object.

    Written as ``"wagtailimages.image:5"``.
    """
    _add(Invalidation.USE, subject, Invalidation.SINGLE)


def invalidate_reference() -> None:
    """Invalidate what all stories share: terms, contacts, sites, locales."""
    # Ranked first: a site may be gone, and everything else is read with these.
    _add(Invalidation.REFERENCE, "", Invalidation.TAKES_AWAY)


@contextmanager
def together() -> Iterator[None]:
    """Write the invalidations that are left meanwhile in one statement, at the end."""
    collected: list[Invalidation] = []
    token = _collected.set(collected)
    try:
        yield
    finally:
        _collected.reset(token)
    _write(collected)


_collected: ContextVar[list[Invalidation] | None] = ContextVar("cpsnews_invalidations", default=None)


def _add(scope: str, subject: str, rank: int) -> None:
    invalidation, collected = Invalidation(scope=scope, subject=subject, rank=rank), _collected.get()
    if collected is None:
        _write([invalidation])
    else:
        collected.append(invalidation)


def _write(invalidations: list[Invalidation]) -> None:
    if not invalidations:
        return
    alias = using()
    connection = connections[alias]
    if len(invalidations) == 1:
        invalidations[0].save(using=alias, force_insert=True)
    else:
        Invalidation.objects.using(alias).bulk_create(invalidations, batch_size=200)
    # What pages and objects lead to is done with single pages, unless it is much; the others end among the leftovers.
    single = all(
        invalidation.scope in (Invalidation.PAGE, Invalidation.USE) for invalidation in invalidations
    )
    last = Invalidation.SINGLE if single else Invalidation.REST
    _ranks[connection] = max(_ranks.get(connection, last), last)
    # One projection a transaction is enough, and a deletion of ten thousand pages leaves ten thousand invalidations.
    # Only the newest callbacks are searched: what a rolled-back savepoint takes along, it takes along with its
    # invalidations.
    if not any(callback[1] is _project_now for callback in connection.run_on_commit[-50:]):
        transaction.on_commit(_project_now, using=alias, robust=True)


#: The last rank that the invalidations of a connection's transaction lead to.
_ranks: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def take_last_rank(alias: str) -> int:
    """Return the last rank that the invalidations just committed lead to.

    Those of the transaction.
    """
    return _ranks.pop(connections[alias], Invalidation.REST)


#: Sent when a transaction that left invalidations has been committed.
committed = Signal()


def _project_now() -> None:
    committed.send(sender=Invalidation)


class InvalidationQueue:
    """The invalidations as a projection takes them, with the catalogue's lock.

    Reads a window of them at a time, and deletes what has been applied in one statement.
    """

    WINDOW = 50

    def __init__(self, alias: str) -> None:
        self._stored = Invalidation.objects.using(alias)
        self._waiting: list[Invalidation] | None = None
        self._is_all = False
        self._done: set[int] = set()

    def first(self, rank: int) -> Invalidation | None:
        """Return the invalidation to apply next.

        ``None`` when all up to ``rank`` are applied.
        """
        if self._waiting is not None:
            self._waiting = [
                invalidation for invalidation in self._waiting if invalidation.pk not in self._done
            ]
        if self._waiting is None or not (self._waiting or self._is_all):
            self.flush()
            found = self._stored.filter(rank__lte=rank).order_by("rank", "pk")
            self._waiting = list(found[: self.WINDOW])
            self._is_all = len(self._waiting) < self.WINDOW
        return self._waiting[0] if self._waiting else None

    def same(self, invalidation: Invalidation, size: int) -> dict[int, str]:
        """Return the invalidations like this one that one step can take: subjects by key."""
        if self._is_all and self._waiting is not None:
            like = (invalidation.scope, invalidation.rank, invalidation.cursor)
            known = [one for one in self._waiting if (one.scope, one.rank, one.cursor) == like]
            return {one.pk: one.subject for one in known if one.pk not in self._done}
        same = self._stored.filter(
            scope=invalidation.scope, rank=invalidation.rank, cursor=invalidation.cursor
        ).order_by("pk")
        found = dict(same.values_list("pk", "subject")[: size + len(self._done)])
        return dict([row for row in found.items() if row[0] not in self._done][:size])

    def of_pages(self, pks: Iterable[int]) -> list[int]:
        """Return the keys of these pages' own invalidations.

        Only of those that were there when they were read.
        """
        if self._is_all and self._waiting is not None:
            subjects = {str(pk) for pk in pks}
            known = (
                invalidation for invalidation in self._waiting if invalidation.scope == Invalidation.PAGE
            )
            return [invalidation.pk for invalidation in known if invalidation.subject in subjects]
        return list(
            self._stored.filter(scope=Invalidation.PAGE, subject__in=[str(pk) for pk in pks]).values_list(
                "pk", flat=True
            )
        )

    def leave(
        self, scope: str, subject: Any = "", *, rank: int = Invalidation.REST, cursor: Any = ""
    ) -> None:
        """Leave work for a later step, behind what waits in its rank."""
        invalidation = self._stored.create(scope=scope, subject=str(subject), rank=rank, cursor=str(cursor))
        if self._is_all and self._waiting is not None:
            self._waiting = sorted(
                [*self._waiting, invalidation], key=lambda invalidation: (invalidation.rank, invalidation.pk)
            )
        else:
            self._waiting = None

    def leave_pages(self, pks: Iterable[int], *, rank: int = Invalidation.REST) -> None:
        """Leave pages to be looked at one by one."""
        invalidations = [
            Invalidation(scope=Invalidation.PAGE, subject=str(pk), rank=rank) for pk in sorted(pks)
        ]
        if invalidations:
            self._stored.bulk_create(invalidations, batch_size=200)
            self._waiting = None

    def put(self, keys: Collection[int], **fields: Any) -> None:
        """Give invalidations another rank or cursor."""
        for start in range(0, len(keys), 500):
            self._stored.filter(pk__in=list(keys)[start : start + 500]).update(**fields)
            self._waiting = None

    def done(self, keys: Iterable[int]) -> None:
        """Take invalidations that have been applied out of the queue."""
        self._done |= set(keys)
        if len(self._done) >= 500:
            self.flush()

    def flush(self) -> None:
        """Delete the invalidations that have been applied."""
        keys = sorted(self._done)
        for start in range(0, len(keys), 500):
            # Nothing hangs on an invalidation, and Django reads what it deletes where any signal is listened to.
            self._stored.filter(pk__in=keys[start : start + 500])._raw_delete(self._stored.db)
        if self._waiting is not None:
            self._waiting = [
                invalidation for invalidation in self._waiting if invalidation.pk not in self._done
            ]
        self._done = set()
