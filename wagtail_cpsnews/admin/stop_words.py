"""What the admin says about a hold, an embargo or a withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name

from ..catalogue.dates import short_display
from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..compat import get_page_model
from .columns import local_time


def stop_url(stop: PublicationStop) -> str:
    """Return the address of a hold, an embargo or a withdrawal."""
    return reverse("cpsnews_holds:stop", args=[stop.reference])


def _state(stop: PublicationStop) -> str:
    """Return whether a stop is in force, or how and when it ended."""
    if stop.ended_at is None:
        return gettext("in force")
    return f"{stop.get_ending_display()}, {short_display(stop.ended_at)}"


def describe_stops(stops: Iterable[Any]) -> list[Any]:
    """Set what lists show of each stop: the story's title, names and local times."""
    found = list(stops)
    pages = get_page_model()._base_manager.using(using()).filter(pk__in=[stop.page_pk for stop in found])
    titles = dict(pages.values_list("pk", "draft_title"))
    for stop in found:
        stop.title = titles.get(stop.page_pk) or gettext("A page that was deleted")
        stop.url, stop.state = stop_url(stop), _state(stop)
        stop.since = short_display(stop.began_at)
        stop.began, stop.ended = local_time(stop.began_at), local_time(stop.ended_at)
        stop.began_by_name = get_user_display_name(stop.began_by) if stop.began_by else ""
        stop.ended_by_name = get_user_display_name(stop.ended_by) if stop.ended_by else ""
    return found
