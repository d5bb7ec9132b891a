"""Replace a withdrawn story by a corrected version.

Its earlier versions are put away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Revision

from ..catalogue.db import using
from ..catalogue.guards import publishing_allowed
from ..catalogue.models import PublicationStop, StoppedPage
from ..compat import get_page_model
from .stopping import end_stop
from .withdrawals import clean_reason, require_permission


def corrected_versions(stop: PublicationStop) -> tuple[list[Any], list[Any]]:
    """Return the language versions that readers saw, in two lists.

    Those with a draft since the withdrawal, and those without.

    Aliases follow the pages that they are aliases of.
    """
    alias = using()
    taken = StoppedPage.objects.using(alias).filter(Q(stop=stop) | Q(stop__follows=stop), was_live=True)
    pks = list(taken.values_list("page_pk", flat=True))
    pages = get_page_model()._base_manager.using(alias).filter(pk__in=pks, alias_of=None)
    corrected: list[Any] = []
    uncorrected: list[Any] = []
    for page in pages.select_related("latest_revision", "locale").order_by("pk"):
        latest = page.latest_revision
        is_later = latest is not None and latest.created_at > stop.began_at
        # A draft of a sealed story begins with its reference as the title.
        is_later = is_later and stop.reference not in str(latest.content.get("title"))
        (corrected if is_later else uncorrected).append(page)
    return corrected, uncorrected


def why_not_replaced(stop: PublicationStop) -> str:
    """Return why the story can’t be replaced yet, "" where it can be."""
    corrected, uncorrected = corrected_versions(stop)
    if uncorrected:
        names = ", ".join(f"“{page.draft_title}” ({page.locale})" for page in uncorrected)
        return _(
            "Save a corrected draft first. Each language version that was public needs one. Missing: %(names)s."
        ) % {"names": names}
    return "" if corrected else _("The story was not public, so there is nothing to replace.")


def replace(stop: PublicationStop, user: Any, *, reason: str) -> list[Any]:
    """Publish the corrected drafts of a withdrawn story; return their pages.

    They keep id, address and date. All other revisions of the story are put away.

    Raises:
        PermissionDenied: The user may not withdraw stories.
        ValidationError: There is no reason, or a language version has no draft since the withdrawal.
        AlreadyEnded: It is not withdrawn any more.
    """
    require_permission(user)
    reason = clean_reason(reason)
    with transaction.atomic(using=using()):
        end_stop(stop, PublicationStop.Ending.REPLACED, user, note=reason, bring_back=False)
        if problem := why_not_replaced(stop):
            raise ValidationError(problem)
        corrected, _uncorrected = corrected_versions(stop)
        put_away(stop, kept={page.latest_revision_id for page in corrected})
        with publishing_allowed():
            for page in corrected:
                page.latest_revision.publish(user=user, skip_permission_checks=True)
    return [get_page_model()._base_manager.using(using()).get(pk=page.pk).specific for page in corrected]


def put_away(stop: PublicationStop, kept: Collection[int]) -> int:
    """Take revisions from a story’s pages, and return how many.

    No view of Wagtail finds them any more.

    They stay in the database under the negative key of their page: ``revisions_put_away``.

    Args:
        kept: Keys of revisions that stay.
    """
    alias, moved = using(), 0
    taken = StoppedPage.objects.using(alias).filter(Q(stop=stop) | Q(stop__follows=stop))
    for pk in sorted(set(taken.values_list("page_pk", flat=True))):
        revisions = Revision.page_revisions.using(alias).filter(object_id=str(pk)).exclude(pk__in=kept)
        moved += revisions.update(object_id=str(-pk))
    return moved


def revisions_put_away(stop: PublicationStop) -> Any:
    """Return the revisions of a story that were put away, the latest first."""
    taken = StoppedPage.objects.using(using()).filter(Q(stop=stop) | Q(stop__follows=stop))
    keys = [str(-pk) for pk in taken.values_list("page_pk", flat=True)]
    return Revision.page_revisions.using(using()).filter(object_id__in=keys).order_by("-created_at", "-pk")
