"""The words for the desk's acts in Wagtail's histories and reports."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from ..catalogue.models import PublicationStop
from .proof.models import OutsideStep


def register_log_actions(actions: Any) -> None:
    """Register the actions of stops."""

    @actions.register_action("cpsnews.stop.begin")
    class BeginFormatter(LogFormatter):
        label = gettext_lazy("Hold, embargo or withdrawal")

        def format_message(self, log_entry: Any) -> str:
            texts = {
                PublicationStop.Kind.HOLD: _("Held (%(reference)s)"),
                PublicationStop.Kind.EMBARGO: _("Put on embargo (%(reference)s)"),
                PublicationStop.Kind.WITHDRAWAL: _("Withdrawn (%(reference)s)"),
            }
            return texts[PublicationStop.Kind(log_entry.data["kind"])] % log_entry.data

    @actions.register_action("cpsnews.stop.end")
    class EndFormatter(LogFormatter):
        label = gettext_lazy("End of a hold, embargo or withdrawal")

        def format_message(self, log_entry: Any) -> str:
            kind = capfirst(PublicationStop.Kind(log_entry.data["kind"]).label)
            ending = PublicationStop.Ending(log_entry.data["ending"]).label
            return _("%(kind)s %(reference)s ended: %(ending)s") % {
                "kind": kind,
                "reference": log_entry.data["reference"],
                "ending": ending,
            }

    @actions.register_action("cpsnews.step")
    class StepFormatter(LogFormatter):
        label = gettext_lazy("Step outside the newsroom")

        def format_message(self, log_entry: Any) -> str:
            texts = {
                "added": _("Added to the list of what is to be done elsewhere (%(reference)s): %(where)s"),
                "done": _("Marked as done elsewhere (%(reference)s): %(where)s"),
                "undone": _("Marked as not done elsewhere (%(reference)s): %(where)s"),
            }
            where = OutsideStep.Sort(log_entry.data["sort"]).label
            return texts[log_entry.data["what"]] % {"reference": log_entry.data["reference"], "where": where}

    @actions.register_action("cpsnews.proof")
    class ProofFormatter(LogFormatter):
        label = gettext_lazy("Proof of absence")

        def format_message(self, log_entry: Any) -> str:
            return _("All outputs are asked again (%(reference)s)") % log_entry.data
