"""Differences between two versions of a protocol.

Clause by clause, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup
from django.utils.translation import gettext as _

from .blocks.protocol import name_key, tidy_number
from .protocol_history import Annex, Clause, Version

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

#: Two texts with more pairs of words than this are compared by paragraphs: anybody can ask, and time grows with them.
MOST_WORK = 4_000_000

_LINES = ["p", "li", "h2", "h3", "h4", "h5", "blockquote", "br"]


@dataclass(frozen=True)
class Piece:
    """Words that stayed, came or went."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """One part of a version.

    Number, heading, lines of plain text, and where it is read.
    """

    number: str
    heading: str
    lines: tuple[str, ...]
    url: str = ""

    @property
    def name(self) -> str:
        """ "4.2 Photographs"."""
        return " ".join(part for part in (self.number, self.heading) if part)


@dataclass(frozen=True)
class Pair:
    """The same part in both versions, or a part that only one of them has."""

    before: Part | None
    after: Part | None

    @cached_property
    def change(self) -> str:
        """``same``, ``changed``, ``added`` or ``removed``."""
        if self.before is None:
            return ADDED
        if self.after is None:
            return REMOVED
        one, other = self.before, self.after
        is_same = (one.name, one.lines) == (other.name, other.lines)
        return SAME if is_same else CHANGED

    @property
    def part(self) -> Part:
        """The part as it is in the later version, or was in the earlier one."""
        part = self.after or self.before
        assert part is not None
        return part

    @property
    def name(self) -> list[Piece]:
        """Number and heading, with what changed."""
        before, after = self._lines("name")
        return next(iter(differences(before, after)), [])

    @property
    def paragraphs(self) -> list[list[Piece]]:
        """The text, with what changed."""
        return differences(*self._lines("lines"))

    def _lines(self, name: str) -> tuple[Sequence[str], Sequence[str]]:
        found = [getattr(part, name) if part else () for part in (self.before, self.after)]
        before, after = [(value,) if isinstance(value, str) else value for value in found]
        return before, after


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side, ``before`` and ``after`` as the reader put them."""

    before: Version
    after: Version

    @cached_property
    def groups(self) -> list[tuple[str, list[Pair]]]:
        """Return introduction and parties, clauses, annexes.

        Each with its heading; those without content are left out.
        """
        groups = [
            (_("Introduction and parties"), pairs(_opening(self.before), _opening(self.after))),
            (_("Clauses"), pairs(_clauses(self.before), _clauses(self.after))),
            (_("Annexes"), pairs(_annexes(self.before), _annexes(self.after))),
        ]
        return [(heading, found) for heading, found in groups if found]

    @property
    def counts(self) -> dict[str, int]:
        """How many parts changed, came, went and stayed."""
        found = [pair.change for _heading, group in self.groups for pair in group]
        return {change: found.count(change) for change in (CHANGED, ADDED, REMOVED, SAME)}


def _opening(version: Version) -> list[Part]:
    parts = []
    if version.introduction:
        parts.append(Part("", _("Introduction"), lines_of(version.introduction)))
    if version.parties:
        names = tuple(f"{party['name']} ({party['group_display']})" for party in version.parties)
        parts.append(Part("", _("Agreed by"), names))
    return parts


def _clauses(version: Version) -> list[Part]:
    return [_part(clause) for clause in version.clauses]


def _annexes(version: Version) -> list[Part]:
    parts = []
    for annex, document in version.annexes_with_documents:
        more = [document.title] if document else []
        parts.append(_part(annex, [*_list_lines(annex), *more]))
    return parts


def _list_lines(annex: Annex) -> Iterable[str]:
    for group in annex.lists:
        if group["title"]:
            yield f"{group['title']}:"
        yield from group["items"]


def _part(clause: Clause, more: Iterable[str] = ()) -> Part:
    return Part(clause.number, clause.heading, (*lines_of(clause.html), *more), clause.url)


def lines_of(html: str) -> tuple[str, ...]:
    """Return the paragraphs and list items of HTML as plain text."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(_LINES):
        tag.insert_before("\n")
        tag.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return tuple(line for line in lines if line)


def pairs(before: Sequence[Part], after: Sequence[Part]) -> list[Pair]:
    """Return parts that belong together, in the order of ``after``.

    Removed parts keep their place.

    By number and heading, then by number, then by heading. A number whose heading is found under another number in
    the other version is not taken: a clause that was put in moves all numbers after it.
    """
    partner: dict[int, int] = {}

    def join(key: Any, may: Any = lambda one, other: True) -> None:
        free: dict[Any, list[int]] = {}
        for place, part in enumerate(before):
            if place not in partner.values() and key(part):
                free.setdefault(key(part), []).append(place)
        for place, part in enumerate(after):
            waiting = free.get(key(part)) if place not in partner and key(part) else None
            if waiting and may(before[waiting[0]], part):
                partner[place] = waiting.pop(0)

    headings = {name_key(part.heading) for part in before} & {name_key(part.heading) for part in after}

    def not_moved(one: Part, other: Part) -> bool:
        return not {name_key(one.heading), name_key(other.heading)} & (headings - {""})

    join(lambda part: (tidy_number(part.number), name_key(part.heading)))
    join(lambda part: tidy_number(part.number), not_moved)
    join(lambda part: name_key(part.heading))
    join(lambda part: tidy_number(part.number))
    return _in_order(before, after, partner)


def _in_order(before: Sequence[Part], after: Sequence[Part], partner: dict[int, int]) -> list[Pair]:
    removed = [place for place in range(len(before)) if place not in partner.values()]
    found: list[Pair] = []
    for place, part in enumerate(after):
        old = partner.get(place)
        while removed and old is not None and removed[0] < old:
            found.append(Pair(before[removed.pop(0)], None))
        found.append(Pair(before[old] if old is not None else None, part))
    return [*found, *(Pair(before[place], None) for place in removed)]


def differences(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """Return paragraphs of pieces.

    What is in both, what was added (``added``) and what was removed (``removed``).
    """
    old, new = _words(before), _words(after)
    if len(old) * len(new) > MOST_WORK:
        old, new = _lines(before), _lines(after)
    paragraphs: list[list[Piece]] = [[]]
    for operation, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            _append(paragraphs, SAME, new[c:d])
        else:
            _append(paragraphs, REMOVED, old[a:b])
            _append(paragraphs, ADDED, new[c:d])
    return [paragraph for paragraph in paragraphs if paragraph]


def _words(lines: Sequence[str]) -> list[str]:
    """Return words, with a line's end as a word of its own."""
    return [word for line in lines for word in (*re.findall(r"\S+", line), "\n")]


def _lines(lines: Sequence[str]) -> list[str]:
    """Return whole lines in place of words."""
    return [piece for line in lines for piece in (line, "\n")]


def _append(paragraphs: list[list[Piece]], kind: str, words: Sequence[str]) -> None:
    """Add words to the last paragraph; the end of a line begins a new one."""
    line: list[str] = []
    for word in (*words, None):
        if word not in ("\n", None):
            line.append(str(word))
            continue
        if line:
            paragraphs[-1].append(Piece(kind, " ".join(line)))
            line = []
        if word == "\n" and paragraphs[-1]:
            paragraphs.append([])
