"""The root of the mount.

It leads to the site's index page, or is the list of a site without one.
"""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..catalogue.parameters import label_language
from ..catalogue.query import Query
from ..catalogue.snapshots import current
from ..conf import get_settings
from ..http.caching import limit_lifetime
from ..http.csp import protect
from ..http.unavailable import answer_unavailable
from ..http.views import public_view, request_sites
from ..stories.context import public_context
from ..stories.missing_pages import missing_response
from .lists import answer, redirect_to_index_page
from .translations import versions_of_list


@public_view
@answer_unavailable("html")
@require_safe
def newsroom_list(request: HttpRequest) -> HttpResponse:
    """Lead to the site's index page, with the same filters.

    Without one, return all stories of the site. ``?language=`` and ``?lang=`` choose languages.
    """
    if not get_settings().FRONTEND:
        raise Http404
    return limit_lifetime(request, partial(_list, request))


def _list(request: HttpRequest) -> HttpResponse:
    snapshot = current()
    language = snapshot.reference.default_language
    default = Query(
        language=language,
        lang=label_language(language, snapshot.reference),
        sites=request_sites(request, snapshot.reference),
    )
    if (there := redirect_to_index_page(request, default, snapshot)) is not None:
        return there
    found = answer(request, default, snapshot=snapshot)
    if found.redirect is not None:
        return found.redirect
    listing = found.listing
    assert listing is not None
    with translation.override(listing.query.lang):
        context = {
            **public_context(),
            "request": request,
            "listing": listing,
            "lang": listing.query.lang,
            "title": _("News"),
            "list_title": _("News"),
        }
        context["versions"] = versions_of_list(listing, snapshot.reference)
        response = TemplateResponse(request, "wagtail_cpsnews/list.html", context, status=found.status)
        return protect(response.render())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the 404 of the whole site.

    With search, the newest stories and the press office.

    ``handler404 = "wagtail_cpsnews.frontend.views.page_not_found"`` in the project's URLs.
    """
    return missing_response(request, ["wagtail_cpsnews/missing.html"], 404)
