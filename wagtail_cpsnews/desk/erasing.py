"""Erase what a sealed story said.

One person asks, another decides. There is no way back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.models import Revision

from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..catalogue.stops import pages_of
from .replacing import revisions_put_away
from .sealed_texts import Erasure, SealedText
from .sealing import stops_of
from .withdrawals import clean_reason

PERMISSION = "cpsnews.erase_story"


def may_erase(user: Any) -> bool:
    """Return whether a user may ask for an erasure, and decide about one."""
    return bool(user.is_active and user.has_perm(PERMISSION))


def open_request(stop: PublicationStop) -> Erasure | None:
    """Return the request that nobody has decided about, or ``None``."""
    return (
        Erasure.objects.using(using()).filter(stop=stop, decided_at=None).select_related("asked_by").first()
    )


def why_not_erased(stop: PublicationStop) -> str:
    """Return why a story can’t be erased, "" where it can be."""
    if not stop.is_legal:
        return _("Only what was withdrawn for legal reasons can be erased.")
    if stop.ending == PublicationStop.Ending.UNDONE:
        return _("The withdrawal was undone: the story is public, and nothing is sealed.")
    if stop.is_in_force and any(page.numchild for page in _pages(stop)):
        return _("There are pages below this story. Move them first.")
    return "" if what_is_erased(stop) else _("Everything is erased already.")


def what_is_erased(stop: PublicationStop) -> dict[str, int]:
    """Return how many rows of which table an erasure deletes."""
    found: Counter[str] = Counter()
    found["wagtailcore.revision"] = revisions_put_away(stop).count()
    found["cpsnews.sealedtext"] = SealedText.objects.using(using()).filter(stop=stop).count()
    if stop.is_in_force:
        pages = _pages(stop)
        found["wagtailcore.page"] = len(pages)
        keys = [str(page.pk) for page in pages]
        found["wagtailcore.revision"] += (
            Revision.page_revisions.using(using()).filter(object_id__in=keys).count()
        )
    return {table: count for table, count in found.items() if count}


def ask(stop: PublicationStop, user: Any, *, reason: str) -> Erasure:
    """Ask for the erasure of a sealed story.

    Raises:
        PermissionDenied: The user may not.
        ValidationError: There is no reason, nothing to erase, or somebody has asked already.
    """
    _require(user)
    reason = clean_reason(reason)
    with transaction.atomic(using=using()):
        stop = _locked(stop)
        if problem := why_not_erased(stop):
            raise ValidationError(problem)
        if open_request(stop) is not None:
            raise ValidationError(_("Somebody has asked for it already."))
        return Erasure.objects.using(using()).create(stop=stop, reason=reason, asked_by=user)


def decide(erasure: Erasure, user: Any, *, grant: bool) -> Erasure:
    """Decide about a request as another person than the one who asked.

    Granted, the story’s pages are deleted with all their revisions where it is still withdrawn; where it was replaced,
    its earlier revisions. What was sealed is deleted in any case. The withdrawal’s own record stays, and so does the
    tombstone: an id and a time.

    Raises:
        PermissionDenied: The user may not, or is the one who asked.
        ValidationError: It was decided already, or can’t be erased any more.
    """
    _require(user)
    if user.pk == erasure.asked_by_id:
        raise PermissionDenied(_("Another person than the one who asked decides."))
    alias = using()
    with transaction.atomic(using=alias):
        stop = _locked(erasure.stop)
        erasure = Erasure.objects.using(alias).get(pk=erasure.pk)
        if erasure.decided_at is not None:
            raise ValidationError(_("It was decided already."))
        if grant:
            if problem := why_not_erased(stop):
                raise ValidationError(problem)
            erasure.erased = what_is_erased(stop)
            _erase(stop, user)
        erasure.is_granted, erasure.decided_at, erasure.decided_by = grant, timezone.now(), user
        erasure.save(using=alias)
    return erasure


def _erase(stop: PublicationStop, user: Any) -> None:
    revisions_put_away(stop).delete()
    SealedText.objects.using(using()).filter(stop=stop).delete()
    if stop.is_in_force:
        for page in sorted(_pages(stop), key=lambda page: page.alias_of_id is None):  # aliases first
            DeletePageAction(page.specific, user).execute(skip_permission_checks=True)


def _pages(stop: PublicationStop) -> list[Any]:
    return [page for one in stops_of(stop) for page in pages_of(one.translation_key)]


def _locked(stop: PublicationStop) -> PublicationStop:
    return PublicationStop.objects.using(using()).select_for_update().get(pk=stop.pk)


def _require(user: Any) -> None:
    if not may_erase(user):
        raise PermissionDenied
