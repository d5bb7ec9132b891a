"""An entry as readers get it: labels and dates in a language, absolute addresses. For API, cards and embeds."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.apps import apps
from django.utils import timezone, translation
from django.utils.encoding import iri_to_uri

from ..conf import get_settings
from ..contacts.directory import ContactInfo
from ..contacts.models import SCOPE
from ..images.renditions import rendition_url
from ..registry import PLURALS, TAXONOMIES
from . import deferred
from .adapters import adapter_for
from .contacts import contact_items, contacts_of_story
from .dates import display, iso
from .db import using
from .lookups import Reference, TermInfo
from .models import ROW_FORMAT, Entry
from .references import Resolver
from .rows import Row, build_row, text_of
from .sites import address_of, site_ids
from .state import Snapshot
from .stored_references import all_refs
from .story_updates import label_updates, pick_latest
from .summaries import language_name

#: The fields of an item in a list, in the order in which they are given; ``fields`` chooses among them.
LIST_FIELDS = (
    "id",
    "kind",
    "title",
    "summary",
    "url",
    "published",
    "published_display",
    "updated",
    *PLURALS.values(),
    "language",
    "language_display",
    "translations",
    "image",
    "speech",
    "letter",
    "updates",
    "latest_updates",
    "archived",
)

#: What the story itself adds.
DETAIL_FIELDS = ("body", "body_html", "plain_text", "notes_to_editors", "documents", "contacts", "licence")

_HREF = re.compile(r"""\s+href=("[^"]*"|'[^']*')""", re.IGNORECASE)
_ROOT_RELATIVE = re.compile(r"""(\s(?:href|src)=["'])(/(?!/))""")


def list_fields() -> tuple[str, ...]:
    """The fields of an item with the present settings: taxonomies that are off have none."""
    on = get_settings().is_on
    off = {taxonomy.field for name, taxonomy in TAXONOMIES.items() if not on(name)}
    return tuple(name for name in LIST_FIELDS if name not in off)


def item(
    entry: Entry,
    reference: Reference,
    lang: str,
    *,
    detail: bool = False,
    moment: datetime.datetime | None = None,
    resolver: Resolver | None = None,
    snapshot: Snapshot | None = None,
) -> dict[str, Any]:
    """One story as the API gives it.

    detail: with body, text, documents, licence and contacts, these as they are at ``moment`` (now, where it is not given).
    resolver: decides what the stories of a list point to; ``resolver_for()`` makes one.
    snapshot: what lists inside the story are made from; the current one, where it is not given.
    """
    with translation.override(lang):
        base = base_url(entry, reference)
        entry = _in_this_form(entry, reference, detail=detail)
        facts = entry.facts
        if deferred.placeholders_in(facts):
            facts = deferred.fill(facts, reader_of(entry, reference, lang, moment, resolver))
        data: dict[str, Any] = {
            "id": str(entry.pk),
            "title": entry.title,
            "summary": entry.summary,
            "url": url_of(entry.path, entry.address, reference),
            "published": iso(entry.published),
            "published_display": display(entry.published),
            "updated": iso(entry.updated),
            "language": entry.language,
            "language_display": language_name(entry.language),
            "translations": [
                {
                    "id": version["id"],
                    "language": version["language"],
                    "language_display": language_name(version["language"]),
                    "url": url_of(version["path"], version["address"], reference),
                }
                for version in facts.get("translations", ())
            ],
            "image": _image(facts.get("image"), base),
        }
        data |= _terms(entry, reference, lang)
        if facts.get("speech"):
            speech = {name: value for name, value in facts["speech"].items() if value is not None}
            data["speech"] = {**speech, "delivered_on_display": display(speech.get("delivered_on"))}
        if facts.get("letter"):
            data["letter"] = facts["letter"]
        if facts.get("updates"):
            updates = label_updates(facts["updates"], reference, lang, entry.language)
            data |= {"updates": updates, "latest_updates": pick_latest(updates)}
        if facts.get("archived"):
            data["archived"] = facts["archived"]
        data |= facts.get("extra") or {}
        data = {name: data[name] for name in sorted(data, key=_position)}
        if detail:
            data |= _content(entry, base, reader_of(entry, reference, lang, moment, resolver, snapshot))
            data["licence"] = get_settings().licence(lang)
        return data


def resolver_for(entries: Iterable[Entry], reference: Reference) -> Resolver:
    """Return what decides about everything that the stories of a list point to: two queries, however many they are."""
    resolver = Resolver(reference, reference.default_language)
    for entry in entries:
        resolver.want(all_refs(entry.facts))
    return resolver


def _in_this_form(entry: Entry, reference: Reference, *, detail: bool) -> Entry:
    """An entry that an earlier version has written, as this one writes it; it is projected again soon.

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
    """What the page of an entry says now; ``None`` where it can't be read."""
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
    moment: datetime.datetime | None = None,
    resolver: Resolver | None = None,
    snapshot: Snapshot | None = None,
) -> deferred.Reader:
    """Who reads a story without its page: its own site's stories, in its own language."""
    sites = None
    if get_settings().SITES != "all":
        sites = tuple(site_ids(reference.roots, entry.site_id)) if entry.site_id is not None else ()
    return deferred.Reader(
        reference=reference,
        language=entry.language,
        lang=lang,
        sites=sites,
        base=base_url(entry, reference),
        moment=moment or timezone.now(),
        shared=resolver,
        snapshot=snapshot,
    )


def _position(name: str) -> int:
    return LIST_FIELDS.index(name) if name in LIST_FIELDS else len(LIST_FIELDS)


def terms_of(entry: Entry, reference: Reference, taxonomy: str) -> list[TermInfo]:
    """The terms of an entry in one taxonomy, in the terms' own order; none where the taxonomy is off."""
    if not get_settings().is_on(taxonomy):
        return []
    known = reference.taxonomies[taxonomy]
    terms = {
        term.key: term
        for key in entry.facts.get(TAXONOMIES[taxonomy].field, ())
        if (term := known.follow(key))
    }
    return sorted(terms.values(), key=lambda term: known.position[term.key])


def _terms(entry: Entry, reference: Reference, lang: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for taxonomy in get_settings().taxonomies:
        labels = [labelled(term, lang) for term in terms_of(entry, reference, taxonomy)]
        declared = TAXONOMIES[taxonomy]
        data[declared.field] = labels if declared.many else (labels[0] if labels else None)
    return data


def labelled(term: TermInfo, lang: str) -> dict[str, str]:
    """A term for readers of ``lang``; ``language`` says what its label is in where that is another language."""
    other = term.label_language(lang)
    return {"slug": term.slug, "label": term.label(lang), **({"language": other} if other else {})}


def _content(entry: Entry, base: str, reader: deferred.Reader) -> dict[str, Any]:
    content = deferred.fill(entry.content, reader)
    documents = [reader.resolver.document(pk) for pk in content.get("documents", ())]
    moment = reader.moment or timezone.now()
    return {
        "body": content.get("body", []),
        "body_html": absolute_links(content.get("body_html", ""), base),
        "plain_text": text_of(entry.content, reader) if all_refs(entry.content) else entry.text,
        "notes_to_editors": absolute_links(content.get("notes_to_editors", ""), base),
        "documents": [
            {"title": document.title, "url": urljoin(base, document.url), "size": document.get_file_size()}
            for document in documents
            if document is not None
        ],
        "contacts": contact_items(
            contacts_of(entry, reader.reference, moment), reader.reference, reader.lang, moment
        ),
    }


def contacts_of(entry: Entry, reference: Reference, moment: datetime.datetime) -> list[ContactInfo]:
    """Whom journalists ask about a story: the contacts that it names, or whose scope matches it; those available now come first."""
    terms = {name: entry.facts.get(name, ()) for name in SCOPE}
    found = contacts_of_story(reference, entry.facts.get("contacts", ()), terms)
    return reference.contacts.in_order(found, moment)


def absolute_links(html: str, base: str) -> str:
    """HTML whose links and pictures work on other people's sites."""
    return _ROOT_RELATIVE.sub(rf"\1{base.rstrip('/')}\2", html) if base else html


def url_of(path: str, address: str, reference: Reference) -> str:
    """A story's absolute URL, percent-encoded: its own address, or the one that Wagtail gives the page."""
    return iri_to_uri(address) or address_of(reference.roots, path)


def base_url(entry: Entry, reference: Reference) -> str:
    """The root address of the site that an entry belongs to."""
    return next((root.url for root in reference.roots if root.site_id == entry.site_id), "")


#: What answers give of a picture, besides its address.
_OF_IMAGE = ("width", "height", "alt", "credit", "licence")


def _image(image: dict[str, Any] | None, base: str) -> dict[str, Any] | None:
    """Return a picture with its present address; ``None`` where it has none.

    A row that an older version wrote has an address instead of a name, of a file that may carry metadata or be gone:
    the picture is back when the row has been projected again.
    """
    url = rendition_url(image.get("name", "")) if image else None
    if not image or not url:
        return None
    return {"url": urljoin(base, url), **{name: image[name] for name in _OF_IMAGE if name in image}}
