"""Compresses public answers for a host that does not.

That is a host without middleware or a proxy that does so. The bytes are kept in memory.

Only answers that are the same for everybody and hold no secret: some of them repeat what a reader asked for, and beside
a secret their length would tell of it (the BREACH attack). Answers with signed addresses of files are therefore left out.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ..catalogue.kept import Kept
from ..images.renditions import address_period

#: Fewer bytes fit into one packet as they are.
LEAST = 1000

#: Compressed answers that a process keeps, by a hash of what they say.
_kept = Kept(100)


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Compress a public 200 with an entity tag, where the client takes gzip.

    The tag becomes a weak one, because the bytes are others than those without compression. A 304 has the tag that the
    client knows.
    """
    tag = response.get("ETag", "")
    if (
        not tag
        or response.status_code not in (200, 304)
        or _host_compresses()
        or address_period() is not None
    ):
        return
    response["Vary"] = "Accept-Encoding"
    if not _takes_gzip(request.headers.get("Accept-Encoding", "")):
        return
    if response.status_code == 304:
        if f"W/{tag}" in request.headers.get("If-None-Match", ""):
            response["ETag"] = f"W/{tag}"
        return
    said = response.content
    if len(said) < LEAST or response.has_header("Content-Encoding"):
        return
    key = hashlib.blake2b(said, digest_size=16).digest()
    response.content = _kept.get_or_make(key, lambda: gzip.compress(said, 6, mtime=0))
    response["Content-Encoding"] = "gzip"
    response["ETag"] = f"W/{tag}"
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))


def _takes_gzip(header: str) -> bool:
    """Return whether ``Accept-Encoding`` names gzip, other than to refuse it."""
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0.") not in ("q=",)
    return False


@cache
def _host_compresses() -> bool:
    return any("gzip" in name.lower() or "compress" in name.lower() for name in settings.MIDDLEWARE)
