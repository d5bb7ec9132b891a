"""RSS and Atom by Django's generators, with additions.

Languages, pictures, pages, tombstones, and a page for people inside.

Browsers show no feeds any more, and Chromium has no XSLT. So the feed carries a short XHTML page of its own, which
its style sheet shows in place of the rest; feed readers pass over what is in a foreign namespace.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from .channel import Channel, Story
from .text import Handler

ATOM = "http://www.w3.org/2005/Atom"
XHTML = "http://www.w3.org/1999/xhtml"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"


class _News:
    """What RSS and Atom have in common.

    ``feed["channel"]`` is the channel, ``item["story"]`` a story.
    """

    feed: dict[str, Any]
    #: "atom:" in RSS, where Atom's elements are guests.
    prefix = ""

    def style(self, handler: Handler) -> None:
        """Name the style sheet: without it a browser shows the mere tree."""
        url = quoteattr(self.feed["channel"].style_url)
        handler.processingInstruction("xml-stylesheet", f'href={url} type="text/css"')

    def add_pages(self, handler: Handler) -> None:
        """Add the pages before and after this one, by the words of RFC 5005."""
        channel: Channel = self.feed["channel"]
        for rel, url in (("previous", channel.previous_url), ("next", channel.next_url)):
            if url:
                handler.addQuickElement(f"{self.prefix}link", None, {"rel": rel, "href": url})

    def add_page_for_people(self, handler: Handler) -> None:
        """Add what a browser shows."""
        channel: Channel = self.feed["channel"]
        attributes = {"xmlns": XHTML, "lang": channel.lang, "xml:lang": channel.lang}
        if _is_right_to_left(channel.lang):
            attributes["dir"] = "rtl"
        handler.startElement("div", attributes)
        handler.addQuickElement("title", channel.title)
        handler.addQuickElement("h1", channel.title)
        handler.addQuickElement("p", channel.subtitle)
        handler.startElement("p", {})
        handler.characters(
            _("This is a feed. Copy its address into a feed reader to be told of new stories.") + " "
        )
        handler.addQuickElement("a", _("See this list as a page"), {"href": channel.page_url})
        handler.endElement("p")
        handler.startElement("ol", {"role": "list"})
        for story in channel.stories:
            handler.startElement("li", {})
            handler.startElement("h2", {"lang": story.language, "xml:lang": story.language, "dir": "auto"})
            handler.addQuickElement("a", story.title, {"href": story.url})
            handler.endElement("h2")
            handler.addQuickElement("p", " · ".join(_facts(story)))
            handler.endElement("li")
        handler.endElement("ol")
        if not channel.stories:
            handler.addQuickElement("p", _("No stories."))
        if channel.previous_url or channel.next_url:
            handler.startElement("p", {})
            for text, url in ((_("Previous page"), channel.previous_url), (_("Next page"), channel.next_url)):
                if url:
                    handler.addQuickElement("a", text, {"href": url})
                    handler.characters(" ")
            handler.endElement("p")
        handler.endElement("div")


class NewsAtom(_News, Atom1Feed):
    """Atom 1.0, with the tombstones of RFC 6721 for what is gone."""

    def write(self, outfile: Any, encoding: str) -> None:
        handler: Handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        self.style(handler)
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:at": TOMBSTONES}

    def latest_post_date(self) -> Any:
        return self.feed["channel"].updated

    def add_root_elements(self, handler: Handler) -> None:
        super().add_root_elements(handler)
        self.add_pages(handler)
        self.add_page_for_people(handler)

    def write_items(self, handler: Handler) -> None:
        super().write_items(handler)
        for tombstone in self.feed["channel"].gone:
            attributes = {"ref": tombstone.id, "when": rfc3339_date(tombstone.gone_at)}
            handler.addQuickElement("at:deleted-entry", None, attributes)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item["story"].language
        return {"xml:lang": language} if language != self.feed["channel"].lang else {}

    def add_item_elements(self, handler: Handler, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        story: Story = item["story"]
        if story.summary:  # Django's would be taken for HTML
            handler.addQuickElement("summary", story.summary, {"type": "text"})
        if story.updates or story.archived:
            handler.addQuickElement("content", story.html, {"type": "html"})
        if story.image:
            link = {"rel": "enclosure", "href": story.image["url"], "type": story.image["type"]}
            handler.addQuickElement("link", None, link | _titled(story.image))
        for category in story.categories:
            term = {"term": category.slug, "scheme": category.scheme, "label": category.label}
            handler.addQuickElement("category", None, term)


class NewsRss(_News, Rss201rev2Feed):
    """RSS 2.0. It has no word for what is gone: the item is just not there."""

    prefix = "atom:"

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": DUBLIN_CORE, "xmlns:media": MEDIA}

    def latest_post_date(self) -> Any:
        return self.feed["channel"].updated

    def add_stylesheets(self, handler: Handler) -> None:
        self.style(handler)

    def add_root_elements(self, handler: Handler) -> None:
        super().add_root_elements(handler)
        self.add_pages(handler)
        self.add_page_for_people(handler)

    def add_item_elements(self, handler: Handler, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        story: Story = item["story"]
        handler.addQuickElement("atom:updated", rfc3339_date(story.updated))
        handler.addQuickElement("dc:language", story.language)
        for category in story.categories:
            handler.addQuickElement("category", category.label, {"domain": category.scheme})
        if story.image:
            picture = {name: str(story.image[name]) for name in ("url", "type", "width", "height")}
            handler.startElement("media:content", {**picture, "medium": "image"})
            if story.image.get("alt"):
                handler.addQuickElement("media:description", story.image["alt"], {"type": "plain"})
            handler.endElement("media:content")


def write_rss(channel: Channel) -> bytes:
    """Return the feed as RSS."""
    return _write_xml(channel, "rss")


def write_atom(channel: Channel) -> bytes:
    """Return the feed as Atom."""
    return _write_xml(channel, "atom")


def _write_xml(channel: Channel, form: str) -> bytes:
    common: dict[str, Any] = {
        "title": channel.title,
        "link": channel.page_url,
        "feed_url": channel.self_url,
        "channel": channel,
    }
    feed: NewsAtom | NewsRss
    if form == "atom":
        feed = NewsAtom(
            description=None,
            subtitle=channel.subtitle,
            language=channel.lang,
            author_name=channel.site,
            feed_guid=channel.first_url,
            **common,
        )
    else:
        feed = NewsRss(description=channel.subtitle, language=channel.language, **common)
    for story in channel.stories:
        author = story.author if form == "atom" else story.author or channel.site
        values: dict[str, Any] = {
            "title": story.title,
            "link": story.url,
            "description": None if form == "atom" else story.html,
            "author_name": author or None,
            "pubdate": story.published,
            "updateddate": story.updated,
            "unique_id": story.id,
            "unique_id_is_permalink": False,
        }
        feed.add_item(**values, story=story)
    return feed.writeString("utf-8").encode()


def _facts(story: Story) -> list[str]:
    facts = [story.published_display] if story.published_display else []
    facts += [f"{update['label']} {update['date_display']}".strip() for update in story.updates[:1]]
    return [*facts, _("Archived")] if story.archived else facts


def _titled(image: dict[str, Any]) -> dict[str, str]:
    return {"title": image["alt"]} if image.get("alt") else {}


def _is_right_to_left(language: str) -> bool:
    try:
        return bool(get_language_info(language)["bidi"])
    except KeyError:
        return False
