"""What was added to a story or put right in it after it was published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...catalogue.facts import as_moment, is_future

UPDATE_KINDS = [
    ("update", _("Update")),
    ("correction", _("Correction")),
    ("clarification", _("Clarification")),
]


class UpdateBlock(blocks.StructBlock):
    """One dated update. Titles stay as they are; what happened later is said here."""

    date = blocks.DateTimeBlock(label=_("When"), default=timezone.now)
    kind = blocks.ChoiceBlock(label=_("Type"), choices=UPDATE_KINDS, default="update")
    text = blocks.TextBlock(
        label=_("What changed"), rows=3, help_text=_("An empty line begins a new paragraph.")
    )

    def clean(self, value: Any) -> Any:
        """A draft may hold anything; what is published has happened."""
        result = super().clean(value)
        moment = as_moment(result.get("date"))
        if moment is not None and is_future(moment) and not self.is_deferred_validation:
            message = ValidationError(
                _("This is in the future. An update says what has happened; give the time of now or before.")
            )
            raise blocks.StructBlockValidationError(block_errors={"date": message})
        return result

    class Meta:
        icon = "date"
        label = _("Update")


def public_updates(stream: Iterable[Any]) -> list[dict[str, Any]]:
    """The updates of a stream that readers may see, newest first: ``[{"date", "kind", "text"}]``.

    Those of one moment stay in the editor's order. What is half-filled, in a draft, or dated in the future, by a
    write that no form has seen, is not there.
    """
    updates = []
    for block in stream:
        moment, text = as_moment(block.value.get("date")), (block.value.get("text") or "").strip()
        if moment is not None and text and not is_future(moment):
            updates.append({"date": moment, "kind": block.value.get("kind") or "update", "text": text})
    return sorted(updates, key=lambda update: update["date"], reverse=True)


def update_label(kind: str | None) -> str:
    """What readers see before an update of a kind."""
    return str(dict(UPDATE_KINDS).get(kind or "", UPDATE_KINDS[0][1]))
