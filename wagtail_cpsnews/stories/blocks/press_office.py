"""A part of the social media policy."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import FEATURES


def anchor_of(part: Any) -> str:
    """Return what a part is linked to by; "" where its title has no letter for it."""
    return str(part.get("anchor") or slugify(part.get("title") or ""))


class PolicyPartBlock(blocks.StructBlock):
    """A titled part that can be linked to."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    anchor = blocks.RegexBlock(
        label=_("Anchor"),
        required=False,
        regex=r"^[a-z][a-z0-9-]*$",
        max_length=60,
        error_messages={"invalid": _("Use lower-case letters, digits and hyphens, with a letter first.")},
        help_text=_("For links to this part. Left empty, it is made of the title and changes with it."),
    )
    text = blocks.RichTextBlock(label=_("Text"), features=FEATURES)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["anchor"] = anchor_of(value) or None
        return context

    class Meta:
        icon = "list-ul"
        label = _("Part")
        template = "wagtail_cpsnews/blocks/policy_part.html"
