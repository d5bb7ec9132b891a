"""Blocks of the news centre: themes and links."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock


class ThemeBlock(blocks.StructBlock):
    """A topic with words and a picture; it leads to the list of its stories."""

    topic = SnippetChooserBlock("cpsnews.Topic", label=_("Topic"))
    text = blocks.TextBlock(label=_("Text"), rows=3, required=False)
    image = ImageChooserBlock(label=_("Picture"), required=False)

    class Meta:
        icon = "tag"
        label = _("Theme")


class WayOnBlock(blocks.StructBlock):
    """A link to what readers look for next: cases, guidance, the work of the service."""

    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.TextBlock(label=_("Text"), rows=2, required=False)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Or its address elsewhere"), required=False)

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if not result.get("page") and not result.get("url") and not self.is_deferred_validation:
            message = ValidationError(_("Choose a page or give an address."))
            raise blocks.StructBlockValidationError(block_errors={"page": message})
        return result

    class Meta:
        icon = "link"
        label = _("Link")
