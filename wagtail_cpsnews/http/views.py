"""What the package's public views share, whatever the host's settings say.

Anonymous: no login asked for, no session or user touched, so no cookie and nothing that varies by visitor.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.views.decorators.csrf import csrf_exempt

from ..catalogue.db import using
from ..catalogue.lookups import Reference
from ..catalogue.routing import keep_reading, reading_from
from ..catalogue.sites import site_for_host, site_ids
from ..conf import get_settings


def public_view(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a view to everybody.

    Outside the request's transaction, and never taken for a missing language prefix. Nothing is changed by a request,
    so none is taken for a forged form: another method than the view's is answered 405.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # With i18n_patterns, LocaleMiddleware turns a 404 into a redirect to /en/…, and says Vary: Accept-Language.
        request.urlconf = "wagtail_cpsnews.urls"
        with reading_from(using()):
            return keep_reading(view(request, *args, **kwargs))

    return csrf_exempt(login_not_required(transaction.non_atomic_requests(wrapped)))


def split_host(request: HttpRequest) -> tuple[str, str]:
    """Return the host and the port that a request came to."""
    return split_domain_port(request.get_host())[0], request.get_port()


def request_sites(request: HttpRequest, reference: Reference) -> tuple[int, ...] | None:
    """Return the sites whose stories an answer holds.

    Those of the request's host, or all (setting ``SITES``).

    A host that no site answers for has none, as it has no pages.
    """
    if get_settings().SITES == "all":
        return None
    site = site_for_host(reference.roots, *split_host(request))
    return tuple(site_ids(reference.roots, site)) if site is not None else ()
