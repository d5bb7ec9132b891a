"""Wagtail's redirects, without the addresses of hidden stories.

None is followed that names the address of a story that is not public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from ..catalogue.db import using
from ..catalogue.sites import page_paths, site_for_host
from ..catalogue.snapshots import current
from ..catalogue.visibility import DELETED, Answer, answer_instead
from ..compat import get_page_model

#: What a redirect leads to: something that answers, a story that has gone, one that was never public, or nothing.
OPEN, GONE, HIDDEN, NONE = "open", "gone", "hidden", "none"


def is_installed() -> bool:
    """Return whether the project has Wagtail's redirects."""
    return bool(apps.is_installed("wagtail.contrib.redirects"))


@dataclass(frozen=True)
class Target:
    """What the redirect at an address leads to.

    answer: how that answers instead of showing its page.
    """

    kind: str
    answer: Answer = DELETED


def find_target(request: HttpRequest) -> Target:
    """Return what the redirect at the address of ``request`` leads to."""
    page = _find_page(request)
    if page is None:
        return Target(NONE)
    current()  # a change that is just committed counts
    answer = answer_instead(page.specific)
    if answer is None:
        return Target(OPEN)
    return Target(GONE if answer.status == 410 else HIDDEN, answer)


def redirect_response(request: HttpRequest) -> HttpResponse | None:
    """Return the redirect that an editor or an import has set.

    ``None`` for one to a hidden page.
    """
    if not is_installed() or find_target(request).kind in (GONE, HIDDEN):
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
    if redirect is None:
        return None
    return redirect.redirect_page or _page_at(redirect.redirect_link)


def _page_at(address: str) -> Any | None:
    """Return the page at an absolute address of one of the sites, or ``None``."""
    try:
        parts = urlsplit(address)
        hostname, port = parts.hostname or "", str(parts.port or "")
    except ValueError:  # "http://[", or a port that is no number
        return None
    roots = current().reference.roots
    site = site_for_host(roots, hostname, port)
    if site is None or hostname not in {root.hostname for root in roots}:
        return None
    paths = page_paths(roots, site, unquote(parts.path))
    return get_page_model()._base_manager.using(using()).filter(url_path__in=paths).first()
