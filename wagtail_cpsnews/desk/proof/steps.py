"""The tick list of a stop: what is to be done outside the newsroom."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from ...catalogue.db import using
from ...catalogue.models import PublicationStop
from ...compat import get_page_model
from ..signals import do_with, stop_began
from .models import OutsideStep

Sort = OutsideStep.Sort

#: The steps that every list begins with: what is to be done, and why.
USUAL = {
    Sort.SEARCH_ENGINES: _(
        "Ask search engines to remove the address: Google’s “Removals” in Search Console, Bing’s “Content Removal”. "
        "They may show title and text for weeks."
    ),
    Sort.WEB_ARCHIVES: _(
        "Write to web archives that may have kept the page, such as the Internet Archive and the national web archive."
    ),
    Sort.OWN_POSTS: _(
        "Delete your own posts that link to the story or repeat it. Their previews show title and picture."
    ),
    Sort.MAILED: _("Tell the people who were sent the story by email or as a press release."),
}


def begin_list(stop: PublicationStop) -> None:
    """Give a stop its tick list.

    A story on embargo has never been public, so it needs none.
    """
    if stop.kind != PublicationStop.Kind.EMBARGO:
        OutsideStep.objects.using(using()).bulk_create(OutsideStep(stop=stop, sort=sort) for sort in USUAL)


def words_of(step: OutsideStep) -> str:
    """Return what is to be done."""
    return step.label or str(USUAL.get(Sort(step.sort), step.get_sort_display()))


def add(stop: PublicationStop, sort: str, label: str, user: Any) -> OutsideStep:
    """Add a step, such as the address of a post."""
    step = OutsideStep.objects.using(using()).create(stop=stop, sort=sort, label=label)
    _log(step, "added", user)
    return step


def tick(step: OutsideStep, user: Any, *, is_done: bool) -> None:
    """Note that a step is done, or that it is not after all, with name and time."""
    name = (user.get_full_name() or user.get_username()) if is_done and user is not None else ""
    step.done_at = timezone.now() if is_done else None
    step.done_by = user if is_done else None
    step.done_by_name = name[:150]
    step.save(using=using(), update_fields=["done_at", "done_by", "done_by_name"])
    _log(step, "done" if is_done else "undone", user)


def _log(step: OutsideStep, what: str, user: Any) -> None:
    """Write it into the story’s history; without the label, which may name the story."""
    page = get_page_model()._base_manager.using(using()).filter(pk=step.stop.page_pk).first()
    if page is not None:
        data = {"what": what, "sort": step.sort, "reference": step.stop.reference}
        log(instance=page.specific, action="cpsnews.step", user=user, data=data)


def connect() -> None:
    """Begin a list with each hold and withdrawal.

    Called once, when the app is ready.
    """
    do_with(stop_began, begin_list, "cpsnews.steps")
