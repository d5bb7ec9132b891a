"""Hold a story, undo a hold, release a story: who may, and when."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from ..catalogue.adapters import adapter_for
from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..catalogue.stops import key_of, pages_of
from .mails import mail_about
from .stopping import AlreadyEnded, AlreadyStopped, begin_stop, end_stop

#: For how long the person who held a story may undo that.
UNDO_TIME = datetime.timedelta(minutes=5)

HOLD, RELEASE = "cpsnews.hold_story", "cpsnews.release_story"

#: Who sees which stories are stopped: everybody who may stop one or bring one back.
SEE = (
    "cpsnews.view_publicationstop",
    HOLD,
    RELEASE,
    "cpsnews.embargo_story",
    "cpsnews.withdraw_story",
)


class HoldRefused(Exception):
    """An act that the state of the story does not allow.

    The message is for the person who tried.

    Attributes:
        stop: the stop that is the reason, or None.
    """

    def __init__(self, message: str, stop: PublicationStop | None = None) -> None:
        self.stop = stop
        super().__init__(message)


class NotAllowed(PermissionDenied):
    """An act that the person may not do; the message says who may."""


def may_hold(user: Any) -> bool:
    """Return whether ``user`` may hold stories.

    Any story: the permission does not depend on the page tree.
    """
    return bool(user.is_active and user.has_perm(HOLD))


def may_release(user: Any) -> bool:
    """Return whether ``user`` may release stories that are held."""
    return bool(user.is_active and user.has_perm(RELEASE))


def may_see(user: Any) -> bool:
    """Return whether ``user`` may see which stories are stopped, and why."""
    return bool(user.is_active and any(user.has_perm(name) for name in SEE))


def may_undo(stop: PublicationStop, user: Any) -> bool:
    """Return whether ``user`` may undo a hold now.

    Only the person who held may, for five minutes.
    """
    return bool(
        stop.kind == PublicationStop.Kind.HOLD
        and stop.is_in_force
        and user.is_active
        and user.pk == stop.began_by_id
        and timezone.now() < undo_until(stop)
    )


def undo_until(stop: PublicationStop) -> datetime.datetime:
    """Return until when the person who held may undo a hold."""
    return stop.began_at + UNDO_TIME


def hold(page: Any, user: Any = None, *, note: str = "") -> PublicationStop:
    """Hold a story in all its languages, and tell all who may release it.

    Args:
        page: any page of the story: a language version or an alias.
        user: who holds; None for the system itself, which may.
        note: for staff.

    Raises:
        NotAllowed: ``user`` may not hold stories.
        HoldRefused: it is held already, or there is nothing to take down.
    """
    if user is not None and not may_hold(user):
        raise NotAllowed(_("You cannot hold stories. Ask for the permission “Can hold a story”."))
    if adapter_for(page.specific_class) is None:
        raise HoldRefused(_("Only stories can be held. This page is not a story."))
    with transaction.atomic(using=using()):
        try:
            stop = begin_stop(PublicationStop.Kind.HOLD, page, user, note=note)
        except AlreadyStopped as error:
            message = _("This story is on hold already (%(reference)s).")
            raise HoldRefused(message % {"reference": error.stop.reference}, error.stop) from error
        if not stop.pages.filter(was_live=True).exists() and not _was_to_come(stop):
            raise HoldRefused(_("This story is not published or scheduled, so there is nothing to hold."))
        mail_about(stop)
    return stop


def _was_to_come(stop: PublicationStop) -> bool:
    return stop.pages.exclude(scheduled_at=None).exists() or _is_on_embargo(stop.translation_key)


def _is_on_embargo(key: uuid.UUID) -> bool:
    embargoes = PublicationStop.objects.using(using()).filter(kind=PublicationStop.Kind.EMBARGO)
    return embargoes.filter(translation_key=key, ended_at=None).exists()


def undo(stop: PublicationStop, user: Any) -> list[Any]:
    """Undo a hold, and return the pages that are public again.

    Raises:
        NotAllowed: ``user`` is not the person who held, or five minutes have passed.
        HoldRefused: it is not on hold any more.
    """
    _check_is_held(stop)
    if not may_undo(stop, user):
        raise NotAllowed(
            _(
                "Only the person who held a story can undo that, for five minutes. Ask someone who may release it."
            )
        )
    return _end(stop, PublicationStop.Ending.UNDONE, user, "")


def release(stop: PublicationStop, user: Any = None, *, note: str = "") -> list[Any]:
    """Release a story that is held, and return the pages that are public again.

    With the address, id and date that they had.

    Raises:
        NotAllowed: ``user`` may not release stories.
        HoldRefused: it is not on hold any more.
    """
    _check_is_held(stop)
    if user is not None and not may_release(user):
        raise NotAllowed(
            _(
                "You cannot release stories. Ask someone with the permission “Can release a story that is held”."
            )
        )
    return _end(stop, PublicationStop.Ending.RELEASED, user, note)


def _check_is_held(stop: PublicationStop) -> None:
    if stop.kind != PublicationStop.Kind.HOLD:
        message = _("%(reference)s is not a hold, so it cannot be undone or released.")
        raise HoldRefused(message % {"reference": stop.reference}, stop)
    if not stop.is_in_force:
        raise _has_ended(stop)


def _has_ended(stop: PublicationStop) -> HoldRefused:
    message = _("The hold %(reference)s has ended already: %(ending)s.")
    return HoldRefused(message % {"reference": stop.reference, "ending": stop.get_ending_display()}, stop)


def _end(stop: PublicationStop, ending: str, user: Any, note: str) -> list[Any]:
    try:
        return end_stop(stop, ending, user, note=note)
    except AlreadyEnded as error:
        stop.refresh_from_db()
        raise _has_ended(stop) from error


def can_be_held(page: Any) -> bool:
    """Return whether the story is published, scheduled or on embargo."""
    pages = list(pages_of(key_of(page)).values_list("pk", "live"))
    if any(live for _pk, live in pages) or _is_on_embargo(key_of(page)):
        return True
    scheduled = Revision.page_revisions.filter(object_id__in=[str(pk) for pk, _live in pages])
    return bool(scheduled.exclude(approved_go_live_at=None).exists())
