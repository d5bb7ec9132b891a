"""Texts of a page that is no story, for answers that leave the site.

They lead only to what everybody may see.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import translation
from wagtail.fields import RichTextField, StreamField

from ..compat import get_page_model
from .lookups import Reference
from .references import Ref, Resolver, ref_of, refs_in_text
from .serializers import absolute_links
from .sites import root_of


class PublicLinks:
    """What a page links to, looked up once.

    By one query for pages and one for documents, none where it links to none.

    base: the root address of the page's site, as Wagtail has it.
    """

    def __init__(self, page: Any, reference: Reference, also: Iterable[int | None] = ()) -> None:
        """Prepare to look up what ``page`` links to.

        also: keys of pages that the page leads to by other ways than its rich texts.
        """
        root = root_of(reference.roots, page.url_path)
        self.base = root.url if root else ""
        self.language = page.locale.language_code
        self.resolver = Resolver(reference, self.language)
        for text in _texts(page):
            if "linktype=" in text or "<embed" in text:
                self.resolver.want(refs_in_text(text))
        self.resolver.want(ref for pk in also if (ref := page_ref(pk)) is not None)

    @property
    def expires_at(self) -> datetime.datetime | None:
        """When the first of the linked pages expires, or ``None``."""
        return self.resolver.expires_at

    def is_open(self, pk: Any) -> bool:
        """Return whether everybody may read the page that is linked by this key."""
        return self.resolver.is_open(page_ref(pk))

    def html(self, source: Any) -> str:
        """Return a rich text as HTML with absolute addresses.

        A link to what not everybody may read loses its address.
        """
        with translation.override(self.language):
            return absolute_links(self.resolver.html(getattr(source, "source", source)), self.base)


def page_ref(pk: Any) -> Ref | None:
    """Return how a page is pointed to by its key."""
    return ref_of(get_page_model(), pk)


def _texts(page: Any) -> Iterator[str]:
    """Yield the rich texts of a page as they are stored.

    Those of stream fields come among other words of theirs.
    """
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
