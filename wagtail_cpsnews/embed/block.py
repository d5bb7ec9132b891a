"""A StreamField block for *another* Wagtail site: this newsroom's stories.

That site installs the distribution and none of our apps: the block has no template, no model and no style of its own::

    from wagtail_cpsnews.embed.block import NewsListBlock

    body = StreamField([("news", NewsListBlock(publishers=["https://publisher.example/newsroom/"])), …])

A script from somewhere else may do anything on a page, so the site's developers name the publishers whose script may
run. Where they name none, an editor gives any address and the list comes in a frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail import blocks

from ..languages import translated_languages
from ..registry import BUILT_IN, RESERVED_NAMES, TAXONOMIES

#: As in ``look.py``, which needs our apps.
LEVELS = ("2", "3", "4", "5", "6")
MAX_HEADING = 100

#: Filters by slugs. Those of the publisher's own taxonomies are named when a block is made.
FILTERS = tuple(taxonomy.name for taxonomy in BUILT_IN)

#: A frame's height before a script of the site says another: by story on a phone, with a summary, and for what
#: surrounds them, in pixels. In a frame that is too low the list scrolls.
STORY_HEIGHT, SUMMARY_HEIGHT, FRAME_HEIGHT = 150, 130, 120

_PARAMETER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_SLUG = re.compile(r"[\w-]{1,255}")
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\x9f\"'<>\\^`{|}]")


def mount_address(text: str) -> str:
    """Return the address of a newsroom with its slash.

    ``ValueError`` if it is not one: without a path, or with more than a path.
    """
    try:
        parts = urlsplit(text.strip())
        is_newsroom = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_newsroom = False
    if (
        not is_newsroom
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
        or _NOT_IN_ADDRESSES.search(text.strip())
    ):
        raise ValueError(
            f"{text!r} is not the address of a newsroom, such as https://publisher.example/newsroom/"
        )
    return text.strip().rstrip("/") + "/"


class NewsListBlock(blocks.StructBlock):
    """A publisher's latest stories.

    Either the script and the element in one line, or a frame.

    publishers: the newsrooms to choose from, whose script may run here.
    filters: the publisher's own taxonomies by their parameters, with a label: ``{"court": "Courts"}``.
    """

    def __init__(
        self,
        local_blocks: Any = None,
        publishers: Iterable[str] = (),
        filters: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(publishers, str):
            raise ValueError(f"publishers has to be a list, such as [{publishers!r}]")
        self.publishers = tuple(mount_address(address) for address in publishers)
        self.own_filters = dict(filters or {})
        for name in self.own_filters:
            if not _PARAMETER.fullmatch(name) or name in (*FILTERS, *RESERVED_NAMES):
                raise ValueError(
                    f"filters: {name!r} can't be a taxonomy of the publisher's own, such as 'court'"
                )
        self.filters = (*FILTERS, *self.own_filters)
        super().__init__([*_fields(self.publishers, self.own_filters), *(local_blocks or ())], **kwargs)

    class Meta:
        icon = "list-ul"
        label = gettext_lazy("News from a prosecution service")

    def clean(self, value: Any) -> Any:
        """Return the value with its address and slugs as they are written elsewhere."""
        result = super().clean(value)
        if self.is_deferred_validation:
            return result
        errors = {}
        try:
            result["source"] = mount_address(result["source"])
        except ValueError:
            message = _("Give the address of a newsroom, such as https://publisher.example/newsroom/")
            errors["source"] = ValidationError(message)
        for name in self.filters:
            slugs = _slugs(result.get(name))
            bad = [slug for slug in slugs if not _SLUG.fullmatch(slug)]
            if bad:
                message = _(
                    "“%(value)s” is not a valid short name. Use one from a list address, such as hate-crime."
                )
                errors[name] = ValidationError(message % {"value": bad[0][:100]})
            result[name] = " ".join(slugs)
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return result

    def render_basic(self, value: Any, context: Any = None) -> SafeString:
        """Return the list as HTML.

        Stored values are checked again: an import or a change of ``publishers`` passes no form.
        """
        try:
            source = mount_address(value.get("source") or "")
        except ValueError:
            return SafeString("")
        if self.publishers and source not in self.publishers:
            return SafeString("")
        filters = {
            name: [slug for slug in _slugs(value.get(name)) if _SLUG.fullmatch(slug)] for name in self.filters
        }
        given = [(name, slug) for name, slugs in filters.items() for slug in slugs]
        url = f"{source}?{urlencode(given)}" if given else source
        heading = value.get("heading") or ""
        link = format_html('<a href="{}">{}</a>', url, value.get("link_text") or heading or _("Latest news"))
        if self.publishers and value.get("door") != "iframe":
            return _element(source, filters, value, link)
        return _frame(source, given, value, link)


def _element(source: str, filters: Mapping[str, list[str]], value: Any, link: SafeString) -> SafeString:
    given = {name.replace("_", "-"): " ".join(filters[name]) for name in FILTERS if filters[name]}
    own = [f"{name}={slug}" for name, slugs in filters.items() if name not in FILTERS for slug in slugs]
    if own:
        given["filter"] = " ".join(own)
    given["page-size"] = str(value.get("number") or 5)
    if value.get("heading"):
        given |= {"heading": value["heading"], "heading-level": value.get("heading_level") or "2"}
    if value.get("summaries"):
        given["summary"] = "yes"
    if value.get("theme"):
        given["theme"] = value["theme"]
    return format_html(
        '<script type="module" async="" src="{0}embed/v1.js"></script><cps-news src="{0}"{1}>{2}</cps-news>',
        source,
        format_html_join("", ' {}="{}"', given.items()),
        link,
    )


def _frame(source: str, given: list[tuple[str, str]], value: Any, link: SafeString) -> SafeString:
    number = value.get("number") or 5
    pairs = [*given, ("page_size", str(number)), ("theme", value.get("theme") or "light")]
    language = (get_language() or "").split("-")[0]
    if language in translated_languages():  # those that every publisher knows
        pairs.append(("lang", language))
    if value.get("heading"):
        pairs += [("heading", value["heading"]), ("heading_level", value.get("heading_level") or "2")]
    if value.get("summaries"):
        pairs.append(("summary", "yes"))
    return format_html(
        '<iframe src="{}embed/list/?{}" title="{}" width="100%" height="{}" frameborder="0" loading="lazy"></iframe>'
        "<p>{}</p>",
        source,
        urlencode(pairs),
        value.get("heading") or value.get("link_text") or _("Latest news"),
        FRAME_HEIGHT + (STORY_HEIGHT + SUMMARY_HEIGHT * bool(value.get("summaries"))) * min(number, 10),
        link,
    )


def _slugs(text: str | None) -> list[str]:
    """Return the slugs of a field, once each; spaces or commas between."""
    return list(dict.fromkeys((text or "").replace(",", " ").split()))


def _label_of(name: str) -> Any:
    return lazy(lambda: capfirst(TAXONOMIES[name].labels(2)), str)()


def _fields(publishers: tuple[str, ...], own_filters: Mapping[str, Any]) -> list[tuple[str, blocks.Block]]:
    """Return what an editor fills in."""
    source: blocks.Block
    if publishers:
        default = publishers[0] if len(publishers) == 1 else None
        names = [(address, urlsplit(address).netloc) for address in publishers]
        source = blocks.ChoiceBlock(choices=names, default=default, label=gettext_lazy("Publisher"))
    else:
        text = gettext_lazy("Where its newsroom is, such as https://publisher.example/newsroom/")
        source = blocks.URLBlock(label=gettext_lazy("Publisher’s address"), help_text=text)
    slugs = gettext_lazy(
        "Short names as in the address of a list there, such as “fraud hate-crime”; empty for all."
    )
    labels: dict[str, Any] = {
        "kind": gettext_lazy("Types of news"),
        "crime_type": gettext_lazy("Crime types"),
        "area": gettext_lazy("Areas"),
        "topic": gettext_lazy("Topics"),
        **own_filters,
    }
    methods = [("element", gettext_lazy("in the page")), ("iframe", gettext_lazy("in a frame"))]
    themes = [
        ("light", gettext_lazy("light")),
        ("dark", gettext_lazy("dark")),
        ("auto", gettext_lazy("match the reader’s device")),
    ]
    return [
        ("source", source),
        *(
            (
                name,
                blocks.CharBlock(required=False, label=labels.get(name) or _label_of(name), help_text=slugs),
            )
            for name in (*FILTERS, *own_filters)
        ),
        (
            "number",
            blocks.IntegerBlock(
                default=5, min_value=1, max_value=100, label=gettext_lazy("How many stories")
            ),
        ),
        (
            "heading",
            blocks.CharBlock(required=False, max_length=MAX_HEADING, label=gettext_lazy("Heading")),
        ),
        (
            "heading_level",
            blocks.ChoiceBlock(
                choices=[(level, level) for level in LEVELS],
                default="2",
                label=gettext_lazy("Level of the heading"),
            ),
        ),
        (
            "link_text",
            blocks.CharBlock(
                required=False,
                max_length=200,
                label=gettext_lazy("Text of the link"),
                help_text=gettext_lazy("Shown below the list, or instead of it if there are no stories."),
            ),
        ),
        ("summaries", blocks.BooleanBlock(required=False, label=gettext_lazy("Show summaries"))),
        ("theme", blocks.ChoiceBlock(choices=themes, required=False, label=gettext_lazy("Colours"))),
        *(
            [
                (
                    "door",
                    blocks.ChoiceBlock(
                        choices=methods, default="element", label=gettext_lazy("How it is shown")
                    ),
                )
            ]
            if publishers
            else []
        ),
    ]
