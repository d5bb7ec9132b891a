"""Contacts as readers get them.

Labels and hours in a language, and who answers at a given time. Asks no database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from ..conf import get_settings
from ..contacts.blocks import CHANNELS
from ..contacts.directory import ContactInfo
from ..contacts.formatting import in_words
from ..contacts.hours import pairs
from ..contacts.models import SCOPE, Audience, Role
from . import deferred
from .deferred import DeferredBlock, Reader
from .lookups import Reference, best_language
from .opening import find_opening

#: In the API, whatever the language.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def contact_items(
    contacts: Iterable[ContactInfo],
    reference: Reference,
    lang: str,
    when: datetime.datetime | None = None,
) -> list[dict[str, Any]]:
    """Return contacts as the API gives them, in the order given."""
    when = when or timezone.now()
    with translation.override(lang):
        return [_item(contact, reference, lang, when) for contact in contacts]


def contact_lines(
    contacts: Iterable[ContactInfo],
    reference: Reference,
    lang: str,
    when: datetime.datetime | None = None,
) -> list[dict[str, Any]]:
    """Return contacts for a page, with those for out of hours.

    Those available now come first.

    ``is_for_out_of_hours`` marks those that are there only for when another does not answer. ``opening`` is what
    comes next for each; a page that shows it has to be made again at midnight.
    """
    when, contacts = when or timezone.now(), list(contacts)
    found = reference.contacts.in_order(contacts, when)
    lines = contact_items(found, reference, lang, when)
    for contact, line in zip(found, lines, strict=True):
        line["is_for_out_of_hours"] = contact not in contacts
        line["opening"] = find_opening(contact, reference, lang, when)
    return lines


def contacts_of_story(
    reference: Reference, keys: Iterable[str], terms: Mapping[str, Iterable[str]]
) -> list[ContactInfo]:
    """Return the contacts that a story names, or those whose scope matches its terms.

    terms: keys by ``"crime_types"``, ``"topics"``, ``"areas"``.
    """
    book = reference.contacts
    on = get_settings().is_on
    scope = {
        name: {
            term.key for key in terms.get(name, ()) if (term := reference.taxonomies[taxonomy].follow(key))
        }
        for name, taxonomy in SCOPE.items()
        if on(taxonomy)
    }
    return book.chosen(keys) or book.for_story(**scope)


def _item(contact: ContactInfo, reference: Reference, lang: str, when: datetime.datetime) -> dict[str, Any]:
    book = reference.contacts
    return {
        **_brief(contact, reference, lang, when),
        "notes": best_language(dict(contact.notes), lang),
        "national": contact.national,
        **{
            name: _terms(getattr(contact, name), taxonomy, reference, lang)
            for name, taxonomy in SCOPE.items()
            if get_settings().is_on(taxonomy)
        },
        "audience": [{"slug": name, "label": str(Audience(name).label)} for name in contact.audience],
        "accredited_only": contact.accredited_only,
        "out_of_hours": _brief_or_none(book.out_of_hours(contact), reference, lang, when),
        "answers_now": _brief_or_none(book.answering(contact, when), reference, lang, when),
    }


def _brief_or_none(contact: ContactInfo | None, *rest: Any) -> dict[str, Any] | None:
    return _brief(contact, *rest) if contact is not None else None


def _brief(contact: ContactInfo, reference: Reference, lang: str, when: datetime.datetime) -> dict[str, Any]:
    """Return the facts of a contact that every output gives."""
    names = dict(CHANNELS)
    return {
        "id": contact.key,
        "name": best_language(dict(contact.names), lang),
        "role": {"slug": contact.role, "label": str(Role(contact.role).label)},
        "now": contact.key in reference.contacts.at(when).open,
        "channels": [
            {**channel, "label": channel["label"] or str(names[channel["type"]])}
            for channel in contact.channels
        ],
        "hours": {
            "text": in_words(contact.timetable),
            "time_zone": str(contact.timetable.tzinfo),
            "bank_holidays": contact.timetable.bank_holidays,
            "week": [
                {"day": WEEKDAYS[day], "opens": opens, "closes": closes}
                for day, spans in enumerate(contact.timetable.week)
                for opens, closes in pairs(spans)
            ],
        },
    }


def _terms(keys: Iterable[str], taxonomy: str, reference: Reference, lang: str) -> list[dict[str, str]]:
    known = reference.taxonomies[taxonomy]
    terms = {term.key: term for key in keys if (term := known.follow(key))}
    return [
        {"slug": term.slug, "label": term.label(lang)}
        for term in sorted(terms.values(), key=lambda term: known.position[term.key])
    ]


# -- in the text of a story ------------------------------------------------------------------------------------------


def render_contact(
    contact: ContactInfo | None, reference: Reference, lang: str, when: datetime.datetime | None = None
) -> str:
    """Return a contact and its out-of-hours contact as HTML.

    "" for one that may not be shown.
    """
    if contact is None:
        return ""
    lines = contact_lines([contact], reference, lang, when)
    with translation.override(lang):
        return render_to_string("wagtail_cpsnews/contacts.html", {"contacts": lines, "show_audience": True})


@deferred.register("press_contact")
class DeferredContact(DeferredBlock):
    """A contact in the text of a story.

    Only its key is stored: a stored number could outlive a change.
    """

    def find(self, data: Any, reader: Reader) -> ContactInfo | None:
        return reader.reference.contacts.by_key.get(data["key"])

    def as_json(self, found: ContactInfo, data: Any, reader: Reader) -> dict[str, Any]:
        return contact_items([found], reader.reference, reader.lang, reader.when)[0]

    def as_html(self, found: ContactInfo, data: Any, reader: Reader) -> str:
        return render_contact(found, reader.reference, reader.lang, reader.when)
