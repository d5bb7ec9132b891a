"""Wagtail's redirects, without the addresses of hidden stories.

None is followed that names the address of a story that is not public.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from ..catalogue.snapshots import current
from ..catalogue.visibility import answer_instead

#: What a redirect leads to: something that answers, a story that has gone, one that was never public, or nothing.
OPEN, GONE, HIDDEN, NONE = "open", "gone", "hidden", "none"


def is_installed() -> bool:
    """Return whether the project has Wagtail's redirects."""
    return bool(apps.is_installed("wagtail.contrib.redirects"))


def find_target(request: HttpRequest) -> str:
    """Return what the redirect at the address of ``request`` leads to."""
    page = _find_page(request)
    if page is None:
        return NONE
    current()  # a change that is just committed counts
    answer = answer_instead(page.specific)
    if answer is None:
        return OPEN
    return GONE if answer.status == 410 else HIDDEN


def redirect_response(request: HttpRequest) -> HttpResponse | None:
    """Return the redirect that an editor or an import has set.

    ``None`` for one to a hidden page.
    """
    if not is_installed() or find_target(request) in (GONE, HIDDEN):
        return None
    from wagtail.contrib.redirects.middleware import RedirectMiddleware

    missing = HttpResponseNotFound()
    answer: HttpResponse = RedirectMiddleware(lambda request: missing).process_response(request, missing)
    return answer if answer is not missing else None


def _find_page(request: HttpRequest) -> Any | None:
    """Return the page that the address is redirected to.

    By the order of wagtail.contrib.redirects.middleware.
    """
    if not is_installed():
        return None
    from wagtail.contrib.redirects.middleware import get_redirect
    from wagtail.contrib.redirects.models import Redirect

    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    redirect = get_redirect(request, path)
    if redirect is None and "?" in path:
        redirect = get_redirect(request, path.partition("?")[0])
    return redirect.redirect_page if redirect is not None else None
