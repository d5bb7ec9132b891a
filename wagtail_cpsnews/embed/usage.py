"""The usage ledger: which sites show which lists, and which stories they were served. Nothing about readers.

Uses are gathered in memory and written together, at most once in ``WRITE_SECONDS``, after a response has been sent;
a use that is already remembered costs a look into a dictionary. What a process has gathered when it is killed is
lost. It records what browsers say of the page that asks (``Origin``, ``Referer``); programs can say anything.
"""

from __future__ import annotations

import atexit
import datetime
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.signals import request_finished
from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.utils import DatabaseError
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone

from ..catalogue.marks import using
from ..catalogue.query import Query
from ..conf import get_settings
from .models import EmbedUse

logger = logging.getLogger("wagtail_cpsnews")

#: How often, at most, a process writes what it has gathered, in seconds.
WRITE_SECONDS = 60

#: Uses that a process holds between two writes; more are not recorded. Anybody can invent hosts.
MAX_GATHERED = 5_000

#: Rows of the table. Beyond that, sites that were seen in one hour only make room; where there are none, only known
#: uses are brought up to date.
MAX_ROWS = 500_000

#: Answers whose stories are remembered, for clients that are told that nothing has changed.
MAX_ANSWERS = 1_000

#: Parameters that make a list another list. Words are left out: readers may have typed them.
_LIST = (
    "kind",
    "crime_type",
    "area",
    "topic",
    "published_after",
    "published_before",
    "language",
    "language_only",
)

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)


class _Gathered:
    """What this process has seen and not written yet, and which stories an answer held."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.uses: dict[tuple[str, str, str], tuple[datetime.datetime, datetime.datetime]] = {}
        self.answers: OrderedDict[str, tuple[UUID, ...]] = OrderedDict()
        self.written_at = time.monotonic()
        self.is_full = False
        #: The database in use while it was gathered: after a test run that is another one.
        self.database: object = None


_gathered = _Gathered()


def record(who: str, what: Iterable[str], when: datetime.datetime, *, door: str) -> None:
    """Remembers that the site ``who`` was served ``what`` at ``when``.

    who: a host name, "" where it is not known. what: ``list:…`` and ``story:…``, as ``list_key`` and ``story_key``
    give them. when: aware; cut to the hour. door: one of ``models.Door``.
    """
    hour = when.replace(minute=0, second=0, microsecond=0)
    with _gathered.lock:
        if not _gathered.uses:
            _gathered.database = _database()
        for one in what:
            key = who, str(door), one
            first, last = _gathered.uses.get(key, (hour, hour))
            if key not in _gathered.uses and len(_gathered.uses) >= MAX_GATHERED:
                _gathered.is_full = True
                return
            _gathered.uses[key] = min(first, hour), max(last, hour)


def note(
    request: HttpRequest,
    door: str,
    query: Query | None,
    *,
    tag: str = "",
    stories: Iterable[UUID] | None = None,
) -> None:
    """Records one answer, if another site asked for it.

    query: the list that was asked for; ``None`` where a single story was.
    tag: the answer's ETag. stories: the entries it held; ``None`` for an answer "nothing has changed", which stands
    for those of the answer with the same tag, where this process gave it.
    """
    if not get_settings().USAGE_DAYS:
        return
    who = host_of(request)
    if who is None or (not who and door == "element"):
        return  # our own page, or a program that says nothing of itself
    with _gathered.lock:
        if stories is not None:
            _gathered.answers[tag] = tuple(stories)
            if len(_gathered.answers) > MAX_ANSWERS:
                _gathered.answers.popitem(last=False)
        served = _gathered.answers.get(tag, ())
    lists = [list_key(query)] if query is not None else []
    record(who, [*lists, *map(story_key, served)], timezone.now(), door=door)


def list_key(query: Query) -> str:
    """What a list is called in the ledger: ``list:`` and its parameters, without words and without paging."""
    left_out = {name for name, _value in query.params()} - set(_LIST)
    return f"list:{query.urlencode(without=left_out)}"[:400]


def story_key(pk: UUID | str) -> str:
    """What a story is called in the ledger."""
    return f"story:{pk}"


def host_of(request: HttpRequest) -> str | None:
    """The site whose page asks: ``Origin``, else ``Referer``, as a host name in lower case; "" where none is told.

    ``None`` for a page of the site that is asked.
    """
    for header in ("Origin", "Referer"):
        try:
            host = urlsplit(request.headers.get(header, "")).hostname or ""
            host = host if host.isascii() else host.encode("idna").decode()
        except (ValueError, UnicodeError):
            continue
        if ":" in host:
            host = f"[{host}]"
        host = host.lower().rstrip(".")
        if host and len(host) <= 253 and _HOST.fullmatch(host):
            own, _port = split_domain_port(request.get_host())
            return None if host == own else host
    return ""


def write() -> None:
    """Writes what has been gathered. What cannot be written now is kept for the next time."""
    with _gathered.lock:
        uses, _gathered.uses = _gathered.uses, {}
        was_full, _gathered.is_full = _gathered.is_full, False
        _gathered.written_at = time.monotonic()
    if was_full:
        logger.warning("The usage ledger left out uses: more than %d different ones at once.", MAX_GATHERED)
    if not uses:
        return
    alias = using()
    try:
        with transaction.atomic(using=alias):
            _write(alias, uses)
    except DatabaseError:
        logger.warning("The usage ledger could not be written; the next time tries again.", exc_info=True)
        with _gathered.lock:
            for key, (first, last) in uses.items():
                known = _gathered.uses.get(key, (first, last))
                _gathered.uses[key] = min(first, known[0]), max(last, known[1])


def _write(alias: str, uses: dict[tuple[str, str, str], tuple[datetime.datetime, datetime.datetime]]) -> None:
    table = EmbedUse.objects.using(alias)
    too_old = timezone.now() - datetime.timedelta(days=get_settings().USAGE_DAYS)
    table.filter(last_seen__lt=too_old).delete()
    rows = [
        EmbedUse(host=host, door=door, what=what, first_seen=first, last_seen=last)
        for (host, door, what), (first, last) in sorted(uses.items())
    ]
    too_many = table.count() + len(rows) - MAX_ROWS
    if too_many > 0 and not _make_room(table, too_many):
        logger.warning("The usage ledger is full: only known uses are brought up to date.")
        for row in rows:
            table.filter(host=row.host, door=row.door, what=row.what).update(last_seen=row.last_seen)
        return
    table.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["host", "door", "what"],
        update_fields=["last_seen"],
        batch_size=200,
    )


def _make_room(table: QuerySet[EmbedUse], too_many: int) -> bool:
    """Takes out uses of sites that were seen in one hour only, the newest first. Returns whether that was enough.

    Whoever invents hosts fills the table with such; without this, nothing new of a real site would be recorded.
    """
    again = EmbedUse.objects.using(table.db).filter(host=OuterRef("host"), last_seen__gt=F("first_seen"))
    once = table.filter(~Exists(again)).order_by("-last_seen", "-pk")
    wanted = max(too_many, MAX_ROWS // 20)  # more at a time, so that it is not for every write to look
    found = list(once.values_list("pk", flat=True)[:wanted])
    if len(found) < too_many:
        return False
    logger.warning(
        "The usage ledger is full: %d uses by sites that were seen only once are left out.", len(found)
    )
    for start in range(0, len(found), 500):
        table.filter(pk__in=found[start : start + 500]).delete()
    return True


def _after_response(**kwargs: Any) -> None:
    if not _gathered.uses or time.monotonic() - _gathered.written_at < WRITE_SECONDS:
        return
    connection = connections[using()]
    if not connection.in_atomic_block:  # a test client's transaction is none of ours to write in
        write()
        connection.close_if_unusable_or_obsolete()  # Django has closed its own by now


def forget() -> None:
    """Forgets what has been gathered: for tests."""
    with _gathered.lock:
        _gathered.uses.clear()
        _gathered.answers.clear()


def connect() -> None:
    """Called once, when the app is ready."""
    request_finished.connect(_after_response, dispatch_uid="cpsnews.usage")
    atexit.register(_at_exit)


def _at_exit() -> None:
    if _gathered.uses and _gathered.database == _database():
        write()


def _database() -> object:
    return connections[using()].settings_dict["NAME"]
