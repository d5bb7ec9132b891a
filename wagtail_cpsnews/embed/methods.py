"""Embed code of one list for each embed method.

What the builder offers to copy, and its preview.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot
from ..conf import get_settings
from ..outputs import outputs
from ..stories.index_pages import list_address
from .appearance import DisplayOptions
from .height import Room, estimate
from .providers import newsroom_provider
from .script import script_bytes
from .snippet import snippet

#: What a frame's page has around its list, in pixels.
FRAME_PADDING = 60

#: What a developer gets, by the ``code`` of the outputs whose addresses it has: a title, and how to use them.
DEVELOPER_CODES = {
    "fragment": (
        gettext_lazy("The list as HTML"),
        gettext_lazy("Fetch it on your server, keep its ETag, ask again each minute at the most."),
    ),
    "api": (
        gettext_lazy("The list as data (JSON)"),
        gettext_lazy("Every filter, with counts; open to every origin."),
    ),
    "feeds": (gettext_lazy("The list as a feed"), ""),
    "oembed": (gettext_lazy("oEmbed"), ""),
}


def frame_tag(src: str, title: str, height: int | str, width: int | str = "100%") -> SafeString:
    """Return a frame without a border, which would make it wider than its column."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy"></iframe>',
        src,
        title,
        width,
        height,
    )


@dataclass(frozen=True)
class Choices:
    """What was chosen besides the list: method, look, and the element's switches.

    theme: "" where none was chosen: the element has the colours of the page around it, a frame its look's.
    """

    method: str
    look: DisplayOptions
    theme: str = ""
    filters: bool = False
    search: bool = False
    pinned: bool = False
    preload: bool = False


@dataclass(frozen=True)
class Code:
    """Lines to copy, with what they are for.

    is_optional: not needed by every site; the builder shows it closed.
    """

    name: str
    title: str
    text: str
    lines: str
    is_optional: bool = False


class MethodSnippets:
    """All embed methods for one list.

    query: the list; default: the newsroom's own list, whose languages need not be said; choices: method, look and
    switches; title: what the link to the list says.
    """

    def __init__(
        self,
        query: Query,
        default: Query,
        choices: Choices,
        request: HttpRequest,
        title: str,
        snapshot: Snapshot,
        cards: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.query = query
        self.default = default
        self.choices = choices
        self.request = request
        self.title = title
        self.snapshot = snapshot
        self.cards = cards
        self.mount = request.build_absolute_uri(reverse("cpsnews:list"))

    # -- addresses --------------------------------------------------------------------------------------------------

    def _address(self, name: str, pairs: list[tuple[str, str]]) -> str:
        url = self.request.build_absolute_uri(reverse(f"cpsnews:{name}"))
        return f"{url}?{urlencode(pairs)}" if pairs else url

    @cached_property
    def _filters(self) -> list[tuple[str, str]]:
        """What makes the list, as parameters; the number of stories is a matter of looks."""
        return self._params("facets", "page", "page_size")

    def _params(self, *without: str) -> list[tuple[str, str]]:
        return self.query.params(without=(*without, *self._usual))

    @cached_property
    def _usual(self) -> list[str]:
        """The languages that hold where none is named."""
        return [
            name for name in ("language", "lang") if getattr(self.query, name) == getattr(self.default, name)
        ]

    @property
    def list_url(self) -> str:
        """The list on our own site."""
        return list_address(self.request, self.snapshot, self.query)

    @property
    def frame_url(self) -> str:
        """The page for a frame."""
        return self._address("embed_list", [*self._sized, *self.choices.look.params()])

    @property
    def script_url(self) -> str:
        """The element's script."""
        return f"{self.mount}embed/v1.js"

    @property
    def _sized(self) -> list[tuple[str, str]]:
        return self._params("facets", "page")

    @property
    def _display_params(self) -> list[tuple[str, str]]:
        return [pair for pair in self.choices.look.params() if pair[0] in ("summary", "images")]

    # -- lines ------------------------------------------------------------------------------------------------------

    @property
    def codes(self) -> list[Code]:
        """The embed code for the chosen method."""
        return getattr(self, f"_{self.choices.method}_codes")()

    def _element_codes(self) -> list[Code]:
        text = _("Paste this code where the list should appear. Readers without JavaScript see the link.")
        return [Code("element", _("Embed code"), text, self.element)]

    def _iframe_codes(self) -> list[Code]:
        text = _("Paste this code where the list should appear. If frames are blocked, the link still works.")
        resize = _(
            "Optional, where your site allows a script of its own: the frame gets the height of what is in it."
        )
        return [
            Code("iframe", _("Embed code"), text, self.iframe),
            Code("resize", _("For the height"), resize, _RESIZE.replace("ORIGIN", _origin(self.mount)), True),
        ]

    def _link_codes(self) -> list[Code]:
        paste = _(
            "WordPress and other systems turn this address, on a line of its own, into a frame automatically."
        )
        return [
            Code("link", _("The link"), "", self.link),
            Code("address", _("The address alone"), paste, self.list_url),
        ]

    def _developer_codes(self) -> list[Code]:
        return [
            Code(name, str(title), str(text), "\n".join(self._developer_addresses(name)))
            for name, (title, text) in DEVELOPER_CODES.items()
        ]

    def _developer_addresses(self, code: str) -> list[str]:
        pairs = {"api": self._sized, "fragment": [*self._sized, *self._display_params]}.get(
            code, self._filters
        )
        addresses = [
            output.list_address(pairs, url=self.list_url) for output in outputs() if output.code == code
        ]
        return [self.request.build_absolute_uri(address) for address in addresses]

    @property
    def element(self) -> str:
        """The script and the element."""
        usual: dict[str, Any] = dict.fromkeys(self._usual, "")
        return snippet(
            replace(self.query, **usual),
            self.request,
            self.list_url,
            self.title,
            attributes=self._attributes(),
            pinned=self.choices.pinned,
            preload=self.choices.preload,
            room=self.room,
        )

    @property
    def room(self) -> Room:
        """The room that the page keeps free for the element."""
        filters = len(get_settings().taxonomies) if self.choices.filters else 0
        return estimate(self.cards, self.choices.look, filters=filters, search=self.choices.search)

    def _attributes(self) -> dict[str, str]:
        look = self.choices.look
        given = {"page-size": str(self.query.page_size)}
        if self.choices.preload:  # the early request needs one; else the page around the element says it
            given["lang"] = self.query.lang
        if look.heading:
            given["heading"] = look.heading
            given["heading-level"] = look.heading_level
        if self.choices.theme:
            given["theme"] = self.choices.theme
        given |= {name: "yes" for name in ("summary", "images") if getattr(look, name)}
        if look.paging == "more":
            given["paging"] = "more"
        if self.choices.filters:
            given["filters"] = " ".join(name.replace("_", "-") for name in get_settings().taxonomies)
        if self.choices.search:
            given["search"] = "yes"
        return given

    @property
    def iframe(self) -> SafeString:
        """The frame, and the link for where there are none."""
        height = estimate(self.cards, self.choices.look, frame=FRAME_PADDING).narrow
        return frame_tag(self.frame_url, self.title, height) + format_html("<p>{}</p>", self.link)

    @property
    def link(self) -> SafeString:
        """The link alone."""
        return format_html('<a href="{}">{}</a>', self.list_url, self.title)

    @property
    def wagtail_lines(self) -> str:
        """Block and settings for another Wagtail site."""
        provider = newsroom_provider(self.mount)
        return (
            "from wagtail_cpsnews.embed.block import NewsListBlock\n\n"
            f'NewsListBlock(publishers=["{self.mount}"])\n\n'
            "# settings\n"
            "WAGTAILEMBEDS_FINDERS = [\n"
            "    {\n"
            '        "class": "wagtail.embeds.finders.oembed",\n'
            '        "providers": [{\n'
            f'            "endpoint": "{provider["endpoint"]}",\n'
            f'            "urls": [r"{provider["urls"][0]}"],\n'
            "        }],\n"
            "    },\n"
            '    {"class": "wagtail.embeds.finders.oembed"},\n'
            "]"
        )

    # -- how it comes out ---------------------------------------------------------------------------------------------

    @property
    def preview(self) -> SafeString:
        """The list as the method shows it."""
        if self.choices.method == "link":
            return format_html('<p lang="{}">{}</p>', self.query.lang, self.link)
        if self.choices.method == "iframe":
            return format_html("{}", self.iframe)
        return format_html(
            '<cps-news src="{}"{}>{}</cps-news>',
            self.mount,
            format_html_join("", ' {}="{}"', self._preview_attributes()),
            self.link,
        )

    def _preview_attributes(self) -> list[tuple[str, str]]:
        values: dict[str, list[str]] = {}
        for name, value in self._filters:
            values.setdefault(name.replace("_", "-"), []).append(value)
        given = {name: " ".join(several) for name, several in values.items()} | self._attributes()
        return list((given | {"loading": "eager"}).items())

    @property
    def size(self) -> str:
        """What the element costs, in words."""
        if self.choices.method != "element":
            return ""
        return _("The script is %(size)s kB. It sets no cookie and loads nothing but the list.") % {
            "size": localize(script_kilobytes())
        }


@cache
def script_kilobytes() -> float:
    """Return the script as browsers get it, compressed."""
    return round(len(gzip.compress(script_bytes(), 9)) / 1000, 1)


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])


#: For a host's own script: the frame says how high its page is.
_RESIZE = """<script>
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== "ORIGIN" || data?.type !== "cps-news:height") return;
  for (const frame of document.querySelectorAll("iframe"))
    if (frame.contentWindow === source) frame.height = data.value;
});
</script>"""
