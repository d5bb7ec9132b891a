"""The XML of the sitemap: an index of its parts, or one part.

Put together from text: Django's generator of XML takes five times as long for ten thousand addresses.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from ..catalogue.dates import iso
from ..catalogue.lookups import Reference
from ..catalogue.serializers import url_of
from ..characters import clean

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAMESPACES = (
    f'xmlns="{_SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)

#: Path, address, language, title, published, updated and versions of a story, and whether it is kept from here.
Row = tuple[Any, ...]


def write_index(urls: Iterable[str]) -> bytes:
    """Return the index of the parts at ``urls``."""
    parts = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return f'{_DECLARATION}<sitemapindex xmlns="{_SITEMAP}">{parts}</sitemapindex>'.encode()


class Writer:
    """Writes rows of entries as ``<url>`` elements.

    hosts: those whose addresses belong here. site: what the publication is called.
    """

    def __init__(self, reference: Reference, hosts: set[str], site: str) -> None:
        self.reference = reference
        self.hosts = hosts
        self.site = site

    def write(self, rows: Iterable[Row], since: datetime.datetime, skip: int) -> bytes:
        """Return one part of the sitemap.

        Stories since ``since`` are news, except for the first ``skip`` of the part.
        """
        return "".join(
            (_DECLARATION, f"<urlset {_NAMESPACES}>", *self._urls(rows, since, skip), "</urlset>")
        ).encode()

    def _urls(self, rows: Iterable[Row], since: datetime.datetime, skip: int) -> Iterator[str]:
        for place, (path, address, language, title, published, updated, versions, noindex) in enumerate(rows):
            url = "" if noindex else self._url(path, address)
            if not url:
                continue
            yield f"<url><loc>{escape(url)}</loc>"
            times = [when for when in (published, updated) if when]
            if times:
                yield f"<lastmod>{iso(max(times))}</lastmod>"
            if versions:
                yield from self._versions(language, url, versions)
            if place >= skip and published is not None and published >= since:
                yield self._news(language, title, published)
            yield "</url>"

    def _url(self, path: str, address: str) -> str:
        """Return a story's address.

        "" for one on another host, which search engines would refuse.
        """
        url = url_of(path, address, self.reference)
        # As a rule the host ends with a slash, and most of the time would go into urlsplit().
        is_here = url.partition("//")[2].partition("/")[0] in self.hosts
        return url if is_here or urlsplit(url).netloc in self.hosts else ""

    def _versions(self, language: str, url: str, versions: list[dict[str, str]]) -> Iterator[str]:
        """Yield the story in all its languages, itself among them, as search engines ask."""
        others = [
            (row["language"], other)
            for row in versions
            if not row.get("noindex") and (other := self._url(row["path"], row["address"]))
        ]
        for code, address in [(language, url), *others] if others else ():
            yield f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(address)}/>'

    def _news(self, language: str, title: str, published: datetime.datetime) -> str:
        return (
            f"<news:news><news:publication><news:name>{escape(clean(self.site))}</news:name>"
            f"<news:language>{escape(language.split('-')[0])}</news:language></news:publication>"
            f"<news:publication_date>{iso(published)}</news:publication_date>"
            f"<news:title>{escape(clean(title))}</news:title></news:news>"
        )
