"""JSON, and a page for people (``?format=html``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import TooManyFieldsSent
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer, JSONRenderer


class NewsJSONRenderer(JSONRenderer):
    """JSON as UTF-8, compact, whatever the host has set for its own API."""

    charset = "utf-8"
    compact = True
    ensure_ascii = False
    strict = True

    def get_indent(self, accepted_media_type: str, renderer_context: Mapping[str, Any]) -> int | None:
        """Never indent: the bytes do not depend on the request's headers."""
        return None


_encoder = NewsJSONRenderer.encoder_class(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_json(data: Any) -> bytes:
    """Return data as the bytes that ``NewsJSONRenderer`` makes of it.

    Without its choices for each answer: a list is put together from many parts. Compare ``JSONRenderer.render()``.
    """
    text: str = _encoder.encode(data)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


class IndentedRenderer(NewsJSONRenderer):
    """The same JSON for people."""

    def get_indent(self, accepted_media_type: str, renderer_context: Mapping[str, Any]) -> int | None:
        return 2


class NewsBrowsableRenderer(BrowsableAPIRenderer):
    """The answer in a page, for people who try the API out."""

    #: Not DRF's page: its scripts carry the visitor's CSRF token, and it has no language and two main landmarks.
    template = "wagtail_cpsnews/api.html"

    def get_default_renderer(self, view: Any) -> BaseRenderer:
        return IndentedRenderer()

    def show_form_for_method(self, *args: Any) -> bool:
        """Show no form, since nothing can be written."""
        return False


class FormatParameter(BaseContentNegotiation):
    """JSON, unless ``?format=html`` asks for the page.

    ``Accept`` is not read, so answers do not vary by it.
    """

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            wanted = request._request.GET.get("format") if request is not None else None
        except TooManyFieldsSent:
            wanted = None
        if not apps.is_installed("rest_framework"):  # its templates make the page
            wanted = None
        for renderer in renderers:
            if renderer.format == ("api" if wanted == "html" else "json"):
                return renderer, renderer.media_type
        return renderers[0], renderers[0].media_type
