"""Blocks of facts: a statistic, a call-out, key facts.

Everything they say is in words, nothing in colour alone.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...catalogue.richtext import safe_url
from .text import TextBlock

CALLOUT_KINDS = [("information", _("Information")), ("important", _("Important"))]


class StatisticBlock(blocks.StructBlock):
    """One figure, with what it counts, for when, and where it comes from."""

    value = blocks.CharBlock(
        label=_("Figure"),
        max_length=30,
        help_text=_("The figure as readers should see it, such as “82.5%” or “1 in 4”."),
    )
    counts = blocks.CharBlock(
        label=_("What it counts"),
        max_length=200,
        help_text=_("Such as “of prosecutions for hate crime ended in a conviction”."),
    )
    period = blocks.CharBlock(
        label=_("Period"), max_length=100, help_text=_("Such as “January to March 2026”.")
    )
    change = blocks.CharBlock(
        label=_("Comparison"),
        required=False,
        max_length=200,
        help_text=_("In words, such as “up from 81.1% in the quarter before”."),
    )
    source = blocks.CharBlock(label=_("Source"), max_length=150)
    url = blocks.URLBlock(label=_("Address of the source"), required=False)

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, str]:
        """Return the words as they are."""
        words = {name: value.get(name) or "" for name in self.child_blocks}
        return words | {"url": safe_url(words["url"])}

    class Meta:
        icon = "decimal"
        label = _("Statistic")
        help_text = _("A figure means little without what it counts, for when, and where it comes from.")
        template = "wagtail_cpsnews/blocks/statistic.html"


class CalloutBlock(blocks.StructBlock):
    """Something that readers must not miss.

    How to get help, what a court has ordered; it is set apart.
    """

    kind = blocks.ChoiceBlock(label=_("Type"), choices=CALLOUT_KINDS, default="information")
    title = blocks.CharBlock(label=_("Title"), max_length=150)
    text = TextBlock(label=_("Text"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["kind_label"] = dict(CALLOUT_KINDS).get(value.get("kind"), CALLOUT_KINDS[0][1])
        return context

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, str]:
        """Return sort, title and HTML."""
        text = self.child_blocks["text"]
        return {
            "kind": value.get("kind") or "information",
            "title": value.get("title") or "",
            "text": text.get_api_representation(value["text"], context) if value.get("text") else "",
        }

    class Meta:
        icon = "warning"
        label = _("Call-out")
        help_text = _("For one thing that readers must not miss. Use “Important” for risk of harm.")
        template = "wagtail_cpsnews/blocks/callout.html"


class FactBlock(blocks.StructBlock):
    """One fact: a term and what it is, or a point alone."""

    term = blocks.CharBlock(
        label=_("Term"),
        required=False,
        max_length=100,
        help_text=_("Such as “Court” or “Sentence”. Leave it empty for a short point."),
    )
    text = blocks.TextBlock(label=_("Fact"), rows=2)

    class Meta:
        icon = "list-ul"
        label = _("Fact")


class KeyFactsBlock(blocks.StructBlock):
    """The case at a glance: terms with what they are, or short points."""

    title = blocks.CharBlock(label=_("Title"), max_length=150)
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"), min_num=1)

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        given = [bool((fact.get("term") or "").strip()) for fact in result["facts"]]
        if any(given) and not all(given) and not self.is_deferred_validation:
            message = _("Give every fact a label, or leave all labels empty.")
            raise blocks.StructBlockValidationError(block_errors={"facts": ValidationError(message)})
        return result

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["has_terms"] = any(fact.get("term") for fact in value.get("facts") or ())
        return context

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any]:
        """Return title, and term and text of every fact."""
        facts = value.get("facts") or ()
        return {
            "title": value.get("title") or "",
            "facts": [{"term": fact.get("term") or "", "text": fact.get("text") or ""} for fact in facts],
        }

    class Meta:
        icon = "list-ul"
        label = _("Key facts")
        help_text = _("The case at a glance: a few facts, each with its term, or a few short points.")
        template = "wagtail_cpsnews/blocks/key_facts.html"
