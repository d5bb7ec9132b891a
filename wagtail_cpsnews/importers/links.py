"""Addresses of links in texts from elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

SCHEMES = {"http", "https", "mailto", "tel"}

_DROPPED = re.compile(r"[\t\r\n]")


def clean_address(given: str) -> str:
    """Return an address as browsers read it.

    Without line breaks in it and space around it.
    """
    return _DROPPED.sub("", given).strip()


def resolve(given: str, base_url: str) -> str:
    """Return the absolute address of a link, read against ``base_url``.

    Empty for one that cannot be kept.

    A link without a host is never taken for one of this site: without ``base_url`` it cannot be kept.
    """
    given = clean_address(given)
    if not given or given.startswith("#"):
        return ""
    try:
        href = f"https:{given}" if given.startswith("//") and not base_url else urljoin(base_url, given)
        return href if urlsplit(href).scheme.lower() in SCHEMES else ""
    except ValueError:  # no address at all, such as "//[bad"
        return ""
