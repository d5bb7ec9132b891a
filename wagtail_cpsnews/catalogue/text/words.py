"""Words: how stories and searches are cut, folded and stemmed for every engine.

A word is folded: no case, no accents, one kind of apostrophe, numbers without thousands separators. Its stem joins the
forms of a word (prosecute, prosecuted, prosecuting), in English alone: other languages have no stems here.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from snowballstemmer.english_stemmer import EnglishStemmer

#: Of what an index holds: it changes with this number and with the stemmer, and then the index is written again.
VERSION = f"1-{version('snowballstemmer')}"

#: How much of a story is searchable, in bytes of UTF-8 without spaces: PostgreSQL's tsvector takes 1 MB in all.
LIMITS = {"title": 10_000, "summary": 20_000, "body": 250_000}

#: Characters of a word that count.
MAX_LENGTH = 100

#: Letters that Unicode does not decompose, apostrophes, and characters that are not seen.
_LETTERS = {
    **dict.fromkeys("’‘‛ʼʹ´", "'"),
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    **dict.fromkeys("\u00ad\u200c\u200d\u2060\ufeff", ""),
}

#: "318,000": at least one group of three digits, after a comma or a space that does not break.
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)")

#: Scripts that set no spaces between words (Thai to Khmer, kana, Han): each character is a word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:'[^\W_{UNSPACED}]+)*")

#: Combining classes of marks that are part of a letter: nukta, kana voicing, virama.
_PARTS_OF_LETTERS = (0, 7, 8, 9)


def fold(text: str) -> str:
    """Return a text without what a search does not tell apart."""
    text = _THOUSANDS.sub(_join_digits, text)
    if text.isascii():
        return text.lower()
    # A text has few characters of these: replacing each is several times faster than str.translate().
    text = text.casefold()
    for character in _LETTERS.keys() & set(text):
        text = text.replace(character, _LETTERS[character])
    text = unicodedata.normalize("NFKD", text)
    for character in set(text):
        if character > "\x7f" and unicodedata.combining(character) not in _PARTS_OF_LETTERS:
            text = text.replace(character, "")
    return unicodedata.normalize("NFC", text).casefold()


def _join_digits(match: re.Match[str]) -> str:
    return "".join(character for character in match[0] if character.isdigit())


def split(text: str) -> list[str]:
    """Return the words of a text, folded, in their order."""
    return [word[:MAX_LENGTH] for word in _WORD.findall(fold(text))]


def _leave(stemmer: EnglishStemmer) -> bool:
    return True


class InflectionStemmer(EnglishStemmer):
    """Snowball's stemmer without its steps 2 to 4, which cut derivations.

    With them "important" is a form of "import".
    """

    _EnglishStemmer__r_Step_2 = _leave
    _EnglishStemmer__r_Step_3 = _leave
    _EnglishStemmer__r_Step_4 = _leave


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded English word.

    A word with other characters is its own.
    """
    if not word.isascii() or word.isdigit():
        return word
    # A stemmer holds the word that it works on, and threads may stem at the same time.
    found: str = InflectionStemmer().stemWord(word)
    return found or word


def is_stemmed(language: str) -> bool:
    """Return whether words of a language have stems."""
    return language.split("-")[0].lower() == "en"


@dataclass(frozen=True)
class Document:
    """The words of a story, by part, and their stems.

    There are none where the language is not stemmed.
    """

    title: list[str]
    summary: list[str]
    body: list[str]
    title_forms: list[str]
    summary_forms: list[str]
    body_forms: list[str]

    @classmethod
    def of(cls, entry: Any) -> Document:
        """Return the words of an entry."""
        parts = [
            _limited(split(entry.title), LIMITS["title"]),
            _limited(split(entry.summary), LIMITS["summary"]),
            _limited(split(entry.text), LIMITS["body"]),
        ]
        forms = [list(map(stem, part)) if is_stemmed(entry.language) else [] for part in parts]
        return cls(*parts, *forms)


def _limited(found: list[str], limit: int) -> list[str]:
    """Return as many words as fit."""
    if sum(map(len, found)) * 4 <= limit:
        return found
    for place, word in enumerate(found):
        limit -= len(word.encode())
        if limit < 0:
            return found[:place]
    return found


def mark_of(entry: Any) -> str:
    """Return what tells whether an index holds an entry as it is now."""
    parts = (VERSION, entry.language, entry.title, entry.summary, entry.text)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
