"""Fills the peers' database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site

from .bulk import analyse, copy, count_children, page_row
from .peers.models import Area, CrimeType, FlatStory, Kind, ListPage, StoryPage
from .stories import AREAS, CRIME_TYPES, KINDS, OFFSETS, Story, batches_of_stories, pk_of, term_pk


def fill(count: int) -> None:
    """Make terms, the list page and the stories."""
    for model, slugs in ((CrimeType, CRIME_TYPES), (Area, AREAS), (Kind, KINDS)):
        rows = [model(pk=term_pk(place), name=slug.title(), slug=slug) for place, slug in enumerate(slugs)]
        model.objects.bulk_create(rows)
    home = Page.objects.get(depth=2)
    parent = home.add_child(instance=ListPage(title="News", slug="news"))
    Site.objects.update(hostname="localhost", port=80)
    content_type = ContentType.objects.get_for_model(StoryPage).pk
    for batch in batches_of_stories(count):
        copy(Page, (page_row(story, parent, content_type) for story in batch))
        copy(StoryPage, map(_story_row, batch))
        copy(StoryPage.crime_types.through, _joined(batch))
        copy(FlatStory, (_flat_row(story, parent.url_path) for story in batch if story.live))
    count_children(parent, count)
    analyse()


def _joined(batch: list[Story]) -> Iterator[dict[str, int]]:
    """Yield the rows that join stories with their crime types."""
    for story in batch:
        for place in story.crime_types:
            yield {"storypage_id": pk_of(story), "crimetype_id": term_pk(place)}


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
    terms = [OFFSETS[name] + place for name, places in story.places.items() for place in places]
    return {
        "id": pk_of(story),
        "date": story.published,
        "title": story.title,
        "url": f"{parent}{story.slug}/",
        "summary": story.summary,
        "terms": terms,
    }
