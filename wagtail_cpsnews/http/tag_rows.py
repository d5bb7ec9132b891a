"""What a story is filed under, in labelled rows of a few terms each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..conf import get_settings

#: Terms in a row; the others are counted.
MOST = 3


def tag_rows(tags: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return tags by taxonomy: ``[{"taxonomy", "label", "tags", "rest", "more"}]``.

    In the order of the tags; ``rest`` are the terms after the first few, ``more`` is how many they are.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for tag in tags:
        rows.setdefault(tag["taxonomy"], []).append(tag)
    return [
        {
            "taxonomy": name,
            "label": _label(name, len(found)),
            "tags": found[:MOST],
            "rest": found[MOST:],
            "more": max(0, len(found) - MOST),
        }
        for name, found in rows.items()
    ]


def _label(name: str, count: int) -> str:
    label = get_settings().label(name, count)
    return label[:1].upper() + label[1:]
