"""The interface of engines, search words, and the engine for other databases.

Those without text search of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import F, Q
from django.db.models.expressions import Combinable

from ..models import Entry

#: A word, or several that were in quotation marks and must stand side by side.
Phrase = tuple[str, ...]

_PARTS = re.compile(r'["“”]([^"“”]*)["“”]|(\S+)')
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def parse(text: str) -> list[Phrase]:
    """Return the words and quoted phrases of a search.

    A story must have all of them. ``[]`` when it has no word.
    """
    phrases = []
    for quoted, plain in _PARTS.findall(text):
        words = tuple(_WORDS.findall(quoted or plain))
        if quoted and words:
            phrases.append(words)
        else:
            phrases += [(word,) for word in words]
    return phrases


class Engine:
    """Searches title, summary and text of entries. Written to by the projector only."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.connection = connections[alias]

    def write(self, entries: Sequence[Any]) -> None:
        """Take over the texts of entries that were just saved."""

    def remove(self, page_pks: Sequence[int]) -> None:
        """Forget entries, by page."""

    def holding(self, page_pks: Sequence[int]) -> set[int]:
        """Return which of these pages the index has; where there is no index, all."""
        return set(page_pks)

    def search(self, phrases: Sequence[Phrase]) -> list[int]:
        """Return the pages whose entries hold all ``phrases``."""
        found = Entry.objects.using(self.alias).filter(self.matching(phrases), public=True)
        return list(found.values_list("page_pk", flat=True))

    def scores(self, phrases: Sequence[Phrase]) -> dict[int, float]:
        """Return how well each page's entry matches, by page; the highest is the best."""
        found = Entry.objects.using(self.alias).filter(self.matching(phrases), public=True)
        return dict(found.annotate(score=self.relevance(phrases)).values_list("page_pk", "score"))

    def matching(self, phrases: Sequence[Phrase]) -> Q:
        """Return the condition that an entry holds all ``phrases``."""
        raise NotImplementedError

    def relevance(self, phrases: Sequence[Phrase]) -> Combinable:
        """Return an expression to order matching entries by, best last: use ``.desc()``."""
        raise NotImplementedError


class PlainEngine(Engine):
    """Case-insensitive comparison: correct, and slow beyond some thousand stories."""

    def matching(self, phrases: Sequence[Phrase]) -> Q:
        condition = Q()
        for words in phrases:
            phrase = " ".join(words)
            condition &= Q(title__icontains=phrase) | Q(summary__icontains=phrase) | Q(text__icontains=phrase)
        return condition

    def relevance(self, phrases: Sequence[Phrase]) -> Combinable:
        return F("published")
