"""What the words of a search find in an index, best match first.

A list begins with three ranks: the words in the title, anywhere, and other forms of them. How those are told apart
further is asked only for a rank that a page of the list reaches into: most readers look at the first page alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyroaring import BitMap

from .. import text
from ..text.base import Level
from .index import Index


class Ranking:
    """The stories of a search, as of an index."""

    #: How many of its ranks have the words as typed.
    AS_TYPED = 2

    def __init__(self, ranks: list[BitMap], refine: Callable[[int], list[BitMap]]) -> None:
        """Take the ranks, which share no story.

        refine: Returns for a rank the finer ones that begin it.
        """
        self.ranks = ranks
        self._refine = refine
        self._parts: dict[int, list[BitMap]] = {}

    def count_as_typed(self, stories: BitMap) -> int:
        """Return how many of ``stories`` have the words as typed."""
        return sum(stories.intersection_cardinality(its) for its in self.ranks[: self.AS_TYPED])

    def best(self, stories: BitMap, start: int, size: int) -> list[int]:
        """Return at most ``size`` of ``stories`` from the ``start``-th, best match first.

        Of equals the newest comes first.
        """
        found: list[int] = []
        for number, rank in enumerate(self.ranks):
            its = rank & stories
            if start < len(its):
                parts = self._parts_of(number) if len(its) > 1 else [its]
                for part in parts:
                    part = part & its
                    end = len(part) - start
                    found += list(part[max(0, end - size + len(found)) : max(0, end)])[::-1]
                    start = max(0, start - len(part))
                    if len(found) == size:
                        return found
            else:
                start -= len(its)
        return found

    def _parts_of(self, number: int) -> list[BitMap]:
        """Return a rank in finer ones, which share no story."""
        parts = self._parts.get(number)
        if parts is None:
            parts, rest = [], self.ranks[number]
            for finer in self._refine(number):
                parts.append(finer & rest)
                rest = rest - finer
            parts = self._parts[number] = [*parts, rest]
        return parts


def rank(alias: str, expression: text.Expression, index: Index) -> Ranking:
    """Search for an expression, for a list in order of relevance."""

    def refine(number: int) -> list[BitMap]:
        if not (levels := text.FINER[number]):
            return []
        finer = text.engine(alias).search(_without_excluded(expression), levels, text.ROUGH[number - 1])
        return [index.ordinals.bitmap(pages) for pages in finer.groups or ()]

    ranks = find(alias, expression, index, text.ROUGH)
    return Ranking(ranks, refine if expression.required else lambda number: [])


def find(
    alias: str, expression: text.Expression, index: Index, levels: Sequence[Level] = text.ALL
) -> list[BitMap]:
    """Return the stories that an expression finds, by level; no story is in two."""
    found = text.engine(alias).search(expression, levels)
    bitmap = index.ordinals.bitmap
    seen, ranks = bitmap(found.excluded), []
    for stories in [index.sets.everything] if found.groups is None else map(bitmap, found.groups):
        ranks.append(stories - seen)
        seen |= stories
    return ranks


def _without_excluded(expression: text.Expression) -> text.Expression:
    return text.Expression(expression.required)
