"""Notes on a search: signs in it that do not count as such."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..catalogue.text import parse

#: Signs that are named one by one.
MAX_NAMED = 5


@dataclass(frozen=True)
class SearchNote:
    """A part of a search that does not count as it may have been meant.

    message: a sentence about it. part: "" where the note is about the whole search.
    """

    part: str
    message: str


def notes_on(search: str) -> list[SearchNote]:
    """Return a note on each sign that does not count.

    And one where words are left out and none is searched for.
    """
    expression = parse(search)
    notes = [SearchNote(part, _message(part)) for part in expression.strays[:MAX_NAMED]]
    if expression.excluded and not expression.required:
        notes.append(SearchNote("", _("This search only leaves stories out. Add a word to find.")))
    return notes


def _message(part: str) -> str:
    if part == '"':
        return _("A quotation mark on its own does not count. Put a phrase between two.")
    if part == "OR":
        # Translators: OR is the same in every language.
        return _("“OR” joins the words on its left and right. Here it is searched for as a word.")
    return _("“%(sign)s” does not count, because it has no letter or digit.") % {"sign": part}
