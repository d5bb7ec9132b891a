"""``PressContact``: who answers journalists, about what, and when.

A contact has one row a language (Wagtail's translation). Who it is for, hours and channels are shared by its rows and
kept in step by ``save()``; only name and notes are translated.
"""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Locale, TranslatableMixin

from ..conf import get_settings
from ..fields import StoryStreamField
from ..widgets import TermCheckboxes
from .blocks import ChannelBlock, ExceptionBlock, HoursBlock
from .formatting import in_words
from .hours import CLOSED, SUNDAY, USUAL, Timetable, timetable, timetable_data


class Role(models.TextChoices):
    """What a contact is."""

    PRESS_OFFICE = "press_office", _("Press office")
    DUTY = "duty", _("Duty press officer")
    MANAGER = "manager", _("Communications manager")


class Audience(models.TextChoices):
    """Whom a contact is for."""

    NATIONAL = "national", _("National media")
    INTERNATIONAL = "international", _("International media")
    LOCAL = "local", _("Local media")
    SPECIALIST = "specialist", _("Specialist media")


class BankHolidays(models.TextChoices):
    """What happens to a contact's hours on the bank holidays of England and Wales."""

    CLOSED = CLOSED, _("Closed")
    USUAL = USUAL, _("Usual hours")
    SUNDAY = SUNDAY, _("Sunday hours")


def validate_time_zone(name: str) -> None:
    """Check that ``name`` is a time zone that this computer knows."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        message = _("There is no time zone “%(name)s”. Write it like Europe/London or America/New_York.")
        raise ValidationError(message, params={"name": name}) from error


#: The scope's many-to-many fields, and the taxonomy of each.
SCOPE = {"crime_types": "crime_type", "topics": "topic", "areas": "area"}


class ScopePanel(FieldPanel):
    """The panel for the terms that a contact is for.

    Hidden when the taxonomy is off; it offers only current terms, in the contact's language.
    """

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            if self.bound_field is not None:
                field = self.bound_field.field
                mine = getattr(self.instance, self.panel.field_name) if self.instance.pk else None
                kept = models.Q(pk__in=mine.values("pk")) if mine is not None else models.Q(pk__in=[])
                current = models.Q(retired=False, successor=None)
                terms = field.queryset.model._default_manager
                locale = self._locale()
                if terms.filter(locale=locale).exists():
                    current &= models.Q(locale=locale)
                field.queryset = terms.filter(current | kept)

        def _locale(self) -> Any:
            """Return the contact's language.

            A new contact has none yet: it gets the one that the form was opened for.
            """
            code = self.request.GET.get("locale") if self.request else None
            return (
                self.instance.locale_id
                or Locale.objects.filter(language_code=code or "").first()
                or Locale.get_default()
            )

        def is_shown(self) -> bool:
            return get_settings().is_on(SCOPE[self.panel.field_name]) and bool(super().is_shown())


class PressContact(TranslatableMixin, models.Model):
    """A press office, a duty line or a person who answers journalists."""

    #: Same in every language version of a contact; ``save()`` copies them to the other versions.
    shared_fields: ClassVar[tuple[str, ...]] = (
        "role",
        "national",
        "for_national",
        "for_international",
        "for_local",
        "for_specialist",
        "accredited_only",
        "hours",
        "bank_holidays",
        "time_zone",
        "exceptions",
        "channels",
        "out_of_hours",
        "sort_order",
        "retired",
    )

    name = models.CharField(
        _("name"), max_length=120, help_text=_("An office or a person, as readers see it.")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.PRESS_OFFICE)
    notes = models.TextField(
        _("notes for journalists"),
        max_length=400,
        blank=True,
        help_text=_("Public: “Please ring rather than write at night.”"),
    )

    national = models.BooleanField(
        _("national"),
        default=False,
        help_text=_("Answers for the whole service. Shown on stories that have no area or subject contact."),
    )
    areas: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "cpsnews.Area", verbose_name=_("areas"), blank=True, related_name="+"
    )
    crime_types: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "cpsnews.CrimeType", verbose_name=_("crime types"), blank=True, related_name="+"
    )
    topics: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "cpsnews.Topic", verbose_name=_("topics"), blank=True, related_name="+"
    )

    for_national = models.BooleanField(_("national media"), default=True)
    for_international = models.BooleanField(_("international media"), default=False)
    for_local = models.BooleanField(_("local media"), default=True)
    for_specialist = models.BooleanField(_("specialist media"), default=True)
    accredited_only = models.BooleanField(
        _("accredited journalists only"),
        default=True,
        help_text=_("Readers are told that this contact is for accredited journalists only."),
    )

    hours = StoryStreamField(
        [("hours", HoursBlock())],
        verbose_name=_("weekly hours"),
        blank=True,
        help_text=_("With no hours, this contact is never shown as available now."),
    )
    bank_holidays = models.CharField(
        _("on bank holidays in England and Wales"),
        max_length=10,
        choices=BankHolidays.choices,
        default=BankHolidays.CLOSED,
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Of these hours, such as America/New_York. Left empty, the site's own."),
    )
    exceptions = StoryStreamField(
        [("exception", ExceptionBlock())],
        verbose_name=_("exceptions"),
        blank=True,
        help_text=_(
            "Leave, training, strike: days when the usual hours do not apply. If two overlap, the first one is used."
        ),
    )
    channels = StoryStreamField(
        [("channel", ChannelBlock())],
        verbose_name=_("phone, e-mail, other addresses"),
        blank=True,
        help_text=_("A contact with no public channel does not appear anywhere."),
    )
    out_of_hours = models.ForeignKey(
        "self",
        verbose_name=_("out of hours"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who answers when this contact does not."),
    )
    sort_order = models.IntegerField(_("order"), default=0, db_index=True)
    retired = models.BooleanField(
        _("retired"),
        default=False,
        help_text=_("No longer available to choose, and hidden everywhere immediately."),
    )

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("role")]),
        FieldPanel("channels"),
        FieldPanel("hours"),
        FieldRowPanel([FieldPanel("bank_holidays"), FieldPanel("time_zone")]),
        FieldPanel("out_of_hours"),
        FieldPanel("exceptions"),
        MultiFieldPanel(
            [
                FieldPanel("national"),
                ScopePanel("areas", widget=TermCheckboxes),
                ScopePanel("crime_types", widget=TermCheckboxes),
                ScopePanel("topics", widget=TermCheckboxes),
            ],
            heading=_("Answers for"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("for_national"),
                FieldPanel("for_international"),
                FieldPanel("for_local"),
                FieldPanel("for_specialist"),
                FieldPanel("accredited_only"),
            ],
            heading=_("For whom"),
        ),
        FieldPanel("notes"),
        FieldRowPanel(
            [FieldPanel("sort_order", help_text=_("Lower numbers come first.")), FieldPanel("retired")]
        ),
    ]

    class Meta(TranslatableMixin.Meta):
        app_label = "cpsnews"
        ordering = ["sort_order", "name"]
        verbose_name = _("press contact")
        verbose_name_plural = _("press contacts")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the contact's other language versions in step."""
        is_new = self._state.adding
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            others = self.versions().exclude(pk=self.pk)
            first = others.first()
            if first is None:
                return
            others.update(**{name: getattr(self, name) for name in self.shared_fields})
            if is_new:
                for name in SCOPE:
                    first.share_terms(name, [self])

    def clean(self) -> None:
        super().clean()
        if self.out_of_hours_id and self._comes_round():
            raise ValidationError(
                {
                    "out_of_hours": _(
                        "Out of hours, “%(name)s” leads back to this contact. Choose another, or change it there first."
                    )
                    % {"name": self.out_of_hours}
                }
            )

    def _comes_round(self) -> bool:
        seen: set[Any] = set()
        contact = self.out_of_hours
        while contact is not None and contact.translation_key not in seen:
            seen.add(contact.translation_key)
            contact = contact.out_of_hours
        return self.translation_key in seen

    def versions(self) -> models.QuerySet[Self]:
        """Return the rows of this contact in all languages."""
        return type(self)._default_manager.filter(translation_key=self.translation_key)

    def share_terms(self, name: str, others: Any) -> None:
        """Copy this contact's terms of one field to its other language versions.

        In their language where there is one.
        """
        terms = list(getattr(self, name).all())
        for other in others:
            other.is_sharing = True
            translated = [term.get_translation_or_none(other.locale) or term for term in terms]
            getattr(other, name).set(translated)

    # -- hours ----------------------------------------------------------------------------------------------------

    @property
    def timetable(self) -> Timetable:
        """The hours, for ``contacts.hours``. Each stand-in by its key."""
        exceptions = [block["value"] for block in self.exceptions.raw_data]
        stand_ins = [value["stand_in"] for value in exceptions if value.get("stand_in")]
        found = PressContact._default_manager.filter(pk__in=stand_ins) if stand_ins else ()
        return timetable(self.timetable_data({other.pk: str(other.translation_key) for other in found}))

    def timetable_data(self, keys: dict[Any, str]) -> dict[str, Any]:
        """Return the hours as ``hours.timetable()`` reads them.

        Args:
            keys: The keys of contacts who may stand in, by primary key.
        """
        return timetable_data(
            [block["value"] for block in self.hours.raw_data],
            [block["value"] for block in self.exceptions.raw_data],
            keys,
            bank_holidays=self.bank_holidays,
            zone=self.time_zone,
        )

    def is_open(self, when: datetime.datetime | None = None) -> bool:
        """Return whether this contact answers at a given time, or now."""
        return self._own_hours.is_open(when or timezone.now())

    @property
    def _own_hours(self) -> Timetable:
        """The hours without who stands in, which asks the database nothing: for lists."""
        return timetable(self.timetable_data({}))

    # -- columns of lists -----------------------------------------------------------------------------------------

    @property
    def audience(self) -> list[str]:
        """The audiences; all of them where none is named."""
        chosen = [name for name in Audience.values if getattr(self, f"for_{name}")]
        return chosen or list(Audience.values)

    @property
    def public_channels(self) -> list[dict[str, Any]]:
        """The channels that everybody may see, as the stream field keeps them."""
        values = [block["value"] for block in self.channels.raw_data]
        return [value for value in values if value.get("public") and value.get("value")]

    @property
    def scope_display(self) -> str:
        """Return what the contact answers for: "National, Wessex, Hate crime".

        For a list of contacts.
        """
        names = [str(term) for name in SCOPE for term in getattr(self, name).all()]
        return ", ".join([*([gettext("National")] if self.national else []), *names]) or "–"

    @property
    def hours_display(self) -> str:
        """The weekly hours in words."""
        return in_words(self._own_hours)

    @property
    def answers_display(self) -> str:
        """Whether the contact answers now, or why readers do not see it at all."""
        if self.retired:
            return gettext("Retired")
        if not self.public_channels:
            return gettext("Not shown: no public channel")
        return gettext("Available now") if self.is_open() else gettext("Not available now")
