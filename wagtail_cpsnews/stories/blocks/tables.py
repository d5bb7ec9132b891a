"""A table with a caption and header cells, made of text cells only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

#: A figure as editors write it: "1,234", "£3.5m", "–12%", "82.5 per cent". A dash is no figure, but may be among them.
_FIGURE = re.compile(r"[-−–+]?\s?[£$€]?\s?\d[\d.,\s]*(%|‰|[kmbp]n?|per cent|y cant)?", re.IGNORECASE)
_NOTHING = {"", "-", "–", "—", "n/a", "*"}


def columns_of_figures(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return for each column whether it has figures.

    These are compared from the right.
    """
    return [
        any(text not in _NOTHING for text in column)
        and all(text in _NOTHING or _FIGURE.fullmatch(text) for text in column)
        for column in zip(*rows, strict=False)
    ]


class TableBlock(blocks.StructBlock):
    """Figures in rows and columns.

    Built on Wagtail's typed table, which needs no JavaScript library.
    """

    caption = blocks.CharBlock(label=_("What the table shows"), required=False, max_length=250)
    table = TypedTableBlock([("text", blocks.CharBlock(label=_("Text"), required=False))], label=_("Table"))
    row_headers = blocks.BooleanBlock(label=_("The first column names the rows"), required=False)
    total_row = blocks.BooleanBlock(label=_("The last row is a total"), required=False)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        table = value.get("table")
        context["has_headings"] = bool(table) and any(column["heading"] for column in table.columns)
        rows = [list(row) for row in table.rows] if table else []
        figures = columns_of_figures([[str(cell.value or "").strip() for cell in row] for row in rows])
        if value.get("row_headers") and figures:
            figures[0] = False  # a name, such as a year
        context["columns"] = list(zip(table.columns, figures, strict=False)) if table else []
        context["rows"] = [list(zip(row, figures, strict=False)) for row in rows]
        has_total = value.get("total_row") and len(rows) > 1
        context["total"] = context["rows"].pop() if has_total else None
        return context

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any]:
        """Return caption, column headings and rows of text."""
        table = value.get("table")
        return {
            "caption": value.get("caption") or "",
            "columns": [column["heading"] for column in table.columns] if table else [],
            "rows": [[str(cell.value or "") for cell in row] for row in table.rows] if table else [],
            "row_headers": bool(value.get("row_headers")),
            "total_row": bool(value.get("total_row")),
        }

    class Meta:
        icon = "table"
        label = _("Table")
        template = "wagtail_cpsnews/blocks/table.html"
