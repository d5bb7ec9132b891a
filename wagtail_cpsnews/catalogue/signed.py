"""Cursors and change tokens: signed JSON that fits into an address.

Clients keep them for the package.

The same values give the same text, so that an address does not change with the time (``signing.dumps`` adds it).
"""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, JSONSerializer, Signer, b64_decode

#: Between value and signature; unlike Django's ":" it needs no escape in an address.
SEPARATOR = "."


def sign(values: list[Any], salt: str) -> str:
    """Return the text that holds ``values``."""
    return _signer(salt).sign_object(values)


def unsign(text: str, salt: str) -> tuple[Any, bool]:
    """Return what a text holds, and whether it was signed with the site's key.

    Raises:
        ValueError, RecursionError: For what is no such text, even where it is signed.
    """
    values = decode(text.rpartition(SEPARATOR)[0])
    try:
        _signer(salt).unsign(text)
    except BadSignature:
        return values, False
    return values, True


def decode(text: str) -> Any:
    """Return the JSON in a text without a signature.

    Raises ``ValueError`` or ``RecursionError`` for another one.
    """
    return JSONSerializer().loads(b64_decode(text.encode("ascii")))


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=SEPARATOR)
