"""Publishing several pages at once, without their forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ..stories.forms import is_ready
from ..stories.history import HistoryMixin

#: How many pages are named in a message.
_NAMED = 5


def refuse_unfinished(request: HttpRequest, objects: Any, view: Any) -> HttpResponse | None:
    """Redirect with a message if a page may not be published yet, or return None.

    Only pages of the newsroom are checked.

    Wagtail's bulk action answers 500 for a draft without a summary, and publishes half-filled blocks.
    """
    unfinished = [page for page in _drafts(request, objects, view) if not is_ready(page)]
    for page in unfinished[:_NAMED]:
        text = _("“%(title)s” is not ready. Open it and publish it there: you will see what is missing.")
        messages.error(request, text % {"title": page.title})
    if not unfinished:
        return None
    messages.error(request, _("Nothing was published."))
    return redirect(view.next_url)


def _drafts(request: HttpRequest, objects: Any, view: Any) -> Iterator[Any]:
    """Yield what would be published: as Wagtail's action chooses it."""
    form = getattr(view, "cleaned_form", None)
    below = bool(form and form.cleaned_data.get("include_descendants"))
    for page in objects:
        yield from _draft(page)
        if below:
            for descendant in page.get_descendants().not_live().defer_streamfields().specific():
                if descendant.permissions_for_user(request.user).can_publish():
                    yield from _draft(descendant)


def _draft(page: Any) -> Iterator[Any]:
    draft = page.specific.get_latest_revision_as_object()
    if isinstance(draft, HistoryMixin):
        yield draft
