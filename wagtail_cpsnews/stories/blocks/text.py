"""Blocks of words: text, heading, pull quote, notes to editors."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...catalogue.public_values import rich_html

#: What editors can do in running text. Headings have a block of their own, so that a story has an outline.
FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul", "superscript", "subscript"]


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and links."""

    def __init__(
        self, required: bool = True, help_text: Any = None, features: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(required=required, help_text=help_text, features=features or FEATURES, **kwargs)

    def get_api_representation(self, value: Any, context: Any = None) -> str:
        """Return HTML with real links, on every Wagtail version."""
        return rich_html(value)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "wagtail_cpsnews/blocks/text.html"


class HeadingBlock(blocks.StructBlock):
    """A heading that can be linked to."""

    text = blocks.CharBlock(label=_("Heading"), max_length=150)
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("2", _("Section")), ("3", _("Subsection"))], default="2", required=False
    )

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["anchor"] = slugify(value.get("text") or "")
        return context

    class Meta:
        icon = "title"
        label = _("Heading")
        form_classname = "struct-block"
        template = "wagtail_cpsnews/blocks/heading.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, set apart."""

    quote = TextBlock(label=_("Quotation"), features=["bold", "italic", "link"])
    speaker = blocks.CharBlock(label=_("Who said it"), required=False, max_length=150)
    role = blocks.CharBlock(label=_("Their role"), required=False, max_length=150)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "wagtail_cpsnews/blocks/quote.html"


class NotesBlock(TextBlock):
    """Notes to editors inside the story: background for journalists."""

    class Meta:
        icon = "info-circle"
        label = _("Notes to editors")
        template = "wagtail_cpsnews/blocks/notes.html"
