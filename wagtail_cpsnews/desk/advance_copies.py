"""Make, find, revoke and end advance copies."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..catalogue.db import using
from ..catalogue.jobs import enqueue_with_change
from ..catalogue.models import PublicationStop
from ..catalogue.visibility import is_public
from .advance_mail import tell_recipients
from .embargoes import EmbargoRefused, approved_revision, versions_of_key
from .models import AdvanceCopy, AdvanceCopyView, draw_token, hash_token
from .signals import do_with, stop_began

#: For how many days a link works at most, and if nothing else is chosen.
MOST_DAYS, USUAL_DAYS = 30, 7

#: How many views of one copy are kept, and how soon another one is noted.
MOST_VIEWS, VIEW_PAUSE = 1000, datetime.timedelta(seconds=10)

MADE, REVOKED = "cpsnews.advance_copy.make", "cpsnews.advance_copy.revoke"


def make(
    stop: PublicationStop, user: Any, *, name: str, organisation: str, email: str, days: int = USUAL_DAYS
) -> tuple[AdvanceCopy, str]:
    """Make an advance copy; return it with its token, which is not stored.

    Raises:
        EmbargoRefused: the embargo is over, or the story is on hold or withdrawn.
    """
    with transaction.atomic(using=using()):
        if not _is_readable(stop):
            raise EmbargoRefused(
                _("The story is not on embargo any more, so there are no advance copies of it.")
            )
        token = draw_token()
        copy = AdvanceCopy.objects.using(using()).create(
            stop=stop,
            name=name,
            organisation=organisation,
            email=email,
            token_hash=hash_token(token),
            created_by=user,
            expires_at=timezone.now() + datetime.timedelta(days=days),
        )
        _log(copy, MADE, user)
    return copy, token


def revoke(copy: AdvanceCopy, user: Any) -> None:
    """End one recipient's link."""
    with transaction.atomic(using=using()):
        open_copy = AdvanceCopy.objects.using(using()).filter(pk=copy.pk, revoked_at=None)
        if open_copy.update(revoked_at=timezone.now(), revoked_by=user):
            _log(copy, REVOKED, user)


def find(token: str) -> AdvanceCopy | None:
    """Return the copy of a token, whether it can still be read or not.

    The database compares hashes: how long it takes tells nothing about a token.
    """
    copies = AdvanceCopy.objects.using(using()).select_related("stop")
    return copies.filter(token_hash=hash_token(token), revoked_at=None, ended_at=None).first()


def is_readable(copy: AdvanceCopy) -> bool:
    """Return whether its recipient may read the story now, before it is public."""
    return copy.expires_at > timezone.now() and _is_readable(copy.stop)


def _is_readable(stop: PublicationStop) -> bool:
    """Return whether an embargo is in force, and nothing else stops the story."""
    stops = PublicationStop.objects.using(using()).filter(translation_key=stop.translation_key, ended_at=None)
    kinds = set(stops.values_list("pk", "kind"))
    return kinds == {(stop.pk, PublicationStop.Kind.EMBARGO)}


def public_version(copy: AdvanceCopy, language: str = "") -> Any:
    """Return the page that the story is read at now that it is public, or ``None``."""
    if copy.stop.ending != PublicationStop.Ending.PUBLISHED:
        return None
    pages = [page for page in versions_of_key(copy.stop) if is_public(page)]
    return _choose(pages, language, copy.stop)


def approved_versions(stop: PublicationStop) -> list[Any]:
    """Return the versions to be published, each as it was approved."""
    found = [(page, approved_revision(stop, page)) for page in versions_of_key(stop)]
    return [revision.as_object() for _page, revision in found if revision is not None]


def choose_version(stop: PublicationStop, language: str) -> Any:
    """Return the approved version in a language, or another one, or ``None``."""
    return _choose(approved_versions(stop), language, stop)


def _choose(pages: list[Any], language: str, stop: PublicationStop) -> Any:
    first = sorted(
        pages, key=lambda page: (page.locale.language_code != language, page.pk != stop.page_pk, page.pk)
    )
    return first[0] if first else None


def note_view(copy: AdvanceCopy, language: str) -> None:
    """Note that a copy is read; not each time somebody reloads it."""
    views = AdvanceCopyView.objects.using(using()).filter(copy=copy)
    now = timezone.now()
    if (
        not views.filter(viewed_at__gt=now - VIEW_PAUSE, language=language).exists()
        and views.count() < MOST_VIEWS
    ):
        AdvanceCopyView.objects.using(using()).create(copy=copy, viewed_at=now, language=language)


def copies_of_story(stop: PublicationStop) -> QuerySet[AdvanceCopy]:
    """Return the advance copies of a story that were not revoked."""
    copies = AdvanceCopy.objects.using(using()).filter(revoked_at=None)
    return copies.filter(stop__translation_key=stop.translation_key)


def end_with_story(stop: PublicationStop) -> None:
    """End the copies of a story that is held or withdrawn; tell recipients."""
    if stop.kind == PublicationStop.Kind.EMBARGO:
        return
    copies = copies_of_story(stop)
    copies.filter(ended_at=None).update(ended_at=timezone.now())
    if copies.filter(told_at=None).exists():
        enqueue_with_change(using(), tell_recipients, lambda: tell_recipients.enqueue(stop.pk))


def connect() -> None:
    """End advance copies with their story."""
    do_with(stop_began, end_with_story, "cpsnews.advance_copies")


def _log(copy: AdvanceCopy, action: str, user: Any) -> None:
    for page in versions_of_key(copy.stop):
        if page.pk == copy.stop.page_pk:
            log(
                instance=page,
                action=action,
                user=user,
                data={"reference": copy.stop.reference, "copy": copy.pk},
            )
