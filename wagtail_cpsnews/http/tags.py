"""Cache tags: a header that tells caches what an answer depends on.

Caches can be purged by it.

Three sorts, see docs/scaling.md: ``EVERYTHING`` is on every answer that the catalogue decides about, ``LISTS`` on those
that change with any story, ``story_tag()`` on those about one. They hold nothing but the public id of a story that the
answer shows, and only an answer that caches may keep has any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from ..conf import get_settings

EVERYTHING = "news"
LISTS = "news-list"


def story_tag(pk: Any) -> str:
    """Return the tag of the story with this public id."""
    return f"news-{pk}"


def about_story(pk: Any, *, shows_others: bool) -> tuple[str, ...]:
    """Return the tags of an answer about one story.

    Args:
        pk: Its public id; ``None`` where it is not known.
        shows_others: Whether the answer shows what other pages or stories say now.
    """
    known = (story_tag(pk),) if pk is not None else ()
    return (*known, LISTS) if shows_others or not known else known


def add_tags(response: HttpResponse, tags: Iterable[str]) -> None:
    """Add the headers of ``CACHE_TAG_HEADERS``.

    A 304 has none: caches go on with those that they hold.
    """
    if response.status_code not in (200, 301, 410) or not get_settings().CACHE_TAG_HEADERS:
        return
    tags = (EVERYTHING, *tags)
    for name in get_settings().CACHE_TAG_HEADERS:
        response[name] = ("," if name.lower() == "cache-tag" else " ").join(tags)
