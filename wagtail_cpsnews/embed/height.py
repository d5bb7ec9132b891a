"""How much room a list will take, so that a page can reserve it.

Nothing then moves when the list loads.

An estimate from the stories that the list holds now, on the safe side; the builder's script measures its preview.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from .appearance import DisplayOptions

#: The columns that room is kept for, in pixels: a phone's, and the narrowest that counts as wide.
NARROW, WIDE = 280, 480

#: Text of 16 px in lines of 1.6: what most sites have, or less.
_LINE = 25.6

#: The widest an average letter is, in pixels, in a headline and elsewhere.
_HEADLINE_LETTER, _LETTER = 9.8, 8.2


@dataclass(frozen=True)
class Room:
    """A list's height in pixels in a narrow and in a wide column."""

    narrow: int
    wide: int


def estimate(
    cards: Iterable[Mapping[str, Any]],
    options: DisplayOptions,
    *,
    filters: int = 0,
    search: bool = False,
    frame: int = 0,
) -> Room:
    """Return the room for a list.

    Args:
        cards: The stories, as the API has them.
        look: What of each is shown.
        filters: How many of them the reader has.
        search: Whether there is a search field.
        frame: Pixels around the list.
    """
    stories = list(cards)

    def height(width: int) -> int:
        total = frame + 46.0  # the link to the list
        if options.heading:
            total += 1.35 * _LINE * _lines(options.heading, _HEADLINE_LETTER * 1.25, width) + 30
        if options.paging == "more":
            total += 60
        total += 46 * filters + 110 * search
        return math.ceil((total + sum(_height(story, options, width) for story in stories)) / 10) * 10

    return Room(height(NARROW), height(WIDE))


def spacers(room: Room) -> SafeString:
    """Return two transparent pictures that reserve the room.

    Side by side in a wide column, stacked in a narrow one.

    They need no style, which a strict Content-Security-Policy of the page would forbid, and no script.
    """
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" slot="room" width="{}" height="{}" aria-hidden="true"></svg>'
    )
    both = "<br />" + picture + picture
    return format_html(both, WIDE // 2, room.wide, WIDE // 2, max(room.narrow - room.wide, 0))


def _height(story: Mapping[str, Any], options: DisplayOptions, width: int) -> float:
    terms = [*story.get("crime_types", ()), *story.get("areas", ())]
    labels = [str(story.get("published_display", "")), *(str(term["label"]) for term in terms)]
    if kind := story.get("kind"):
        labels.append(str(kind["label"]))
    headline = max(1.1 * _LINE * _lines(str(story["title"]), _HEADLINE_LETTER, width), 44)
    total = 18 + headline + 0.9 * _LINE * _lines(" · ".join(labels), _LETTER * 0.9, width)
    if options.summary and story.get("summary"):
        total += _LINE * _lines(str(story["summary"]), _LETTER, width)
    if options.images and (image := story.get("image")):
        shown = min(width, 144 if width >= 448 else int(image["width"]))
        picture = shown * int(image["height"]) / max(int(image["width"]), 1)
        total = max(total, picture + 18) if width >= 448 else total + picture
    return total


def _lines(text: str, letter: float, width: int) -> int:
    return max(1, math.ceil(len(text) * letter / width))
