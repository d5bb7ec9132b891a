"""Texts of a page whose answer leaves the site: they link only to pages and documents that everybody may read.

Wagtail writes the address of whatever an editor linked to, draft or private: an address says what a page is about.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text.rewriters import FIND_A_TAG, extract_attrs

from ..compat import get_page_model
from .build import render_html
from .gate import has_checks, open_documents, open_pages, why_not_served
from .items import absolute_links
from .reference import Reference
from .sites import address_of, root_of


class PublicLinks:
    """What a page links to, asked once: by one query for pages and one for documents, none where it links to none.

    base: the root address of the page's site, as Wagtail has it.
    expires_at: when the first of the linked pages expires, or ``None``.
    """

    def __init__(self, page: Any, reference: Reference, also: Iterable[int | None] = ()) -> None:
        """also: keys of pages that the page leads to by other ways than its rich texts."""
        root = root_of(reference.roots, page.url_path)
        self.base = root.url if root else ""
        self.language = page.locale.language_code
        self.expires_at: datetime.datetime | None = None
        linked = list(_links(_texts(page)))
        others = {str(pk) for pk in also if pk}
        self._pages = self._open_pages({pk for kind, pk in linked if kind == "page"} | others, reference)
        self._documents = _open_documents({pk for kind, pk in linked if kind == "document"})

    def is_open(self, pk: Any) -> bool:
        """Whether everybody may read the page that is linked by this key."""
        return str(pk) in self._pages

    def html(self, source: Any) -> str:
        """A rich text as HTML with absolute addresses; a link to what not everybody may read loses its address."""
        text = FIND_A_TAG.sub(self._tag, str(getattr(source, "source", source) or ""))
        with translation.override(self.language):
            return absolute_links(render_html(text), self.base)

    def _tag(self, tag: re.Match[str]) -> str:
        kind, pk = _target(tag[0])
        closed = (kind == "page" and pk not in self._pages) or (
            kind == "document" and pk not in self._documents
        )
        return "<a>" if closed else tag[0]

    def _open_pages(self, pks: set[str], reference: Reference) -> set[str]:
        if not pks:
            return set()
        manager = get_page_model()._default_manager
        asked = manager.filter(pk__in=pks).order_by().values("translation_key")
        is_open = open_pages(Q(pk=OuterRef("pk")), reference.roots)
        rows = manager.filter(translation_key__in=asked, live=True).annotate(is_open=Exists(is_open))
        pages = list(rows.select_related("locale").order_by())
        found = {
            page.pk: page for page in pages if page.is_open and address_of(reference.roots, page.url_path)
        }
        if has_checks():
            specific = manager.filter(pk__in=found).specific()
            found = {page.pk: found[page.pk] for page in specific if why_not_served(page) is None}
        self.expires_at = min((page.expire_at for page in found.values() if page.expire_at), default=None)
        return {str(page.pk) for page in pages if self._target(page, pages).pk in found} & pks

    def _target(self, page: Any, pages: list[Any]) -> Any:
        """Where Wagtail leads who follows a link: to the version in the language of the text, where there is one."""
        if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
            return page
        same = (
            other
            for other in pages
            if other.translation_key == page.translation_key and other.locale.language_code == self.language
        )
        return next(same, page)


def _open_documents(pks: set[str]) -> set[str]:
    if not pks:
        return set()
    return {str(pk) for pk in open_documents(Q(pk__in=pks)).values_list("pk", flat=True)}


def _links(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        for tag in FIND_A_TAG.finditer(text):
            kind, pk = _target(tag[0])
            if pk.isascii() and pk.isdigit():
                yield kind, pk


def _target(tag: str) -> tuple[str, str]:
    attributes = extract_attrs(tag)
    return attributes.get("linktype", ""), attributes.get("id", "")


def _texts(page: Any) -> Iterator[str]:
    """The rich texts of a page as they are stored, those of stream fields among other words of theirs."""
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            yield field.value_from_object(page) or ""
        elif isinstance(field, StreamField):
            for block in getattr(page, field.name).raw_data:
                yield from _strings(block)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
