"""Withdraw a story, and undo that.

What the database holds changes in one transaction. Everything outside it (caches, files, mail) is left to jobs that are
stored in that transaction, with ids only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..catalogue.db import using
from ..catalogue.jobs import enqueue_with_change
from ..catalogue.models import Entry, PublicationStop
from ..catalogue.stops import key_of, keys_of_versions, pages_of, stop_of
from .sealing import seal, unseal
from .stopping import begin_stop, end_stop
from .withdrawal_jobs import mail_about_withdrawal

PERMISSION = "cpsnews.withdraw_story"

WITHDRAWAL = PublicationStop.Kind.WITHDRAWAL

#: Characters of a wording for readers: a paragraph.
LONGEST_WORDING = 1000


def may_withdraw(user: Any) -> bool:
    """Return whether a user may withdraw stories, undo that, and replace them."""
    return bool(user.is_active and user.has_perm(PERMISSION))


def withdrawal_of(page: Any) -> PublicationStop | None:
    """Return the withdrawal of a story that is in force, or ``None``."""
    stops = PublicationStop.objects.using(using()).filter(kind=WITHDRAWAL, ended_at=None)
    return stops.filter(translation_key=key_of(page)).first()


def can_be_withdrawn(page: Any) -> bool:
    """Return whether readers have ever been able to see the story.

    What is held can be withdrawn, and what is on embargo: advance copies may have been read.
    """
    pages = pages_of(key_of(page))
    if pages.filter(live=True).exists() or stop_of(page) is not None:
        return True
    return Entry.objects.using(using()).filter(page_pk__in=list(pages.values_list("pk", flat=True))).exists()


def withdraw(
    page: Any,
    user: Any,
    *,
    reason: str,
    wording: Mapping[str, str] | None = None,
    legal: bool = False,
) -> PublicationStop:
    """Withdraw the story of ``page`` in all its languages, and return the withdrawal.

    A hold of the story ends as “withdrawn”. After commit no output of this process shows the story.

    Args:
        reason: Why; for staff alone.
        wording: What readers are told at its address, by language; without it, the usual words.
        legal: Whether it is for legal reasons; then it is sealed (``sealing``).

    Raises:
        PermissionDenied: The user may not withdraw stories.
        ValidationError: There is no reason, or readers were never able to see the story.
        AlreadyStopped: It is withdrawn already.
    """
    require_permission(user)
    reason = clean_reason(reason)
    if not can_be_withdrawn(page):
        raise ValidationError(_("This story was never public, so there is nothing to withdraw."))
    alias = using()
    with transaction.atomic(using=alias):
        stop = begin_stop(
            WITHDRAWAL, page, user, note=reason, public_text=clean_wording(wording or {}), is_legal=legal
        )
        holds = PublicationStop.objects.using(alias).filter(
            translation_key__in=keys_of_versions(stop.translation_key),
            kind=PublicationStop.Kind.HOLD,
            follows=None,  # those that follow end with it
            ended_at=None,
        )
        for hold in holds:
            end_stop(hold, PublicationStop.Ending.WITHDRAWN, user, note=stop.reference)
        if legal:
            seal(stop)
        enqueue_with_change(alias, mail_about_withdrawal, lambda: mail_about_withdrawal.enqueue(stop.pk))
    return stop


def undo(stop: PublicationStop, user: Any, *, reason: str) -> list[Any]:
    """Bring a withdrawn story back, and return the pages that are public again.

    The story is as it was before, with the same address, id and date.

    Raises:
        PermissionDenied: The user may not withdraw stories.
        ValidationError: There is no reason.
        AlreadyEnded: It is not withdrawn any more.
    """
    require_permission(user)
    reason = clean_reason(reason)
    with transaction.atomic(using=using()):
        if stop.is_in_force:
            unseal(stop)
        return end_stop(stop, PublicationStop.Ending.UNDONE, user, note=reason)


def clean_wording(wording: Mapping[str, str]) -> dict[str, str]:
    """Return the texts for readers that are not empty.

    Raises:
        ValidationError: One is too long.
    """
    texts = {language: text.strip() for language, text in wording.items() if text and text.strip()}
    if any(len(text) > LONGEST_WORDING for text in texts.values()):
        raise ValidationError(
            _("A text for readers has at most %(count)s characters.") % {"count": LONGEST_WORDING}
        )
    return texts


def require_permission(user: Any) -> None:
    """Raise ``PermissionDenied`` where the user may not withdraw stories."""
    if not may_withdraw(user):
        raise PermissionDenied


def clean_reason(reason: str) -> str:
    """Return the reason without space around it.

    Raises:
        ValidationError: There is none."""
    if not (reason := (reason or "").strip()):
        raise ValidationError(_("Enter a reason."))
    return reason
