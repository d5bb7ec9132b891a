"""Words that repeat the title of something that readers may not see."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_TAGS = re.compile(r"(<[^>]*>)")
_WORDS = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared.

    Without case, punctuation, accents and entities.
    """
    plain = unicodedata.normalize("NFKD", html.unescape(text)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(_WORDS.findall(plain))


def mask(text: str, names: Iterable[str], instead: str) -> str:
    """Return HTML with ``instead`` for every text that repeats a name.

    ``names`` are the names to hide.
    """
    parts = _TAGS.split(text)
    texts = [html.unescape(part) if index % 2 == 0 else part for index, part in enumerate(parts)]
    masked = _mask(texts, names, instead)
    if masked is None:
        return text
    return "".join(part if index % 2 else html.escape(part, quote=False) for index, part in enumerate(masked))


def mask_plain(text: str, names: Iterable[str], instead: str) -> str:
    """Do as ``mask``, for plain text."""
    masked = _mask([text], names, instead)
    return text if masked is None else masked[0]


@dataclass(frozen=True)
class _Word:
    part: int
    start: int
    end: int
    said: tuple[str, ...]


def _mask(parts: list[str], names: Iterable[str], instead: str) -> list[str] | None:
    """Return ``parts`` without what repeats a name.

    Parts are texts, and between them tags. ``None`` where nothing repeats it.
    """
    words = [
        _Word(index, found.start(), found.end(), words_of(found[0]))
        for index in range(0, len(parts), 2)
        for found in _WORDS.finditer(parts[index])
    ]
    said = [part for word in words for part in word.said]
    owner = [position for position, word in enumerate(words) for _part in word.said]
    runs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for name in sorted({words_of(name) for name in names}, key=len, reverse=True):
        for first in _places(said, name):
            covered = range(owner[first], owner[first + len(name) - 1] + 1)
            if taken.isdisjoint(covered):
                taken.update(covered)
                runs.append((covered[0], covered[-1]))
    if not runs:
        return None
    made = list(parts)
    for first, last in sorted(runs, reverse=True):
        _cut(made, words[first], words[last], instead)
    return made


def _places(said: list[str], name: tuple[str, ...]) -> list[int]:
    """Yield where ``name`` is repeated.

    One word is a name only where it is the whole text.
    """
    size = len(name)
    if not size or (size == 1 and tuple(said) != name):
        return []
    return [first for first in range(len(said) - size + 1) if tuple(said[first : first + size]) == name]


def _cut(parts: list[str], first: _Word, last: _Word, instead: str) -> None:
    """Replace everything from one word to another with ``instead``.

    Tags between them stay.
    """
    for index in range(first.part, last.part + 1, 2):
        start = first.start if index == first.part else 0
        end = last.end if index == last.part else len(parts[index])
        parts[index] = parts[index][:start] + (instead if index == first.part else "") + parts[index][end:]
