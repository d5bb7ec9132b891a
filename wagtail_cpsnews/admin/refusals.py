"""Messages for an editor who tries to publish or copy a story that is stopped."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import LockableMixin

from ..catalogue.adapters import adapter_for
from ..catalogue.guards import why_refused
from ..catalogue.models import PublicationStop
from ..catalogue.stops import stop_of
from ..desk import holds
from ..stories.locks import LOCKING, StopLockMixin
from .stop_words import stop_url

#: How many stories are named in a message.
_NAMED = 5

#: The buttons of Wagtail's editor that publish.
_PUBLISHES = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")


def explain(request: HttpRequest, stop: PublicationStop, title: str = "") -> None:
    """Add the message why a story was not published.

    With a link for those who may see the stop.
    """
    text = f"{title}: {why_refused(stop)}" if title else why_refused(stop)
    buttons = (
        [messages.button(stop_url(stop), _("See what you can do"))] if holds.may_see(request.user) else []
    )
    messages.error(request, text, buttons=buttons)


def refuse_bulk_publishing(request: HttpRequest, pages: Any, view: Any) -> HttpResponse | None:
    """Redirect with a message if one of several pages is stopped, or return None."""
    stopped = [(page, stop) for page in _chosen(pages, view) if (stop := _stop(page))]
    if not stopped:
        return None
    for page, stop in stopped[:_NAMED]:
        explain(request, stop, page.get_admin_display_title())
    messages.error(request, _("Nothing was published."))
    return redirect(view.next_url)


def _stop(page: Any) -> PublicationStop | None:
    return stop_of(page) if adapter_for(page.specific_class) is not None else None


def _chosen(pages: Any, view: Any) -> list[Any]:
    """Return the pages that would be published; those that are live are not stopped."""
    form = getattr(view, "cleaned_form", None)
    chosen = [page for page in pages if not page.live]
    if form and form.cleaned_data.get("include_descendants"):
        keys = PublicationStop.objects.filter(ended_at=None).values("translation_key")
        for page in pages:
            chosen += page.get_descendants().not_live().filter(translation_key__in=keys)
    return chosen


def refuse_copy(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Redirect with a message if a page to be copied is stopped, or return None.

    Or one that would be copied with it.
    """
    pages = [page]
    if request.method == "POST" and request.POST.get("copy_subpages"):
        keys = PublicationStop.objects.filter(ended_at=None).values("translation_key")
        pages += page.get_descendants().filter(translation_key__in=keys)
    stopped = next(((one, stop) for one in pages if (stop := _stop(one))), None)
    if stopped is None:
        return None
    explain(request, stopped[1], stopped[0].get_admin_display_title())
    messages.error(request, _("Nothing was copied: a copy would be a new story with the same text."))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def explain_lock(request: HttpRequest, page: Any) -> None:
    """Tell an editor who has sent the form of a stopped story why it is locked.

    Wagtail keeps what was typed, and says only that the page is locked. A page of another class than the package's has
    no such lock: what it was sent to be published is saved as a draft instead.
    """
    if request.method != "POST" or page.live or (stop := _stop(page)) is None:
        return
    if isinstance(page, StopLockMixin) and isinstance(page, LockableMixin):
        if stop.kind in LOCKING:
            explain(request, stop)
        return
    if any(name in request.POST for name in _PUBLISHES):
        data = request.POST.copy()
        for name in _PUBLISHES:
            data.pop(name, None)
        request.POST = data  # type: ignore[assignment]
        explain(request, stop)
