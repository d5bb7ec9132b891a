"""Fills the peers' database."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site

from .bulk import analyse, copy, count_children, page_row
from .peers.models import Area, CrimeType, FlatStory, Kind, ListPage, StoryPage
from .stories import AREAS, CRIME_TYPES, KINDS, OFFSETS, Story, pk_of, stories, term_pk
from .truth import Question


def fill(count: int) -> None:
    """Make terms, the list page and the stories."""
    for model, slugs in ((CrimeType, CRIME_TYPES), (Area, AREAS), (Kind, KINDS)):
        rows = [model(pk=term_pk(place), name=slug.title(), slug=slug) for place, slug in enumerate(slugs)]
        model.objects.bulk_create(rows)
    home = Page.objects.get(depth=2)
    parent = home.add_child(instance=ListPage(title="News", slug="news"))
    Site.objects.update(hostname="localhost", port=80)
    content_type = ContentType.objects.get_for_model(StoryPage).pk
    copy(Page, (page_row(story, parent, content_type, pk_of(story)) for story in stories(count)))
    copy(StoryPage, (_story_row(story) for story in stories(count)))
    through = StoryPage.crime_types.through
    copy(
        through,
        (
            {"storypage_id": pk_of(story), "crimetype_id": term_pk(place)}
            for story in stories(count)
            for place in story.crime_types
        ),
    )
    copy(FlatStory, (_flat_row(story, parent.url_path) for story in stories(count) if story.live))
    count_children(parent, count)
    analyse()


def _story_row(story: Story) -> dict[str, Any]:
    return {
        "page_ptr_id": pk_of(story),
        "date": story.published,
        "summary": story.summary,
        "body": "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs),
        "area_id": term_pk(story.area),
        "kind_id": term_pk(story.kind),
    }


def _flat_row(story: Story, parent: str) -> dict[str, Any]:
    filed = Question(area=story.area, kind=story.kind).terms
    terms = [OFFSETS[name] + place for name, place in filed.items()]
    return {
        "id": pk_of(story),
        "date": story.published,
        "title": story.title,
        "url": f"{parent}{story.slug}/",
        "summary": story.summary,
        "terms": [*terms, *(OFFSETS["crime_type"] + place for place in story.crime_types)],
    }
