"""Which sites asked for a story, as far as the usage ledger knows.

Caches hide the rest.

A use of the story itself says so. A use of a list says so where the story belonged to that list while it was public; no
answer has to note its stories one by one for that.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from ..catalogue.lookups import Reference
from ..catalogue.parameters import parse
from ..catalogue.query import Query
from ..registry import TAXONOMIES
from .models import EmbedUse
from .recording import story_key

#: The embed method whose lists renew themselves while a page is open, and for how long one is taken to be open.
RENEWED, OPEN_FOR = "iframe", datetime.timedelta(hours=24)

_BATCH = 500


@dataclass(frozen=True)
class PublicStory:
    """What decides in which lists one language version of a story was, and when.

    day: the day of its publication, as ISO text; "" for one that is not known. since, until: while it was public; aware.
    """

    entry_pk: UUID
    language: str
    day: str
    terms: frozenset[tuple[str, str]]
    since: datetime.datetime
    until: datetime.datetime


@dataclass(frozen=True)
class SiteThatAsked:
    """One site, one method, and how near to the story it came.

    is_certain: it was served the story, or asked for it alone; otherwise it asked for a list that the story was in.
    """

    host: str
    method: str
    is_certain: bool
    first_seen: datetime.datetime
    last_seen: datetime.datetime


def sites_that_asked(
    stories: Collection[PublicStory], reference: Reference, alias: str
) -> list[SiteThatAsked]:
    """Return the sites that asked for a story in any of its languages.

    The latest come first.
    """
    found: dict[tuple[str, str], SiteThatAsked] = {}
    for use, is_certain in _uses(stories, reference, alias):
        key = use.host, use.get_door_display()
        known = found.get(key)
        found[key] = SiteThatAsked(
            host=use.host,
            method=key[1],
            is_certain=is_certain or bool(known and known.is_certain),
            first_seen=min(use.first_seen, known.first_seen) if known else use.first_seen,
            last_seen=max(use.last_seen, known.last_seen) if known else use.last_seen,
        )
    return sorted(found.values(), key=lambda site: (site.last_seen, site.host), reverse=True)


def _uses(
    stories: Collection[PublicStory], reference: Reference, alias: str
) -> Iterator[tuple[EmbedUse, bool]]:
    uses = EmbedUse.objects.using(alias)
    for use in uses.filter(what__in=[story_key(story.entry_pk) for story in stories]):
        yield use, True
    matched = {}
    for what in uses.filter(what__startswith="list:").values_list("what", flat=True).distinct().order_by():
        query = parse(QueryDict(what.removeprefix("list:")), reference).query
        if shown := [story for story in stories if is_in(story, query, reference)]:
            matched[what] = shown
    names = list(matched)
    for start in range(0, len(names), _BATCH):
        for use in uses.filter(what__in=names[start : start + _BATCH]).iterator():
            if any(_overlaps(use, story) for story in matched[use.what]):
                yield use, False


def is_in(story: PublicStory, query: Query, reference: Reference) -> bool:
    """Return whether a story belonged to a list, by the list's filters."""
    if query.language != story.language and (
        query.language_only or story.language != reference.default_language
    ):
        return False
    for name in TAXONOMIES:
        chosen = query.selected(name)
        if chosen and not any((name, slug) in story.terms for slug in chosen):
            return False
    after, before = query.published_after, query.published_before
    return not story.day or not (
        (after and story.day < after.isoformat()) or (before and story.day > before.isoformat())
    )


def _overlaps(use: Any, story: PublicStory) -> bool:
    """Return whether a list was seen while the story was public.

    Times are cut to the hour.
    """
    hour = datetime.timedelta(hours=1)
    last = use.last_seen + hour + (OPEN_FOR if use.door == RENEWED else datetime.timedelta())
    return bool(use.first_seen <= story.until and last > story.since)
