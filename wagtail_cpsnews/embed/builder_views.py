"""The builder's public page: “Put this list on your site”."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..catalogue.exceptions import NotBuilt
from ..conf import get_settings
from ..http.csp import content_security_policy
from ..http.responses import PublicResponseMixin
from ..http.unavailable import answer_unavailable
from ..http.views import public_view
from ..stories.context import public_context
from .builder import builder_context


class BuilderResponse(PublicResponseMixin, HttpResponse):
    """The same page for everybody."""


@public_view
@answer_unavailable("html")
@require_safe
def builder(request: HttpRequest) -> HttpResponse:
    """Serve ``embed/builder/``.

    ``?lang=`` chooses the language of the page.
    """
    path = reverse("cpsnews:builder")
    try:
        context = builder_context(request, path)
    except NotBuilt:
        response = BuilderResponse(
            _("The list of stories is being prepared."), status=503, content_type="text/plain; charset=utf-8"
        )
        response["Retry-After"] = "60"
        return response
    with translation.override(context["lang"]):
        page = render(request, "wagtail_cpsnews/builder/page.html", {**public_context(), **context})
    response = BuilderResponse(page.content, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = content_security_policy(scripts=True)
    response["Cache-Control"] = f"public, max-age={get_settings().MAX_AGE}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
