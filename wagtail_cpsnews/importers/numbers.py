"""The numbers of list items, as a browser counts them."""

from __future__ import annotations

import re

from bs4 import Tag

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,9})")


def number_items(ordered: Tag) -> list[str]:
    """Return the marker of each ``li`` of an ``ol``.

    Such as ``"4."``, ``"b."`` or ``"iv."``.
    """
    items = ordered.find_all("li", recursive=False)
    step = -1 if ordered.has_attr("reversed") else 1
    number = _whole(ordered, "start")
    if number is None:
        number = len(items) if step < 0 else 1
    markers = []
    for item in items:
        own = _whole(item, "value")
        number = own if own is not None else number
        markers.append(f"{_written(number, str(item.get('type') or ordered.get('type') or ''))}.")
        number += step
    return markers


def is_numbered(ordered: Tag) -> bool:
    """Return whether an ``ol`` counts in another way than 1, 2, 3.

    That is all that the text of a story can do.
    """
    plain = [f"{number}." for number in range(1, len(ordered.find_all("li", recursive=False)) + 1)]
    return number_items(ordered) != plain


def _whole(node: Tag, name: str) -> int | None:
    found = _WHOLE.match(str(node.get(name) or ""))
    return int(found[1]) if found else None


def _written(number: int, style: str) -> str:
    if style.lower() == "a" and number > 0:
        text = ""
        while number:
            number, rest = divmod(number - 1, 26)
            text = chr(ord("a") + rest) + text
        return text.upper() if style == "A" else text
    if style.lower() == "i" and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
        return text.upper() if style == "I" else text
    return str(number)
