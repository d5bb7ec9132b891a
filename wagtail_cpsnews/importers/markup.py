"""HTML of other people's making, taken apart: its elements, and its running text with only what editors can make here."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag

from .nesting import check_html, check_levels
from .remarks import Remark

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu")
#: Elements that begin a new line.
BLOCKS = {
    *HEADINGS,
    *LISTS,
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
    ),
    *(
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
    ),
    *("option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
}
#: Inline elements that are kept, by what they become.
KEPT = {"b": "b", "strong": "b", "i": "i", "em": "i", "sup": "sup", "sub": "sub"}
#: What is no text: it stays at the source and is told.
MEDIA = ("img", "iframe", "video", "audio", "object", "embed")
SCHEMES = {"http", "https", "mailto", "tel"}

_SPACES = re.compile(r"[ \t\r\n\f]+")
_TAGS = re.compile(r"<[^>]*>")


def parse(html: str) -> BeautifulSoup:
    """The elements of ``html`` as a browser would read them, without scripts, styles, comments and unknown elements.

    Raises ``UnacceptableHtml`` for HTML that is too large or nested too deep.
    """
    return BeautifulSoup(clean_html(html), "html.parser")


def clean_html(html: str) -> str:
    """Return ``html`` as well-formed HTML of known elements. Raises ``UnacceptableHtml``."""
    check_html(html)
    cell = {"colspan", "rowspan"}
    clean = nh3.clean(
        html,
        tags=BLOCKS | set(KEPT) | set(MEDIA) | {"a", "br", "cite"},
        attributes={"a": {"href"}, "td": cell, "th": cell},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    check_levels(clean)
    return clean


def is_block(node: Any) -> bool:
    """Whether ``node`` begins a new line, or holds something that does."""
    return isinstance(node, Tag) and (node.name in BLOCKS or node.find(list(BLOCKS)) is not None)


def text_of(html: str) -> str:
    """Plain text of HTML that ``Markup`` made."""
    return unescape(_TAGS.sub("", html.replace("<br/>", "\n"))).strip()


def tidy(html: str) -> str:
    """Without needless space; empty when there is no word in it."""
    html = _SPACES.sub(" ", html).strip()
    while html.startswith("<br/>") or html.endswith("<br/>"):
        html = html.removeprefix("<br/>").removesuffix("<br/>").strip()
    return html if text_of(html) else ""


class Markup:
    """Makes running text: b, i, sup, sub, br and links. Remembers what it had to leave out.

    ``base_url`` is the address of the page that the text comes from; without it, root-relative links stay as they are.
    """

    def __init__(self, base_url: str = "") -> None:
        self.base_url = base_url
        self.lost_links: list[str] = []
        self.media = 0

    def inline(self, node: Tag) -> str:
        """What ``node`` holds, as one line of text."""
        return "".join(self.piece(child) for child in node.children)

    def piece(self, node: Any) -> str:
        """One element or string of running text."""
        if isinstance(node, NavigableString):
            return escape(_SPACES.sub(" ", node), quote=False)
        if node.name == "br":
            return "<br/>"
        if node.name in MEDIA:
            self.media += 1
            return f" {self.inline(node)} "
        return self._wrap(node, self.inline(node))

    def _wrap(self, node: Tag, html: str) -> str:
        """``html`` inside what ``node`` becomes, if it becomes anything."""
        if not text_of(html):
            return html
        if node.name in KEPT:
            return f"<{KEPT[node.name]}>{html}</{KEPT[node.name]}>"
        if node.name == "a" and (href := self._href(node)):
            return f'<a href="{escape(href)}">{html}</a>'
        return html

    def _href(self, node: Tag) -> str:
        given = str(node.get("href") or "").strip()
        if not given:
            return ""
        try:
            href = given
            if self.base_url and not given.startswith("#"):
                href = urljoin(self.base_url, given)
            elif given.startswith("//"):
                href = f"https:{given}"
            if urlsplit(href).scheme.lower() in SCHEMES or href.startswith("/"):
                return href
        except ValueError:  # no address at all, such as "//[bad"
            pass
        self.lost_links.append(given)
        return ""

    def lines(self, node: Tag, bullets: bool = False) -> list[str]:
        """Everything in ``node`` flattened to lines of running text; ``bullets`` marks list items."""
        found: list[str] = []
        run: list[str] = []
        for child in node.children:
            if not is_block(child):
                run.append(self.piece(child))
                continue
            found.append("".join(run))
            run.clear()
            found += self.block_lines(child, bullets)
        found.append("".join(run))
        return [line for line in map(tidy, found) if line]

    def block_lines(self, node: Any, bullets: bool = False) -> list[str]:
        """As ``lines``, with what ``node`` itself means to them."""
        if node.name == "pre":
            return self.inline_pre(node).split("<br/>")
        if node.name == "tr":
            return [
                " | ".join(
                    " ".join(self.lines(cell)) for cell in node.find_all(["td", "th"], recursive=False)
                )
            ]
        lines = self.lines(node, bullets)
        if node.name in (*HEADINGS, "dt"):
            return [f"<b>{line}</b>" for line in lines]
        if node.name == "li" and bullets and lines:
            return [f"{self._bullet(node)} {lines[0]}", *lines[1:]]
        return [self._wrap(node, line) for line in lines] if node.name not in BLOCKS else lines

    def _bullet(self, item: Tag) -> str:
        if item.parent is not None and item.parent.name == "ol":
            return f"{len(item.find_previous_siblings('li')) + 1}."
        return "•"

    def inline_pre(self, node: Tag) -> str:
        """Text whose line breaks count."""
        lines = [escape(line.strip(), quote=False) for line in node.get_text().split("\n")]
        return "<br/>".join(lines)

    def remarks(self) -> list[Remark]:
        """What had to be left out, for the report."""
        told = []
        if self.lost_links:
            links = ", ".join(dict.fromkeys(self.lost_links))
            told.append(Remark("links", f"links left out, their text kept: {links}"))
        if self.media:
            message = f"{self.media} picture(s) or recording(s) within the text left at the source"
            told.append(Remark("media", message))
        return told
