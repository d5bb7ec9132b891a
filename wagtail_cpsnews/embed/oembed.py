"""``embed/oembed/``: the oEmbed 1.0 provider, in JSON and XML.

For lists and stories.

What is answered is stored by others, some of them for ever: it holds links, never a headline.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.sax.xmlreader import AttributesImpl

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe
from wagtail.models import Site

from ..catalogue.parameter_types import Choice, Context, Text, WholeNumber, read_one
from ..catalogue.parameters import Problem, shorten
from ..catalogue.snapshots import Snapshot, current
from ..http.caching import max_age
from ..http.conditional import add_headers
from ..http.responses import PublicResponseMixin
from ..http.tags import LISTS, story_tag
from ..http.unavailable import answer_unavailable, asked_format
from ..http.views import public_view
from ..usage.recording import note
from .frames import RETRY_AFTER
from .methods import frame_tag
from .outputs import OEMBED
from .resolver import Target, resolve

#: For how long others may keep an answer, in seconds: the frame in it is always current.
CACHE_AGE = 86400

FORMAT = Choice(
    name="format",
    description="`json` without it.",
    values=("json", "xml"),
    any_case=True,
    message=gettext_noop("There is no such format."),
)
URL = Text(name="url", description="The address of a list or a story of this site.")


@dataclass(frozen=True, kw_only=True)
class Limit(WholeNumber):
    """The most pixels that there is room for.

    Consumers send all kinds of things: what is no number is no limit.
    """

    highest: int = 999_999

    def get_schema(self, context: Context) -> dict[str, Any]:
        return {"anyOf": [super().get_schema(context), {"type": "string"}]}


LIMITS = {
    "maxwidth": Limit(
        name="maxwidth", description="The most pixels in width; anything but a number is no limit."
    ),
    "maxheight": Limit(
        name="maxheight", description="The most pixels in height; anything but a number is no limit."
    ),
}
WIDTH = 600
STORY_HEIGHT, HIGHEST_LIST = 300, 1000

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class OEmbedResponse(PublicResponseMixin, HttpResponse):
    """JSON or XML that any site may read."""


@public_view
@answer_unavailable(lambda request: "oembed" if asked_format(request) == "xml" else "json")
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer about addresses of this site's lists and public stories.

    About all others 404, always the same.
    """
    try:
        params = request.GET
    except TooManyFieldsSent:
        return _refuse(400, "json", Problem("", "", _("There are too many parameters.")))
    form, problem = read_one(FORMAT, [params.get("format", "")])
    if problem is not None:
        return _refuse(501, "json", problem)
    form = form or "json"
    url, _problem = read_one(URL, [params.get("url", "")])
    if not url:
        message = _("Name the address of a list or a story.")
        example = f"?url={request.build_absolute_uri(reverse('cpsnews:list'))}"
        return _refuse(400, form, Problem("url", "", message, "an address of this site", example))
    snapshot = current()
    if not snapshot.built:
        message = _("The catalogue is not built yet. Run “manage.py rebuild_catalogue”.")
        response = _refuse(503, form, Problem("", "", message))
        response["Retry-After"] = RETRY_AFTER
        return response
    target = resolve(url, request, snapshot)
    if target is None:
        message = _("There is no public list or story at this address.")
        return _refuse(404, form, Problem("url", shorten(url), message))
    # What is served by this method holds links only; the frame in it tells which stories it shows.
    note(
        request, OEMBED.method, None if target.embed_request.story else target.embed_request.query, stories=()
    )
    response = _answer(_about(target, request, snapshot), form)
    # A story's address can be an old one that leads to it: that may change with any page.
    tags = (story_tag(target.embed_request.story), LISTS) if target.embed_request.story else (LISTS,)
    add_headers(response, age=max_age(snapshot), cache_tags=tags)
    return response


def _about(target: Target, request: HttpRequest, snapshot: Snapshot) -> dict[str, Any]:
    """Return the answer as plain data.

    Within the width and height of the request.
    """
    most_wide, most_high = _limit(request, "maxwidth"), _limit(request, "maxheight")
    width, height = min(WIDTH, most_wide or WIDTH), _height(target)
    height = min(height, most_high or height)
    name, home = _publisher(request)
    src = request.build_absolute_uri(
        f"{reverse('cpsnews:embed_list')}?{urlencode(target.embed_request.params())}"
    )
    html = format_html(
        '<blockquote><p><a href="{url}">{title}</a></p></blockquote>{frame}',
        url=target.url,
        title=target.title,
        # Without a limit the frame takes the width of its column.
        frame=frame_tag(src, target.title, height, width if most_wide else "100%"),
    )
    return {
        "type": "rich",
        "version": "1.0",
        "title": target.title,
        "provider_name": name,
        "provider_url": home,
        "cache_age": CACHE_AGE,
        "width": width,
        "height": height,
        "html": str(html),
    }


def _limit(request: HttpRequest, name: str) -> int | None:
    """Return a limit, or ``None``."""
    value, _problem = read_one(LIMITS[name], [request.GET.get(name, "")])
    limit: int | None = value
    return limit


def _height(target: Target) -> int:
    """Return the height for what is shown, as far as it can be guessed.

    The frame tells its true height later.
    """
    if target.is_story:
        return STORY_HEIGHT
    options = target.embed_request.look
    each = 150 + 130 * options.summary + 180 * options.images
    return min(HIGHEST_LIST, 80 + 48 * bool(options.heading) + each * target.embed_request.query.page_size)


def _publisher(request: HttpRequest) -> tuple[str, str]:
    site = Site.find_for_request(request)
    home = request.build_absolute_uri("/")
    return (str(site.site_name or site.hostname), home) if site else (request.get_host(), home)


def _answer(data: dict[str, Any], form: str, status: int = 200) -> HttpResponse:
    if form == "xml":
        return OEmbedResponse(_xml(data), status=status, content_type="text/xml; charset=utf-8")
    return OEmbedResponse(json.dumps(data), status=status, content_type="application/json; charset=utf-8")


def _xml(data: dict[str, Any]) -> str:
    out = io.StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("oembed", AttributesImpl({}))
    for name, value in data.items():
        if name == "errors":
            value = " ".join(error["message"] for error in value)
        xml.addQuickElement(name, _NOT_IN_XML.sub("\ufffd", str(value)))
    xml.endElement("oembed")
    xml.endDocument()
    return out.getvalue()


def _refuse(status: int, form: str, problem: Problem) -> HttpResponse:
    response = _answer({"errors": [problem.as_json()]}, form, status)
    add_headers(response)
    return response
