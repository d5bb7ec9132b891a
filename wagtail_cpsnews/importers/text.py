"""Texts of other systems: invalid characters, and HTML in plain text."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from ..characters import NOT_TEXT, clean, clean_line, has_hidden_directions
from .remarks import Remark

#: A reference to a character with its semicolon: "AT&T" and "?a=1&copy=2" are none.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NUMERIC = re.compile(r"&#([xX]?)([0-9a-fA-F]{1,7});?")
_TAG = re.compile(
    r"</?(?:abbr|b|bdi|bdo|big|br|cite|em|font|h[1-6]|i|p|q|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


def clean_characters(text: str, name: str) -> tuple[str, list[Remark]]:
    """Return ``text`` without characters that are not text.

    With what was replaced in the field ``name``.

    Between U+0080 and U+009F is what Windows calls by these numbers, as browsers read it (HTML, section 13.2.5.80).
    """
    found = sorted({f"U+{ord(character):04X}" for character in NOT_TEXT.findall(text)})
    if not found:
        return text, []
    text = re.sub("[\x80-\x9f]", lambda match: _windows(match[0]), text)
    return str(clean(text)), [Remark("characters", f"{name} holds {', '.join(found)}: replaced", name)]


def clean_references(html: str) -> tuple[str, list[Remark]]:
    """Return ``html`` without references to characters that are not text.

    A parser would make these of them.
    """
    found: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        try:
            number = int(match[2], 16 if match[1] else 10)
        except ValueError:  # "&#1f;" is "&#1" and text
            return match[0]
        if number > 0x10FFFF or 0x80 <= number <= 0x9F or not NOT_TEXT.match(chr(number)):
            return match[0]
        found.add(f"U+{number:04X}")
        return str(clean(chr(number)))

    html = _NUMERIC.sub(replace, html)
    named = ", ".join(sorted(found))
    return html, [Remark("characters", f"the text holds {named}: replaced")] if found else []


def _windows(character: str) -> str:
    try:
        return character.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return character


def read_words(text: str, name: str, *, lines: bool = False) -> tuple[str, list[Remark]]:
    """Return what a source meant by a plain text.

    No HTML, no hidden changes of direction.

    Args:
        name: Of the field, for remarks.
        lines: Keep line breaks (several paragraphs); a title is one line.
    """
    remarks: list[Remark] = []
    without = _TAG.sub(
        lambda tag: " " if tag[0].lower().startswith(("<br", "<p", "</p", "<h", "</h")) else "", text
    )
    if without != text:
        remarks.append(
            Remark("entities", f"{name} holds HTML, and is plain text: its tags were left out", name)
        )
    text, before = without, without
    for _time in range(3):  # escaped once, or once too often
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if text != before:
        remarks.append(
            Remark("entities", f"{name} holds HTML entities, and is plain text: they were read", name)
        )
    if has_hidden_directions(text):
        remarks.append(Remark("characters", f"{name} holds hidden changes of direction: left out", name))
        text = clean_line(text)
    text, replaced = clean_characters(text, name)
    if not lines:
        text = _SPACES.sub(" ", text)
    return text.strip(), [*remarks, *replaced]


def slug_text(text: str) -> str:
    """Return a text that a slug can be made of.

    Entities are no words of it, and é has one spelling.
    """
    return unicodedata.normalize("NFC", read_words(text, "")[0])
