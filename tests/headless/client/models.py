"""Stories whose front end is a site of its own.

As wagtail-headless-preview's users write them.
"""

from wagtail.models import Page
from wagtail_headless_preview.models import HeadlessMixin

from wagtail_cpsnews.api.page_fields import INDEX_API_FIELDS, STORY_API_FIELDS
from wagtail_cpsnews.frontend.index import NewsIndexMixin
from wagtail_cpsnews.stories.news_item import NewsItemMixin


class ClientStory(NewsItemMixin, HeadlessMixin, Page):
    content_panels = [*Page.content_panels, *NewsItemMixin.story_panels]
    api_fields = STORY_API_FIELDS


class ClientIndex(NewsIndexMixin, HeadlessMixin, Page):
    content_panels = [*Page.content_panels, *NewsIndexMixin.index_panels]
    api_fields = INDEX_API_FIELDS


class OtherStory(HeadlessMixin, NewsItemMixin, Page):
    """The other way round: ``serve()`` of the other package comes first.

    It takes no arguments.
    """

    content_panels = [*Page.content_panels, *NewsItemMixin.story_panels]
