"""Form fields of the editor's pages."""

from __future__ import annotations

from typing import Any

from django import forms


class TermCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes in as many columns as there is room for: a site has dozens of terms."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "cpsnews-terms", **(attrs or {})}, choices)

    class Media:
        css = {"all": ["wagtail_cpsnews/terms.css"]}
