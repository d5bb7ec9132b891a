"""The versions of a protocol as readers get them.

Which one holds, what replaced what, and where each clause is found.

Reads the stream field's raw data, so that to know the status costs no query, and choosers none for each annex.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ..catalogue.dates import display
from ..catalogue.public_values import rich_html
from ..catalogue.visibility import visible_documents
from .blocks.protocol import BEING_UPDATED, IN_FORCE, PARTY_GROUPS, RELEASES, SUPERSEDED, name_key

#: A version that is agreed and does not hold yet: readers see it, editors do not set it.
COMING = "coming"


def today() -> datetime.date:
    """Return the day in ``TIME_ZONE``."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


@dataclass(frozen=True)
class Clause:
    """A numbered clause, or an annex's text.

    ``anchor`` never changes, ``url`` is where it is read.
    """

    id: str
    anchor: str
    url: str
    number: str
    heading: str
    source: str
    write: Callable[[str], str] = field(repr=False, compare=False)

    @cached_property
    def html(self) -> str:
        """The text as HTML, with links to what readers may see."""
        return self.write(self.source)

    @property
    def name(self) -> str:
        """ "4.2 Photographs"."""
        return " ".join(part for part in (self.number, self.heading) if part)

    @property
    def depth(self) -> int:
        """How deep the number lies: 1 for "4", 2 for "4.2", 3 for what is deeper."""
        return min(3, 1 + self.number.strip(" .").count("."))


@dataclass(frozen=True)
class Annex(Clause):
    """An annex with its lists of material.

    ``document_pk`` may be a document that not everybody may read.
    """

    lists: tuple[dict[str, Any], ...] = ()
    document_pk: Any = None


class Version:
    """One version; ``history`` knows the others."""

    def __init__(self, history: History, pk: str, value: dict[str, Any]) -> None:
        self.history = history
        self.id = pk
        self._value = value
        self.title = str(value.get("title") or "").strip()
        self.status = value.get("status") or IN_FORCE
        self.since = _day(value.get("in_force_from"))
        self.until = _day(value.get("in_force_to"))

    @property
    def url(self) -> str:
        """The address that shows this version for ever."""
        return f"{self.history.path}?{urlencode({'version': self.id})}"

    @cached_property
    def replaces(self) -> Version | None:
        """The version that this one took the place of."""
        found = self.history.find(self._value.get("replaces") or "")
        return found if found is not self else None

    @cached_property
    def successor(self) -> Version | None:
        """The version that took the place of this one."""
        later = [version for version in self.history.versions if version.replaces is self]
        return max(later, key=lambda version: version.since or datetime.date.min, default=None)

    @cached_property
    def state(self) -> str:
        """Return the status today.

        ``in_force``, ``being_updated``, ``superseded`` or ``coming``.
        """
        day = self.history.day
        if self.status == SUPERSEDED or (self.until and self.until < day):
            return SUPERSEDED
        if self.since and self.since > day:
            return COMING
        successor = self.successor
        if successor is not None and successor.status != SUPERSEDED and (successor.since or day) <= day:
            return SUPERSEDED
        return str(self.status)

    @property
    def ended(self) -> datetime.date | None:
        """The day from which it no longer held."""
        if self.successor is not None and self.successor.since:
            return self.successor.since
        if self.until is None or self.until == datetime.date.max:
            return None
        return self.until + datetime.timedelta(days=1)

    @property
    def status_display(self) -> str:
        """The status in words, in the active language: "In force since 17 December 2025"."""
        return _sentence(self)

    @property
    def introduction_source(self) -> str:
        """The introduction as it is stored."""
        return str(self._value.get("introduction") or "")

    @cached_property
    def introduction(self) -> str:
        """HTML."""
        return self.history.write(self.introduction_source)

    @property
    def parties(self) -> list[dict[str, str]]:
        """Who agreed: name, group, and the group's label in the active language."""
        labels = dict(PARTY_GROUPS)
        return [
            {"name": party["name"], "group": group, "group_display": str(labels.get(group, labels["other"]))}
            for _pk, party in _items(self._value.get("agreed_by"))
            if party.get("name")
            for group in [party.get("group") or "other"]
        ]

    @cached_property
    def clauses(self) -> list[Clause]:
        """The numbered clauses in the order of the agreement."""
        return [
            Clause(
                number=str(value.get("number") or "").strip(),
                heading=str(value.get("heading") or "").strip(),
                source=value.get("text") or "",
                write=self.history.write,
                **self._place("clause", pk),
            )
            for pk, value in self._numbered("clauses")
        ]

    @cached_property
    def annexes(self) -> list[Annex]:
        """The annexes, without their documents."""
        return [
            Annex(
                number="",
                heading=str(value.get("title") or "").strip(),
                source=value.get("text") or "",
                write=self.history.write,
                lists=tuple(_material(value.get("lists"))),
                document_pk=value.get("document"),
                **self._place("annex", pk),
            )
            for pk, value in self._numbered("annexes")
        ]

    @cached_property
    def documents(self) -> dict[Any, Any]:
        """Return the annexes' documents by key.

        Documents in collections that not everybody may read are left out.
        """
        pks = {annex.document_pk for annex in self.annexes if annex.document_pk}
        if not pks:
            return {}
        return {document.pk: document for document in visible_documents(Q(pk__in=pks))}

    @property
    def annexes_with_documents(self) -> list[tuple[Annex, Any]]:
        """Each annex with its document, or ``None``."""
        return [(annex, self.documents.get(annex.document_pk)) for annex in self.annexes]

    def _numbered(self, name: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """Return items with ids that are unique in the version.

        The stored ids may not be: anything can be written to the database.
        """
        seen: dict[str, int] = {}
        for place, (pk, value) in enumerate(_items(self._value.get(name)), start=1):
            pk = pk or f"{self.id}-{place}"
            seen[pk] = seen.get(pk, 0) + 1
            yield (pk if seen[pk] == 1 else f"{pk}-{seen[pk]}"), value

    def _place(self, kind: str, pk: str) -> dict[str, str]:
        anchor = f"{kind}-{pk}"
        return {"id": pk, "anchor": anchor, "url": f"{self.url}#{anchor}"}


class History:
    """All versions of one protocol, newest first.

    path: the page's address, which links begin with. write: makes HTML of a rich text; without it as a preview shows it.
    """

    def __init__(
        self,
        stream: Any,
        path: str = "",
        day: datetime.date | None = None,
        write: Callable[[str], str] | None = None,
    ) -> None:
        self.path = path
        self.write = write or rich_html
        self.day = day or today()
        raw = [block for block in stream.raw_data if block["type"] == "version"]
        versions = [Version(self, str(block.get("id") or uuid.uuid4()), block["value"]) for block in raw]
        versions.sort(key=lambda version: version.since or datetime.date.min, reverse=True)
        self.versions = versions

    def find(self, text: str) -> Version | None:
        """Return the version with this id or title.

        The title may be written as in an address ("2005-protocol").
        """
        wanted = name_key(text)
        if not wanted:
            return None
        for version in self.versions:
            if wanted in (version.id.casefold(), name_key(version.title)):
                return version
        return next((version for version in self.versions if slugify(version.title) == wanted), None)

    @property
    def oldest_first(self) -> list[Version]:
        """The versions in the order in which they were agreed."""
        return self.versions[::-1]

    @cached_property
    def present(self) -> Version | None:
        """The version that holds today, or ``None``."""
        return next(
            (version for version in self.versions if version.state in (IN_FORCE, BEING_UPDATED)), None
        )

    @property
    def shown(self) -> Version | None:
        """What the plain address shows: what holds, else what will, else what held last."""
        coming = (version for version in self.oldest_first if version.state == COMING)
        return self.present or next(coming, None) or next(iter(self.versions), None)

    @property
    def status_display(self) -> str:
        """Return the protocol's status in words, in the active language.

        "" where it has no version.
        """
        return self.shown.status_display if self.shown else ""


def _sentence(version: Version) -> str:
    since = display(version.since)
    if version.state == BEING_UPDATED:
        return _("Being updated; in force since %(date)s") % {"date": since} if since else _("Being updated")
    if version.state == COMING:
        return _("In force from %(date)s") % {"date": since}
    if version.state == IN_FORCE:
        return _("In force since %(date)s") % {"date": since} if since else _("In force")
    ended, successor = display(version.ended), version.successor
    if successor is not None and ended:
        return _("Superseded on %(date)s by “%(title)s”") % {"date": ended, "title": successor.title}
    if successor is not None:
        return _("Superseded by “%(title)s”") % {"title": successor.title}
    return _("Not in force since %(date)s") % {"date": ended} if ended else _("No longer in force")


def _day(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _items(raw: Any) -> list[tuple[str, Any]]:
    """Return the items of a list block's raw data with their ids."""
    items = []
    for item in raw or ():
        if isinstance(item, dict) and item.get("type") == "item" and "value" in item:
            items.append((str(item.get("id") or ""), item["value"]))
        else:
            items.append(("", item))
    return items


def _material(raw: Any) -> Iterable[dict[str, Any]]:
    labels = dict(RELEASES)
    for _pk, value in _items(raw):
        release = value.get("release") or "other"
        title = value.get("title") or (str(labels.get(release, "")) if release != "other" else "")
        items = [str(item) for _id, item in _items(value.get("items")) if item]
        if items:
            yield {"release": release, "title": title, "items": items}
