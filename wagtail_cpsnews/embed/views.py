"""The widget's script, at an address that never changes."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ..publicly import PublicResponseMixin, public_view

#: How long the script may be kept, in seconds. Its address promises only additions.
MAX_AGE = 3600


class ScriptResponse(PublicResponseMixin, HttpResponse):
    """JavaScript that any site may run."""


@functools.cache
def _script() -> tuple[bytes, str]:
    """The script's bytes and their ETag."""
    data = (files("wagtail_cpsnews.embed") / "js" / "cps-news.js").read_bytes()
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'


@public_view
@require_safe
def widget_v1(request: HttpRequest) -> HttpResponse:
    """``embed/v1.js``."""
    data, etag = _script()
    response: HttpResponse = ScriptResponse(data, content_type="text/javascript; charset=utf-8")
    not_modified = get_conditional_response(request, etag=etag, response=response)
    if isinstance(not_modified, HttpResponseNotModified):
        response = ScriptResponse(status=304)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Timing-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
