"""``NewsItemMixin``: everything that a story has.

A concrete page is ``class NewsItemPage(NewsItemMixin, Page)``.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string

from ..catalogue.facts import is_future
from ..catalogue.richtext import safe_url
from ..compat import page_model_name
from ..conf import get_settings
from ..http.caching import limit_lifetime, next_day_or_answering
from ..registry import BUILT_IN
from ..taxonomy.models import Kind
from ..widgets import TermCheckboxes
from .blocks import story_blocks
from .blocks.text import FEATURES
from .blocks.updates import UpdateBlock, public_updates
from .contacts import StoryContactsPanel
from .context import expiry_of, id_of, story_context
from .fields import StoryStreamField
from .forms import publishing_error
from .panels import PublicRoutingMixin, term_panel
from .term_fields import with_term_fields


def validate_not_in_future(when: datetime.datetime) -> None:
    """Refuse a time in the future: to publish a story then, schedule it."""
    if is_future(when):
        raise ValidationError(
            _("This is in the future. To publish the story then, leave this empty and set a schedule.")
        )


@with_term_fields([one.plural for one in BUILT_IN if one.many])
class NewsItemMixin(PublicRoutingMixin):
    """The fields of a story, their panels and their rules.

    Put it before ``Page`` among the bases.
    """

    summary = models.TextField(
        _("summary"),
        max_length=400,
        help_text=_("One or two sentences. Shown in lists, search results and on other people's sites."),
    )
    kind = models.ForeignKey(
        "cpsnews.Kind",
        verbose_name=_("news type"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    crime_types = ParentalManyToManyField(
        "cpsnews.CrimeType", verbose_name=_("crime types"), blank=True, related_name="+"
    )
    areas = ParentalManyToManyField("cpsnews.Area", verbose_name=_("areas"), blank=True, related_name="+")
    topics = ParentalManyToManyField("cpsnews.Topic", verbose_name=_("topics"), blank=True, related_name="+")

    contacts = ParentalManyToManyField(
        "cpsnews.PressContact", verbose_name=_("contacts for journalists"), blank=True, related_name="+"
    )

    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        validators=[validate_not_in_future],
        help_text=_("The date that readers see. Left empty, it is when the story is first published."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    image_alt = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_(
            "Describe the picture for people who cannot see it. Leave it empty only if the picture adds nothing."
        ),
    )
    image_caption = models.CharField(
        _("picture caption"),
        max_length=250,
        blank=True,
        help_text=_("Shown below the picture, for everybody: who or what it is, where and when."),
    )
    image_credit = models.CharField(_("picture credit"), max_length=150, blank=True)
    image_licence = models.CharField(
        _("picture licence"),
        max_length=150,
        blank=True,
        help_text=_("Only if the picture has a different licence from the story."),
    )
    body = StoryStreamField(story_blocks(), verbose_name=_("story"), blank=True)
    notes_to_editors = RichTextField(_("notes to editors"), blank=True, features=FEATURES)
    updates = StoryStreamField(
        [("update", UpdateBlock())],
        verbose_name=_("updates and corrections"),
        blank=True,
        help_text=_("What happened later, or what was wrong. Newest first; the title stays as it is."),
    )

    letter_addressee = models.CharField(_("to"), max_length=200, blank=True)
    letter_publication = models.CharField(
        _("publication"), max_length=200, blank=True, help_text=_("The newspaper or journal it was sent to.")
    )
    letter_in_reply_to = models.CharField(
        _("in reply to"), max_length=250, blank=True, help_text=_("What the letter answers, in a few words.")
    )
    letter_in_reply_to_url = models.URLField(_("its address"), blank=True)
    letter_signatory = models.CharField(_("signed by"), max_length=200, blank=True)

    language = models.CharField(
        _("language"),
        max_length=35,
        blank=True,
        help_text=_(
            "Only for a story in a language that this site has no section for, such as “ur” or “pl”."
        ),
    )
    version_of = models.ForeignKey(
        page_model_name(),
        verbose_name=_("version of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The same story in another language."),
    )
    archived_on = models.DateField(
        _("archived on"),
        null=True,
        blank=True,
        help_text=_("The story stays readable, with a notice that it is kept for the record."),
    )
    archived_note = RichTextField(_("archive notice"), blank=True, features=["bold", "italic", "link"])
    noindex = models.BooleanField(
        _("keep from search engines"),
        default=False,
        help_text=_(
            "Asks Google and others not to list this page. Readers still find it here, in lists and feeds and on other "
            "people’s sites. To take a story down, unpublish it."
        ),
    )
    review_by = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        help_text=_(
            "When somebody should look at the story again, for example because an order ends. Nothing happens to the story on that day."
        ),
    )

    #: The news type of a story that has none when it is published, and of a letter: a slug, a name or an alias.
    #: "" gives none.
    default_kind: ClassVar[str] = ""
    letter_kind: ClassVar[str] = "letter"

    has_share_buttons: ClassVar[bool] = True

    history_fields: ClassVar[tuple[str, ...]] = (
        *PublicRoutingMixin.history_fields,
        "published_at",
        "updates",
        "version_of",
        "archived_on",
        "archived_note",
        "review_by",
    )

    letter_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("letter_addressee"), FieldPanel("letter_publication")]),
                FieldRowPanel([FieldPanel("letter_in_reply_to"), FieldPanel("letter_in_reply_to_url")]),
                FieldPanel("letter_signatory"),
            ],
            heading=_("Letter"),
            classname="collapsed",
        ),
    ]
    story_panels: ClassVar[list[Any]] = [
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("image"),
                FieldPanel("image_alt"),
                FieldPanel("image_caption"),
                FieldRowPanel([FieldPanel("image_credit"), FieldPanel("image_licence")]),
            ],
            heading=_("Picture"),
        ),
        FieldPanel("body"),
        FieldPanel("notes_to_editors"),
        FieldPanel("updates"),
        *letter_panels,
    ]
    filing_panels: ClassVar[list[Any]] = [
        *(
            term_panel(one.field, one.name, widget=TermCheckboxes if one.many else forms.Select)
            for one in BUILT_IN
        ),
        StoryContactsPanel("contacts", widget=forms.CheckboxSelectMultiple),
    ]
    record_panels: ClassVar[list[Any]] = [
        FieldPanel("published_at", permission="cpsnews.change_published_at"),
        FieldRowPanel([FieldPanel("language"), FieldPanel("version_of")]),
        FieldPanel("review_by"),
        MultiFieldPanel([FieldPanel("archived_on"), FieldPanel("archived_note")], heading=_("Archive")),
        HelpPanel(content=_("An archived story can still be read. To take a story down, unpublish it.")),
    ]

    search_engine_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("noindex")], heading=_("Search engines")),
    ]

    class Meta:
        abstract = True

    def fill_in(self) -> set[str]:
        """Give a live story its date of publication and its news type where it has none."""
        changed = super().fill_in()
        if getattr(self, "live", False) and self.published_at is None:
            self.published_at = getattr(self, "first_published_at", None) or timezone.now()
            changed.add("published_at")
        if getattr(self, "live", False) and self.kind_id is None and (kind := self.get_default_kind()):
            self.kind = kind
            changed.add("kind")
        return changed

    def get_default_kind(self) -> Any:
        """Return the news type of a story that has none, or None.

        Staff can rename, replace and retire terms: it is found by any name it has or had, and a term that is not
        there or retired is not used.
        """
        name = self.default_kind or (self.letter_kind if self.get_letter_facts() else "")
        kind = Kind.find(name) if name and get_settings().is_on("kind") else None
        if kind is None or kind.retired:
            return None
        return kind.get_translation_or_none(self.locale_id) or kind  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        if self.version_of_id and self.version_of_id == self.pk:
            message = _("A story is not a version of itself.")
            raise ValidationError({"version_of": publishing_error(message)})

    @property
    def language_code(self) -> str:
        """The language that the story is written in: its own, or its section's."""
        return self.language or self.locale.language_code  # type: ignore[attr-defined]

    def get_updates(self) -> list[dict[str, Any]]:
        """Return the updates, outcomes first, then newest first.

        ``[{"date": datetime, "kind": "correction", "text": …}]``
        """
        return public_updates(self.updates)

    def get_updated(self) -> datetime.datetime | None:
        """Return when the story last changed for its readers.

        Its latest update, or ``None``. Saving alone is no update.
        """
        return max((update["date"] for update in self.get_updates()), default=None)

    def get_letter_facts(self) -> dict[str, str] | None:
        """Return what is said about a letter: the fields that are filled in, or ``None``."""
        names = ("addressee", "publication", "in_reply_to", "in_reply_to_url", "signatory")
        facts = {name: getattr(self, f"letter_{name}") for name in names}
        facts["in_reply_to_url"] = safe_url(facts["in_reply_to_url"])
        return {name: value for name, value in facts.items() if value} or None

    def get_speech_facts(self) -> dict[str, Any] | None:
        """Override this to give what is said about a speech."""
        return None

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Serve the story; no cache keeps it beyond the day.

        Nor beyond the next change of a contact.
        """
        serve = partial(super().serve, request, *args, **kwargs)
        response = limit_lifetime(
            request, serve, next_day_or_answering, partial(expiry_of, self), partial(id_of, self)
        )
        if self.noindex:
            response["X-Robots-Tag"] = "noindex"
        return response

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | story_context(self, request)
