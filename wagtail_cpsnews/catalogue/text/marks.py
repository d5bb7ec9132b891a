"""Where the words of a search are in a text, and the passage to show.

A text is cut as ``words`` cuts it, so what is marked is what the search has found.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString

from .grammar import Expression
from .words import UNSPACED, split, stem

#: Characters of a text that are read for a passage, and places of the words in them that are compared.
MAX_READ, MAX_PLACES = 30_000, 200

#: Characters of a passage that come before the first word found.
_BEFORE = 60

#: Nothing in a text joins the words of two of these, except the signs between the digits of a number.
_CHUNK = re.compile(r"\S+(?:(?<=\d)[\u00a0\u2009\u202f](?=\d{3})\S+)*")
#: Words as they stand in a text, with the signs that belong to them.
_LETTER = rf"[^\W_{UNSPACED}]"
_INNER = "['’‘‛ʼʹ´\u00ad\u200c\u200d\u2060\ufeff\u0300-\u036f]"
_PIECE = re.compile(
    rf"\d{{1,3}}(?:[,\u00a0\u2009\u202f]\d{{3}})+(?!\d)|[{UNSPACED}]|{_LETTER}(?:{_LETTER}|{_INNER}(?=\w)|[\u0300-\u036f])*"
)
_SENTENCE = re.compile(r"[.!?][”’\"')]*\s+")


#: Where a word begins and ends in a text, and the word, folded.
Word = tuple[int, int, str]


class Place(NamedTuple):
    """Where one of the terms is in a text.

    group: its number in the search; as_typed: no other form of the words.
    """

    start: int
    end: int
    group: int
    as_typed: bool


@functools.lru_cache(maxsize=20_000)
def _words_of(chunk: str) -> tuple[Word, ...]:
    """Return the words of a text without spaces.

    Those that cannot be told apart have the place of all.
    """
    words = split(chunk)
    pieces = [(piece.start(), piece.end(), "".join(split(piece[0]))) for piece in _PIECE.finditer(chunk)]
    if [word for _start, _end, word in pieces] == words:
        return tuple(pieces)
    return tuple((0, len(chunk), word) for word in words)


def words_in(text: str) -> Iterator[Word]:
    """Yield the words of a text in their order, as ``split()`` gives them."""
    for chunk in _CHUNK.finditer(text):
        at = chunk.start()
        for start, end, word in _words_of(chunk[0]):
            yield at + start, at + end, word


def places_in(text: str, expression: Expression, *, stemmed: bool) -> list[Place]:
    """Return where a text has what a search asks for, in order.

    stemmed: whether the text's language has other forms.
    """
    words = list(words_in(text))
    said = [word for _start, _end, word in words]
    by_word: dict[str, list[int]] = {}
    for at, word in enumerate(said):
        by_word.setdefault(word, []).append(at)
    stems: dict[str, list[str]] = {}
    if stemmed and expression.has_forms:
        # A stem has the first letter of its word: most words of a text need no stemming.
        letters = {term.forms[0][:1] for group in expression.required for term in group if term.forms}
        for word in by_word:
            if word[0] in letters:
                stems.setdefault(stem(word), []).append(word)
    found: list[Place] = []
    for number, group in enumerate(expression.required):
        for term in group:
            size = len(term.words)
            first = {term.words[0]}
            if term.forms:
                first.update(stems.get(term.forms[0], ()))
            for word in sorted(first):
                for at in by_word.get(word, ()):
                    there = tuple(said[at : at + size])
                    as_typed = there == term.words
                    if as_typed or (stems and term.forms and tuple(map(stem, there)) == term.forms):
                        found.append(Place(words[at][0], words[at + size - 1][1], number, as_typed))
    return sorted(set(found))


def marked(text: str, places: Sequence[Place]) -> SafeString:
    """Return a text as HTML, with ``<mark>`` around the places."""
    parts: list[str] = []
    end = 0
    for start, stop in _joined(places):
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return SafeString("".join([*parts, escape(text[end:])]))


def _joined(places: Sequence[Place]) -> list[tuple[int, int]]:
    """Return the places without those that lie in or reach into others."""
    joined: list[tuple[int, int]] = []
    for place in sorted(places):
        if joined and place.start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], place.end)
        else:
            joined.append((place.start, place.end))
    return joined


@dataclass(frozen=True)
class Passage:
    """A part of a text, and how many groups of the search it has."""

    start: int
    end: int
    places: Sequence[Place]
    groups: int


def best_passage(text: str, places: Sequence[Place], length: int) -> Passage | None:
    """Return the part of a text that has most of what a search asks for.

    Of equals the one with more words as typed, then the one where they are closest, then the first.
    """
    if not places:
        return None
    places = places[:MAX_PLACES]
    best = max(range(len(places)), key=lambda number: (_worth(places, number, length - _BEFORE), -number))
    start = _start_before(text, places[best].start)
    end = _end_of(text, start, max(length, places[best].end - start))
    inside = [place for place in places if start <= place.start and place.end <= end]
    return Passage(start, end, inside, len({place.group for place in inside}))


def _worth(places: Sequence[Place], first: int, length: int) -> tuple[int, int, int]:
    """Return what the places from one on are worth.

    Groups, those as typed, and how far they reach.
    """
    start = places[first].start
    groups: set[int] = set()
    typed: set[int] = set()
    reach = 0
    for place in places[first:]:
        if place.end > start + length:
            break
        if place.group not in groups or (place.as_typed and place.group not in typed):
            reach = place.end - start
        groups.add(place.group)
        if place.as_typed:
            typed.add(place.group)
    return len(groups), len(typed), -reach


def beginning_of(text: str, length: int) -> Passage:
    """Return the first part of a text."""
    return Passage(0, _end_of(text, 0, length), (), 0)


def _start_before(text: str, at: int) -> int:
    """Return where a passage begins: at a sentence, or else at a word."""
    lowest = max(0, at - _BEFORE)
    if lowest == 0:
        return 0
    sentences = [match.end() for match in _SENTENCE.finditer(text, lowest, at)]
    if sentences:
        return sentences[-1]
    space = text.find(" ", lowest, at)
    return at if space < 0 else space + 1


def _end_of(text: str, start: int, length: int) -> int:
    """Return where a passage ends: at the end of a word."""
    if start + length >= len(text):
        return len(text)
    space = text.rfind(" ", start + 1, start + length + 1)
    return start + length if space < 0 else space


def passage_html(text: str, passage: Passage) -> SafeString:
    """Return a passage as HTML, with dots where the text goes on."""
    shown = text[passage.start : passage.end]
    places = [
        place._replace(start=place.start - passage.start, end=place.end - passage.start)
        for place in passage.places
    ]
    before = "… " if passage.start else ""
    after = " …" if passage.end < len(text) else ""
    return SafeString(f"{before}{marked(shown, places)}{after}")
