"""The built script of the widget.

Its bytes, their tag and the hash by which a page pins them.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib.resources import files

from .. import __version__

#: The version in the pinned script's address.
VERSION = __version__


@functools.cache
def script_bytes() -> bytes:
    """Return what every script address serves, and what the npm package holds."""
    return (files("wagtail_cpsnews.embed") / "dist" / "cps-news.min.js").read_bytes()


@functools.cache
def script_etag() -> str:
    """Return the entity tag of the script, in quotation marks."""
    return f'"{hashlib.sha256(script_bytes()).hexdigest()[:32]}"'


@functools.cache
def script_integrity() -> str:
    """Return the value of a pinned script's ``integrity``, ``sha384-…``."""
    return f"sha384-{base64.b64encode(hashlib.sha384(script_bytes()).digest()).decode()}"
