from wagtail.test.basepage.models import BasePage

from wagtail_cpsnews.frontend.index import NewsIndexMixin
from wagtail_cpsnews.stories.news_item import NewsItemMixin


class HousePage(BasePage):
    """A plain page."""


class HouseIndex(NewsIndexMixin, BasePage):
    template = "wagtail_cpsnews/news_index_page.html"
    content_panels = [*BasePage.content_panels, *NewsIndexMixin.index_panels]


class HouseStory(NewsItemMixin, BasePage):
    template = "wagtail_cpsnews/news_item_page.html"
    content_panels = [*BasePage.content_panels, *NewsItemMixin.story_panels]
