"""Characters that are not text.

Control characters, non-characters, halves of characters, hidden directions.
"""

from __future__ import annotations

import re
from typing import Any

#: Shown in place of a character that cannot be shown (Unicode 16, section 23.8).
REPLACEMENT = "\ufffd"

#: Control characters but tab and line breaks, lone surrogates, and the 66 non-characters of Unicode. XML 1.0 takes
#: none of the first two and HTML (section 13.2.3.5) calls all of them errors.
NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)

#: Embeddings, overrides and isolates: in a single line of text they reverse what other people put after it.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")

#: Word processors write these between lines, and old systems between fields.
_SPACES = {"\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85"}


def clean(value: Any) -> Any:
    """Return ``value`` with every text in it free of characters that are not text.

    Keys, lists and tuples are walked through; what is no text stays as it is.
    """
    if isinstance(value, str):
        # None of these characters is printable, and asking takes a tenth of the time.
        return value if value.isprintable() else NOT_TEXT.sub(_replace, value)
    if isinstance(value, dict):
        return {clean(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    return value


def is_clean(text: str) -> bool:
    """Return whether a text, of many lines, is free of characters that are not text."""
    # The expression takes a hundred times as long, so it is asked only about lines with a no-break space or the like.
    if text.replace("\n", "").isprintable():
        return True
    return not any(not line.isprintable() and NOT_TEXT.search(line) for line in text.split("\n"))


def clean_line(text: str) -> str:
    """Return a title or another single line, cleaned.

    Without hidden changes of direction either.
    """
    return _DIRECTIONS.sub("", str(clean(text)))


def has_hidden_directions(text: str) -> bool:
    """Return whether ``clean_line`` would take a change of direction out of ``text``."""
    return _DIRECTIONS.search(text) is not None


def _replace(match: re.Match[str]) -> str:
    return " " if match[0] in _SPACES else REPLACEMENT
