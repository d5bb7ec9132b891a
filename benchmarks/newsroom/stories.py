"""Invented stories, the same in every run.

Each has a kind, an area, up to three crime types and about 130 words.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

SEED = 20260

KINDS = ("news", "statement", "feature", "speech", "blog")
AREAS = (
    *("northmoor", "southmere", "eastholm", "westbrook", "highfen", "lowdale", "greycliff"),
    *("marshgate", "oakshire", "redcombe", "stonewick", "thornley", "whitford", "yarrowby"),
)
CRIME_TYPES = (
    *("fraud", "burglary", "robbery", "drugs", "arson", "stalking", "assault", "manslaughter"),
    *("cybercrime", "slavery", "corruption", "extradition", "perjury", "harassment", "blackmail"),
    *("kidnap", "poaching", "riot", "forgery", "piracy", "smuggling", "murder", "terrorism", "bribery"),
)

#: The key of the first story's page, in both projects.
FIRST_PAGE = 1000

#: Each stands in a third of the stories. There are many, so that a run can ask for one that nobody asked for before.
FREQUENT_WORDS = (
    *("court", "jury", "sentence", "judge", "trial", "police", "victim", "defendant", "evidence"),
    *("prosecutor", "guilty", "charged", "appeal", "hearing", "crown", "verdict", "witness", "barrister"),
    *("solicitor", "magistrate", "custody", "bail", "remand", "parole"),
)

#: Where the numbers of each filter's terms begin in the peers' table for plain SQL.
OFFSETS = {"kind": 0, "crime_type": 100, "area": 200}

#: The dates of the stories are spread evenly over these years, none twice, and rise with the number.
FIRST, YEARS = datetime.datetime(2005, 1, 1, 8, tzinfo=datetime.UTC), 21

_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
    "ar",
    "en",
    "il",
    "om",
    "us",
]


@dataclass(frozen=True, slots=True)
class Story:
    """One story. kind, area, crime_types and words: places in the tuples above."""

    number: int
    title: str
    slug: str
    published: datetime.datetime
    summary: str
    paragraphs: tuple[str, str]
    kind: int
    area: int
    crime_types: tuple[int, ...]
    words: tuple[int, ...]
    live: bool

    @property
    def places(self) -> dict[str, tuple[int, ...]]:
        """The places of its terms, by filter."""
        return {"kind": (self.kind,), "area": (self.area,), "crime_type": self.crime_types}


def pk_of(story: Story) -> int:
    """Return the key of a story's page."""
    return FIRST_PAGE + story.number


def term_pk(place: int) -> int:
    """Return the key that the peers give a term, by its place in its filter."""
    return place + 1


def stories(count: int) -> Iterator[Story]:
    """Yield the stories from the oldest to the newest.

    Args:
        count: How many stories; one in twenty of them is a draft.
    """
    chance = random.Random(SEED)
    vocabulary = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)][:12_000]
    chance.shuffle(vocabulary)
    common = list(itertools.accumulate(1 / rank**0.9 for rank in range(1, len(vocabulary) + 1)))
    crimes = [1 / rank**0.8 for rank in range(1, len(CRIME_TYPES) + 1)]
    areas = list(itertools.accumulate(1 / rank**0.35 for rank in range(1, len(AREAS) + 1)))
    step = YEARS * 365 * 86_400 // count
    for number in range(count):
        rare = chance.choices(vocabulary, cum_weights=common, k=125)
        crime_types = _choose(chance, crimes, chance.choices((0, 1, 2, 3), (8, 52, 28, 12))[0])
        area = chance.choices(range(len(AREAS)), cum_weights=areas)[0]
        kind = chance.choices(range(len(KINDS)), (55, 15, 12, 10, 8))[0]
        words = tuple(word for word in range(len(FREQUENT_WORDS)) if chance.random() < 1 / 3)
        crime = CRIME_TYPES[crime_types[0]] if crime_types else "a case"
        yield Story(
            number=number,
            title=f"{rare[0].title()} {rare[1]} decided: {crime} in {AREAS[area].title()} {number}",
            slug=f"{rare[0]}-{rare[1]}-{number}",
            published=FIRST + datetime.timedelta(seconds=number * step + chance.randrange(step)),
            summary=" ".join(rare[2:27]),
            paragraphs=(
                " ".join(rare[27:80]),
                " ".join([*rare[80:], *(FREQUENT_WORDS[word] for word in words)]),
            ),
            kind=kind,
            area=area,
            crime_types=crime_types,
            words=words,
            live=chance.random() < 0.95,
        )


def batches_of_stories(count: int, size: int = 5_000) -> Iterator[list[Story]]:
    """Yield the stories in lists."""
    remaining = stories(count)
    while batch := list(itertools.islice(remaining, size)):
        yield batch


def _choose(chance: random.Random, weights: list[float], count: int) -> tuple[int, ...]:
    """Return ``count`` different places, the more likely the heavier.

    (Efraimidis and Spirakis, 2006)
    """
    drawn = sorted(range(len(weights)), key=lambda place: chance.random() ** (1 / weights[place]))
    return tuple(sorted(drawn[-count:])) if count else ()
