"""The public facts of all contacts, as JSON for the state row.

What is internal is not in it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from .blocks import link
from .models import SCOPE, PressContact


def read_contacts(alias: str) -> list[dict[str, Any]]:
    """Return the contacts that may be shown, in their order.

    One row each, in all its languages.

    alias: the database to read them from.
    """
    models = {name: getattr(PressContact, name).rel.model for name in SCOPE}
    scope = [Prefetch(name, queryset=model._default_manager.using(alias)) for name, model in models.items()]
    contacts = PressContact._default_manager.using(alias).select_related("locale").prefetch_related(*scope)
    rows: dict[str, dict[str, Any]] = {}
    keys = {contact.pk: str(contact.translation_key) for contact in contacts}
    for contact in sorted(contacts, key=lambda contact: (contact.sort_order, contact.pk)):
        if contact.retired:
            continue
        channels = _channels(contact)
        if not channels:
            continue
        key = str(contact.translation_key)
        row = rows.setdefault(
            key,
            {
                "key": key,
                "pks": [],
                "names": {},
                "notes": {},
                "role": contact.role,
                "national": contact.national,
                **{name: [] for name in SCOPE},
                "audience": contact.audience,
                "accredited_only": contact.accredited_only,
                "timetable": contact.timetable_data(keys),
                "channels": channels,
                "out_of_hours": keys.get(contact.out_of_hours_id) if contact.out_of_hours_id else None,
            },
        )
        row["pks"].append(contact.pk)
        row["names"][contact.locale.language_code] = contact.name
        row["notes"][contact.locale.language_code] = contact.notes
        for name in SCOPE:
            found = {str(term.translation_key) for term in getattr(contact, name).all()}
            row[name] = sorted({*row[name], *found})
    return list(rows.values())


def _channels(contact: PressContact) -> list[dict[str, str]]:
    channels = []
    for value in contact.public_channels:
        try:
            url = link(value["kind"], value["value"])
        except ValidationError:  # written past the form; a link that dials nothing helps nobody
            continue
        channels.append(
            {
                "type": value["kind"],
                "label": value.get("label") or "",
                "value": value["value"].strip(),
                "url": url,
            }
        )
    return channels
