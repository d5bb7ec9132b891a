"""The language versions of a story as they were public.

Read from the pages each time, and never stored.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from ...catalogue.adapters import Adapter, adapter_for
from ...catalogue.db import using
from ...catalogue.facts import PublicFacts, as_aware
from ...catalogue.lookups import Reference
from ...catalogue.models import Entry, PublicationStop, StoppedPage
from ...catalogue.public_files import decide_file
from ...catalogue.sites import address_of
from ...catalogue.uses import find_documents, find_uses, refs_of_uses, subject_of
from ...compat import get_page_model
from ...registry import TAXONOMIES

logger = logging.getLogger("wagtail_cpsnews")


@dataclass(frozen=True)
class StoryFile:
    """A file that the story shows or offers.

    subject: of the image or document, as uses name it. kind: "rendition" or "document"; pk: its key.
    """

    subject: str
    name: str
    kind: str
    pk: int


@dataclass(frozen=True)
class Version:
    """One page of a story: a language version, or an alias of one.

    address: where readers found it; "" where it has none. Of a page that is deleted, the entry's id alone is known.
    """

    page_pk: int
    entry_pk: UUID | None = None
    url_path: str = ""
    address: str = ""
    slug: str = ""
    language: str = ""
    titles: tuple[str, ...] = ()
    summary: str = ""
    day: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    files: frozenset[StoryFile] = field(default_factory=frozenset)

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.address).path


def versions_of(stop: PublicationStop, reference: Reference) -> list[Version]:
    """Return the pages that a stop has taken down."""
    alias = using()
    pks = list(
        StoppedPage.objects.using(alias).filter(stop=stop).order_by("pk").values_list("page_pk", flat=True)
    )
    entries = dict(Entry.objects.using(alias).filter(page_pk__in=pks).values_list("page_pk", "pk"))
    pages = {
        page.pk: page.specific
        for page in get_page_model()._base_manager.using(alias).filter(pk__in=pks).select_related("locale")
    }
    return [
        read_version(pages[pk], entries.get(pk), reference, pks)
        if pk in pages
        else Version(page_pk=pk, entry_pk=entries.get(pk))
        for pk in pks
    ]


def read_version(
    page: Any, entry_pk: UUID | None, reference: Reference, story: Collection[int] = ()
) -> Version:
    """Return a page as it was public.

    What its live revision says, else what the page says.

    Args:
        story: The pages of the story. A file that other pages show is no file of it.
    """
    public = _as_public(page)
    adapter = adapter_for(page.specific_class)
    facts = _facts(adapter, public)
    titles = [public.title, page.title, *([facts.title] if facts else [])]
    published = as_aware(facts.published) if facts else None
    return Version(
        page_pk=page.pk,
        entry_pk=entry_pk,
        url_path=public.url_path,
        address=(adapter.address(public) if adapter else None)
        or address_of(reference.roots, public.url_path),
        slug=public.slug,
        language=((facts and facts.language) or page.locale.language_code).lower(),
        titles=tuple(dict.fromkeys(map(str, titles))),
        summary=str(facts.summary) if facts else "",
        day=published.astimezone().date().isoformat() if published else "",
        terms=tuple(_terms(facts, reference)) if facts else (),
        files=frozenset(_files(public, facts, adapter, story)) if facts and adapter else frozenset(),
    )


def _as_public(page: Any) -> Any:
    """Return the page with the content of its live revision.

    A draft that was saved since the story was taken down is not what readers saw.
    """
    if page.live_revision_id is None:
        return page
    try:
        return page.live_revision.as_object()
    except Exception:  # whatever a host's blocks raise at an old revision
        logger.warning("The live revision of page %s can’t be read; its page is.", page.pk, exc_info=True)
        return page


def _facts(adapter: Adapter | None, page: Any) -> PublicFacts | None:
    try:
        return adapter.facts(page) if adapter is not None else None
    except Exception:  # whatever a host's adapter raises
        logger.warning("The adapter of page %s failed.", page.pk, exc_info=True)
        return None


def _terms(facts: PublicFacts, reference: Reference) -> list[tuple[str, str]]:
    """Return the terms of a story as (taxonomy, slug)."""
    found = []
    for name in TAXONOMIES:
        taxonomy = reference.taxonomies[name]
        for term in facts.terms_of(name):
            known = (
                taxonomy.find(term) if isinstance(term, str) else taxonomy.follow(str(term.translation_key))
            )
            if known is not None:
                found.append((name, known.slug))
    return list(dict.fromkeys(found))


def _files(page: Any, facts: PublicFacts, adapter: Adapter, story: Collection[int]) -> Iterator[StoryFile]:
    """Yield the files that no other public page shows.

    Renditions of pictures, and documents.
    """
    uses = find_uses(page, facts, adapter)
    find_documents(facts, uses)
    models = {"image": get_image_model(), "document": get_document_model()}
    for kind, pk in refs_of_uses(uses):
        model = models.get(kind)
        file = model._default_manager.using(using()).filter(pk=pk).first() if model else None
        if file is None or decide_file(file, without=story).public:
            continue
        subject = subject_of(file)
        if kind == "document":
            yield StoryFile(subject, _name(file.file.name), kind, file.pk)
        else:
            for row in file.renditions.all():
                yield StoryFile(subject, _name(row.file.name), "rendition", row.pk)


def _name(path: str) -> str:
    return PurePosixPath(path).name
