"""The example site's own pages: a home page and nothing else."""

from wagtail.models import Page


class HomePage(Page):
    """The front page: a few words and the way to the news."""

    template = "demo/home_page.html"
