"""``SpeechMixin``: a story that somebody said."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.documents import get_document_model_string

from ..catalogue import deferred
from ..catalogue.richtext import safe_url
from .forms import publishing_error
from .news_item import NewsItemMixin
from .reading import reader_for
from .speakers import more_by_speaker


class Script(models.TextChoices):
    """How the text relates to what was said."""

    AS_DELIVERED = "as_delivered", _("As delivered")
    AS_PREPARED = "as_prepared", _("As prepared: check against delivery")
    DRAFT = "draft", _("Draft")
    SPEAKING_NOTES = "speaking_notes", _("Speaking notes")


class SpeechMixin(NewsItemMixin):
    """What a speech has besides a story.

    The speaker and role, the place and time, and whether this is what was said.
    """

    speaker = models.CharField(
        _("speaker"),
        max_length=150,
        blank=True,
        help_text=_("Name as it was on the day, with any post-nominals (for example KC)."),
    )
    role = models.CharField(_("role that day"), max_length=200, blank=True)
    event = models.CharField(_("event"), max_length=250, blank=True)
    event_first_day = models.DateField(_("first day of the event"), null=True, blank=True)
    event_last_day = models.DateField(_("last day of the event"), null=True, blank=True)
    location = models.CharField(_("place"), max_length=250, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    script = models.CharField(_("the text is"), max_length=20, choices=Script.choices, blank=True)
    recording = models.URLField(_("recording"), blank=True, help_text=_("Link to the video or audio."))
    transcript = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("transcript"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    default_kind: ClassVar[str] = "speech"

    #: A speech is no letter.
    story_panels: ClassVar[list[Any]] = [
        panel for panel in NewsItemMixin.story_panels if panel not in NewsItemMixin.letter_panels
    ]
    speech_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("speaker"), FieldPanel("role", heading=_("Role at the time"))]),
                FieldPanel("event"),
                FieldRowPanel([FieldPanel("event_first_day"), FieldPanel("event_last_day")]),
                FieldRowPanel([FieldPanel("location"), FieldPanel("delivered_on")]),
                FieldPanel("script"),
                FieldRowPanel([FieldPanel("recording"), FieldPanel("transcript")]),
            ],
            heading=_("Speech"),
        ),
    ]

    class Meta(NewsItemMixin.Meta):
        abstract = True

    def clean(self) -> None:
        super().clean()
        first, last = self.event_first_day, self.event_last_day
        if first and last and last < first:
            message = _("The last day is before the first day.")
            raise ValidationError({"event_last_day": publishing_error(message)})

    def get_speech_facts(self) -> dict[str, Any]:
        facts = {
            "speaker": self.speaker,
            "role": self.role,
            "event": self.event,
            "event_first_day": self.event_first_day,
            "event_last_day": self.event_last_day,
            "location": self.location,
            "delivered_on": self.delivered_on,
            "script": self.script,
            "recording": safe_url(self.recording),
            "transcript": self._transcript_url(),
        }
        return {name: value for name, value in facts.items() if value} or {"speaker": ""}

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, "by_speaker": more_by_speaker(self, request)}

    def _transcript_url(self) -> str:
        """Return the address of the transcript, "" where not everybody may read it."""
        if not self.transcript_id:
            return ""
        return str(
            deferred.value(
                "document_url", {"pk": str(self.transcript_id)}, lambda: reader_for({"page": self})
            )
            or ""
        )
