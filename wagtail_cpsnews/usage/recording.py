"""Record which sites show which lists and stories.

Nothing about readers.

Uses are gathered in memory and written together, at most once in ``WRITE_SECONDS``, after a response has been sent.
What a process has gathered when it is killed is lost. It records what browsers say of the page that asks (``Origin``,
``Referer``); programs can say anything, so sites that are known keep their place, and others have a fair share of the
room by the network that they are named from. See docs/usage.md.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime
import ipaddress
import logging
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.signals import request_finished
from django.db import connections
from django.db.utils import DatabaseError
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone
from rest_framework.settings import api_settings

from ..catalogue.db import using
from ..catalogue.query import Query
from ..conf import get_settings
from ..registry import TAXONOMIES
from . import ledger
from .fair_sample import FairSample

logger = logging.getLogger("wagtail_cpsnews")

#: How often, at most, a process writes what it has gathered, in seconds.
WRITE_SECONDS = 60

#: Uses of known sites that a process holds between two writes, and how many of them one site can have.
MAX_KNOWN, SHARE_OF_SITE = 10_000, 1_000

#: Uses of other sites, and how many of them the clients of one network can bring. Anybody can invent hosts.
MAX_NEW, SHARE_OF_NETWORK = 5_000, 1_000

#: Uses of other sites that one write adds while the table is full.
NEW_WHEN_FULL = 500

#: How often a process asks which sites are known, in seconds.
KNOWN_SECONDS = 600

#: Answers whose stories are remembered, for clients that are told that nothing has changed.
MAX_ANSWERS = 1_000

#: Parameters that make a list another list. Words are left out: readers may have typed them.
_LIST = (
    *TAXONOMIES,
    "published_after",
    "published_before",
    "language",
    "language_only",
)

#: How the package's own requests begin to name themselves: what they are served is no use on another site.
OWN_AGENT = "wagtail-cpsnews-proof"

#: The address by which a program says whose it is.
_PROGRAM = re.compile(r"\+\s?https?://([a-z0-9.-]+)", re.ASCII | re.IGNORECASE)

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)


class _Gathered:
    """What this process has seen and not written yet.

    It also holds which stories an answer showed.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known = FairSample(MAX_KNOWN, SHARE_OF_SITE)
        self.new = FairSample(MAX_NEW, SHARE_OF_NETWORK)
        self.known_hosts: frozenset[str] | None = None
        self.asked_at = 0.0
        self.answers: OrderedDict[str, tuple[UUID, ...]] = OrderedDict()
        self.written_at = time.monotonic()
        #: Clients' networks are told apart by a hash that nobody else can compute; an empty sample changes it.
        self.salt = secrets.token_bytes(16)
        #: The database in use while it was gathered: after a test run that is another one.
        self.database: object = None

    def __bool__(self) -> bool:
        return bool(self.known or self.new)


_gathered = _Gathered()


def record(who: str, what: Iterable[str], when: datetime.datetime, *, method: str, client: str = "") -> None:
    """Remember that a site was served something.

    Args:
        who: The site's host name, "" where it is not known.
        what: ``list:…`` and ``story:…``, as ``list_key`` and ``story_key`` give them.
        when: Aware; cut to the hour.
        method: The ``method`` of an output.
        client: The address of the client that asked. It is neither kept nor stored.
    """
    hour = when.replace(minute=0, second=0, microsecond=0)
    network = hash((_gathered.salt, network_of(client)))
    with _gathered.lock:
        if not _gathered:
            _gathered.database = _database()
        for one in what:
            use = who, str(method), one
            if who in (_gathered.known_hosts or ()):
                _gathered.known.add(use, who, (hour, hour))
            else:
                _gathered.new.add(use, network, (hour, hour))


def network_of(client: str) -> str:
    """Return the network of an address.

    What one client can easily have of addresses: one of IPv4, a /48 of IPv6.
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 48), strict=False))
    return str(address)


def client_of(request: HttpRequest) -> str:
    """Return the address of the client.

    The server's word, or a proxy's where ``NUM_PROXIES`` of REST_FRAMEWORK is set.

    ``X-Forwarded-For`` can be forged but for what the host's own proxies add at its end.
    """
    proxies = api_settings.NUM_PROXIES
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and forwarded != [""]:
        return forwarded[-min(proxies, len(forwarded))]
    return str(request.META.get("REMOTE_ADDR", ""))


def note(
    request: HttpRequest,
    method: str,
    query: Query | None,
    *,
    tag: str = "",
    stories: Iterable[UUID] | None = None,
) -> None:
    """Record one answer, if another site asked for it.

    query: the list that was asked for; ``None`` where a single story was.
    tag: the answer's ETag. stories: the entries it held; ``None`` for an answer "nothing has changed", which means
    those of the answer with the same tag, where this process gave it.
    """
    if not get_settings().USAGE_DAYS or request.headers.get("User-Agent", "").startswith(OWN_AGENT):
        return
    who = host_of(request)
    if who is None:
        return  # our own page
    who = who or program_of(request)
    if not who and method == "element":
        return  # a program that says nothing of itself
    with _gathered.lock:
        if stories is not None:
            _gathered.answers[tag] = tuple(stories)
            if len(_gathered.answers) > MAX_ANSWERS:
                _gathered.answers.popitem(last=False)
        served = _gathered.answers.get(tag, ())
    lists = [list_key(query)] if query is not None else []
    what = [*lists, *map(story_key, served)]
    record(who, what, timezone.now(), method=method, client=client_of(request))


def list_key(query: Query) -> str:
    """Return a list's name in the ledger.

    ``list:`` and its parameters, without words and without paging.
    """
    left_out = {name for name, _value in query.params()} - set(_LIST)
    return f"list:{query.urlencode(without=left_out)}"[:400]


def story_key(pk: UUID | str) -> str:
    """Return what a story is called in the ledger."""
    return f"story:{pk}"


def host_of(request: HttpRequest) -> str | None:
    """Return the site whose page asks, as a host name in lower case.

    From ``Origin``, else ``Referer``; "" where neither names one.

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


def program_of(request: HttpRequest) -> str:
    """Return the host of the service that a program belongs to.

    Where it names its address, as search engines and feed readers on the web do: ``Feedly/1.0 (+https://feedly.com/fetcher.html)``.
    """
    found = _PROGRAM.search(request.headers.get("User-Agent", "")[:500])
    host = found[1].lower().rstrip(".") if found else ""
    return host if len(host) <= 253 and _HOST.fullmatch(host) else ""


def write(seconds: float = ledger.WORK_SECONDS) -> None:
    """Write what has been gathered.

    What cannot be written now, or not in ``seconds``, is kept for the next time.
    """
    alias = using()
    try:
        _ask_for_known_sites(alias)
        free = ledger.tidy(alias, min(len(_gathered.known) + len(_gathered.new), NEW_WHEN_FULL), seconds)
    except DatabaseError:
        logger.warning("The usage ledger could not be read; the next time tries again.", exc_info=True)
        _gathered.written_at = time.monotonic()
        return
    with _gathered.lock:
        if free < len(_gathered.new):
            _gathered.new.shrink(min(max(free, 0), NEW_WHEN_FULL))
        left_out = _gathered.known.left_out + _gathered.new.left_out
        _gathered.known.left_out = _gathered.new.left_out = 0
        gathered = [(sample, sample.uses()) for sample in (_gathered.known, _gathered.new)]
        _gathered.written_at = time.monotonic()
    if left_out:
        logger.warning("The usage ledger left out uses: %d more than there is room for.", left_out)
    for sample, uses in gathered:
        written = ledger.write_uses(alias, uses, seconds)
        with _gathered.lock:
            sample.remove({use: uses[use] for use in written})
            if not _gathered:
                _gathered.salt = secrets.token_bytes(16)


def _ask_for_known_sites(alias: str) -> None:
    """Learn which sites are known, and put what was gathered of them in its place."""
    if _gathered.known_hosts is not None and time.monotonic() - _gathered.asked_at < KNOWN_SECONDS:
        return
    hosts = ledger.known_sites(alias)
    with _gathered.lock:
        _gathered.known_hosts, _gathered.asked_at = hosts, time.monotonic()
        of_known = _gathered.new.uses(hosts)
        _gathered.new.remove(of_known)
        for use, hours in of_known.items():
            _gathered.known.add(use, use[0], hours)


def _after_response(**kwargs: Any) -> None:
    if not _gathered:
        return
    is_due = time.monotonic() - _gathered.written_at >= WRITE_SECONDS
    if not is_due and _gathered.known_hosts is not None:
        return
    connection = connections[using()]
    if connection.in_atomic_block:  # a test client's transaction: nothing of it is ever committed
        return
    if is_due:
        write()
    else:
        with contextlib.suppress(DatabaseError):
            _ask_for_known_sites(connection.alias)
    connection.close_if_unusable_or_obsolete()  # Django has closed its own by now


def forget() -> None:
    """Forget what has been gathered: for tests."""
    global _gathered
    _gathered = _Gathered()


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    request_finished.connect(_after_response, dispatch_uid="cpsnews.usage")
    atexit.register(_at_exit)


def _at_exit() -> None:
    if _gathered and _gathered.database == _database():
        write(seconds=30)


def _database() -> object:
    return connections[using()].settings_dict["NAME"]
