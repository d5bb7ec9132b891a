"""What our page types give in Wagtail's own page API (v2), for sites whose front end reads that.

One field a page, not a field for each fact: Wagtail makes every field that is a column a filter of its own, and
fails on those that are relations. The value is what our API gives, made from the page that is asked for: in a
preview that is the draft.
"""

from __future__ import annotations

from typing import Any

from rest_framework.fields import Field
from wagtail.api import APIField

from ..catalogue.adapters import adapter_for
from ..catalogue.build import build_row, render_html
from ..catalogue.gate import why_not_served
from ..catalogue.items import absolute_links, item
from ..catalogue.look import current
from ..catalogue.models import Entry
from ..catalogue.parameters import label_language
from ..catalogue.sites import root_of
from ..frontend.front import front_matter, pages_around


class _PageField(Field):
    """A value that is made from the whole page, in the page's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "source": "*", "read_only": True})

    def to_representation(self, page: Any) -> Any:
        # Wagtail goes on listing a page whose time is over until its cron job has run.
        if page.live and why_not_served(page) is not None:
            return None
        return self.value_of(page)

    def value_of(self, page: Any) -> Any:
        """Override this to return the value as plain data."""
        raise NotImplementedError


class StoryField(_PageField):
    """The story as ``api/v1/items/{id}/`` gives it."""

    def value_of(self, page: Any) -> dict[str, Any] | None:
        reference, adapter = current().reference, adapter_for(page.specific_class)
        row = build_row(page, adapter, reference) if adapter else None
        if row is None:
            return None
        entry = Entry(page_pk=page.pk, **row.columns)
        known = Entry.objects.filter(page_pk=page.pk).only("facts").first()
        if known is not None:
            entry.pk = known.pk
            entry.facts["translations"] = known.facts.get("translations", [])
        data = item(entry, reference, label_language(entry.language, reference), detail=True)
        return data if known is not None else {**data, "id": None}


class NewsIndexField(_PageField):
    """What the news centre shows besides the list, and the filters that ask ``api/v1/items/`` for the list."""

    def value_of(self, page: Any) -> dict[str, Any]:
        reference, query = current().reference, page.get_query()
        root = root_of(reference.roots, page.url_path)
        matter = front_matter(page, "", query.lang, reference, pages_around(page, reference, front=True))
        for theme in matter["themes"]:
            image = theme["image"]
            theme["image"] = (
                {"url": image.full_url, "width": image.width, "height": image.height} if image else None
            )
            theme["query"] = theme.pop("url").lstrip("?")
        introduction = absolute_links(render_html(page.introduction), root.url if root else "")
        return {"introduction": introduction, **matter, "query": query.urlencode()}


STORY_API_FIELDS = [APIField("story", serializer=StoryField())]
INDEX_API_FIELDS = [APIField("news_index", serializer=NewsIndexField())]
