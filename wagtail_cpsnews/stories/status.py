"""A page's status in the admin, as its readers experience it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import DraftStateMixin

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import short_display
from ..catalogue.models import PublicationStop
from ..catalogue.stops import CODES, decide_served
from ..catalogue.visibility import EXPIRED, why_not_current, why_not_served

#: The status of a story that is stopped, by code.
STOPPED = {
    CODES[PublicationStop.Kind.HOLD]: gettext_lazy("on hold"),
    CODES[PublicationStop.Kind.EMBARGO]: gettext_lazy("on embargo"),
    CODES[PublicationStop.Kind.WITHDRAWAL]: gettext_lazy("withdrawn"),
}


class StatusMixin:
    """A page whose status is not “live” once readers cannot get it.

    Although cron has not unpublished it yet.
    """

    @property
    def status_string(self) -> str:
        """The status in a word, for Wagtail's lists and choosers."""
        return status_of(self)


def is_hidden(page: Any) -> bool:
    """Return whether Wagtail takes ``page`` for live and readers cannot get it."""
    return bool(page.live and why_not_served(page))


def status_of(page: Any) -> str:
    """Return the status of a page of any type.

    "live", "draft", "scheduled", "expired", "on hold", "not shown".
    """
    if not page.live and adapter_for(page.specific_class) is not None:
        stopped = decide_served(page)
        if not stopped.public:
            return str(STOPPED[stopped.code])
    if not is_hidden(page):
        return str(DraftStateMixin.status_string.fget(page))
    return _("expired") if why_not_current(page) == EXPIRED else _("not shown")


def warning_of(page: Any) -> str | None:
    """Return a warning for the editor of a page that Wagtail calls live.

    None where there is nothing to say.
    """
    if not is_hidden(page):
        return None
    if why_not_current(page) == EXPIRED:
        text = _("Readers cannot see this page: it expired on %(when)s.")
        return text % {"when": short_display(page.expire_at)}
    return _("Readers cannot see this page: a rule of this site hides it.")
