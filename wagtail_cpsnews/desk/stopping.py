"""Begin and end a publication stop: a hold, an embargo or a withdrawal.

A stop takes a story's pages down in its own transaction, and remembers what they were; its end brings them back with
the same address, id and date.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.signals import page_published, page_unpublished

from ..catalogue.db import using
from ..catalogue.guards import publishing_allowed
from ..catalogue.models import PublicationStop, StoppedPage
from ..catalogue.stops import key_of, keys_of_versions, pages_of
from ..compat import get_page_model
from .signals import announce, stop_began, stop_ended


class AlreadyStopped(Exception):
    """A stop of the same kind is in force already.

    Attributes:
        stop: it.
    """

    def __init__(self, stop: PublicationStop) -> None:
        self.stop = stop
        super().__init__(f"{stop} is in force already.")


class AlreadyEnded(Exception):
    """Another person has ended the stop meanwhile."""


def begin_stop(kind: str, page: Any, user: Any = None, **fields: Any) -> PublicationStop:
    """Stop the story of ``page`` in all its languages, and return the stop.

    Its pages, and their aliases, are taken down in the same transaction; what was scheduled is no longer. After commit
    no output of this process shows the story. A hold and a withdrawal also stop its versions that have a translation
    key of their own, by stops that follow it.

    Args:
        kind: one of ``PublicationStop.Kind``.
        fields: further fields of the stop, such as ``note``.

    Raises:
        AlreadyStopped: the story has a stop of this kind.
    """
    with transaction.atomic(using=using()):
        key = key_of(page)
        others = keys_of_versions(key) - {key} if kind != PublicationStop.Kind.EMBARGO else set()
        stop = _begin(kind, key, page.pk, user, fields)
        for other in sorted(others):
            with suppress(AlreadyStopped):
                _begin(kind, other, None, user, {**fields, "follows": stop})
    return stop


def _begin(
    kind: str, key: uuid.UUID, page_pk: int | None, user: Any, fields: dict[str, Any]
) -> PublicationStop:
    """Stop the pages that share a translation key."""
    alias = using()
    pages = lock_pages(key)
    stops = PublicationStop.objects.using(alias).filter(translation_key=key, ended_at=None)
    if same := stops.filter(kind=kind).first():
        raise AlreadyStopped(same)
    before = _as_before(key)
    stop = PublicationStop.objects.using(alias).create(
        kind=kind, translation_key=key, page_pk=page_pk or pages[0].pk, began_by=user, **fields
    )
    for one in pages:
        _take_down(stop, one, before.get(one.pk))
    _log(stop, "begin", user)
    announce(stop_began, stop)
    return stop


def end_stop(
    stop: PublicationStop, ending: str, user: Any = None, *, note: str = "", bring_back: bool = True
) -> list[Any]:
    """End a stop, and return the pages that are back: those that it took down.

    None comes back while another stop of the story is in force; one that has expired meanwhile stays away. The stops
    that follow it end with it.

    Args:
        ending: one of ``PublicationStop.Ending``.
        bring_back: whether what was live is live again.

    Raises:
        AlreadyEnded: it is not in force any more.
    """
    alias = using()
    with transaction.atomic(using=alias):
        pages = {page.pk: page for page in lock_pages(stop.translation_key)}
        now = timezone.now()
        ended = PublicationStop.objects.using(alias).filter(pk=stop.pk, ended_at=None)
        if not ended.update(ended_at=now, ended_by=user, ending=ending, end_note=note):
            raise AlreadyEnded
        stop.refresh_from_db(using=alias)
        stop.save(using=alias, update_fields=["ended_at"])  # for the signals, which an update does not send
        back = []
        if bring_back and not PublicationStop.objects.using(alias).filter(
            translation_key=stop.translation_key, ended_at=None
        ):
            taken = StoppedPage.objects.using(alias).filter(stop=stop)
            back = [page for one in taken if (page := pages.get(one.page_pk)) and _bring_back(one, page, now)]
        _log(stop, "end", user)
        announce(stop_ended, stop)
        for follower in PublicationStop.objects.using(alias).filter(follows=stop, ended_at=None):
            back += end_stop(follower, ending, user, note=note, bring_back=bring_back)
    return back


def lock_pages(key: uuid.UUID) -> list[Any]:
    """Return the pages of a story; nobody publishes them in this transaction."""
    pks = list(pages_of(key).values_list("pk", flat=True))
    pages = get_page_model()._base_manager.using(using()).filter(pk__in=pks).order_by("pk")
    return list(pages.select_for_update(of=("self",)))


def _as_before(key: uuid.UUID) -> dict[int, StoppedPage]:
    """Return what the story's pages were before the first of the stops in force."""
    taken = StoppedPage.objects.using(using()).filter(stop__translation_key=key, stop__ended_at=None)
    return {one.page_pk: one for one in taken.order_by("-stop__began_at", "-pk")}


def _take_down(stop: PublicationStop, page: Any, before: StoppedPage | None) -> None:
    scheduled = (
        Revision.page_revisions.using(using())
        .filter(object_id=str(page.pk))
        .exclude(approved_go_live_at=None)
    )
    revision = scheduled.order_by("approved_go_live_at").first()
    StoppedPage.objects.using(using()).create(
        stop=stop,
        page_pk=page.pk,
        was_live=before.was_live if before else page.live,
        scheduled_revision=before.scheduled_revision if before else revision and revision.pk,
        scheduled_at=before.scheduled_at if before else revision and revision.approved_go_live_at,
    )
    scheduled.update(approved_go_live_at=None)  # else publish_scheduled would be refused, and end there
    if page.live:
        _save_live(page, False)
        page_unpublished.send(sender=page.specific_class, instance=page.specific)


def _bring_back(taken: StoppedPage, page: Any, now: Any) -> bool:
    if taken.scheduled_at and taken.scheduled_at > now:
        revision = Revision.page_revisions.using(using()).filter(pk=taken.scheduled_revision)
        revision.update(approved_go_live_at=taken.scheduled_at)
    if not taken.was_live or page.live or (page.expire_at and page.expire_at <= now):
        return False
    with publishing_allowed():
        _save_live(page, True)
    page_published.send(sender=page.specific_class, instance=page.specific, revision=page.live_revision)
    return True


def _save_live(page: Any, live: bool) -> None:
    """Save one column; ``live_revision`` and the dates stay what they were."""
    page.live = live
    page.save(using=using(), update_fields=["live"], clean=False)


def _log(stop: PublicationStop, what: str, user: Any) -> None:
    page = get_page_model()._base_manager.using(using()).filter(pk=stop.page_pk).first()
    if page is not None:
        data = {"kind": stop.kind, "reference": stop.reference, "ending": stop.ending}
        log(instance=page.specific, action=f"cpsnews.stop.{what}", user=user, data=data)
