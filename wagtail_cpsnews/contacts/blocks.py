"""What an editor fills in for a contact: hours, exceptions, channels."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from .phone import tel

DAYS = [(str(number), name) for number, name in WEEKDAYS.items()]

PHONE, EMAIL, OTHER = "phone", "email", "other"
CHANNELS = [(PHONE, _("Phone")), (EMAIL, _("E-mail")), (OTHER, _("Other address"))]


def opens_block(default: datetime.time | None = None) -> blocks.TimeBlock:
    """Return the block for when hours begin."""
    return blocks.TimeBlock(label=_("From"), default=default)


def closes_block(default: datetime.time | None = None) -> blocks.TimeBlock:
    """Return the block for when hours end."""
    return blocks.TimeBlock(
        label=_("To"),
        default=default,
        help_text=_("If it is earlier than “From”, it means the next day. The same time means 24 hours."),
    )


class SpanBlock(blocks.StructBlock):
    """From one time of day to another."""

    opens = opens_block()
    closes = closes_block()

    class Meta:
        icon = "time"
        label = _("Hours")


class HoursBlock(blocks.StructBlock):
    """The same hours on one weekday or several. A new one holds office hours."""

    days = blocks.MultipleChoiceBlock(
        label=_("Days"),
        choices=DAYS,
        widget=forms.CheckboxSelectMultiple,
        default=["0", "1", "2", "3", "4"],
        help_text=_(
            "The days on which these hours begin. Add another block for other hours or a second shift."
        ),
    )
    opens = opens_block(datetime.time(9))
    closes = closes_block(datetime.time(17))

    class Meta:
        icon = "time"
        label = _("Hours")


class ExceptionBlock(blocks.StructBlock):
    """Days on which the weekly hours do not hold. Why is never shown to the public."""

    first_day = blocks.DateBlock(label=_("First day"))
    last_day = blocks.DateBlock(
        label=_("Last day"), required=False, help_text=_("Leave it empty for one day.")
    )
    hours = blocks.ListBlock(
        SpanBlock(),
        label=_("Other hours"),
        default=[],
        required=False,
        help_text=_("Leave empty if nobody is available on these days."),
    )
    stand_in = SnippetChooserBlock(
        "cpsnews.PressContact",
        label=_("Who stands in"),
        required=False,
        help_text=_(
            "Shown first on these days, during their own hours; after that, the out-of-hours contact."
        ),
    )
    reason = blocks.CharBlock(
        label=_("Reason"),
        required=False,
        max_length=150,
        help_text=_("For colleagues only: leave, strike. The public never sees it."),
    )

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        first, last = result.get("first_day"), result.get("last_day")
        if first and last and last < first and not self.is_deferred_validation:
            message = ValidationError(_("The last day is before the first day. Choose a later one."))
            raise blocks.StructBlockValidationError(block_errors={"last_day": message})
        return result

    class Meta:
        icon = "date"
        label = _("Exception")


class ChannelBlock(blocks.StructBlock):
    """One way to reach a contact. Nothing is public that was not made so."""

    kind = blocks.ChoiceBlock(label=_("Type"), choices=CHANNELS, default=PHONE)
    value = blocks.CharBlock(
        label=_("Number or address"),
        max_length=200,
        help_text=_("020 7946 0123, press.office@example.org, or a web address."),
    )
    label = blocks.CharBlock(
        label=_("Label"),
        required=False,
        max_length=60,
        help_text=_("Only needed if there are several, for example “Mobile”."),
    )
    public = blocks.BooleanBlock(
        label=_("Public"),
        required=False,
        default=False,
        help_text=_("Shown on pages and in the API. Everything else is for colleagues only."),
    )

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if self.is_deferred_validation:
            return result
        try:
            link(result.get("kind"), result.get("value") or "")
        except ValidationError as error:
            raise blocks.StructBlockValidationError(block_errors={"value": error}) from error
        return result

    class Meta:
        icon = "mail"
        label = _("Channel")


def link(kind: str, value: str) -> str:
    """Return the address that a channel is reached by.

    ``tel:``, ``mailto:`` or a web address.

    Raises ``ValidationError``, with what to write, if ``value`` is not an address.
    """
    value = value.strip()
    if kind == PHONE:
        return tel(value)
    if kind == EMAIL:
        try:
            validate_email(value)
        except ValidationError as error:
            message = _("This is not an e-mail address. Write it like press.office@example.org.")
            raise ValidationError(message) from error
        return f"mailto:{value}"
    try:
        URLValidator(schemes=["https", "http"])(value)
    except ValidationError as error:
        message = _("This is not a web address. Write it with https:// at the beginning.")
        raise ValidationError(message) from error
    return value
