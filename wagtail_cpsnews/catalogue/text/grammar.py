"""What a search asks for: words, "exact phrases", ``-word`` and ``OR``.

Every text means something: nothing fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .words import split, stem

_PARTS = re.compile(r'(?P<minus>-*)["“”„](?P<quoted>[^"“”„]*)["“”„]|(?P<plain>[^\s"“”„]+)|["“”„]')


@dataclass(frozen=True)
class Term:
    """A word, or several side by side, as typed, and their stems.

    There are none where no other form is meant.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expression:
    """A search: one term of each group in ``required``, none of ``excluded``.

    strays: what does not count where it is, in its order: ``"`` without another, ``OR`` that joins nothing, and signs
    without a word.
    """

    required: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    strays: tuple[str, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.required or self.excluded)

    @property
    def has_forms(self) -> bool:
        """Whether other forms of a word are found too."""
        return any(term.forms for group in self.required for term in group)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stories are found by, folded, each once."""
        return tuple(dict.fromkeys(word for group in self.required for term in group for word in term.words))


def parse(text: str) -> Expression:
    """Return what a search asks for; it is false where it has no word.

    Words joined by other signs (``COVID-19``) belong side by side. A minus counts before a word alone, ``OR`` between
    two terms alone, and a quotation mark without another one does not count.
    """
    required: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    strays: list[str] = []
    joins = False  # an OR has been read after a term
    can_join = False
    for match in _PARTS.finditer(text):
        quoted, plain = match["quoted"], match["plain"]
        if plain == "OR" and can_join and _has_term_after(text, match.end()):
            joins, can_join = True, False
            continue
        if plain == "OR" or (quoted is None and plain is None):
            strays.append(plain or '"')
        minus = bool(match["minus"]) if quoted is not None else bool(plain and plain.startswith("-"))
        words = tuple(split(quoted if quoted is not None else plain or ""))
        if not words:
            if quoted is not None or plain is not None:
                strays.append(match[0])
            continue
        if minus:
            excluded.append(Term(words))
            can_join = joins = False
            continue
        term = Term(words, () if quoted is not None else tuple(map(stem, words)))
        if joins:
            required[-1] = (*required[-1], term)
        else:
            required.append((term,))
        joins, can_join = False, True
    return Expression(
        tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)), tuple(dict.fromkeys(strays))
    )


def _has_term_after(text: str, start: int) -> bool:
    """Return whether the next part is something to find."""
    for match in _PARTS.finditer(text, start):
        found = match["quoted"] if match["quoted"] is not None else match["plain"] or ""
        if split(found):
            return not (match["minus"] or found.startswith("-"))
    return False
