"""What has changed since a token: for clients that keep a copy of the list.

The log is no table of its own. An entry stands in it once, at the number of its last change; what has changed again
is found further on. A reader who has come to a number has seen every row up to it, and a row never gets a number
that was given before. Changes that write no rows (a term's label, a site's host, a setting) change what entries look
like: the token remembers what it was read with, and where that has moved, every entry is given again.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import Q, QuerySet

from .. import __version__
from ..conf import get_settings
from .db import using
from .exceptions import BadToken, TokenGone
from .models import Departure, Entry, listed_now
from .query import Query
from .signed import sign, unsign
from .snapshots import Snapshot, current, refresh_at_next_request, start_again
from .state import has_passed

#: The token of whoever has nothing yet.
START = "start"

# Signed, because a number higher than the catalogue's proves that an older database was put back.
_SALT = "cpsnews.changes"


@dataclass(frozen=True)
class Token:
    """How far a reader has come.

    epoch: of the catalogue. scope: which sites the reader asks for, as a hash.
    reference, form: what entries looked like to the reader: the reference's number, and a hash of the rest.
    number, pk: the last row seen; without ``pk`` all of that number has been seen.
    gone_to: tombstones up to this number are known, or were never of interest to somebody who began after them.
    at, check: the catalogue's sequence when the token was given, and the random token of that number; 0 and ``None``
    in tokens of releases before these were added.
    """

    epoch: uuid.UUID
    scope: str
    form: str
    reference: int
    number: int = 0
    pk: uuid.UUID | None = None
    gone_to: int = 0
    at: int = 0
    check: uuid.UUID | None = None

    @classmethod
    def begin(cls, query: Query, snapshot: Snapshot) -> Self:
        """Return the token of a reader who has nothing.

        It leads to everything that is public now, and to no tombstone of before.
        """
        return cls(
            snapshot.epoch,
            _hash(query.sites),
            _hash(__version__, get_settings().fingerprint, query.lang, query.fields),
            snapshot.reference_sequence,
            gone_to=snapshot.sequence,
            at=snapshot.sequence,
            check=snapshot.token,
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse ``str(token)``.

        Raises ``BadToken`` for anything else, ``TokenGone`` when another key has signed it.
        """
        try:
            values, is_valid = unsign(text, _SALT)
            epoch, scope, form, reference, number, pk, gone_to, *given = values
            at, check = given or (0, None)
            token = cls(
                uuid.UUID(epoch),
                str(scope),
                str(form),
                int(reference),
                int(number),
                uuid.UUID(pk) if pk else None,
                int(gone_to),
                int(at),
                uuid.UUID(check) if check else None,
            )
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise BadToken(text) from error
        if not is_valid:
            raise TokenGone
        return token

    def __str__(self) -> str:
        pk = self.pk.hex if self.pk else None
        check = self.check.hex if self.check else None
        values = [self.epoch.hex, self.scope, self.form, self.reference, self.number, pk, self.gone_to]
        return sign([*values, self.at, check], _SALT)

    @property
    def seen_to(self) -> int:
        """The number up to which all has been seen."""
        return self.number if self.pk is None else self.number - 1

    @property
    def highest(self) -> int:
        """The catalogue was at least here when the token was given."""
        return max(self.number, self.reference, self.gone_to, self.at)

    def from_the_start(self, now: Token) -> Self:
        """Return this reader's token where entries look different now.

        It leads to all of them again, and to the tombstones still due.
        """
        gone_to = max(self.seen_to, self.gone_to)
        return replace(self, form=now.form, reference=now.reference, number=0, pk=None, gone_to=gone_to)


def _hash(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Gone:
    """A story that is not in the list any more: id and time, whatever the reason."""

    pk: uuid.UUID
    number: int
    gone_at: Any


@dataclass(frozen=True)
class Changes:
    """One page of the log.

    ``token`` continues behind it; ``more`` says whether there is more already.
    """

    rows: list[Entry | Gone]
    token: Token
    more: bool
    snapshot: Snapshot


def changes(query: Query, since: Token | None, snapshot: Snapshot) -> Changes:
    """Return what has changed for a reader of ``query``.

    The query's ``sites``, ``lang``, ``fields`` and ``page_size`` count.

    Raises ``TokenGone`` where the reader has to start again.
    """
    if since is not None and (since.epoch != snapshot.epoch or since.highest > snapshot.sequence):
        snapshot = _newest(since)
    if since is not None and since.epoch == snapshot.epoch and since.check != snapshot.token:
        _require_history(since)
    now = Token.begin(query, snapshot)
    if since is None:
        since = now
    if (since.epoch, since.scope) != (now.epoch, now.scope):
        raise TokenGone
    if (since.form, since.reference) != (now.form, now.reference):
        since = since.from_the_start(now)
    rows = _rows(query, since, snapshot)
    more = len(rows) > query.page_size
    rows = rows[: query.page_size]
    since = replace(since, at=snapshot.sequence, check=snapshot.token)
    if more:
        token = replace(since, number=rows[-1].number, pk=rows[-1].pk)
    else:
        token = replace(since, number=snapshot.sequence, pk=None)
    return Changes(rows, token, more, snapshot)


def _newest(since: Token) -> Snapshot:
    """Return the snapshot for a token that is ahead of what this process knew.

    Another process has gone on meanwhile; or an older database was put back: then all tokens are void.
    """
    refresh_at_next_request()
    snapshot = current()
    if since.epoch == snapshot.epoch and since.highest > snapshot.sequence:
        start_again(since.epoch)
        raise TokenGone
    return snapshot


def _require_history(since: Token) -> None:
    """Raise ``TokenGone`` for a token of changes that a backup does not hold.

    The numbers may have caught up since, so that the token's number alone looks right.
    """
    if since.check is not None and not has_passed(since.at, since.check, using()):
        start_again(since.epoch)
        raise TokenGone


def _rows(query: Query, since: Token, snapshot: Snapshot) -> list[Entry | Gone]:
    """Return the next rows, one more than a page holds.

    Rows beyond the snapshot are left out: they may not be complete yet.
    """
    size = query.page_size + 1
    rows: list[Entry | Gone] = [_row(entry) for entry in _entries(query, since, snapshot)[:size]]
    if query.sites is None:
        return rows
    left = [
        Gone(departure.entry_id, departure.number, departure.left_at)
        for departure in _departures(query.sites, since, snapshot)[:size]
    ]
    return sorted([*rows, *left], key=lambda row: (row.number, row.pk))[:size]


def _entries(query: Query, since: Token, snapshot: Snapshot) -> QuerySet[Entry]:
    entries = Entry.objects.using(using()).filter(_behind(since, snapshot, "pk"))
    if query.sites is not None:
        entries = entries.filter(site_id__in=query.sites)
    listed = listed_now() & Q(versions__gt="")
    entries = entries.filter(listed | Q(number__gt=since.gone_to))
    return entries.cards().order_by("number", "pk")


def _departures(sites: tuple[int, ...], since: Token, snapshot: Snapshot) -> QuerySet[Departure]:
    """Return stories that have moved to another site.

    Readers of these sites learn that they are gone, and not their new address.
    """
    departures = Departure.objects.using(using()).filter(_behind(since, snapshot, "entry_id"))
    departures = departures.filter(site_id__in=sites, number__gt=since.gone_to)
    return departures.exclude(entry__site_id__in=sites).order_by("number", "entry_id")


def _behind(since: Token, snapshot: Snapshot, pk: str) -> Q:
    """Return the rows behind the last one seen.

    The index is searched by the plain range of numbers.
    """
    place = Q(number__gte=since.number, number__lte=snapshot.sequence)
    if since.pk is None:
        return place & Q(number__gt=since.number)
    return place & (Q(number__gt=since.number) | Q(**{f"{pk}__gt": since.pk}))


def _row(entry: Entry) -> Entry | Gone:
    if entry.is_listed and entry.versions:
        return entry
    expired = entry.public and not entry.is_listed
    # Another version stands for a hidden one; when that will expire is nobody's business.
    return Gone(entry.pk, entry.number, entry.gone_at or (entry.expires_at if expired else None))
