"""The right answers, worked out from the stories alone.

One number for each term, with one bit for each story.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from .stories import AREAS, CRIME_TYPES, FREQUENT_WORDS, KINDS, Story

#: Filters in the order of the fields of ``Question``, with what each can be.
TERMS = {"crime_type": CRIME_TYPES, "area": AREAS, "kind": KINDS}

PAGE_SIZE = 10

#: The words that answers are checked with. The others are left for being asked for the first time.
CHECKED_WORDS = range(len(FREQUENT_WORDS) // 2)


@dataclass(frozen=True)
class Question:
    """What a reader asks for.

    A term or none of each filter, and a word that the story contains.
    """

    crime_type: int | None = None
    area: int | None = None
    kind: int | None = None
    word: int | None = None
    page: int = 1

    @property
    def terms(self) -> dict[str, int]:
        """The filters that are set."""
        return {name: value for name in TERMS if (value := getattr(self, name)) is not None}

    def counted(self) -> Iterator[tuple[str, int, Question]]:
        """Yield (filter, term, question) for each count beside the filters.

        A filter ignores its own choice.
        """
        for name, terms in TERMS.items():
            for place in range(len(terms)):
                yield name, place, replace(self, **{name: place})


@dataclass(frozen=True)
class Answer:
    """What a question is answered with.

    numbers: of the stories of the page, the newest first.
    """

    count: int
    numbers: tuple[int, ...]


class Truth:
    """The right answers about live stories."""

    def __init__(self, stories: Iterator[Story], count: int) -> None:
        self.size = count
        self._bytes: dict[tuple[str, int], bytearray] = {}
        for story in stories:
            if story.live:
                self._mark("live", 0, story.number)
                for name, places in story.places.items():
                    for place in places:
                        self._mark(name, place, story.number)
                for word in story.words:
                    self._mark("word", word, story.number)

    def _mark(self, name: str, place: int, number: int) -> None:
        bits = self._bytes.setdefault((name, place), bytearray(self.size // 8 + 1))
        bits[number >> 3] |= 1 << (number & 7)

    @cached_property
    def _bits(self) -> dict[tuple[str, int], int]:
        return {key: int.from_bytes(value, "little") for key, value in self._bytes.items()}

    def _found(self, question: Question) -> int:
        wanted = [("live", 0), *question.terms.items()]
        if question.word is not None:
            wanted.append(("word", question.word))
        return reduce(lambda found, key: found & self._bits.get(key, 0), wanted, -1)

    def count(self, question: Question) -> int:
        """Return how many stories a question finds."""
        return self._found(question).bit_count()

    def answer(self, question: Question) -> Answer:
        """Return the count and the page that a question asks for."""
        found = self._found(question)
        count, numbers, passed = found.bit_count(), [], 0
        while found and len(numbers) < PAGE_SIZE:
            newest = found.bit_length() - 1
            found ^= 1 << newest
            passed += 1
            if passed > (question.page - 1) * PAGE_SIZE:
                numbers.append(newest)
        return Answer(count, tuple(numbers))

    def facets(self, question: Question) -> dict[str, dict[str, int]]:
        """Return the counts beside the filters, by filter and slug, without those of 0."""
        counts: dict[str, dict[str, int]] = {name: {} for name in TERMS}
        for name, place, narrowed in question.counted():
            if count := self.count(narrowed):
                counts[name][TERMS[name][place]] = count
        return counts


def random_questions(chance: random.Random, count: int) -> list[Question]:
    """Return questions with none to three terms, some with a word."""
    return [
        Question(
            **{name: chance.randrange(len(terms)) for name, terms in TERMS.items() if chance.random() < 0.5},
            word=chance.choice(CHECKED_WORDS) if chance.random() < 0.3 else None,
            page=chance.choice((1, 1, 2)),
        )
        for _ in range(count)
    ]
