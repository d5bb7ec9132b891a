"""Convert HTML to the blocks of a story.

No word of it is lost: what has no block of its own becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from django.core.exceptions import ImproperlyConfigured
from wagtail import blocks as wagtail_blocks

from ..stories.blocks.tables import TableBlock
from ..stories.blocks.text import HeadingBlock, QuoteBlock
from .elements import HEADINGS, LISTS
from .inventory import Inventory, compare, take_inventory
from .markup import Markup, is_block, parse, text_of, tidy
from .remarks import Remark
from .tables import Grid, read_table
from .text import clean_references

#: The longest that a heading, a table's caption and a speaker's name or role can be.
HEADING_LENGTH, CAPTION_LENGTH, NAME_LENGTH = 150, 250, 150

_ELEMENT = re.compile(r"<[a-zA-Z!/?]")
_ESCAPED_ELEMENT = re.compile(
    r"&lt;/?(?:p|br|div|ul|ol|li|h[1-6]|strong|em|b|i|a|table|blockquote|span)\b.*?&gt;", re.DOTALL
)
_ESCAPED_TWICE = re.compile(
    r"&amp;(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|quot|apos|nbsp|pound|euro|copy|[lr][sd]quo|[nm]dash|hellip);"
)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_DASHED = re.compile(r"^[–—―-]\s*(?P<who>\S.*)$", re.DOTALL)

#: A block as the database keeps it, without its id.
RawBlock = dict[str, Any]


@dataclass(frozen=True)
class Converted:
    """The blocks of a text, and what was left out of it.

    Links within the page, pictures.
    """

    blocks: list[RawBlock]
    remarks: list[Remark]


def to_blocks(html: str, available: Mapping[str, wagtail_blocks.Block], base_url: str = "") -> Converted:
    """Return the body of a story as raw blocks.

    ``available`` are the blocks that the page has, by name: what the host has removed, or replaced by a block of its
    own, is not used, and its words become text. Raises ``ImproperlyConfigured`` when no rich text block is left.
    """
    html, remarks = read_text(html)
    body = _Body(Markup(base_url), available, _text_block_name(available))
    body.walk(parse(html))
    body.end()
    return Converted(body.blocks, [*remarks, *body.get_remarks(take_inventory(html))])


def to_rich_text(html: str, base_url: str = "", lists: bool = True) -> tuple[str, list[Remark]]:
    """Return ``html`` for a rich text field, and what was left out.

    It has paragraphs and, if wanted, lists.
    """
    html, remarks = read_text(html)
    body = _Body(Markup(base_url), {}, "text", lists=lists)
    body.walk(parse(html))
    body.end()
    found = body.get_remarks(take_inventory(html))
    return "".join(block["value"] for block in body.blocks), [*remarks, *found]


def read_text(given: str) -> tuple[str, list[Remark]]:
    """Return what a source meant as HTML, with remarks where it gave something else.

    HTML that was escaped once too often is unescaped; text without any element gets a paragraph at each empty line.
    """
    html, remarks = given.replace("\r\n", "\n").replace("\r", "\n"), []
    if not _ELEMENT.search(html) and _ESCAPED_ELEMENT.search(html):
        html = unescape(html)
        remarks.append(Remark("entities", "the text was HTML escaped as text; it was read as HTML"))
    if _ESCAPED_TWICE.search(html):
        html = _ESCAPED_TWICE.sub(r"&\1;", html)
        remarks.append(Remark("entities", "characters that were escaped twice were read as escaped once"))
    html, replaced = clean_references(html)
    remarks += replaced
    if html.strip() and not _ELEMENT.search(html):
        parts = [part.strip() for part in _EMPTY_LINE.split(html)]
        html = "".join(f"<p>{part}</p>".replace("\n", "<br>") for part in parts if part)
        if len(parts) > 1 or "<br>" in html:
            message = "the text holds no element: it was read as plain text, with a new paragraph at each empty line"
            remarks.append(Remark("plain-text", message))
    return html, remarks


def _text_block_name(available: Mapping[str, wagtail_blocks.Block]) -> str:
    names = [name for name, block in available.items() if isinstance(block, wagtail_blocks.RichTextBlock)]
    if not names:
        raise ImproperlyConfigured(
            "Stories cannot be imported: WAGTAIL_CPSNEWS['BLOCKS'] leaves no rich text block to put their text in."
        )
    return "text" if "text" in names else names[0]


class _Body:
    """Walks through elements and writes blocks.

    Paragraphs and lists that follow each other share a text block.
    """

    def __init__(
        self,
        markup: Markup,
        available: Mapping[str, wagtail_blocks.Block],
        text_name: str,
        lists: bool = True,
    ) -> None:
        self.markup = markup
        self.text_name = text_name
        self.lists = lists
        self.has_heading = isinstance(available.get("heading"), HeadingBlock)
        self.has_quote = isinstance(available.get("quote"), QuoteBlock)
        self.has_table = isinstance(available.get("table"), TableBlock)
        self.blocks: list[RawBlock] = []
        self.remarks: list[Remark] = []
        self._text: list[str] = []
        self._run: list[str] = []

    def walk(self, node: Tag) -> None:
        """Take in everything that ``node`` holds.

        Between elements an empty line ends a paragraph, as in WordPress.
        """
        for child in node.children:
            if is_block(child):
                self._end_run()
                self._take(child)
            elif isinstance(node, BeautifulSoup) and isinstance(child, NavigableString):
                for number, part in enumerate(_EMPTY_LINE.split(str(child))):
                    if number:
                        self._end_run()
                    self._run.append(self.markup.piece(NavigableString(part)))
            else:
                self._run.append(self.markup.piece(child))
        self._end_run()

    def end(self) -> None:
        """Close the text block that is open."""
        self._end_run()
        if self._text:
            self.blocks.append({"type": self.text_name, "value": "".join(self._text)})
            self._text = []

    def _end_run(self) -> None:
        run, self._run = "".join(self._run), []
        self._paragraph(run)

    def _paragraph(self, html: str) -> None:
        if html := tidy(html):
            self._text.append(f"<p>{html}</p>")

    def _add(self, name: str, value: Any) -> None:
        self.end()
        self.blocks.append({"type": name, "value": value})

    def _take(self, node: Any) -> None:
        if node.name in HEADINGS:
            self._heading(node)
        elif node.name in LISTS:
            self._list(node)
        elif node.name == "blockquote" or (
            node.name == "figure" and len(node.find_all("blockquote")) == 1 and not node.find("table")
        ):
            self._quote(node)
        elif node.name == "table":
            self._table(node)
        elif node.name == "pre":
            self._paragraph(self.markup.inline_pre(node))
        elif node.name == "dt":
            self._bold(node)
        elif node.name in ("a", "b", "strong", "i", "em"):  # around whole paragraphs
            for line in self.markup.block_lines(node, bullets=True):
                self._paragraph(line)
        else:
            self.walk(node)

    def _bold(self, node: Tag) -> None:
        for line in self.markup.lines(node):
            self._paragraph(f"<b>{line}</b>")

    def _heading(self, node: Tag) -> None:
        lines = self.markup.lines(node)
        text = text_of(" ".join(lines)).replace("\n", " ")
        if self.has_heading and 0 < len(text) <= HEADING_LENGTH:
            self._tell_links(node, "heading")
            self._add("heading", {"text": text, "level": "2" if node.name in ("h1", "h2") else "3"})
        else:
            for line in lines:
                self._paragraph(f"<b>{line}</b>")

    def _list(self, node: Tag) -> None:
        if not self.lists or node.has_attr("marked"):
            for line in self.markup.lines(node, bullets=True):
                self._paragraph(line)
        elif html := self._list_html(node):
            self._text.append(html)

    def _list_html(self, node: Tag) -> str:
        items = []
        for child in node.children:
            item = self._item_html(child) if isinstance(child, Tag) else tidy(self.markup.piece(child))
            if item:
                items.append(f"<li>{item}</li>")
        name = "ol" if node.name == "ol" else "ul"
        return f"<{name}>{''.join(items)}</{name}>" if items else ""

    def _item_html(self, item: Tag) -> str:
        if item.name in LISTS:  # a list directly in a list
            return self._inner_list_html(item)
        html, words = "", parse("<div></div>").div
        assert words is not None
        for child in list(item.children):
            if isinstance(child, Tag) and child.name in LISTS:
                html += "<br/>".join(self.markup.lines(words)) + self._inner_list_html(child)
                words.clear()
            else:
                words.append(child.extract())
        return html + "<br/>".join(self.markup.lines(words))

    def _inner_list_html(self, node: Tag) -> str:
        """Return a list in a list.

        Items are lines with their numbers where these are not 1, 2, 3.
        """
        if not node.has_attr("marked"):
            return self._list_html(node)
        return "".join(f"<br/>{line}" for line in self.markup.lines(node, bullets=True))

    def _quote(self, node: Tag) -> None:
        inner = node if node.name == "blockquote" else node.find("blockquote")
        if not self.has_quote or inner is None or inner.find([*HEADINGS, "table", "blockquote"]):
            self.walk(node)
            return
        lines = self.markup.lines(node, bullets=True)
        who = self._attribution(node, [text_of(line) for line in lines])
        quoted = "".join(f"<p>{line}</p>" for line in (lines[:-1] if who else lines))
        if not quoted:
            return
        speaker, _comma, role = who.partition(", ")
        self._add("quote", {"quote": quoted, "speaker": speaker, "role": role})

    def _attribution(self, node: Tag, lines: list[str]) -> str:
        """Return who said it, when the last line clearly says so.

        A footer, a caption, a citation or a line after a dash.
        """
        if len(lines) < 2:
            return ""
        dashed = _DASHED.match(lines[-1])
        named = [
            text_of(" ".join(self.markup.lines(tag)))
            for tag in node.find_all(["footer", "figcaption", "cite"])
        ]
        if not dashed and lines[-1] not in named:
            return ""
        who = dashed["who"] if dashed else lines[-1]
        speaker, _comma, role = who.partition(", ")
        return who if "\n" not in who and max(len(speaker), len(role)) <= NAME_LENGTH else ""

    def _tell_links(self, node: Tag, where: str) -> None:
        hrefs = [str(link["href"]) for link in node.find_all("a", href=True)]
        if hrefs:
            message = f"links in a {where}, which holds text only, were left out: {', '.join(hrefs)}"
            self.remarks.append(Remark("links", message))

    def _table(self, node: Tag) -> None:
        grid = read_table(node, self.markup) if self.has_table and not node.find("table") else None
        if grid is None:
            if node.find("table"):
                self.markup.note("flattened", "a table within a table became lines of text")
            for line in self.markup.lines(node):
                self._paragraph(line)
            return
        if len(grid.caption) > CAPTION_LENGTH and (caption := node.find("caption")):
            self._bold(caption)
        if grid.rows or grid.head:
            self._tell_links(node, "table")
            if not any(grid.head):
                self.markup.note("table-headings", "a table has no column headings")
            self._add("table", self._table_value(grid))

    def _table_value(self, grid: Grid) -> dict[str, Any]:
        return {
            "caption": grid.caption if len(grid.caption) <= CAPTION_LENGTH else "",
            "table": {
                "columns": [{"type": "text", "heading": heading} for heading in grid.head],
                "rows": [{"values": row} for row in grid.rows],
                "caption": "",
            },
            "row_headers": grid.row_headers,
        }

    def get_remarks(self, inventory: Inventory) -> list[Remark]:
        """Return what was said on the way, and whatever else of ``inventory`` is missing."""
        html, plain = [], []
        for block in self.blocks:
            value = block["value"]
            if isinstance(value, str):
                html.append(value)
            elif "table" in value:
                table = value["table"]
                plain += [value["caption"], *(column["heading"] for column in table["columns"])]
                plain += [cell for row in table["rows"] for cell in row["values"]]
            else:
                html.append(value.get("quote", ""))
                plain += [value.get(name, "") for name in ("text", "speaker", "role")]
        known = [*self.remarks, *self.markup.notes.values()]
        return [*known, *compare(inventory, html, plain, known, self.markup.base_url)]
