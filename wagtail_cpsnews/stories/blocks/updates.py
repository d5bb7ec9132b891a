"""Updates of a story: its outcome, what was added later, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...catalogue.db import using
from ...catalogue.facts import as_aware, is_future
from ...catalogue.snapshots import current
from ...catalogue.story_updates import OUTCOME, UPDATE_KINDS, is_key, sort_updates
from ...taxonomy.outcomes import OutcomeLabel

#: Characters of the words that say whom an outcome is about.
MAX_CONCERNS = 80

#: The first, empty choice of a list.
CHOOSE = lazy(lambda: pgettext("nothing chosen yet", "Choose…"), str)()


class OutcomeLabelBlock(blocks.ChoiceBlock):
    """Chooses a label of an outcome.

    Its value is the label's key, the same in all languages.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("choices", None)
        super().__init__(choices=self._choices, **{"required": False, "search_index": False, **kwargs})

    def _choices(self) -> list[tuple[str, str]]:
        lang = get_language() or ""
        labels = sorted(current().reference.outcomes.values(), key=lambda info: info.retired)
        return [("", str(CHOOSE)), *((info.key, self._choice(info, lang)) for info in labels)]

    def _choice(self, info: Any, lang: str) -> str:
        label = str(info.label(lang))
        return str(_("%(name)s (retired)") % {"name": label}) if info.retired else label

    def normalize_choice(self, value: Any) -> Any:
        """Return the key as it is.

        Choices come from the catalogue, which is being written when pages are read.
        """
        return value

    def clean(self, value: Any) -> Any:
        """Clear a label that was deleted meanwhile.

        A draft can be saved, and publishing asks for another.
        """
        return super().clean(value if value and str(value) in current().reference.outcomes else "")

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        """Yield the label's rows.

        Wagtail then counts its use, and it cannot be deleted.
        """
        if is_key(str(value)):
            rows = OutcomeLabel._default_manager.using(using()).filter(translation_key=value)
            for pk in rows.values_list("pk", flat=True):
                yield OutcomeLabel, str(pk), "", ""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Return the label for editors who compare versions.

        Readers get it from the catalogue.
        """
        info = current().reference.outcomes.get(str(value))
        return escape(info.label(get_language() or "")) if info else ""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", [], {}


class UpdateBlock(blocks.StructBlock):
    """One dated update. Titles stay as they are; what happened later is said here."""

    kind = blocks.ChoiceBlock(
        label=_("Type"),
        choices=[("", CHOOSE), *UPDATE_KINDS],
        help_text=_(
            "Choose “Correction” if something was wrong. An outcome is shown first, wherever the title is shown."
        ),
    )
    outcome = OutcomeLabelBlock(
        label=_("Outcome"), help_text=_("Only for an outcome. Staff edit this list under Newsroom.")
    )
    concerns = blocks.CharBlock(
        label=_("Who it is about"),
        required=False,
        max_length=MAX_CONCERNS,
        help_text=_(
            "Only for an outcome, such as “One of three defendants”. Leave empty only if the story has one defendant."
        ),
    )
    date = blocks.DateTimeBlock(label=_("When"), default=timezone.now)
    text = blocks.TextBlock(
        label=_("What changed"), rows=3, help_text=_("An empty line begins a new paragraph.")
    )

    def clean(self, value: Any) -> Any:
        """Check what is published.

        It has happened, and an outcome says which. A draft may hold anything.
        """
        result = super().clean(value)
        if not self.is_deferred_validation and (errors := dict(_problems(result))):
            raise blocks.StructBlockValidationError(
                block_errors={name: ValidationError(message) for name, message in errors.items()}
            )
        return result

    class Meta:
        icon = "date"
        label = _("Update")


def _problems(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (field, message) for what keeps an update from being published."""
    when = as_aware(value.get("date"))
    if when is not None and is_future(when):
        yield (
            "date",
            _("This is in the future. An update says what has happened; give the time of now or before."),
        )
    is_outcome = value.get("kind") == OUTCOME
    if is_outcome and not value.get("outcome"):
        yield "outcome", _("Choose the outcome.")
    elif not is_outcome and (value.get("outcome") or value.get("concerns")):
        yield "kind", _("Choose “Outcome of the case”, or clear the fields that belong to an outcome.")


def public_updates(stream: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the updates of a stream that readers may see.

    Outcomes first, then newest first.

    Those of one time stay in the editor's order. What is half-filled, in a draft, or dated in the future, by a
    write that no form has seen, is not there.

    Returns:
        ``[{"date", "kind", "text"}]``; an outcome also has ``outcome`` (the key of its label) and ``concerns``.
    """
    updates = []
    for block in stream:
        when, text = as_aware(block.value.get("date")), (block.value.get("text") or "").strip()
        if when is not None and text and not is_future(when):
            update = {"date": when, "kind": block.value.get("kind") or "update", "text": text}
            if update["kind"] == OUTCOME:
                update["outcome"] = str(block.value.get("outcome") or "")
                update["concerns"] = " ".join(str(block.value.get("concerns") or "").split())
            updates.append(update)
    return sort_updates(sorted(updates, key=lambda update: update["date"], reverse=True))
