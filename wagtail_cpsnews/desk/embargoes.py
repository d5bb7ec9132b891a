"""Embargoes: a story waits for a time, or for an event that a person confirms.

What is published at the end is the revision of each language version that was approved when the embargo was set or last
changed: editors go on editing the draft, and what they write is not published before somebody approves it. See
docs/embargo.md.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection, Iterable
from typing import Any

from django.db import Error, connections, transaction
from django.db.models import F, ProtectedError, QuerySet
from django.db.models.signals import pre_delete
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Revision

from ..catalogue import after_response, projection
from ..catalogue.dates import short_display
from ..catalogue.db import using
from ..catalogue.guards import PublishingRefused, why_refused
from ..catalogue.models import PublicationStop, StoppedPage
from ..catalogue.routing import reading_from
from ..catalogue.snapshots import refresh_at_next_request
from ..catalogue.stops import STOPS_DUE, due_embargoes, key_of, pages_of, stop_of
from ..stories.forms import is_ready
from .stopping import AlreadyEnded, begin_stop, end_stop, lock_pages

logger = logging.getLogger("wagtail_cpsnews")

#: For how long nobody else tries to publish a story; after a failure it is the pause, which doubles up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = datetime.timedelta(seconds=30), datetime.timedelta(minutes=15)

#: How many stories one request publishes after its response; the next refresh takes the others.
AT_ONCE = 10

CHANGED = "cpsnews.embargo.change"


class EmbargoRefused(Exception):
    """An embargo can't be set, changed or ended; the message says why."""


class NotReady(EmbargoRefused):
    """What was approved cannot be published: it would not pass its form."""


# -- setting and changing --------------------------------------------------------------------------------------------


def versions_of(page: Any) -> list[Any]:
    """Return the language versions of a story, without aliases."""
    pages = pages_of(key_of(page)).filter(alias_of=None).select_related("locale").order_by("locale_id", "pk")
    return [version.specific for version in pages]


def embargo_of(page: Any) -> PublicationStop | None:
    """Return the embargo of a story that is in force, or ``None``."""
    embargoes = PublicationStop.objects.using(using()).filter(kind=PublicationStop.Kind.EMBARGO)
    return embargoes.filter(translation_key=key_of(page), ended_at=None).first()


def why_not(page: Any) -> str:
    """Return why no embargo can be set on a story now, for a person; "" where it can."""
    if stop := stop_of(page):
        return why_refused(stop)
    if pages_of(key_of(page)).filter(live=True).exists():
        return _(
            "This story is published already, in this language or another, so it cannot be put on embargo. "
            "To take it down, hold it or withdraw it."
        )
    for version in versions_of(page):
        if when := _scheduled(version):
            text = _(
                "“%(title)s” is scheduled to be published on %(when)s. Cancel that first: the embargo decides "
                "when the story is published."
            )
            return text % {"title": version.get_admin_display_title(), "when": short_display(when)}
    return ""


def _scheduled(page: Any) -> datetime.datetime | None:
    """Return when a page is to be published by its schedule, if ever."""
    now = timezone.now()
    approved = Revision.page_revisions.using(using()).filter(
        object_id=str(page.pk), approved_go_live_at__gt=now
    )
    when: datetime.datetime | None = approved.values_list("approved_go_live_at", flat=True).first()
    draft = page.get_latest_revision_as_object().go_live_at
    return when or (draft if draft and draft > now else None)


def set_embargo(
    page: Any,
    user: Any,
    *,
    versions: Collection[int],
    until: datetime.datetime | None = None,
    event: str = "",
    note: str = "",
) -> PublicationStop:
    """Put a story on embargo, in all its languages, and return the stop.

    Args:
        versions: keys of the language versions that are published at the end, as their drafts are now.
        until: when it ends, aware; or
        event: what a person has to confirm.

    Raises:
        EmbargoRefused: it is public, stopped or scheduled already, or a version is not ready.
        AlreadyStopped: it is on embargo already.
    """
    with transaction.atomic(using=using()):
        lock_pages(key_of(page))
        if reason := why_not(page):
            raise EmbargoRefused(reason)
        kind = PublicationStop.Kind.EMBARGO
        stop = begin_stop(kind, page, user, until=until, event=event, note=note, wake_at=until)
        approve(stop, versions, user)
    return stop


def change_embargo(
    stop: PublicationStop,
    user: Any,
    *,
    versions: Collection[int],
    until: datetime.datetime | None = None,
    event: str = "",
    note: str = "",
    latest: bool = False,
) -> None:
    """Change what an embargo waits for, and what is published at its end.

    Args:
        latest: approve the drafts as they are now; otherwise what was approved before stays.

    Raises:
        EmbargoRefused: a version is not ready.
        AlreadyEnded: it is not in force any more.
    """
    with transaction.atomic(using=using()):
        lock_pages(stop.translation_key)
        current = PublicationStop.objects.using(using()).get(pk=stop.pk)
        if not current.is_in_force:
            raise AlreadyEnded
        current.until = current.wake_at = until
        current.event, current.note, current.tries, current.problem = event, note, 0, ""
        current.save(using=using(), update_fields=["until", "wake_at", "event", "note", "tries", "problem"])
        approve(current, versions, user, latest=latest)
        _log_change(current, user)


def approve(stop: PublicationStop, versions: Collection[int], user: Any, *, latest: bool = True) -> None:
    """Decide which revisions are published at the end of an embargo."""
    if not versions:
        raise EmbargoRefused(_("Choose at least one language version to publish."))
    for page in versions_of_key(stop):
        row = StoppedPage.objects.using(using()).filter(stop=stop, page_pk=page.pk).first()
        row = row or StoppedPage(stop=stop, page_pk=page.pk, was_live=False)
        if page.pk not in versions:
            row.approved_revision = None
        elif latest or row.approved_revision is None:
            row.approved_revision = _ready_revision(page, user).pk
        row.save(using=using())


def versions_of_key(stop: PublicationStop) -> list[Any]:
    """Return the language versions of the story that a stop is about."""
    pages = pages_of(stop.translation_key).filter(alias_of=None).select_related("locale")
    return [page.specific for page in pages.order_by("locale_id", "pk")]


def _ready_revision(page: Any, user: Any) -> Revision:
    draft = page.get_latest_revision_as_object()
    if (draft.go_live_at and draft.go_live_at > timezone.now()) or not is_ready(draft):
        text = _(
            "“%(title)s” (%(language)s) is not ready: fill in what is missing, take out a schedule, and save it."
        )
        names = {"title": page.get_admin_display_title(), "language": page.locale.get_display_name()}
        raise EmbargoRefused(text % names)
    revision: Revision = page.get_latest_revision() or page.save_revision(user=user)
    return revision


def lift_embargo(stop: PublicationStop, user: Any, note: str = "") -> None:
    """End an embargo without publishing: the story is a draft like any other.

    Raises:
        AlreadyEnded: it is not in force any more.
    """
    end_stop(stop, PublicationStop.Ending.LIFTED, user, note=note)


# -- the end ---------------------------------------------------------------------------------------------------------


def publish(stop: PublicationStop, user: Any = None) -> list[Any]:
    """End an embargo, publish what was approved, and return the pages.

    A translation that is not ready is left out, and the end of the embargo says so.

    Raises:
        NotReady: the version that the embargo was set on is not ready, or none is.
        PublishingRefused: the story is on hold or withdrawn.
        AlreadyEnded: the embargo is not in force any more.
    """
    alias = using()
    with transaction.atomic(using=alias):
        lock_pages(stop.translation_key)
        ready, left_out = _sort_out(stop)
        note = _("Not published, since it was not ready: %s.") % ", ".join(left_out) if left_out else ""
        end_stop(stop, PublicationStop.Ending.PUBLISHED, user, note=note)
        for (
            revision
        ) in ready:  # as Wagtail does, with its signals; another stop of the story still refuses it
            revision.publish(user=user)
    return [revision.as_object() for revision in ready]


def _sort_out(stop: PublicationStop) -> tuple[list[Revision], list[str]]:
    """Return the revisions to publish, and the languages that are not ready."""
    ready, left_out = [], []
    for page in versions_of_key(stop):
        revision = approved_revision(stop, page)
        if revision is None:
            continue
        draft = revision.as_object()
        is_scheduled = draft.go_live_at and draft.go_live_at > timezone.now()
        if is_ready(draft) and not is_scheduled:
            ready.append(revision)
        elif page.pk == stop.page_pk:
            raise NotReady(_("The text that was approved cannot be published: something is missing in it."))
        else:
            left_out.append(page.locale.get_display_name())
    if not ready:
        raise NotReady(_("No text that was approved can be published."))
    return ready, left_out


def approved_revision(stop: PublicationStop, page: Any) -> Revision | None:
    """Return the revision of a page that is published at the end of an embargo."""
    rows = StoppedPage.objects.using(using()).filter(stop=stop, page_pk=page.pk)
    pk = rows.values_list("approved_revision", flat=True).first()
    revisions = Revision.page_revisions.using(using()).filter(object_id=str(page.pk))
    found: Revision | None = revisions.filter(pk=pk).first() if pk is not None else None
    return found


def publish_due(most: int | None = None) -> int:
    """Publish the stories whose embargo is over; return how many.

    One that fails is recorded, left on embargo and tried again after a pause; the others are published. A process
    claims a story first, so that of several one publishes it.
    """
    alias, published = using(), 0
    if connections[alias].in_atomic_block and not projection.inside_transactions:
        return 0
    with reading_from(alias):
        try:
            due = due_embargoes(timezone.now(), alias).order_by("wake_at", "pk")
            for stop in list(due[:most]):
                published += _claim(stop) and _publish_or_record(stop)
        except Error:
            logger.exception("Stories whose embargo is over could not be read; the next refresh tries again.")
    if published:
        refresh_at_next_request()
    return published


def publish_after_response() -> None:
    """Publish what is due, of a request that has been answered."""
    publish_due(AT_ONCE)
    if not connections[using()].in_atomic_block:
        connections[using()].close_if_unusable_or_obsolete()  # Django has closed its own by now


def _claim(stop: PublicationStop) -> bool:
    """Return whether this process is the one that tries to publish now.

    Nobody else does before the pause is over, also where this process is killed.
    """
    stops = PublicationStop.objects.using(using()).filter(pk=stop.pk, ended_at=None, wake_at=stop.wake_at)
    pause = min(FIRST_PAUSE * 2 ** min(stop.tries, 10), LONGEST_PAUSE)
    return bool(stops.update(wake_at=timezone.now() + pause, tries=F("tries") + 1))


def _publish_or_record(stop: PublicationStop) -> bool:
    try:
        if not pages_of(stop.translation_key).exists():
            end_stop(stop, PublicationStop.Ending.LIFTED, note=_("The story was deleted."))
            return False
        publish(stop)
    except (AlreadyEnded, PublishingRefused):
        return False  # a person was faster
    except Exception as error:  # whatever a page's save or a receiver of the host's raises
        logger.exception("The story of %s could not be published at its end; it stays on embargo.", stop)
        record_problem(stop, error)
        return False
    return True


def record_problem(stop: PublicationStop, error: Exception) -> None:
    """Keep why a story could not be published, for the list of embargoes."""
    is_unready = isinstance(error, NotReady)
    problem = PublicationStop.Problem.NOT_READY if is_unready else PublicationStop.Problem.ERROR
    PublicationStop.objects.using(using()).filter(pk=stop.pk, ended_at=None).update(problem=problem)


# -- for the screens -------------------------------------------------------------------------------------------------


def embargoes_in_force() -> QuerySet[PublicationStop]:
    """Return the embargoes in force: by their end, then those with an event."""
    stops = PublicationStop.objects.using(using()).filter(kind=PublicationStop.Kind.EMBARGO, ended_at=None)
    return stops.order_by(F("until").asc(nulls_last=True), "began_at")


def _log_change(stop: PublicationStop, user: Any) -> None:
    data = {"reference": stop.reference, "until": stop.until and stop.until.isoformat(), "event": stop.event}
    for page in versions_of_key(stop):
        if page.pk == stop.page_pk:
            log(instance=page, action=CHANGED, user=user, data=data)


# -- what must not happen meanwhile ----------------------------------------------------------------------------------


def keep_approved(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Keep ``purge_revisions`` from deleting what is to be published."""
    if not isinstance(origin, Revision):
        return
    approved: Iterable[Any] = StoppedPage.objects.using(using()).filter(
        approved_revision=instance.pk, stop__ended_at=None
    )
    if rows := set(approved):
        raise ProtectedError("An embargo needs this revision: it is published at its end.", rows)


def connect() -> None:
    """Publish after the response of a request that finds an embargo over."""
    after_response.connect(STOPS_DUE, publish_after_response)
    pre_delete.connect(keep_approved, sender=Revision, dispatch_uid="cpsnews.embargo.keep")
