"""``{% load cpsnews %}``: tags for a template of the host.

A list of stories, and a picture.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from django import template
from django.conf import settings as django_settings
from django.template.base import token_kwargs
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString

from ..catalogue.dates import display, display_with_time, iso
from ..catalogue.parameters import Problem, shorten
from ..catalogue.query import Query
from ..compat import AbstractPage
from ..embed.snippet import snippet
from ..frontend.days import by_day, lead_of, when
from ..frontend.kept_lists import render_list
from ..frontend.media_line import media_links_of
from ..frontend.page_metadata import metadata_of
from ..frontend.story_lists import INSIDE, listing_of, lost_its_filter, read, render
from ..http.listing import Listing
from ..images.pictures import TEXT_FILTERS, picture_download, picture_html
from ..images.renditions import image_html
from ..outputs import alternates
from ..registry import TAXONOMIES
from ..stories.blocks.lists import Params
from ..stories.reading import reader_for

register = template.Library()
logger = logging.getLogger("wagtail_cpsnews")


@register.filter
def iso_time(value: datetime.datetime | None) -> str:
    """Return a datetime for ``<time datetime>``.

    ``date:"c"`` writes seconds in offsets of before 1847.
    """
    return iso(value) or ""


@register.filter
def day(value: datetime.datetime | datetime.date | None) -> str:
    """Return the day of a date or datetime in words, as lists show it."""
    return display(value)


@register.filter
def day_and_time(value: datetime.datetime | datetime.date | None) -> str:
    """Return the day of a date or datetime in words, with the time if it is today."""
    return display_with_time(value)


@register.simple_tag
def newsroom_image(image: Any, spec: str, **attributes: Any) -> SafeString:
    """Render an image; nothing where it can't be shown, whatever the storage raises.

    ``{% newsroom_image page.image "max-1320x1320" alt=page.image_alt as picture %}``
    """
    return image_html(image, spec, **attributes)


@register.simple_tag
def lead_picture(page: Any, licence: Any = None) -> dict[str, Any]:
    """Return a story's picture as ``html``, and its ``download``.

    ``{% lead_picture page licence as picture %}``. It is offered for download where the story's licence holds for it.
    """
    html = picture_html(page.image, page.image_alt)
    is_free = licence and page.image_licence in ("", licence["name"])
    return {"html": html, "download": picture_download(page.image) if html and is_free else None}


@register.simple_tag
def text_picture(image: Any, alt: str = "") -> SafeString:
    """Render a picture inside a text in several widths.

    Nothing where it can't be shown.

    ``{% text_picture value.image value.alt as picture %}``
    """
    return picture_html(image, alt, TEXT_FILTERS, loading="lazy")


class SomeBlocks(list[Any]):
    """Some blocks of a stream.

    ``{% include_block %}`` renders them as the stream itself.
    """

    def __init__(self, blocks: Iterable[Any], stream_block: Any) -> None:
        super().__init__(blocks)
        self.stream_block = stream_block

    def render_as_block(self, context: Any = None) -> str:
        """Render the blocks."""
        return str(self.stream_block.render(self, context=context))


@register.simple_tag
def body_parts(page: Any) -> dict[str, SomeBlocks]:
    """Return a story's blocks as ``text`` and ``chosen``.

    ``chosen`` are the related stories at its end, which have their place beside the text.
    """
    blocks, stream_block = list(page.body), page.body.stream_block
    end = next((i for i in range(len(blocks), 0, -1) if blocks[i - 1].block_type != "related_stories"), 0)
    return {"text": SomeBlocks(blocks[:end], stream_block), "chosen": SomeBlocks(blocks[end:], stream_block)}


@register.simple_tag(takes_context=True)
def working_with_media(context: template.Context) -> list[dict[str, Any]]:
    """Return the links to the press office and the media protocol.

    Those that the page's news centre names. ``{% working_with_media as media_links %}``; not one to the page itself.
    """
    page = context.get("page")
    return media_links_of(page) if isinstance(page, AbstractPage) and page.pk else []


@register.simple_tag(takes_context=True)
def embed_code(context: template.Context, listing: Listing | None, title: str) -> str:
    """Return the code that shows a list on another site.

    "" where there is no list to show.

    ``{% embed_code listing page.title as code %}``; ``title`` is the text of the link for readers without scripts.
    """
    if listing is None or listing.results is None:
        return ""
    request = context["request"]
    list_url = request.build_absolute_uri(listing.url(listing.query.replace()))
    return snippet(listing.query, request, list_url, title)


@register.simple_tag(takes_context=True)
def oembed_links(context: template.Context, path: str) -> list[dict[str, str]]:
    """Return the addresses that say how to embed the page at ``path``.

    With their types; none without a newsroom.
    """
    request = context["request"]
    site = f"{request.scheme}://{request.get_host()}"
    links = []
    for output in alternates("oembed"):
        with suppress(NoReverseMatch):
            url = f"{site}{output.story_address(url=f'{site}{path}')}"
            links.append({"type": output.media_type, "url": url})
    return links


@register.inclusion_tag("wagtail_cpsnews/metadata.html", takes_context=True)
def newsroom_metadata(context: template.Context) -> dict[str, Any]:
    """Include what the head says to search engines and link previews.

    For the page or the list in the context; see docs/search-engines.md.
    """
    return {"metadata": metadata_of(cast("Mapping[str, Any]", context))}


@register.simple_tag(takes_context=True)
def kept_list(context: template.Context, name: str) -> SafeString:
    """Include the template ``name`` for the list in ``listing``.

    A list that cannot have changed is not made again.
    """
    return render_list(name, context)


@register.simple_tag
def lead_story(listing: Listing) -> dict[str, Any] | None:
    """Return the card of the story that leads, or ``None``.

    An editor's choice, else what ``lead_of()`` finds. It has ``when``; the card shows its date where that is empty.

    ``{% lead_story listing as lead %}``
    """
    lead = listing.lead_card or lead_of(listing.cards)
    return {**lead, "when": when(lead)} if lead else None


@register.simple_tag
def stories_by_day(listing: Listing, without: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the stories of a list by day, without the one that leads.

    ``{% stories_by_day listing lead as days %}``
    """
    left_out = without["id"] if without else None
    return by_day(card for card in listing.cards if card["id"] != left_out)


@register.tag
def news_list(parser: Any, token: Any) -> NewsListNode:
    """Return the newest stories of a filter.

    ``{% news_list area="wessex" crime_type="fraud hate-crime" page_size=3 heading="Fraud in Wessex" %}``

    Takes the parameters of every list as far as they make sense inside a page; several values of a filter are
    separated by spaces or come as a list. ``query=`` takes a ``Query`` to begin with. ``… as listing`` puts the
    ``Listing`` into the context and renders nothing (``None`` where a filter means nothing).
    """
    _name, *bits = token.split_contents()
    target = ""
    if len(bits) >= 2 and bits[-2] == "as":
        target, bits = bits[-1], bits[:-2]
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(
            f'news_list takes parameters by name, such as area="wessex"; it cannot read {bits[0]!r}.'
        )
    return NewsListNode(given, target)


class NewsListNode(template.Node):
    """One ``{% news_list %}``."""

    def __init__(self, given: dict[str, Any], target: str) -> None:
        self.given = given
        self.target = target

    def render(self, context: template.Context) -> str:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        # Joined, because a text that stands in a template counts as HTML, and a heading is text.
        heading, query = "".join(str(values.pop("heading", None) or "")), values.pop("query", None)
        listing = self._listing(values, query, context)
        if self.target:
            context[self.target] = listing
            return ""
        return render(listing, heading, context.get("request")) if listing is not None else ""

    def _listing(self, values: dict[str, Any], query: Any, context: template.Context) -> Listing | None:
        reader, problems = reader_for(context), []
        if query is not None and not isinstance(query, Query):
            message = "“query” takes a Query, as Query(area=('wessex',)) makes one."
            problems.append(Problem("query", shorten(str(query)), message, "a Query", "query=page.get_query"))
            query = None
        params = Params({name: texts for name, value in values.items() if (texts := _texts(name, value))})
        list_request = read(params, reader, query)
        problems += list_request.problems
        if problems:
            _complain(problems)
        if lost_its_filter(problems, list_request.query, (*params, "query")):
            return None
        return listing_of(replace(list_request, problems=problems), context.get("request"))


def _texts(name: str, value: Any) -> list[str]:
    """Return a parameter's value as an address would have it."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return value.split() if name in TAXONOMIES else [value]
    if isinstance(value, bool):
        return ["1" if value else "0"]
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, Iterable):
        return [text for one in value for text in _texts(name, one)]
    return [str(getattr(value, "slug", value))]


def _complain(problems: list[Problem]) -> None:
    """Raise for a developer, log for readers.

    A developer sees at once what is wrong; readers see the rest of the page.
    """
    text = " ".join(_explain(problem) for problem in problems)
    if django_settings.DEBUG:
        raise template.TemplateSyntaxError(text)
    logger.error("%s", text)


def _explain(problem: Problem) -> str:
    text = f'news_list {problem.parameter}="{problem.value}": {problem.message}'
    allowed = problem.allowed
    if problem.parameter not in INSIDE and problem.parameter != "query":
        allowed = [*INSIDE, "heading", "query"]
    if isinstance(allowed, (list, tuple)):
        allowed = ", ".join(map(str, allowed))
    return f"{text} Allowed: {allowed}." if allowed else text
