"""Notes on a search: signs in it that do not count as such."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..catalogue.text import parse


def notes_on(search: str) -> list[str]:
    """Return a sentence for each sign that does not count.

    And one where words are left out and none is searched for.
    """
    expression, notes = parse(search), []
    if '"' in expression.strays:
        notes.append(_("A quotation mark on its own does not count. Put a phrase between two."))
    if "OR" in expression.strays:
        # Translators: OR is the same in every language.
        notes.append(_("“OR” joins the words on its left and right. Here it is searched for as a word."))
    if expression.excluded and not expression.required:
        notes.append(_("This search only leaves stories out. Add a word to find."))
    return notes
