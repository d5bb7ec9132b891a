"""``embed/list/``: a list for an iframe, or as an HTML fragment.

Servers and scripts build the fragment into their pages.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from functools import partial
from importlib.resources import files
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from ..catalogue.dependencies import noting
from ..catalogue.snapshots import Snapshot, current
from ..conf import get_settings
from ..http.caching import max_age
from ..http.conditional import add_headers, conditional_response, etag
from ..http.cors import METHODS, answer_preflight
from ..http.csp import build_csp
from ..http.responses import PublicResponseMixin
from ..http.tags import LISTS, about_story
from ..http.unavailable import answer_unavailable, asked_format
from ..http.views import public_view
from ..stories.index_pages import index_addresses
from ..usage.recording import note
from .lists import Embed, EmbedRequest, find, parse_request
from .outputs import FRAGMENT, FRAME

#: When to ask again while the catalogue is being built, in seconds.
RETRY_AFTER = "60"


class EmbedResponse(PublicResponseMixin, HttpResponse):
    """HTML that any site may show.

    Django's and the host's clickjacking middleware leaves it alone.
    """

    xframe_options_exempt = True


@functools.cache
def frame_file(name: str) -> tuple[str, str]:
    """Return the text of the frame's style sheet or script, and its CSP source."""
    text = (files("wagtail_cpsnews.embed") / name).read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


@public_view
@answer_unavailable(lambda request: "fragment" if asked_format(request) == "fragment" else "frame")
def embed_list(request: HttpRequest) -> HttpResponse:
    """Return the frame, or with ``?format=fragment`` the bare list."""
    if request.method == "OPTIONS":
        return _preflight()
    if request.method not in ("GET", "HEAD"):
        return _refuse()
    snapshot = current()
    embed_request = parse_request(request, snapshot)
    tag = ""
    if snapshot.built:
        tag = etag(request, snapshot, "embed", embed_request, index_addresses(request, snapshot))
    served: list[UUID] | None = None  # not known of an answer that was kept or has not changed
    cache_tags: tuple[str, ...] = (LISTS,)

    def build() -> HttpResponse:
        nonlocal served, cache_tags
        with noting() as noted:
            embed = find(embed_request, request, snapshot)
            served = [UUID(pk) for pk in embed.ids]
            response = _render(embed_request, embed, request, snapshot)
        if embed_request.story and served:
            cache_tags = about_story(served[0], shows_others=noted.on_others)
        return response

    response = conditional_response(
        request,
        tag,
        build,
        partial(max_age, snapshot),
        keep=not embed_request.story and not snapshot.is_due,
        cache_tags=lambda: cache_tags,
    )
    if request.method == "GET" and response.status_code in (200, 304):
        output = FRAGMENT if embed_request.format == "fragment" else FRAME
        note(
            request,
            output.method,
            None if embed_request.story else embed_request.query,
            tag=tag,
            stories=served or _named(embed_request.story),
        )
    if response.status_code == 503:
        response["Retry-After"] = RETRY_AFTER
    response["X-Robots-Tag"] = "googlebot: noindex, indexifembedded"
    return response


def _named(story: str) -> list[UUID] | None:
    """Return the story that a request names; ``None`` where it asks for a list."""
    try:
        return [UUID(story)] if story else None
    except ValueError:
        return None


def _render(
    embed_request: EmbedRequest, embed: Embed, request: HttpRequest, snapshot: Snapshot
) -> HttpResponse:
    with translation.override(embed.lang):
        items = embed.render_items()
        if embed_request.format == "fragment":
            return _fragment(items, embed)
        address = request.get_full_path()
        style, style_source = frame_file("frame.css")
        script, script_source = frame_file("frame.js")
        context = {
            "embed": embed,
            "items": items,
            "style": mark_safe(style),  # noqa: S308  a file of ours
            "script": mark_safe(script),  # noqa: S308  as above
            # As it was asked, so that what was left out is still said when the list is renewed.
            "fragment_url": f"{address}{'&' if '?' in address else '?'}format=fragment",
        }
        html = render_to_string("wagtail_cpsnews/embed/frame.html", context)
    response = EmbedResponse(html, status=embed.status)
    response["Content-Security-Policy"] = build_csp(
        style_src=style_source,
        script_src=script_source,
        # Named, not 'self': in a sandboxed frame nothing is the document's own origin.
        connect_src=origin(request.build_absolute_uri("/")),
        img_src=" ".join(_image_sources(embed, request, snapshot)) or "'none'",
        form_action="'none'",
        base_uri="'none'",
        frame_ancestors=get_settings().FRAME_ANCESTORS,
    )
    return response


def _fragment(items: str, embed: Embed) -> HttpResponse:
    """Return the bare list.

    Opened on its own it loads nothing, and no site that may not frame the newsroom can frame it.
    """
    response = EmbedResponse(items, status=embed.status)
    response["Content-Security-Policy"] = build_csp(
        base_uri="'none'", frame_ancestors=get_settings().FRAME_ANCESTORS
    )
    return response


def _image_sources(embed: Embed, request: HttpRequest, snapshot: Snapshot) -> list[str]:
    """Return where this list's pictures are.

    Lists that may take its place count, too.
    """
    if not embed.look.images:
        return []
    addresses = [
        request.build_absolute_uri(django_settings.MEDIA_URL or "/"),
        *(root.url for root in snapshot.reference.roots),
        *(card["image"]["url"] for card in embed.cards if card.get("image")),
    ]
    return list(dict.fromkeys(found for address in addresses if (found := origin(address))))


def origin(address: str) -> str:
    """Return ``https://host:port`` of an address.

    "" when it has none that a policy can name.
    """
    parts = urlsplit(address)
    safe = parts.scheme in ("http", "https") and re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if safe else ""


def _refuse() -> HttpResponse:
    response = EmbedResponse(status=405)
    response["Allow"] = METHODS
    return response


def _preflight() -> HttpResponse:
    """Return the answer to a preflight request.

    A browser sends it before a script on another site sends headers of its own, as htmx does.
    """
    response = EmbedResponse(status=204)
    add_headers(response)
    answer_preflight(response, headers="*")
    return response
