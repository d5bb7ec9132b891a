"""A press contact in the text of a story."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.snippets.blocks import SnippetChooserBlock

from ...catalogue.contacts import REFERENCE_KEY, STORED, place_of, render_contact
from ...catalogue.look import current


class PressContactBlock(SnippetChooserBlock):
    """A contact with hours and numbers as they are at the moment of reading."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("cpsnews.PressContact", **kwargs)

    def render(self, value: Any, context: Any = None) -> str:
        """The contact as it is now; in a body that is kept, only a place for it."""
        if value is None:
            return ""
        if context is not None and context.get(STORED):
            html = place_of(value.translation_key)
        else:
            reference = current().reference
            lang = translation.get_language() or reference.default_language
            html = render_contact(reference.contacts.by_pk(value.pk), reference, lang)
        return mark_safe(html)  # noqa: S308  our own template's

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, str] | None:
        """The contact's key; the API puts the contact in its place."""
        return {REFERENCE_KEY: str(value.translation_key)} if value is not None else None

    class Meta:
        icon = "user"
        label = _("Press contact")
