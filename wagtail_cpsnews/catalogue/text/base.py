"""The interface of engines, and the engine for other databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections

from ..models import Entry
from .grammar import Expression, Term
from .words import Document, mark_of


class Level(NamedTuple):
    """The places that a term may be in, as typed and in other forms."""

    typed: str
    forms: str


#: The ranks of what is found, best first; each level finds what those before it find.
TITLE, SUMMARY, ANYWHERE = "title", "summary", "anywhere"
LEVELS = (
    Level(TITLE, ""),
    Level(SUMMARY, ""),
    Level(ANYWHERE, ""),
    Level(ANYWHERE, TITLE),
    Level(ANYWHERE, SUMMARY),
    Level(ANYWHERE, ANYWHERE),
)
#: How many levels find the words as typed.
AS_TYPED = 3
#: The last level, which finds every story of a search: all that a list in order of date has to know.
ALL = LEVELS[-1:]
#: Levels that a list in order of relevance begins with, and those that its stories are told apart by later.
ROUGH = (LEVELS[0], LEVELS[AS_TYPED - 1], LEVELS[-1])
FINER = ((), LEVELS[1 : AS_TYPED - 1], LEVELS[AS_TYPED:-1])

#: No word counts for more stories: the index of a frequent one is not read to its end.
MAX_COUNTED = 1_000

#: Parts of a story in which a place looks.
PARTS = {TITLE: ("title",), SUMMARY: ("title", "summary"), ANYWHERE: ("title", "summary", "body")}


@dataclass(frozen=True)
class Found:
    """The pages that a search finds, by rank, best first.

    No page is in two groups.

    groups: one for each level that was asked for; ``None`` where the search only leaves stories out.
    excluded: the pages that it leaves out.
    """

    groups: Sequence[Sequence[int]] | None
    excluded: Sequence[int]

    def ranks(self) -> dict[int, int]:
        """Return the rank of each page that is found: 0 is the best."""
        ranks: dict[int, int] = {}
        for rank, pages in enumerate(self.groups or ()):
            for page in pages:
                ranks.setdefault(page, rank)
        for page in self.excluded:
            ranks.pop(page, None)
        return ranks


class Engine:
    """Searches title, summary and text of entries. Written to by the projector only."""

    #: Where its index is, in messages; "" for the database.
    place = ""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.connection = connections[alias]

    def search(
        self, expression: Expression, levels: Sequence[Level] = LEVELS, below: Level | None = None
    ) -> Found:
        """Return the pages of the stories that ``expression`` finds.

        levels: how well they match, best first; one finds what those before it have not found. Without other forms of
            the words, those levels that look for them are left out.
        below: a level whose pages are left out.
        """
        if not expression.has_forms:
            levels = [one for one in levels if not one.forms] or LEVELS[AS_TYPED - 1 : AS_TYPED]
        with self.reading():
            groups = None
            if expression.required:
                # Each level without what has been found: a frequent word's pages are read once.
                steps = zip(levels, (below, *levels), strict=False)
                groups = [self.find(expression.required, level, found) for level, found in steps]
            excluded: Sequence[int] = ()
            if expression.excluded and (groups is None or any(groups)):
                excluded = self.find((expression.excluded,), LEVELS[AS_TYPED - 1])
        return Found(groups, excluded)

    def reading(self) -> AbstractContextManager[Any]:
        """Return the context in which a search asks."""
        return nullcontext()

    def find(self, groups: Sequence[Sequence[Term]], level: Level, below: Level | None = None) -> list[int]:
        """Return the pages of stories with one term of each group at ``level``.

        below: a level whose pages are left out.
        """
        raise NotImplementedError

    def count_words(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many stories have each of these words as typed.

        At most ``MAX_COUNTED``. Words without any may be left out. An engine that returns nothing suggests no other spelling.
        """
        return {}

    def write(self, entries: Sequence[Any]) -> None:
        """Take over the texts of entries that were just saved."""

    def remove(self, page_pks: Sequence[int]) -> None:
        """Forget entries, by page."""

    def lacking(self, entries: Sequence[Any]) -> set[int]:
        """Return the pages of entries that the index lacks or has otherwise."""
        return set()

    def remove_strays(self, *, dry_run: bool) -> list[int]:
        """Forget stories that are not public, and return their pages."""
        return []

    def is_outdated(self) -> bool:
        """Return whether the index was written by another version."""
        return False


class PlainEngine(Engine):
    """An engine that reads every story for each search.

    For other databases, and for tests to compare the others with.
    """

    def find(self, groups: Sequence[Sequence[Term]], level: Level, below: Level | None = None) -> list[int]:
        """Return the pages of stories with one term of each group at ``level``."""
        found = []
        entries = Entry.objects.using(self.alias).filter(public=True).order_by("page_pk")
        for entry in entries.only("page_pk", "language", "title", "summary", "text").iterator(chunk_size=500):
            document = Document.of(entry)
            if _holds_all(document, groups, level) and not (below and _holds_all(document, groups, below)):
                found.append(entry.page_pk)
        return found

    def count_words(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many stories have each of these words as typed."""
        wanted, counts = set(words), Counter[str]()
        for entry in Entry.objects.using(self.alias).filter(public=True).iterator(chunk_size=500):
            document = Document.of(entry)
            counts.update(wanted & {*document.title, *document.summary, *document.body})
        return {word: min(number, MAX_COUNTED) for word, number in counts.items()}


def _holds_all(document: Document, groups: Sequence[Sequence[Term]], level: Level) -> bool:
    return all(any(_holds(document, term, level) for term in group) for group in groups)


def _holds(document: Document, term: Term, level: Level) -> bool:
    for words, place, ending in ((term.words, level.typed, ""), (term.forms, level.forms, "_forms")):
        if words and place:
            for part in PARTS[place]:
                text = getattr(document, part + ending)
                if any(tuple(text[at : at + len(words)]) == words for at in range(len(text))):
                    return True
    return False


def places(level: Level, term: Term) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """Yield words or stems of a term, a place for them, and whether they are stems."""
    if level.typed:
        yield term.words, level.typed, False
    if level.forms and term.forms:
        yield term.forms, level.forms, True


def marks_of(entries: Iterable[Any]) -> dict[int, str]:
    """Return the mark of each entry, by page."""
    return {entry.page_pk: mark_of(entry) for entry in entries}
