"""Purges Varnish by tag, with its module ``xkey``: a hook for ``PURGE_TAGS``.

The servers are named in ``VARNISH_URLS``. Their VCL takes a request of the method ``PURGE`` with the tags in the header
``xkey``, as in ``example_site/scaling/default.vcl``.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable

from ..conf import get_settings

#: How long one server may take, in seconds.
TIMEOUT = 5


def purge(tags: Iterable[str]) -> None:
    """Have every Varnish server forget what has one of these tags.

    Raises:
        OSError: a server could not be reached or refused; the others have been asked.
    """
    failed = []
    for url in get_settings().VARNISH_URLS:
        request = urllib.request.Request(url, method="PURGE", headers={"xkey": " ".join(tags)})  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=TIMEOUT).close()  # noqa: S310  addresses of the settings
        except OSError as error:  # an answer of 400 or above is one, too
            failed.append(f"{url}: {error}")
    if failed:
        raise OSError("; ".join(failed))
