"""An entry as readers get it: labels and dates in a language, absolute addresses. For API, cards and embeds."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import urljoin

from django.utils import timezone, translation

from ..conf import get_settings
from ..contacts.book import ContactInfo
from ..contacts.models import SCOPE
from .build import PLURALS
from .contacts import contact_items, contacts_of_story, fill_places, fill_values
from .dates import display
from .models import Entry
from .reference import Reference, TermInfo
from .sites import address_of

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
    "crime_types",
    "areas",
    "topics",
    "language",
    "translations",
    "image",
    "speech",
    "updates",
    "archived",
)

#: What the story itself adds.
DETAIL_FIELDS = ("body", "body_html", "plain_text", "notes_to_editors", "documents", "contacts")

_ROOT_RELATIVE = re.compile(r"""(\s(?:href|src)=["'])(/(?!/))""")


def list_fields() -> tuple[str, ...]:
    """The fields of an item with the present settings: taxonomies that are off have none."""
    on = get_settings().is_on
    off = {PLURALS.get(name, name) for name in ("kind", *PLURALS) if not on(name)}
    return tuple(name for name in LIST_FIELDS if name not in off)


def item(
    entry: Entry,
    reference: Reference,
    lang: str,
    *,
    detail: bool = False,
    moment: datetime.datetime | None = None,
) -> dict[str, Any]:
    """One story as the API gives it.

    detail: with body, text, documents and contacts, these as they are at ``moment`` (now, where it is not given).
    """
    with translation.override(lang):
        base = base_url(entry, reference)
        data: dict[str, Any] = {
            "id": str(entry.pk),
            "title": entry.title,
            "summary": entry.summary,
            "url": url_of(entry.path, entry.address, reference),
            "published": iso(entry.published),
            "published_display": display(entry.published),
            "updated": iso(entry.updated),
            "language": entry.language,
            "translations": [
                {
                    "id": version["id"],
                    "language": version["language"],
                    "url": url_of(version["path"], version["address"], reference),
                }
                for version in entry.facts.get("translations", ())
            ],
            "image": _absolute_image(entry.facts.get("image"), base),
        }
        data |= _terms(entry, reference, lang)
        if entry.facts.get("speech"):
            speech = entry.facts["speech"]
            data["speech"] = {**speech, "delivered_on_display": display(speech.get("delivered_on"))}
        if entry.facts.get("updates"):
            data["updates"] = [
                {**update, "date_display": display(update.get("date"))} for update in entry.facts["updates"]
            ]
        if entry.facts.get("archived"):
            data["archived"] = entry.facts["archived"]
        data |= entry.facts.get("extra") or {}
        data = {name: data[name] for name in sorted(data, key=_position)}
        if detail:
            data |= _content(entry, base, reference, lang, moment or timezone.now())
        return data


def _position(name: str) -> int:
    return LIST_FIELDS.index(name) if name in LIST_FIELDS else len(LIST_FIELDS)


def terms_of(entry: Entry, reference: Reference, taxonomy: str) -> list[TermInfo]:
    """The terms of an entry in one taxonomy, in the terms' own order; none where the taxonomy is off."""
    if not get_settings().is_on(taxonomy):
        return []
    known = reference.taxonomies[taxonomy]
    terms = {
        term.key: term
        for key in entry.facts.get(PLURALS.get(taxonomy, taxonomy), ())
        if (term := known.follow(key))
    }
    return sorted(terms.values(), key=lambda term: known.position[term.key])


def _terms(entry: Entry, reference: Reference, lang: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for taxonomy in get_settings().taxonomies:
        labels = [
            {"slug": term.slug, "label": term.label(lang)} for term in terms_of(entry, reference, taxonomy)
        ]
        if taxonomy == "kind":
            data["kind"] = labels[0] if labels else None
        else:
            data[PLURALS[taxonomy]] = labels
    return data


def _content(
    entry: Entry, base: str, reference: Reference, lang: str, moment: datetime.datetime
) -> dict[str, Any]:
    content = entry.content
    body = content.get("body", [])
    filled = fill_values(body, reference, lang, moment)
    html = fill_places(content.get("body_html", ""), reference, lang, moment)
    return {
        "body": [
            new
            for old, new in zip(body, filled, strict=True)
            if new["value"] is not None or old["value"] is None
        ],
        "body_html": absolute_links(html, base),
        "plain_text": entry.text,
        "notes_to_editors": absolute_links(content.get("notes_to_editors", ""), base),
        "documents": [
            {**document, "url": urljoin(base, document["url"])} for document in content.get("documents", ())
        ],
        "contacts": contact_items(contacts_of(entry, reference, moment), reference, lang, moment),
    }


def contacts_of(entry: Entry, reference: Reference, moment: datetime.datetime) -> list[ContactInfo]:
    """Whom journalists ask about a story: whoever it names, or whose scope matches it; who answers comes first."""
    terms = {name: entry.facts.get(name, ()) for name in SCOPE}
    found = contacts_of_story(reference, entry.facts.get("contacts", ()), terms)
    return reference.contacts.in_order(found, moment)


def absolute_links(html: str, base: str) -> str:
    """HTML whose links and pictures work on other people's sites."""
    return _ROOT_RELATIVE.sub(rf"\1{base.rstrip('/')}\2", html) if base else html


def url_of(path: str, address: str, reference: Reference) -> str:
    """A story's absolute URL: its own address, or the one that Wagtail gives the page."""
    return address or address_of(reference.roots, path)


def base_url(entry: Entry, reference: Reference) -> str:
    """The root address of the site that an entry belongs to."""
    return next((root.url for root in reference.roots if root.site_id == entry.site_id), "")


def _absolute_image(image: dict[str, Any] | None, base: str) -> dict[str, Any] | None:
    return {**image, "url": urljoin(base, image["url"])} if image else None


def iso(moment: Any) -> str | None:
    """A moment with its offset in ``TIME_ZONE``."""
    if moment is None:
        return None
    return str(timezone.localtime(moment, timezone.get_default_timezone()).isoformat(timespec="seconds"))
