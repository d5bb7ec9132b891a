"""The page type that every peer serves, and one flat table for plain SQL.

Made as Wagtail's documentation shows.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.paginator import Paginator
from django.db import models
from grapple.models import GraphQLCollection, GraphQLForeignKey, GraphQLString
from modelcluster.fields import ParentalManyToManyField
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page


class Term(models.Model):
    """A term that stories are filed under."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)

    api_fields = [APIField("name"), APIField("slug")]
    graphql_fields = [GraphQLString("name"), GraphQLString("slug")]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class CrimeType(Term):
    pass


class Area(Term):
    pass


class Kind(Term):
    pass


class ListPage(Page):
    """An ordinary index page with filters, counts beside them, and pages."""

    template = "peers/list_page.html"

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        stories = StoryPage.objects.live().order_by("-date")
        stories = stories.select_related("area", "kind").prefetch_related("crime_types")
        for name in ("crime_types", "area", "kind"):
            if request.GET.get(name):
                stories = stories.filter(**{name: request.GET[name]})
        counted = models.Count("storypage", filter=models.Q(storypage__live=True))
        context["stories"] = Paginator(stories, 10).get_page(request.GET.get("page"))
        context["filters"] = [
            (name, model.objects.annotate(stories=counted))
            for name, model in (("crime_types", CrimeType), ("area", Area), ("kind", Kind))
        ]
        return context


class StoryPage(Page):
    """A story."""

    date = models.DateTimeField()
    summary = models.TextField()
    body = RichTextField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT)
    crime_types = ParentalManyToManyField(CrimeType, blank=True)

    api_fields = [
        *(APIField("date"), APIField("summary"), APIField("area"), APIField("kind"), APIField("crime_types")),
    ]
    graphql_fields = [
        GraphQLString("date"),
        GraphQLString("summary"),
        GraphQLForeignKey("area", "peers.Area"),
        GraphQLForeignKey("kind", "peers.Kind"),
        GraphQLCollection(GraphQLForeignKey, "crime_types", "peers.CrimeType"),
    ]

    class Meta:
        indexes = [
            models.Index(fields=["-date", "page_ptr"], name="peers_by_date"),
            models.Index(fields=["area", "-date"], name="peers_by_area"),
            models.Index(fields=["kind", "-date"], name="peers_by_kind"),
        ]


class FlatStory(models.Model):
    """A live story in one row. ``terms``: the places of its terms, see ``sql.py``."""

    id = models.IntegerField(primary_key=True)
    date = models.DateTimeField()
    title = models.TextField()
    url = models.TextField()
    summary = models.TextField()
    terms = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["-date", "-id"], name="peers_flat_date"),
            GinIndex(fields=["terms"], name="peers_flat_terms"),
        ]

    def __str__(self) -> str:
        return self.title
