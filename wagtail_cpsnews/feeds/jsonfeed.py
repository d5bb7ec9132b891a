"""JSON Feed 1.1. What it has no word for is in ``_cpsnews``."""

from __future__ import annotations

import json
from typing import Any

from .channel import Channel, Story

VERSION = "https://jsonfeed.org/version/1.1"


def write_json(channel: Channel) -> bytes:
    """Return the feed as JSON."""
    data: dict[str, Any] = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.page_url,
        "feed_url": channel.first_url,
        "description": channel.subtitle,
        "language": channel.language,
        "authors": [{"name": channel.site}],
        "items": [_item(story) for story in channel.stories],
        "_cpsnews": {
            "deleted": [
                {"id": tombstone.id, "gone_at": tombstone.gone_at.isoformat()} for tombstone in channel.gone
            ]
        },
    }
    if channel.next_url:
        data["next_url"] = channel.next_url
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _item(story: Story) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": story.id,
        "url": story.url,
        "title": story.title,
        "content_html": story.html,
        "summary": story.summary,
        "date_modified": story.updated.isoformat(),
        "language": story.language,
        "tags": [category.label for category in story.categories],
    }
    if story.published:
        data["date_published"] = story.published.isoformat()
    if story.author:
        data["authors"] = [{"name": story.author}]
    if story.image:
        data["image"] = story.image["url"]
    own: dict[str, Any] = {}
    if story.updates:
        names = ("date", "kind", "label", "text")
        own["updates"] = [{name: update.get(name) for name in names} for update in story.updates]
    if story.archived:
        own["archived"] = True
    return {**data, "_cpsnews": own} if own else data
