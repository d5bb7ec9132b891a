"""Updates of a story as readers get them.

In order, with labels in a language, cut for lists.

An entry keeps the key of an outcome's label, so that a label that is renamed is renamed in every story at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from ..characters import clean_line
from .dates import display
from .lookups import Reference

#: The kind of update that says how a case ended.
OUTCOME = "outcome"

#: In the order in which editors choose among them.
UPDATE_KINDS = [
    (OUTCOME, _("Outcome of the case")),
    ("update", _("Update")),
    ("correction", _("Correction")),
    ("clarification", _("Clarification")),
]

#: Kinds whose label is what the kind is called.
_LABELS = {OUTCOME: _("Outcome"), **{kind: label for kind, label in UPDATE_KINDS if kind != OUTCOME}}

#: Characters of an update's text in a list; it is cut at a word.
UPDATE_LENGTH = 160

#: Languages in which a label keeps its capital letter after a colon: their nouns have one.
_CAPITAL_AFTER_COLON = ("de", "lb")


def sort_updates(updates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return updates with the outcomes first; otherwise they keep their order."""
    return sorted((dict(update) for update in updates), key=lambda update: update.get("kind") != OUTCOME)


def label_updates(
    updates: Iterable[Mapping[str, Any]], reference: Reference, lang: str, language: str
) -> list[dict[str, Any]]:
    """Return updates as a page or an item shows them.

    Args:
        updates: ``{"date", "kind", "text"}``; an outcome also has ``outcome`` (the key of its label, or words of an
            adapter's own) and may have ``concerns``.
        reference: Where labels are read from.
        lang: The language of labels and dates.
        language: The language of the story, in which its texts are.

    Returns:
        The updates in order, each with ``label``, ``date_display`` and, where the label is in another language
        than ``lang``, its ``language``. They have no keys of labels.
    """
    return [_labelled(update, reference, lang, language) for update in sort_updates(updates)]


def _labelled(update: dict[str, Any], reference: Reference, lang: str, language: str) -> dict[str, Any]:
    outcome, concerns = update.pop("outcome", None), update.pop("concerns", None) or ""
    with translation.override(lang):
        label, other = update_label(update.get("kind")), ""
        day = _day(update.get("date"))
        if update.get("kind") == OUTCOME:
            # Words of the story's own belong to a label in the story's language: one phrase, not half of two.
            wanted = language if concerns else lang
            label, other = _outcome_label(str(outcome or ""), reference, wanted, lang, language)
            if concerns:
                label = _about(concerns, label, wanted)
    found = {
        "date": update.pop("date", None),
        "date_display": day,
        "kind": update.pop("kind", "") or "update",
    }
    found |= {"label": clean_line(label), **({"language": other} if other else {}), **update}
    return found


def _outcome_label(
    outcome: str, reference: Reference, wanted: str, lang: str, language: str
) -> tuple[str, str]:
    """Return an outcome's label, and its language where that is not ``lang``."""
    info = reference.outcomes.get(outcome)
    if info is not None:
        label, found = info.label(wanted), info.label_language(wanted) or wanted
    elif outcome and not is_key(outcome):
        label, found = outcome, language
    else:  # no label was chosen, or it was deleted by code
        with translation.override(wanted):
            label, found = gettext("Outcome"), wanted
    return label, found if _differ(found, lang) else ""


def _about(concerns: str, label: str, language: str) -> str:
    """Return ``One of three defendants: not guilty``."""
    is_word = label[1:2].islower() or label[1:2] in ("", " ")
    if is_word and language.split("-")[0] not in _CAPITAL_AFTER_COLON:
        label = label[:1].lower() + label[1:]
    # Translators: whom an outcome concerns, and what it is: "One of three defendants: not guilty".
    return pgettext("outcome", "%(whom)s: %(outcome)s") % {"whom": concerns, "outcome": label}


def _day(value: Any) -> str:
    """Return the day in words; words that an adapter gives for it stay as they are."""
    try:
        return display(value)
    except ValueError:
        return str(value)


def is_key(text: str) -> bool:
    """Return whether an update's ``outcome`` is the key of a label rather than words."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _differ(first: str, second: str) -> bool:
    return first.split("-")[0].lower() != second.split("-")[0].lower()


def update_label(kind: Any) -> str:
    """Return what readers see before an update of a kind, in the active language."""
    return str(_LABELS.get(kind or "", _LABELS["update"]))


def pick_latest(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the updates that are shown wherever the title is.

    Every outcome, or else the newest update; texts are cut.

    All outcomes: of three defendants, the last one's must not hide the first one's.

    Args:
        updates: As ``label_updates`` gives them.
    """
    outcomes = [update for update in updates if update["kind"] == OUTCOME]
    return [
        {**update, "text": cut(clean_line(" ".join(str(update.get("text") or "").split())), UPDATE_LENGTH)}
        for update in outcomes or updates[:1]
    ]


def cut(text: str, length: int) -> str:
    """Return ``text`` cut at a word, with an ellipsis.

    To at most ``length`` characters.
    """
    if len(text) <= length:
        return text
    head = text[: length - 1].rsplit(" ", 1)[0] if " " in text[: length - 1] else text[: length - 1]
    return head.rstrip(" ,.;:–-") + "…"
