"""Words that a typing error may have been made from.

They are only spelt here: whether stories have them is the index's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase

_VOWELS = "aeiou"

#: Letters of a word that is worth correcting: shorter ones are too much like others.
SHORTEST, LONGEST = 4, 20
#: Letters of a word that two slips are looked for in: each has some thousand spellings.
FOR_TWO = range(6, 16)


def is_correctable(word: str) -> bool:
    """Return whether slips can be looked for in a folded word.

    Not in a number or a short word.
    """
    return SHORTEST <= len(word) <= LONGEST and word.replace("'", "").isalpha()


def one_slip(word: str) -> set[str]:
    """Return the words that are one letter away.

    It is left out, added, changed or swapped with the next.
    """
    letters = sorted({*ascii_lowercase, *word} - {"'"})
    found = {word[:at] + word[at + 1 :] for at in range(len(word))}
    found.update(_swapped(word))
    for letter in letters:
        found.update(word[:at] + letter + word[at + 1 :] for at in range(len(word)))
        found.update(word[:at] + letter + word[at:] for at in range(len(word) + 1))
    return {one for one in found if _is_word(one)} - {word}


def two_slips(word: str) -> set[str]:
    """Return the words that are two common slips away.

    A double letter written once, a single one twice, letters swapped, one too many, one vowel for another, and an
    “e”, “c” or “h” that is not heard left out.
    """
    once = set(_common_slips(word))
    return {two for one in once for two in _common_slips(one) if _is_word(two)} - {word}


def _common_slips(word: str) -> Iterator[str]:
    yield from _swapped(word)
    for at, letter in enumerate(word):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + letter + word[at:]
        if letter in _VOWELS:
            yield from (word[:at] + other + word[at + 1 :] for other in _VOWELS if other != letter)
    for at in range(1, len(word) + 1):
        yield word[:at] + "e" + word[at:]
        if word[at - 1] in "cgrtw":
            yield word[:at] + "h" + word[at:]
        if word[at : at + 1] in ("k", "q"):
            yield word[:at] + "c" + word[at:]
        if word[at - 1] == "s" or word[at : at + 1] == "s":
            yield word[:at] + "c" + word[at:]


def _swapped(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _is_word(text: str) -> bool:
    """Return whether the index can have a word.

    It has none with an apostrophe at an end, or two side by side.
    """
    return bool(text) and "'" not in (text[0], text[-1]) and "''" not in text
