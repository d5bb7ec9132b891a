"""What an item is made from: an entry with its facts, for one reader.

Each part is read when it is first needed.
"""

from __future__ import annotations

import copy
import datetime
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from django.apps import apps
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from ..conf import get_settings
from ..contacts.directory import ContactInfo
from ..contacts.models import SCOPE
from ..images.renditions import rendition_url
from ..registry import TAXONOMIES
from . import deferred
from .adapters import adapter_for
from .contacts import contact_items, contacts_of_story
from .db import using
from .lookups import Reference, TermInfo
from .models import ROW_FORMAT, Entry
from .references import Resolver
from .rows import Row, build_row, text_of
from .sites import address_of, site_ids
from .state import Snapshot
from .stored_references import all_refs
from .story_updates import label_updates

_HREF = re.compile(r"""\s+href=("[^"]*"|'[^']*')""", re.IGNORECASE)
_ROOT_RELATIVE = re.compile(r"""(\s(?:href|src)=["'])(/(?!/))""")
_SRCSET = re.compile(r"""\ssrcset=(?:"[^"]*"|'[^']*')""")
_ROOT_RELATIVE_WIDTH = re.compile(r"""(["']\s*|,\s+)(/(?!/))""")


@dataclass
class ItemSource:
    """One story for one reader; the fields of an item read it.

    stored: the entry as the catalogue has it. detail: whether its text may be read.
    The others are the arguments of ``serializers.item``.
    """

    stored: Entry
    reference: Reference
    lang: str
    detail: bool = False
    when: datetime.datetime | None = None
    resolver: Resolver | None = None
    snapshot: Snapshot | None = None

    @cached_property
    def base(self) -> str:
        """The root address of the story's site."""
        return base_url(self.stored, self.reference)

    @cached_property
    def entry(self) -> Entry:
        """The entry in the form that this version writes."""
        return _in_this_form(self.stored, self.reference, detail=self.detail)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The facts, with what deferred blocks show now."""
        facts: dict[str, Any] = self.entry.facts
        if deferred.placeholders_in(facts):
            reader = reader_of(self.entry, self.reference, self.lang, self.when, self.resolver)
            facts = deferred.fill(facts, reader)
        return facts

    @cached_property
    def updates(self) -> list[dict[str, Any]]:
        """The updates with their labels."""
        given = self.facts.get("updates")
        return label_updates(given, self.reference, self.lang, self.entry.language) if given else []

    @cached_property
    def reader(self) -> deferred.Reader:
        """Who reads the story's text."""
        return reader_of(self.entry, self.reference, self.lang, self.when, self.resolver, self.snapshot)

    @cached_property
    def content(self) -> dict[str, Any]:
        """The text, with what it points to now."""
        content: dict[str, Any] = deferred.fill(self.entry.content, self.reader)
        return content

    def html(self, name: str) -> str:
        """Return a part of the text as HTML whose links work on other sites."""
        return absolute_links(self.content.get(name, ""), self.base)

    @property
    def plain_text(self) -> str:
        """The words of the story."""
        if all_refs(self.entry.content):
            return text_of(self.entry.content, self.reader)
        return self.entry.text

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The documents to download that are public now."""
        found = [self.reader.resolver.document(pk) for pk in self.content.get("documents", ())]
        return [
            {
                "title": document.title,
                "url": urljoin(self.base, document.url),
                "size": document.get_file_size(),
            }
            for document in found
            if document is not None
        ]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        """The press contacts of the story; those who answer now come first."""
        when = self.reader.when or timezone.now()
        found = contacts_of(self.entry, self.reference, when)
        return contact_items(found, self.reference, self.lang, when)

    def terms(self, taxonomy: str) -> list[dict[str, str]]:
        """Return the story's terms of a taxonomy, with labels."""
        return [labelled(term, self.lang) for term in terms_of(self.entry, self.reference, taxonomy)]


def terms_of(entry: Entry, reference: Reference, taxonomy: str) -> list[TermInfo]:
    """Return the terms of an entry in one taxonomy, in the terms' own order.

    None where the taxonomy is off.
    """
    if not get_settings().is_on(taxonomy):
        return []
    known = reference.taxonomies[taxonomy]
    terms = {
        term.key: term
        for key in entry.facts.get(TAXONOMIES[taxonomy].field, ())
        if (term := known.follow(key))
    }
    return sorted(terms.values(), key=lambda term: known.position[term.key])


def labelled(term: TermInfo, lang: str) -> dict[str, str]:
    """Return a term for readers of ``lang``.

    ``language`` is set where its label is in another language.
    """
    other = term.label_language(lang)
    return {"slug": term.slug, "label": term.label(lang), **({"language": other} if other else {})}


def _in_this_form(entry: Entry, reference: Reference, *, detail: bool) -> Entry:
    """Return an entry of an earlier version as this version writes it.

    It is projected again soon.

    It holds addresses where this version holds references, and what those lead to could not be hidden.
    """
    if entry.facts.get("format") == ROW_FORMAT or entry.page_type == "":
        return entry
    row = _row_now(entry, reference) if detail else None
    made = copy.copy(entry)
    if row is not None:
        made.content, made.text = row.columns["content"], row.columns["text"]
        made.facts = row.columns["facts"] | {"translations": entry.facts.get("translations", [])}
        return made
    made.facts = {name: value for name, value in entry.facts.items() if name != "speech"}
    if archived := entry.facts.get("archived"):
        made.facts["archived"] = {**archived, "note": _HREF.sub("", archived.get("note") or "")}
    if speech := entry.facts.get("speech"):
        made.facts["speech"] = {name: value for name, value in speech.items() if name != "transcript"}
    if detail:
        made.content, made.text = {}, ""
    return made


def _row_now(entry: Entry, reference: Reference) -> Row | None:
    """Return what the page of an entry says now; ``None`` where it can't be read."""
    try:
        model: Any = apps.get_model(entry.page_type)
    except (LookupError, ValueError):
        return None
    adapter = adapter_for(model)
    if adapter is None:
        return None
    page = (
        adapter.get_queryset(model).using(using()).filter(pk=entry.page_pk).select_related("locale").first()
    )
    return build_row(page, adapter, reference) if page is not None else None


def reader_of(
    entry: Entry,
    reference: Reference,
    lang: str,
    when: datetime.datetime | None = None,
    resolver: Resolver | None = None,
    snapshot: Snapshot | None = None,
) -> deferred.Reader:
    """Return the reader of a story without its page.

    It reads its own site's stories, in its own language.
    """
    sites = None
    if get_settings().SITES != "all":
        sites = tuple(site_ids(reference.roots, entry.site_id)) if entry.site_id is not None else ()
    return deferred.Reader(
        reference=reference,
        language=entry.language,
        lang=lang,
        sites=sites,
        base=base_url(entry, reference),
        when=when or timezone.now(),
        shared=resolver,
        snapshot=snapshot,
    )


def contacts_of(entry: Entry, reference: Reference, when: datetime.datetime) -> list[ContactInfo]:
    """Return the press contacts of a story, those available now first.

    The contacts that it names, or whose scope matches it.
    """
    terms = {name: entry.facts.get(name, ()) for name in SCOPE}
    found = contacts_of_story(reference, entry.facts.get("contacts", ()), terms)
    return reference.contacts.in_order(found, when)


def absolute_links(html: str, base: str) -> str:
    """Return HTML whose links and pictures work on other people's sites."""
    if not base:
        return html
    absolute = rf"\1{base.rstrip('/')}\2"
    html = _SRCSET.sub(lambda found: _ROOT_RELATIVE_WIDTH.sub(absolute, found[0]), html)
    return _ROOT_RELATIVE.sub(absolute, html)


def url_of(path: str, address: str, reference: Reference) -> str:
    """Return a story's absolute URL, percent-encoded.

    Its own address, or the one that Wagtail gives the page.
    """
    return iri_to_uri(address) or address_of(reference.roots, path)


def base_url(entry: Entry, reference: Reference) -> str:
    """Return the root address of the site that an entry belongs to."""
    return next((root.url for root in reference.roots if root.site_id == entry.site_id), "")


#: What answers give of a picture, besides its address.
_OF_IMAGE = ("width", "height", "alt", "caption", "credit", "licence")


def image_item(image: dict[str, Any] | None, base: str) -> dict[str, Any] | None:
    """Return a picture with its present address; ``None`` where it has none.

    A row that an older version wrote has an address instead of a name, of a file that may carry metadata or be gone:
    the picture is back when the row has been projected again.
    """
    url = rendition_url(image.get("name", "")) if image else None
    if not image or not url:
        return None
    return {"url": urljoin(base, url), **{name: image[name] for name in _OF_IMAGE if name in image}}
