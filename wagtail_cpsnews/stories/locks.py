"""The lock of a story that is on hold or withdrawn.

It applies to everybody, and no button lifts it.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.locks import BaseLock

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import short_display
from ..catalogue.guards import refuse_copying, translating, why_refused
from ..catalogue.models import PublicationStop
from ..catalogue.stops import decide_served, stop_of

#: Kinds that lock the story. On embargo it goes on being written; only publishing is refused.
LOCKING = (PublicationStop.Kind.HOLD, PublicationStop.Kind.WITHDRAWAL)

#: The address of a stop in the admin, by its reference.
STOP_URL_NAME = "cpsnews_holds:stop"


class StopLock(BaseLock):
    """A lock that holds as long as the stop is in force.

    It is neither of the classes whose lock Wagtail offers to lift.
    """

    def __init__(self, page: Any, stop: PublicationStop) -> None:
        super().__init__(page)
        self.stop = stop

    def for_user(self, user: Any) -> bool:
        """Return whether the user may not write.

        People who may replace what is withdrawn write its correction."""
        is_withdrawn = self.stop.kind == PublicationStop.Kind.WITHDRAWAL
        return not (is_withdrawn and user.has_perm("cpsnews.withdraw_story"))

    def get_message(self, user: Any) -> str:
        return format_html(
            '{} {} <span class="buttons"><a href="{}" class="button button-small button-secondary">{}</a></span>',
            why_refused(self.stop),
            self._by_whom(),
            reverse(STOP_URL_NAME, args=[self.stop.reference]),
            _("See what you can do"),
        )

    def _by_whom(self) -> str:
        when = short_display(self.stop.began_at)
        if self.stop.began_by is None:
            return _("Since %(when)s.") % {"when": when}
        return _("Since %(when)s, by %(user)s.") % {
            "when": when,
            "user": get_user_display_name(self.stop.began_by),
        }

    def get_locked_by(self, user: Any) -> str:
        texts = {
            PublicationStop.Kind.HOLD: _("Locked by a hold"),
            PublicationStop.Kind.WITHDRAWAL: _("Locked by a withdrawal"),
        }
        return texts[PublicationStop.Kind(self.stop.kind)]

    def get_description(self, user: Any) -> str:
        if self.stop.kind == PublicationStop.Kind.WITHDRAWAL:
            text = _(
                "Only people who may withdraw stories can change it, and nobody can publish it (%(reference)s)"
            )
            return text % {"reference": self.stop.reference}
        return _("Nobody can change or publish this story (%(reference)s)") % {
            "reference": self.stop.reference
        }


def lock_of(page: Any) -> StopLock | None:
    """Return the lock of a story that is stopped, or None.

    A story that is stopped is not live, so a live page costs no query.
    """
    model: type = page.specific_class or type(page)
    if page.pk is None or adapter_for(model) is None:
        return None
    if page.live and decide_served(page).public:
        return None
    stop = stop_of(page)
    return StopLock(page, stop) if stop is not None and stop.kind in LOCKING else None


class StopLockMixin:
    """A page that nobody can change while it is on hold or withdrawn.

    Nor copy while it is stopped.

    Put it before ``Page`` among the bases.
    """

    def get_lock(self) -> Any:
        """Return the lock of a stop, which comes before every other."""
        return lock_of(self) or super().get_lock()  # type: ignore[misc]

    @property
    def default_exclude_fields_in_copy(self) -> list[str]:
        """The names of fields that Wagtail leaves out of a copy.

        Wagtail reads them in every copy, so this is where a copy is refused.
        """
        refuse_copying(self)
        return list(super().default_exclude_fields_in_copy)  # type: ignore[misc]

    def copy(self, *args: Any, reset_translation_key: bool = True, **kwargs: Any) -> Any:
        """Copy the page; a translation is the same story, and stopped as it is."""
        with translating(not reset_translation_key):
            return super().copy(*args, reset_translation_key=reset_translation_key, **kwargs)  # type: ignore[misc]
