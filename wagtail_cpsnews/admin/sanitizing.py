"""Strip unusable query parameters from admin requests.

Nobody types such parameters; they must not lead to an error.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

#: No word in a form or link of ours is longer; SQLite's LIKE fails on very long patterns.
LONGEST = 200

#: The style of the newsroom's admin pages.
STYLESHEET = "wagtail_cpsnews/admin.css"

#: Cells that begin so are run as a formula by spreadsheet programs.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean_parameters(request: HttpRequest) -> None:
    """Remove characters that databases refuse, and cut very long parameters."""
    cleaned = request.GET.copy()
    for name, values in request.GET.lists():
        if len(name) > LONGEST or "\x00" in name:
            del cleaned[name]
        else:
            cleaned.setlist(name, [value.replace("\x00", "")[:LONGEST] for value in values])
    request.GET = cleaned  # type: ignore[assignment]


def words(text: str) -> list[str]:
    """Return the words of a search; more than ten only make it slow."""
    return text.replace('"', " ").split()[:10]


def harmless(value: Any) -> Any:
    """Return a cell of a CSV file that no spreadsheet program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class CleanParametersMixin:
    """Mixin for admin views: clean parameters, and no formulas in exports."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        clean_parameters(request)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        if export_format == "csv":
            return harmless(value)
        # A form lets a vertical tab through; a spreadsheet's format has no way to write one.
        return (
            ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value
        )
