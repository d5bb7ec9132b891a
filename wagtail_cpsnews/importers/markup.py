"""HTML from other systems: its elements, and its running text.

The text is left with only what editors can make here.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag

from .elements import BLOCKS, DELETED, HEADINGS, KEPT, MEDIA
from .links import SCHEMES, resolve
from .nesting import check_html, check_levels
from .numbers import is_numbered, number_items
from .remarks import Remark

_SPACES = re.compile(r"[ \t\r\n\f]+")
_TAGS = re.compile(r"<[^>]*>")
_NOSCRIPT = re.compile(r"</?noscript\b[^>]*>", re.IGNORECASE)
_RAISED = re.compile(r"<(su[pb])>([0-9+=()n-]+)</\1>")
_SMALL = {
    "sup": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-=()n", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ"),
}


def parse(html: str) -> BeautifulSoup:
    """Return the elements of ``html`` as a browser would read them.

    Without scripts, comments and unknown elements.

    Deleted text is taken out, short quotations get their marks, items of ordered lists their numbers (``marker``).
    Raises ``UnacceptableHtml`` for HTML that is too large or nested too deep.
    """
    soup = BeautifulSoup(clean_html(html), "html.parser")
    for node in soup.find_all(list(DELETED)):
        node.decompose()
    for node, depth in [(node, len(node.find_parents("q"))) for node in soup.find_all("q")]:
        _put_marks(node, "“”" if depth % 2 == 0 else "‘’")
    for node in soup.find_all("ol"):
        if is_numbered(node):
            node["marked"] = ""
        for item, marker in zip(node.find_all("li", recursive=False), number_items(node), strict=True):
            item["marker"] = marker
    return soup


def clean_html(html: str) -> str:
    """Return ``html`` as well-formed HTML of known elements.

    Raises ``UnacceptableHtml``.
    """
    check_html(html)
    cell = {"colspan", "rowspan"}
    clean = nh3.clean(
        _NOSCRIPT.sub("", html),  # a browser without scripts reads it, which is what we are
        tags=BLOCKS | set(KEPT) | set(MEDIA) | set(DELETED) | {"a", "br", "cite", "q"},
        clean_content_tags={"script", "style", "title"},
        attributes={
            "a": {"href"},
            "td": cell,
            "th": cell,
            "ol": {"start", "type", "reversed"},
            "li": {"value", "type"},
        },
        url_schemes=SCHEMES,
        link_rel=None,
    )
    check_levels(clean)
    return clean


def _put_marks(node: Tag, marks: str) -> None:
    """Put quotation marks around the text of ``node``, where its writer has not."""
    texts = [text for text in node.find_all(string=True) if text.strip()]
    if texts and texts[0].strip()[0] not in "“‘\"'«„":
        texts[0].replace_with(f"{marks[0]}{texts[0].lstrip()}")
        texts = [text for text in node.find_all(string=True) if text.strip()]
        texts[-1].replace_with(f"{texts[-1].rstrip()}{marks[1]}")


def is_block(node: Any) -> bool:
    """Return whether ``node`` begins a new line, or holds something that does."""
    return isinstance(node, Tag) and (node.name in BLOCKS or node.find(list(BLOCKS)) is not None)


def text_of(html: str) -> str:
    """Return plain text of HTML that ``Markup`` made.

    Raised and lowered figures stay so: 10⁶ is not 106.
    """
    html = _RAISED.sub(lambda match: match[2].translate(_SMALL[match[1]]), html)
    return unescape(_TAGS.sub("", html.replace("<br/>", "\n"))).strip()


def tidy(html: str) -> str:
    """Return text without needless space; empty when it has no word."""
    html = _SPACES.sub(" ", html).strip()
    while html.startswith("<br/>") or html.endswith("<br/>"):
        html = html.removeprefix("<br/>").removesuffix("<br/>").strip()
    return html if text_of(html) else ""


class Markup:
    """Makes running text: b, i, sup, sub, br and links.

    Remembers which structure it had to give up.

    ``base_url`` is the address of the page that the text comes from; without it, relative links are not kept.
    """

    def __init__(self, base_url: str = "") -> None:
        self.base_url = base_url
        self.notes: dict[str, Remark] = {}

    def note(self, code: str, message: str) -> None:
        """Remember that a structure was given up; said once a text."""
        self.notes.setdefault(message, Remark(code, message))

    def inline(self, node: Tag) -> str:
        """Return what ``node`` holds, as one line of text."""
        return "".join(self.piece(child) for child in node.children)

    def piece(self, node: Any) -> str:
        """Return one element or string of running text."""
        if isinstance(node, NavigableString):
            return escape(_SPACES.sub(" ", node), quote=False)
        if node.name == "br":
            return "<br/>"
        if node.name in MEDIA:
            return f" {self.inline(node)} "
        return self._wrap(node, self.inline(node))

    def _wrap(self, node: Tag, html: str) -> str:
        """Return ``html`` inside what ``node`` becomes, if it becomes anything."""
        if not text_of(html):
            return html
        if node.name in KEPT:
            return f"<{KEPT[node.name]}>{html}</{KEPT[node.name]}>"
        if node.name == "a" and (href := resolve(str(node.get("href") or ""), self.base_url)):
            return f'<a href="{escape(href)}">{html}</a>'
        return html

    def lines(self, node: Tag, bullets: bool = False) -> list[str]:
        """Return everything in ``node`` flattened to lines of running text.

        ``bullets`` marks list items.
        """
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
        """Return lines as ``lines`` does, with what ``node`` itself means to them."""
        if node.name == "pre":
            return [self.inline_pre(node)]
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
            return [f"{_bullet(node)} {lines[0]}", *lines[1:]]
        return [self._wrap(node, line) for line in lines] if node.name not in BLOCKS else lines

    def inline_pre(self, node: Tag) -> str:
        """Return text whose line breaks count."""
        found = []
        for child in node.children:
            if isinstance(child, NavigableString):
                found.append(escape(child, quote=False).replace("\n", "<br/>"))
            elif isinstance(child, Tag) and child.name not in ("br", *MEDIA):
                found.append(self._wrap(child, self.inline_pre(child)))
            else:
                found.append(self.piece(child))
        return "".join(found)


def _bullet(item: Tag) -> str:
    is_ordered = item.parent is not None and item.parent.name == "ol"
    return str(item.get("marker") or "•") if is_ordered else "•"
