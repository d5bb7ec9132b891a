"""What comes next for each contact: when it opens or closes, who answers instead.

Asks no database.
"""

from __future__ import annotations

import datetime
from typing import TypedDict

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..contacts.directory import FAR_AHEAD, MOST_CHANGES, ContactInfo
from ..contacts.formatting import available_again, in_zone, opens, until
from ..contacts.hours import Timetable
from .lookups import Reference, best_language


class Opening(TypedDict):
    """The line beside a contact.

    is_away: an exception without hours holds today. text: when the contact opens or closes; may be "". instead: who
    answers during the absence; may be "".
    """

    is_away: bool
    text: str
    instead: str


def find_opening(
    contact: ContactInfo, reference: Reference, lang: str, when: datetime.datetime | None = None
) -> Opening:
    """Return what to say beside a contact, in the language ``lang``.

    An absence is said on its own days alone, and never why.
    """
    when = when or timezone.now()
    now = reference.contacts.at(when)
    # "Tomorrow" changes at midnight, too.
    day = when.astimezone(contact.timetable.tzinfo).date()
    key = ("opening", lang, contact.key, now.when, now.until, day)
    opening: Opening = reference.kept.get_or_make(key, lambda: _find(contact, reference, lang, when))
    return opening


def _find(contact: ContactInfo, reference: Reference, lang: str, when: datetime.datetime) -> Opening:
    timetable = contact.timetable
    change, is_away = _next_change(timetable, when), timetable.is_away(when)
    say = until if timetable.is_open(when) else available_again if is_away else opens
    zone = timetable.tzinfo
    with translation.override(lang):
        text = in_zone(say(change.astimezone(zone), when.astimezone(zone)), zone) if change else ""
        instead = _instead(contact, reference, lang, when) if is_away else ""
    return {"is_away": is_away, "text": text, "instead": instead}


def _instead(contact: ContactInfo, reference: Reference, lang: str, when: datetime.datetime) -> str:
    """Return whom to contact while this one is away; "" where nobody is named."""
    book = reference.contacts
    other = book.by_key.get(contact.timetable.stand_in(when) or "") or book.out_of_hours(contact)
    if other is None:
        return ""
    return _("Contact %(name)s instead") % {"name": best_language(dict(other.names), lang)}


def _next_change(timetable: Timetable, when: datetime.datetime) -> datetime.datetime | None:
    """Return when the contact opens, or closes where it is open.

    ``None`` where that is not within ``FAR_AHEAD`` days.
    """
    is_open, then = timetable.is_open(when), when
    for _change in range(MOST_CHANGES):
        change = timetable.next_change(then, days=FAR_AHEAD)
        if change is None:
            return None
        then = change
        if timetable.is_open(then) is not is_open:
            return then
    return None
