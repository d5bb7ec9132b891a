"""How blocks are edited, where Wagtail's own form is not enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.telepath import register
from wagtail.blocks.struct_block import StructBlockAdapter

from .lists import LiveListBlock

#: The name of the admin's address that counts what a live list finds.
COUNT_URL_NAME = "cpsnews_live_list_count"


class LiveListAdapter(StructBlockAdapter):
    """Says below the filter how many stories it finds now."""

    js_constructor = "wagtail_cpsnews.LiveListBlock"

    def js_args(self, block: Any) -> list[Any]:
        name, children, meta = super().js_args(block)
        try:
            count_url = reverse(COUNT_URL_NAME)
        except NoReverseMatch:  # a project without the admin's addresses
            count_url = ""
        more = {
            "countUrl": count_url,
            "counting": _("Counting…"),
            "notCounted": _("The stories could not be counted."),
        }
        return [name, children, {**meta, **more}]

    @cached_property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["wagtail_cpsnews/live-list.js"])


register(LiveListAdapter(), LiveListBlock)
