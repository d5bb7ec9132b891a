"""Filters by term for wagtail-grapple, which has none of its own.

The least that a developer adds by hand.
"""

from __future__ import annotations

from typing import Any

import graphene
from grapple.registry import registry
from grapple.types.structures import QuerySetList
from grapple.utils import resolve_queryset
from wagtail import hooks

from .models import StoryPage

FILTERS = {"crime_types": graphene.Int(), "area": graphene.Int(), "kind": graphene.Int()}


def _stories(filters: dict[str, Any]) -> Any:
    wanted = {name: filters.pop(name) for name in FILTERS if filters.get(name) is not None}
    return StoryPage.objects.live().public().filter(**wanted)


def story_query() -> type:
    """Return the part of the schema with the list and its count."""

    class StoryQuery:
        story_list = QuerySetList(lambda: registry.pages[StoryPage], **FILTERS)
        story_count = graphene.Int(**FILTERS)

        def resolve_story_list(self, info: Any, **filters: Any) -> Any:
            return resolve_queryset(_stories(filters), info, order="-date", **filters)

        def resolve_story_count(self, info: Any, **filters: Any) -> int:
            return _stories(filters).count()

    return StoryQuery


@hooks.register("register_schema_query")
def register_story_query(mixins: list[type]) -> None:
    """Add the list to the schema."""
    mixins.append(story_query())
