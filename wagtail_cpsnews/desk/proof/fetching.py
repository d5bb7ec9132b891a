"""Asking an address from outside, as a reader's browser or a cache does.

Only the project's own sites are asked: a redirect elsewhere is not followed.
"""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from ... import __version__
from ...usage.recording import OWN_AGENT

#: For how long a server may be silent, and how long an answer may take altogether, in seconds.
SILENCE, LONGEST = 10, 30

#: The longest answer that is read, in bytes.
LARGEST = 10_000_000

REDIRECTS = 5

#: Why an answer does not tell whether the story is there.
PROBLEMS = {
    "unreachable": _("nothing answered"),
    "slow": _("the answer took too long"),
    "large": _("the answer is too long to be read"),
    "elsewhere": _("it leads to another site, which is not asked"),
    "status": _("it answered with an error"),
    "nothing": _("it is not known any more what to ask"),
}

_CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """What an address has answered, or why it has not: ``problem``.

    address: where the answer came from, after redirects.
    """

    status: int | None = None
    body: bytes = b""
    address: str = ""
    problem: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the body; "" where there was no answer."""
        return hashlib.sha256(self.body).hexdigest() if self.status is not None else ""


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by ``ask()``, which looks where they lead."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_StayHere)


def ask(address: str, hosts: Collection[str]) -> Answer:
    """Return what an address answers to somebody without a session.

    Args:
        hosts: The hosts, with their ports where these are unusual, that may be asked.
    """
    end = time.monotonic() + LONGEST
    status = None
    for _redirect in range(REDIRECTS + 1):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or host_of(address) not in hosts:
            return Answer(status, address=address, problem="elsewhere")
        answer, location = _ask_once(address, end)
        if not location:
            return answer
        status, address = answer.status, urljoin(address, location)
    return Answer(status, address=address, problem="status")


def host_of(address: str) -> str:
    """Return the host of an address, with its port where that is unusual."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host if port in (None, usual) else f"{host}:{port}"


def _ask_once(address: str, end: float) -> tuple[Answer, str]:
    """Return an answer, and where it leads if it is a redirect."""
    # Caches keep what browsers are sent, and these take compressed answers.
    headers = {"User-Agent": f"{OWN_AGENT}/{__version__}", "Accept-Encoding": "gzip"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  the scheme has been looked at
    try:
        try:
            response = _opener.open(request, timeout=SILENCE)
        except urllib.error.HTTPError as error:  # every status but 200 to 299
            response = error
        with response:
            location = response.headers.get("Location", "") if 300 <= response.status < 400 else ""
            body, problem = (b"", "") if location else _read(response, end)
            return Answer(response.status, body, address, problem), location
    except TimeoutError:
        return Answer(address=address, problem="slow"), ""
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        is_slow = isinstance(getattr(error, "reason", None), TimeoutError)
        return Answer(address=address, problem="slow" if is_slow else "unreachable"), ""


def _read(response: Any, end: float) -> tuple[bytes, str]:
    """Return the body, and what was wrong with it."""
    is_packed = response.headers.get("Content-Encoding", "").strip().lower() == "gzip"
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if is_packed else None
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += unpack.decompress(chunk, LARGEST + 1 - len(body)) if unpack else chunk
        if len(body) > LARGEST:
            return bytes(body[:LARGEST]), "large"
        if time.monotonic() > end:
            return bytes(body), "slow"
    return bytes(body), ""
