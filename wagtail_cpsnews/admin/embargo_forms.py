"""The form of an embargo: what the story waits for, and what is published then."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.localization import get_available_admin_time_zones

TIME, EVENT = "time", "event"


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class EmbargoForm(forms.Form):
    """Sets or changes an embargo.

    After ``is_valid()``, ``cleaned_data`` has ``until`` (aware, or ``None``), ``event`` and ``versions`` (keys).
    """

    waits_for = forms.ChoiceField(
        label=gettext_lazy("The story waits for"),
        choices=[(TIME, gettext_lazy("a date and time")), (EVENT, gettext_lazy("an event"))],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=gettext_lazy("Date"), required=False, widget=DayInput)
    time = forms.TimeField(label=gettext_lazy("Time"), required=False, widget=TimeInput)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of this date and time"))
    event = forms.CharField(
        label=gettext_lazy("Event"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For example: verdict in the second trial. The story is published when a person confirms here that it "
            "has happened. Recipients of advance copies read these words."
        ),
    )
    versions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Published at the end"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    latest = forms.BooleanField(
        label=gettext_lazy("Publish the text as it is saved now"),
        required=False,
        help_text=gettext_lazy("Without this tick, the text that was approved before is published."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, versions: list[tuple[int, str]], is_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["versions"].choices = versions  # type: ignore[attr-defined]
        self.fields["zone"].choices = _zones()  # type: ignore[attr-defined]
        if not is_change:
            del self.fields["latest"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("waits_for") == EVENT:
            data["until"] = None
            if not data.get("event"):
                self.add_error("event", _("Say what has to happen."))
        elif data.get("waits_for") == TIME:
            data["event"] = ""
            data["until"] = self._until(data)
        return data

    def _until(self, data: dict[str, Any]) -> datetime.datetime | None:
        for name in ("day", "time"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Give the date and the time at which the embargo ends."))
        if self.errors.keys() & {"day", "time", "zone"}:
            return None
        try:
            with timezone.override(data["zone"]):
                until = from_current_timezone(datetime.datetime.combine(data["day"], data["time"]))
        except ValidationError:
            text = _(
                "Clocks change on that day: this time does not exist, or is there twice. Choose another."
            )
            self.add_error("time", text)
            return None
        if until is not None and until <= timezone.now():
            self.add_error("day", _("This is in the past. Choose a time in the future."))
        return until


def _zones() -> list[tuple[str, str]]:
    """Return time zones to choose from, the site's own first."""
    own = timezone.get_default_timezone_name()
    others = [name for name in get_available_admin_time_zones() if name != own]
    return [(name, name.replace("_", " ")) for name in (own, *others)]


def initial_of(stop: Any) -> dict[str, Any]:
    """Return what the form of an embargo in force begins with."""
    until = stop.until and timezone.localtime(stop.until, timezone.get_default_timezone())
    return {
        "waits_for": TIME if until else EVENT,
        "day": until and until.date(),
        "time": until and until.time(),
        "zone": timezone.get_default_timezone_name(),
        "event": stop.event,
        "note": stop.note,
    }
