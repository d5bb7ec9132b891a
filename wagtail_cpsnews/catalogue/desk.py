"""The desk: the one number that answers journalists now.

Until when, and who is next. Asks no database.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone, translation

from ..contacts.directory import ContactInfo
from ..contacts.formatting import in_words, in_zone, opens, until
from .lookups import Reference, best_language


def find_desk(
    reference: Reference,
    lang: str,
    contacts: Iterable[ContactInfo] | None = None,
    when: datetime.datetime | None = None,
) -> dict[str, Any] | None:
    """Return who answers journalists, or ``None`` where no contact is public.

    contacts: in the order in which they are to be asked; those for the whole service where none are given.

    ``answering``: ``{"id", "name", "hours", "notes", "channel", "text", "language"}`` of who answers now, ``None``
    where nobody does; ``text`` says until when. ``following``: the same of who is next; ``text`` says from when.
    """
    book, when = reference.contacts, when or timezone.now()
    asked = tuple(contacts if contacts is not None else national(reference))
    if not asked:
        return None
    now = book.at(when)
    # What is said of a day ("tomorrow") changes at midnight, too.
    day = when.astimezone(asked[0].timetable.tzinfo).date()
    key = ("desk", lang, tuple(one.key for one in asked), now.when, now.until, day)
    return reference.kept.get_or_make(key, lambda: _find(reference, lang, asked, when))


def national(reference: Reference) -> list[ContactInfo]:
    """Return the contacts for the whole service.

    Where there are none, the first contact.
    """
    contacts = reference.contacts.contacts
    return [one for one in contacts if one.national] or list(contacts[:1])


def _find(
    reference: Reference, lang: str, asked: tuple[ContactInfo, ...], when: datetime.datetime
) -> dict[str, Any]:
    book = reference.contacts
    with translation.override(lang):
        for contact in asked:
            answering = book.answering(contact, when)
            if answering is not None:
                return _open(reference, lang, contact, answering, when)
        waiting = [(change, one) for one in asked if (change := book.next_answer(one, when))]
        if not waiting:
            return {"answering": None, "following": _line(asked[0], "", lang)}
        (start, following), asked_first = min(waiting, key=lambda found: found[0][0])
        following = following or asked_first
        return {
            "answering": None,
            "following": _line(following, _at(opens, following, start, when), lang),
        }


def _open(
    reference: Reference, lang: str, contact: ContactInfo, answering: ContactInfo, when: datetime.datetime
) -> dict[str, Any]:
    book = reference.contacts
    change = book.next_answer(contact, when)
    if change is None:
        return {"answering": _line(answering, "", lang), "following": None}
    end, following = change
    text = _at(until, answering, end, when)
    later = ""
    if following is None:  # a gap: nobody answers until somebody opens again
        again = book.next_answer(contact, end)
        following = again[1] if again else None
        if again and following:
            later = _at(opens, following, again[0], when)
    return {
        "answering": _line(answering, text, lang),
        "following": _line(following, later, lang) if following and following is not answering else None,
    }


def _at(
    say: Callable[[datetime.datetime, datetime.datetime], str],
    contact: ContactInfo,
    then: datetime.datetime,
    now: datetime.datetime,
) -> str:
    """Return when something happens, by the clock of a contact."""
    zone = contact.timetable.tzinfo
    return in_zone(say(then.astimezone(zone), now.astimezone(zone)), zone)


def _line(contact: ContactInfo, text: str, lang: str) -> dict[str, Any]:
    """Return a contact with the channel to use.

    Its first telephone number, or what it has.
    """
    phones = [channel for channel in contact.channels if channel["type"] == "phone"]
    return {
        "id": contact.key,
        "name": best_language(dict(contact.names), lang),
        "hours": in_words(contact.timetable),
        "notes": best_language(dict(contact.notes), lang),
        "channel": dict((phones or contact.channels)[0]),
        "text": text,
    }
