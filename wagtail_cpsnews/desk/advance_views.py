"""The address of an advance copy.

A GET shows a page that is the same for every story, without title or preview data: programs that open links in mails and
chats learn nothing. The story comes with a POST, which they do not send.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import display, local
from ..catalogue.lookups import Reference
from ..catalogue.sites import address_of
from ..catalogue.snapshots import current
from ..contacts.formatting import time as time_of_day
from ..http.csp import build_csp, static_origin
from ..http.unavailable import answer_unavailable
from ..http.views import public_view
from ..languages import own_name
from .advance_copies import approved_versions, choose_version, find, is_readable, note_view, public_version
from .advance_reading import read
from .models import AdvanceCopy


@public_view
@answer_unavailable("html")
@require_http_methods(["GET", "HEAD", "POST"])
def advance_copy(request: HttpRequest, token: str) -> HttpResponse:
    """Show the neutral page, the story, or where it is public now."""
    reference = current().reference
    copy = find(token)
    if copy is None:
        return _page(request, "closed", reference, status=404)
    language = request.POST.get("language", "")
    if is_readable(copy):
        return (
            _story(request, copy, language, reference)
            if request.method == "POST"
            else _page(request, "ask", reference)
        )
    address = _public_address(copy, language, reference)
    if address:
        return _private(HttpResponseRedirect(address))
    return _page(request, "closed", reference, status=404)


def _public_address(copy: AdvanceCopy, language: str, reference: Reference) -> str:
    page = public_version(copy, language)
    if page is None:
        return ""
    model: Any = type(page)
    adapter = adapter_for(model)
    return (adapter.address(page) if adapter else "") or address_of(reference.roots, page.url_path)


def _story(request: HttpRequest, copy: AdvanceCopy, language: str, reference: Reference) -> HttpResponse:
    page = choose_version(copy.stop, language)
    story = read(page, reference) if page is not None else {}
    if not story:
        return _page(request, "closed", reference, status=404)
    note_view(copy, story["lang"])
    others = [
        {"code": code, "name": own_name(code)}
        for version in approved_versions(copy.stop)
        if (code := version.locale.language_code) != story["lang"]
    ]
    with translation.override(story["lang"]):
        context = {"story": story, "copy": copy, "stop": copy.stop, "others": others, "lang": story["lang"]}
        if copy.stop.until is not None:
            until = local(copy.stop.until)
            context |= {"time": time_of_day(until.time()), "zone": until.tzname(), "day": display(until)}
        return _answer(request, "wagtail_cpsnews/advance/story.html", context, 200)


def _page(request: HttpRequest, name: str, reference: Reference, status: int = 200) -> HttpResponse:
    """Return a page that tells nothing, in each language of the sites."""
    languages = list(
        dict.fromkeys([reference.default_language, *(root.language for root in reference.roots)])
    )
    context = {"languages": languages, "lang": languages[0]}
    with translation.override(languages[0]):
        return _answer(request, f"wagtail_cpsnews/advance/{name}.html", context, status)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    return _private(TemplateResponse(request, template, context, status=status).render())


def _private(response: HttpResponse) -> HttpResponse:
    """Keep an answer from caches, indexes and other sites."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive, nosnippet"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = build_csp(
        style_src=f"'self'{static_origin()}",
        form_action="'self'",
        base_uri="'none'",
        frame_ancestors="'none'",
    )
    return response
