"""What was added to a story or put right in it after it was published."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

UPDATE_KINDS = [
    ("update", _("Update")),
    ("correction", _("Correction")),
    ("clarification", _("Clarification")),
]


class UpdateBlock(blocks.StructBlock):
    """One dated update. Titles stay as they are; what happened later is said here."""

    date = blocks.DateTimeBlock(label=_("When"), default=timezone.now)
    kind = blocks.ChoiceBlock(label=_("Sort"), choices=UPDATE_KINDS, default="update")
    text = blocks.TextBlock(label=_("What changed"), rows=2)

    class Meta:
        icon = "date"
        label = _("Update")


def update_label(kind: str) -> str:
    """What readers see before an update of a kind."""
    return str(dict(UPDATE_KINDS).get(kind, UPDATE_KINDS[0][1]))
