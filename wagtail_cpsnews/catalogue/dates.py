"""Dates the British way, in the label language: "14 March 2026", "14 Mawrth 2026"."""

from __future__ import annotations

import datetime

from django.utils import dateformat, timezone
from django.utils.translation import gettext_noop

#: Django's own Welsh July is misspelt; our catalogue, which comes later, puts it right.
_MISSPELT = (gettext_noop("July"),)


def display(value: datetime.datetime | datetime.date | str | None) -> str:
    """A day in words, in the active language and in ``TIME_ZONE``. ISO text is read; ``None`` gives ""."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value) if "T" in value else datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value, timezone.get_default_timezone())
    return dateformat.format(value, "j F Y")
