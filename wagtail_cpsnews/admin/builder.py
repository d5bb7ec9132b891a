"""The builder in the admin: the same choices and lines as on the public page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..catalogue.exceptions import NotBuilt
from ..embed.builder import builder_context
from ..stories.context import public_context


def builder(request: HttpRequest) -> HttpResponse:
    """Return the builder for editors, who send its address to sites that want a list."""
    try:
        context = builder_context(request, reverse("cpsnews_builder:builder"), get_language() or "")
    except NotBuilt:
        return HttpResponse(
            _("The list of stories is being prepared."), status=503, content_type="text/plain"
        )
    query = request.META.get("QUERY_STRING", "")
    public = request.build_absolute_uri(reverse("cpsnews:builder"))
    context |= {**public_context(), "public_url": f"{public}?{query}" if query else public}
    return TemplateResponse(request, "wagtail_cpsnews/admin/builder.html", context)


urlpatterns = [path("", builder, name="builder")]
