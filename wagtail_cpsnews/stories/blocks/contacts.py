"""A press contact in the text of a story."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.blocks import SnippetChooserBlock

from ...catalogue import deferred
from ..reading import reader_for


class PressContactBlock(SnippetChooserBlock):
    """A contact with hours and numbers as they are when it is read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("cpsnews.PressContact", **kwargs)

    def render(self, value: Any, context: Any = None) -> str:
        """Return the contact as it is now; "" for one that may not be shown."""
        if value is None:
            return ""
        return deferred.html("press_contact", self.get_deferred_data(value), lambda: reader_for(context))

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        """Return the contact as the API gives it, as it is now."""
        if value is None:
            return None
        return deferred.value("press_contact", self.get_deferred_data(value), lambda: reader_for(context))

    def get_deferred_data(self, value: Any) -> dict[str, str]:
        """Return what the catalogue stores: the contact's key.

        In whatever language it was chosen.
        """
        return {"key": str(value.translation_key)}

    class Meta:
        icon = "user"
        label = _("Press contact")
