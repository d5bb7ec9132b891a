"""oEmbed settings for *another* Wagtail site, to find this newsroom.

Its editors can then embed the newsroom's addresses. Needs none of the package's apps there.

In that site's settings::

    from wagtail_cpsnews.embed.providers import newsroom_provider

    WAGTAILEMBEDS_FINDERS = [
        {
            "class": "wagtail.embeds.finders.oembed",
            "providers": [newsroom_provider("https://publisher.example/newsroom/")],
        },
        {"class": "wagtail.embeds.finders.oembed"},
    ]
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit


def newsroom_provider(mount: str, *pages: str) -> dict[str, Any]:
    """Return the provider for Wagtail's ``OEmbedFinder``.

    mount: where the publisher mounted the newsroom. pages: the addresses below which its lists and stories lie,
    such as ``"https://publisher.example/news/"``; the publisher's whole site where none is given.
    """
    parts = urlsplit(mount)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(
            f"{mount!r} is not the address of a newsroom, such as https://publisher.example/newsroom/"
        )
    mount = mount.rstrip("/") + "/"
    below = [mount, *pages] if pages else [f"{parts.scheme}://{parts.netloc}/"]
    return {"endpoint": f"{mount}embed/oembed/", "urls": [f"^{_pattern(address)}.*$" for address in below]}


def _pattern(address: str) -> str:
    """Return the address as a pattern, with http or https.

    An editor may have pasted either.
    """
    scheme, _, rest = address.partition("://")
    return f"https?://{re.escape(rest)}" if scheme in ("http", "https") else re.escape(address)
