from wagtail.test.basepage.models import BasePage

from wagtail_cpsnews.frontend.index import NewsIndexMixin
from wagtail_cpsnews.stories.news_item import NewsItemMixin
from wagtail_cpsnews.stories.protocol import MediaProtocolMixin


class HousePage(BasePage):
    """A plain page."""


class HouseIndex(NewsIndexMixin, BasePage):
    template = "wagtail_cpsnews/news_index_page.html"
    content_panels = [*BasePage.content_panels, *NewsIndexMixin.index_panels]


class HouseStory(NewsItemMixin, BasePage):
    template = "wagtail_cpsnews/news_item_page.html"
    content_panels = [*BasePage.content_panels, *NewsItemMixin.story_panels]


class HouseProtocol(MediaProtocolMixin, BasePage):
    template = "wagtail_cpsnews/media_protocol_page.html"
    content_panels = [*BasePage.content_panels, *MediaProtocolMixin.protocol_panels]
