""" "Did you mean …": another spelling for a search that finds few stories.

A word is suggested only where at least three stories have it that are public now, in the languages and on the sites of the
list. The index is asked each time: there is no vocabulary that could remember a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import text
from .counting import get_counter
from .db import using
from .kept import Kept
from .query import NEWEST, Query
from .state import Snapshot
from .text.marks import words_in
from .text.spelling import FOR_TWO, is_correctable, one_slip, two_slips

#: How many stories have a word that is suggested. A search that finds fewer gets a suggestion.
ENOUGH = 3

#: Words of a search that are looked at, those of them that are corrected (the index is asked for some thousand spellings
#: of each), and spellings of each that are compared.
_MAX_WORDS, _MAX_CORRECTED, _MAX_SPELLINGS = 8, 2, 5

#: Suggestions of a process, each kept until the catalogue changes.
_suggestions = Kept(200)


def suggest(query: Query, count: int, snapshot: Snapshot) -> str:
    """Return a search that finds more, or "" where none is like it.

    count: how many stories the query finds.
    """
    if count >= ENOUGH or not query.q:
        return ""
    asked = query.replace(lang="", order=NEWEST, page_size=1, fields=(), facets=False)

    def find() -> str:
        return _find(asked, count, snapshot)

    if snapshot.token is None or snapshot.is_due:
        return find()
    key = using(), snapshot.epoch, snapshot.sequence, snapshot.token, snapshot.next_change, asked, count
    found: str = _suggestions.get_or_make(key, find)
    return found


def _find(query: Query, count: int, snapshot: Snapshot) -> str:
    expression = text.parse(query.q)
    wanted = [word for word in expression.words if is_correctable(word)]
    left_out = {word for term in expression.excluded for word in term.words}
    everything = Query(
        sites=query.sites, language=query.language, language_only=query.language_only, facets=False
    )

    def how_many(search: Query) -> int:
        return get_counter(using()).select(search, snapshot).counts(facets=False).total

    def is_known(spelling: str) -> bool:
        return how_many(everything.replace(q=spelling)) >= ENOUGH

    looked_at = [word for word in wanted if word not in left_out][:_MAX_WORDS]
    unknown = [word for word in looked_at if not is_known(word)]
    better = {}
    for word in unknown[:_MAX_CORRECTED]:
        for spelling in _spellings(word):
            if is_known(f'"{spelling}"'):
                better[word] = spelling
                break
    if not better:
        return ""
    suggestion = _replaced(query.q, better)
    return suggestion if how_many(query.replace(q=suggestion)) > count else ""


def _spellings(word: str) -> list[str]:
    """Return the words of stories that are like one, the most likely first."""
    engine = text.engine(using())
    for slips in (one_slip(word), two_slips(word) if len(word) in FOR_TWO else ()):
        if found := _most_used(engine.count_words(sorted(slips)), word):
            return found
    return []


def _most_used(counts: dict[str, int], word: str) -> list[str]:
    """Return the words that enough stories have.

    Those with the same first letter come first, then those of most stories, then by the alphabet.
    """
    enough: Iterable[str] = (one for one, number in counts.items() if number >= ENOUGH)
    ranked = sorted(enough, key=lambda one: (one[0] != word[0], -counts[one], one))
    return ranked[:_MAX_SPELLINGS]


def _replaced(search: str, better: dict[str, str]) -> str:
    """Return a search with other words, and all else as it was typed."""
    parts, end = [], 0
    for start, stop, word in words_in(search):
        if word in better and start >= end:
            parts += [search[end:start], _as_written(search[start:stop], better[word])]
            end = stop
    return "".join([*parts, search[end:]])


def _as_written(typed: str, word: str) -> str:
    """Return a word with the capitals of what was typed."""
    if typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
