from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page

from wagtail_cpsnews.stories.news_item import NewsItemMixin
from wagtail_cpsnews.taxonomy.models import Term


class Court(Term):
    """A court, as the host project's own taxonomy."""

    taxonomy = "court"

    class Meta(Term.Meta):
        verbose_name = "court"
        verbose_name_plural = "courts"


class Ruling(Page):
    """A page type of the host's own, in the catalogue by an adapter."""

    template = "courts/ruling.html"
    text = models.TextField(blank=True)
    heard_at = models.ForeignKey(Court, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class CourtStory(NewsItemMixin, Page):
    """A story on the package's mixin, with a field for courts."""

    template = "wagtail_cpsnews/news_item_page.html"
    courts = ParentalManyToManyField(Court, blank=True, related_name="+")
