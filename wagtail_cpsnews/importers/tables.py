"""An HTML table as rows of plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bs4 import Tag

from .elements import LISTS
from .markup import Markup, text_of

#: More columns than this one cell may not span; browsers take 1,000, readers don't.
WIDEST = 100


@dataclass(frozen=True)
class Grid:
    """A table: its column headings and its rows, all of the same width.

    Headings are empty strings where it has none.
    """

    caption: str
    head: list[str]
    rows: list[list[str]]
    row_headers: bool


def read_table(table: Tag, markup: Markup) -> Grid | None:
    """Return the table's text, or ``None`` when it has no cell.

    Cells that span several places are in the first.
    """
    elements = list(table.find_all("tr"))
    rows = _rows(elements, markup)
    width = max((len(row) for row in rows), default=0)
    if not width:
        return None
    rows = [row + [""] * (width - len(row)) for row in rows]
    head = [""] * width
    if _is_head(elements[0]):
        head, rows, elements = rows[0], rows[1:], elements[1:]
    caption = table.find("caption")
    return Grid(
        caption=_text(caption, markup) if caption is not None else "",
        head=head,
        rows=rows,
        row_headers=bool(rows) and all(_first_is_header(row) for row in elements),
    )


def _rows(elements: Any, markup: Markup) -> list[list[str]]:
    rows: list[list[str]] = []
    held: dict[int, int] = {}  # columns that a cell above reaches down into, and for how many rows more
    for element in elements:
        row: list[str] = []
        for cell in element.find_all(["td", "th"], recursive=False):
            _skip_held(row, held)
            if max(_span(cell, "colspan"), _span(cell, "rowspan")) > 1:
                markup.note(
                    "flattened", "a cell of a table reached over several: its text is in the first of them"
                )
            for place in range(_span(cell, "colspan")):
                if len(row) >= WIDEST:
                    break
                held[len(row)] = _span(cell, "rowspan") - 1
                row.append("" if place else _cell_text(cell, markup))
        _skip_held(row, held)
        rows.append(row)
    return rows


def _skip_held(row: list[str], held: dict[int, int]) -> None:
    while held.get(len(row), 0) > 0:
        held[len(row)] -= 1
        row.append("")


def _span(cell: Tag, name: str) -> int:
    given = str(cell.get(name) or "")
    return min(max(int(given), 1), WIDEST) if given.isascii() and given.isdigit() else 1


def _text(node: Tag, markup: Markup) -> str:
    """Return the text of a caption or heading on one line."""
    return " ".join(text_of(" ".join(markup.lines(node))).split())


def _cell_text(cell: Tag, markup: Markup) -> str:
    """Return the text of a cell on one line.

    Items and lines are kept apart by semicolons.
    """
    if cell.name == "th":
        return _text(cell, markup)
    if cell.find(list(LISTS)):
        markup.note("flattened", "a list in a table became one line, its items kept apart by semicolons")
    lines = [
        line.strip() for text in markup.lines(cell) for line in text_of(text).split("\n") if line.strip()
    ]
    joined = ""
    for line in lines:
        joined += f"{'' if not joined else ' ' if joined[-1] in '.!?:;,–—-' else '; '}{line}"
    if len(lines) > 1:
        markup.note("flattened", "several lines in a cell of a table became one")
    return " ".join(joined.split())


def _is_head(row: Tag) -> bool:
    cells = row.find_all(["td", "th"], recursive=False)
    in_head = row.parent is not None and row.parent.name == "thead"
    return bool(cells) and (in_head or all(cell.name == "th" for cell in cells))


def _first_is_header(row: Tag) -> bool:
    first = row.find(["td", "th"], recursive=False)
    return first is None or first.name == "th"
