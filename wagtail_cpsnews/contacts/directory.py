"""The directory of public contacts, and who answers at a given time.

Pure: made from JSON, asks no database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from .hours import Timetable, timetable

#: An answer "now" is looked at again after this many days at the latest.
LOOK_AHEAD = 2

#: How many days ahead "opens on Monday" is looked for, through how many changes of hours.
FAR_AHEAD, MOST_CHANGES = 30, 60

#: For how many times what was found is kept: now, and what somebody asks besides.
REMEMBERED = 4


@dataclass(frozen=True, eq=False)
class ContactInfo:
    """One contact in all its languages.

    Only what the public may see, but for the dates in ``timetable``.
    """

    key: str
    pks: tuple[int, ...]
    names: Mapping[str, str]
    notes: Mapping[str, str]
    role: str
    national: bool
    areas: frozenset[str]
    crime_types: frozenset[str]
    topics: frozenset[str]
    audience: tuple[str, ...]
    accredited_only: bool
    timetable: Timetable
    channels: tuple[Mapping[str, str], ...]
    out_of_hours: str | None

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Self:
        """Return a contact from a row of ``serializers.read_contacts()``."""
        changes: dict[str, Any] = {name: frozenset(row[name]) for name in ("areas", "crime_types", "topics")}
        changes |= {name: tuple(row[name]) for name in ("pks", "audience", "channels")}
        return cls(**{**row, **changes, "timetable": timetable(row["timetable"])})


@dataclass(frozen=True)
class Availability:
    """Who answers at ``when``, and until when that holds at least.

    open: the keys of contacts that answer. fingerprint: the same wherever all that depends on the time is the same.
    """

    when: datetime.datetime
    until: datetime.datetime
    open: frozenset[str]
    fingerprint: str


class ContactBook:
    """The contacts in their order."""

    def __init__(self, contacts: Iterable[ContactInfo]) -> None:
        self.contacts = tuple(contacts)
        self._known: tuple[Availability, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, ContactInfo]:
        return {contact.key: contact for contact in self.contacts}

    @cached_property
    def _by_pk(self) -> dict[int, ContactInfo]:
        return {pk: contact for contact in self.contacts for pk in contact.pks}

    def by_pk(self, pk: int | None) -> ContactInfo | None:
        """Return the contact that a row belongs to, whatever its language.

        ``None`` where it may not be shown.
        """
        return self._by_pk.get(pk) if pk is not None else None

    def at(self, when: datetime.datetime) -> Availability:
        """Return who is there at ``when``.

        The result is kept: it holds until the next change.
        """
        for known in self._known:
            if known.when <= when < known.until:
                return known
        found = self._find(when)
        self._known = (found, *self._known[: REMEMBERED - 1])
        return found

    def _find(self, when: datetime.datetime) -> Availability:
        until = when + datetime.timedelta(days=LOOK_AHEAD)
        found, says = set(), []
        for contact in self.contacts:
            if contact.timetable.is_open(when):
                found.add(contact.key)
            says.append(f"{contact.key in found:d}{contact.timetable.stand_in(when) or ''}")
            change = contact.timetable.next_change(when, days=LOOK_AHEAD + 1)
            if change is not None and change < until:
                until = change
        return Availability(when, until, frozenset(found), " ".join(says))

    def answering(self, contact: ContactInfo, when: datetime.datetime) -> ContactInfo | None:
        """Return who answers for ``contact``.

        Itself, its stand-in, or its out-of-hours contact, one after another.
        """
        is_open = self.at(when).open
        return next((one for one in self._ask(contact, when, set()) if one.key in is_open), None)

    def _ask(self, contact: ContactInfo, when: datetime.datetime, seen: set[str]) -> Iterator[ContactInfo]:
        seen.add(contact.key)
        yield contact
        for key in (contact.timetable.stand_in(when), contact.out_of_hours):
            following = self.by_key.get(key) if key else None
            if following is not None and following.key not in seen:
                yield from self._ask(following, when, seen)

    def next_answer(
        self, contact: ContactInfo, when: datetime.datetime
    ) -> tuple[datetime.datetime, ContactInfo | None] | None:
        """Return when somebody else begins to answer for ``contact``, and who.

        Nobody is ``None``. Nothing is returned where that does not change within ``FAR_AHEAD`` days.
        """
        now, then = self._who(contact, when), when
        for _change in range(MOST_CHANGES):
            changes = [
                one.timetable.next_change(then, days=FAR_AHEAD) for one in self._ask(contact, then, set())
            ]
            near = [change for change in changes if change is not None]
            if not near:
                return None
            then = min(near)
            if (following := self._who(contact, then)) is not now:
                return then, following
        return None

    def _who(self, contact: ContactInfo, when: datetime.datetime) -> ContactInfo | None:
        """Return who answers for ``contact`` at any time, without what ``at()`` keeps."""
        return next((one for one in self._ask(contact, when, set()) if one.timetable.is_open(when)), None)

    def out_of_hours(self, contact: ContactInfo) -> ContactInfo | None:
        """Return the contact for when this one is closed, where it may be shown."""
        return self.by_key.get(contact.out_of_hours or "")

    def chosen(self, keys: Iterable[str]) -> list[ContactInfo]:
        """Return the contacts with these keys that may be shown.

        In the contacts' own order.
        """
        wanted = set(keys)
        return [contact for contact in self.contacts if contact.key in wanted]

    def for_story(
        self, *, crime_types: Iterable[str] = (), topics: Iterable[str] = (), areas: Iterable[str] = ()
    ) -> list[ContactInfo]:
        """Return the contacts whose scope matches terms (by key).

        Contacts by subject come first, then by area, then for the whole service.

        A contact with subjects and areas needs both to match.
        """
        crimes, cross, places = {*crime_types}, {*topics}, {*areas}
        by_subject, by_area, national = [], [], []
        for contact in self.contacts:
            if contact.crime_types or contact.topics:
                is_near = not contact.areas or contact.areas & places
                if is_near and (contact.crime_types & crimes or contact.topics & cross):
                    by_subject.append(contact)
            elif contact.areas & places:
                by_area.append(contact)
            elif contact.national:
                national.append(contact)
        return [*by_subject, *by_area, *national]

    def in_order(
        self, contacts: Iterable[ContactInfo], when: datetime.datetime, *, with_out_of_hours: bool = True
    ) -> list[ContactInfo]:
        """Return contacts, each followed by those that answer in its place.

        Those available now come first.
        """
        contacts = list(contacts)
        answering = [self.answering(contact, when) for contact in contacts]
        later = [self.out_of_hours(contact) for contact in contacts] if with_out_of_hours else []
        found = [*answering, *contacts, *later] if with_out_of_hours else contacts
        return list(dict.fromkeys(contact for contact in found if contact is not None))
