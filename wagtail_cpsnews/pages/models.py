"""Concrete page types.

A host that has its own leaves this app out and uses the mixins, or only the catalogue.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList, TabbedInterface
from wagtail.models import Page
from wagtail.search import index

from ..api.page_fields import (
    INDEX_API_FIELDS,
    PRESS_OFFICE_API_FIELDS,
    PROTOCOL_API_FIELDS,
    STORY_API_FIELDS,
)
from ..frontend.index import NewsIndexMixin
from ..stories.news_item import NewsItemMixin
from ..stories.press_office import PressOfficeMixin
from ..stories.protocol import MediaProtocolMixin
from ..stories.speech import SpeechMixin


class NewsIndexPage(NewsIndexMixin, Page):
    """The news centre, or a list of part of it."""

    template = "wagtail_cpsnews/news_index_page.html"
    content_panels = [*Page.content_panels, *NewsIndexMixin.index_panels]
    api_fields = INDEX_API_FIELDS

    class Meta:
        verbose_name = _("news centre")
        verbose_name_plural = _("news centres")


class NewsItemPage(NewsItemMixin, Page):
    """A story."""

    template = "wagtail_cpsnews/news_item_page.html"
    subpage_types: list[str] = []
    api_fields = STORY_API_FIELDS
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    content_panels = [*Page.content_panels, *NewsItemMixin.story_panels]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Story")),
            ObjectList(NewsItemMixin.filing_panels, heading=_("Filing")),
            ObjectList(NewsItemMixin.record_panels, heading=_("Record")),
            ObjectList([*Page.promote_panels, *NewsItemMixin.search_engine_panels], heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ]
    )

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")


class MediaProtocolPage(MediaProtocolMixin, Page):
    """The agreement with police and media, in all its versions."""

    template = "wagtail_cpsnews/media_protocol_page.html"
    subpage_types: list[str] = []
    api_fields = PROTOCOL_API_FIELDS
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("versions")]
    content_panels = [*Page.content_panels, *MediaProtocolMixin.protocol_panels]

    class Meta:
        verbose_name = _("media protocol")
        verbose_name_plural = _("media protocols")


class SpeechPage(SpeechMixin, Page):
    """A speech."""

    template = "wagtail_cpsnews/speech_page.html"
    subpage_types: list[str] = []
    api_fields = STORY_API_FIELDS
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.SearchField("speaker"),
    ]
    content_panels = [*Page.content_panels, *SpeechMixin.speech_panels, *SpeechMixin.story_panels]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Speech")),
            ObjectList(SpeechMixin.filing_panels, heading=_("Filing")),
            ObjectList(SpeechMixin.record_panels, heading=_("Record")),
            ObjectList([*Page.promote_panels, *SpeechMixin.search_engine_panels], heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ]
    )

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speeches")


class PressOfficePage(PressOfficeMixin, Page):
    """The press office: contacts, where the public turns, the social media policy."""

    template = "wagtail_cpsnews/press_office_page.html"
    api_fields = PRESS_OFFICE_API_FIELDS
    content_panels = [*Page.content_panels, *PressOfficeMixin.press_office_panels]

    class Meta:
        verbose_name = _("press office page")
        verbose_name_plural = _("press office pages")
