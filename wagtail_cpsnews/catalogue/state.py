"""The state row of the catalogue.

Created where there is none, locked first by every projection, and read as a ``Snapshot``.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, F, Max, Q
from django.db.utils import IntegrityError, OperationalError
from django.utils import timezone

from ..compat import get_page_model
from ..conf import get_settings
from . import lookups as reference_module
from .adapters import story_models
from .decisions import waking
from .exceptions import Locked
from .lookups import Reference
from .models import ROW_FORMAT, Entry, Retry, SequenceToken, State
from .rules import has_rules, rule_codes


@dataclass(frozen=True)
class Snapshot:
    """How far the catalogue has come, as this worker knows it.

    token: of ``sequence``, see ``SequenceToken``; ``None`` for a number that was not made by a projection.
    next_change: when the next story expires (aware), or something that one points to, or ``None``: no answer may be
    kept beyond it.
    """

    epoch: uuid.UUID
    sequence: int
    token: uuid.UUID | None
    built: bool
    reference: Reference
    reference_sequence: int
    next_change: datetime.datetime | None
    refreshed_at: float
    #: When it was last known to be true, by ``time.monotonic()``, and whether the database could not be reached since.
    known_at: float = 0.0
    is_away: bool = False
    #: What was looked for since this snapshot was taken, such as pages that many answers lead to.
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def age(self) -> float:
        """How many seconds ago it was last known to be true."""
        return time.monotonic() - self.known_at

    @property
    def is_due(self) -> bool:
        """Return whether a story, or what one points to, has expired since.

        This is True until a projection has taken it in.
        """
        return self.next_change is not None and timezone.now() >= self.next_change


def lock_state(alias: str, *, wait: bool = True) -> State:
    """Return the state row, locked until the transaction ends.

    Always the first thing that a projection does.

    Raises:
        Locked: another connection has the lock, and ``wait`` is false. The transaction can only be rolled back.
    """
    states = State.objects.using(alias)
    features = connections[alias].features
    with _locked_or_error(alias, wait):
        if features.has_select_for_update:
            nowait = not wait and features.has_select_for_update_nowait
            state = states.select_for_update(nowait=nowait).filter(pk=1).first()
        else:  # SQLite: a write takes the database's one lock, reading first could fail to upgrade
            if getattr(connections[alias], "transaction_mode", None) not in ("IMMEDIATE", "EXCLUSIVE"):
                states.filter(pk=1).update(sequence=F("sequence"))
            state = next(iter(states.raw(*_ask_due(alias, whole=True))), None)
    if state is None:
        begin(alias)
        state = states.get(pk=1)
    return state


#: What time alone can make necessary.
DUE = ("has_expired", "has_pointing", "has_waking", "has_due_retry", "has_retries")


def due(alias: str, now: datetime.datetime) -> dict[str, Exists]:
    """Return annotations of the state row that tell what time alone makes necessary."""
    entries = Entry.objects.using(alias).filter(public=True).order_by()
    retries = Retry.objects.using(alias)
    return {
        "has_expired": Exists(entries.filter(expires_at__lte=now)),
        "has_pointing": Exists(entries.filter(changes_at__lte=now)),
        "has_waking": Exists(waking(now, alias)),
        "has_due_retry": Exists(retries.filter(due_at__lte=now)),
        "has_retries": Exists(retries.all()),
    }


def read_due(state: State, alias: str) -> dict[str, bool]:
    """Return what time alone makes necessary, of a state that is locked.

    A read that waited for its lock on PostgreSQL has other tables as they were before: there it is a query of its own.
    """
    if hasattr(state, DUE[0]):
        return {name: bool(getattr(state, name)) for name in DUE}
    with connections[alias].cursor() as cursor:
        cursor.execute(*_ask_due(alias))
        found = cursor.fetchone()
    return dict(zip(DUE, map(bool, found), strict=True)) if found else dict.fromkeys(DUE, True)


def _ask_due(alias: str, *, whole: bool = False) -> tuple[str, list[Any]]:
    """Return the query of ``due()`` and its parameters.

    ``whole``: it also reads the state row's columns. It is put together once, since each publication runs it.
    """
    connection = connections[alias]
    adapt = connection.ops.adapt_datetimefield_value
    sql, params = _due_query(alias, connection.vendor, has_rules(), whole)
    now = adapt(timezone.now())
    return sql, [now if value == adapt(_SOME_TIME) else value for value in params]


#: Takes the place of the current time where a query is put together.
_SOME_TIME = datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC)


@functools.cache
def _due_query(alias: str, vendor: str, with_rules: bool, whole: bool) -> tuple[str, tuple[Any, ...]]:
    states = State.objects.using(alias).filter(pk=1).annotate(**due(alias, _SOME_TIME))
    query = (states if whole else states.values_list(*DUE)).query
    sql, params = query.get_compiler(using=alias).as_sql()
    return sql, tuple(params)


@contextlib.contextmanager
def locking(alias: str, *, wait: bool = True) -> Iterator[State]:
    """Yield the locked state row in a transaction of its own.

    Raises:
        Locked: another connection has the lock, and ``wait`` is false.
    """
    impatient = not wait and connections[alias].vendor == "sqlite"
    timeout = _busy_timeout(alias, 0) if impatient else None
    try:
        with contextlib.ExitStack() as stack:
            with _locked_or_error(alias, wait):
                stack.enter_context(transaction.atomic(using=alias))
            state = lock_state(alias, wait=wait)
            if timeout is not None:  # a commit may have to wait for readers
                _busy_timeout(alias, timeout)
            yield state
    finally:
        if timeout is not None:
            _busy_timeout(alias, timeout)


def _busy_timeout(alias: str, milliseconds: int) -> int:
    """Set for how long SQLite waits for a lock; return for how long it did."""
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
    return int(before)


@contextlib.contextmanager
def _locked_or_error(alias: str, wait: bool) -> Iterator[None]:
    """Turn the database's "somebody else has the lock" into ``Locked``."""
    try:
        yield
    except OperationalError as error:
        code = getattr(error.__cause__, "sqlstate", None) or getattr(error.__cause__, "pgcode", None)
        if not wait and (code == LOCK_NOT_AVAILABLE or "locked" in str(error)):
            raise Locked from error
        raise


#: PostgreSQL's code of an error of NOWAIT.
LOCK_NOT_AVAILABLE = "55P03"


def begin(alias: str) -> None:
    """Make the state row where there is none. Two who try at once end with one row."""
    with contextlib.suppress(IntegrityError), transaction.atomic(using=alias):
        new_state(alias)


def save_sequence(state: State, sequence: int, alias: str, fields: Iterable[str] = ()) -> None:
    """Save the state row at ``sequence``, with a random token for that number.

    ``fields`` name what else changed.
    """
    state.sequence = sequence
    if state.search_backend not in ("", get_settings().SEARCH_BACKEND):
        state.search_backend, fields = "", [*fields, "search_backend"]  # it is not told of this change
    values = {name: getattr(state, name) for name in ("sequence", *fields)}
    State.objects.using(alias).filter(pk=state.pk).update(**values)
    SequenceToken.objects.using(alias).bulk_create(
        [SequenceToken(number=sequence)],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["token"],
    )


def has_passed(number: int, token: uuid.UUID, alias: str) -> bool:
    """Return whether the catalogue’s history holds ``number`` with this ``token``."""
    return SequenceToken.objects.using(alias).filter(number=number, token=token).exists()


def new_state(alias: str) -> State:
    """Create the state row of an empty catalogue.

    Not built, or built where there are no stories to build it from.
    """
    empty = not get_page_model()._default_manager.using(alias).filter(is_story()).exists()
    # Where only the state was lost, numbers go on from the highest that an entry has.
    highest = Entry.objects.using(alias).aggregate(highest=Max("number"))["highest"]
    return State.objects.using(alias).create(
        pk=1,
        sequence=highest or 0,
        built_at=timezone.now() if empty else None,
        reference=reference_module.read(alias),
        row_format=ROW_FORMAT if highest is None else 0,
        rules=" ".join(rule_codes()) if empty else "",
    )


def is_story() -> Q:
    """Return the condition on base pages that they are of a type with an adapter."""
    labels = [(model._meta.app_label, model._meta.model_name) for model in story_models()]
    condition = Q(pk__in=[])
    for app_label, model_name in labels:
        condition |= Q(content_type__app_label=app_label, content_type__model=model_name)
    return condition
