"""The widget's script, at two addresses.

One address never changes; at the other, the bytes never change.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ..http.cors import allow_all_origins
from ..http.responses import PublicResponseMixin
from ..http.views import public_view
from .script import VERSION, script_bytes, script_etag

#: How long the script may be kept, in seconds. Its address promises only additions.
MAX_AGE = 3600
#: The same for the pinned script, which is never another: a year.
MAX_AGE_PINNED = 31_536_000


class ScriptResponse(PublicResponseMixin, HttpResponse):
    """JavaScript that any site may run."""


@public_view
@require_safe
def widget_v1(request: HttpRequest) -> HttpResponse:
    """Serve ``embed/v1.js``."""
    return _script(request, f"public, max-age={MAX_AGE}")


@public_view
@require_safe
def widget_pinned(request: HttpRequest, version: str) -> HttpResponse:
    """Serve ``embed/x.y.z/widget.js``, for this version only.

    Another version's bytes are not here, and no cache keeps the 404.
    """
    if version == VERSION:
        return _script(request, f"public, max-age={MAX_AGE_PINNED}, immutable")
    text = f"This newsroom serves version {VERSION} of the widget.\n"
    response = ScriptResponse(text, status=404, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return _open(response)


def _script(request: HttpRequest, cache_control: str) -> HttpResponse:
    response: HttpResponse = ScriptResponse(script_bytes(), content_type="text/javascript; charset=utf-8")
    not_modified = get_conditional_response(request, etag=script_etag(), response=response)
    if isinstance(not_modified, HttpResponseNotModified):
        response = ScriptResponse(status=304)
    response["ETag"] = script_etag()
    response["Cache-Control"] = cache_control
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Add the headers by which every origin may load the response.

    It may also check it and see how long it took.
    """
    allow_all_origins(response)
    response["Timing-Allow-Origin"] = "*"
    return response
