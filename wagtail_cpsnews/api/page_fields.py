"""Fields of the package's page types in Wagtail's page APIs (v2 and v3).

For sites whose front end reads those.

One field a page, not a field for each fact: Wagtail makes every field that is a column a filter of its own, and
fails on those that are relations. The value is what our API gives, made from the page that is asked for: in a
preview that is the draft.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from rest_framework.fields import Field
from wagtail.api import APIField

from ..catalogue.adapters import adapter_for
from ..catalogue.models import Entry
from ..catalogue.parameters import label_language
from ..catalogue.rows import build_row
from ..catalogue.serializers import item
from ..catalogue.snapshots import current
from ..catalogue.visibility import why_not_served


class _PageField(Field):
    """A value that is made from the whole page, in the page's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "source": "*", "read_only": True})

    def to_representation(self, page: Any) -> Any:
        # Wagtail goes on listing a page whose time is over until its cron job has run, and aliases of private pages.
        if page.live and (why_not_served(page) or _shares_restrictions(page)):
            return None
        return self.value_of(page)

    def value_of(self, page: Any) -> Any:
        """Override this to return the value as plain data."""
        raise NotImplementedError


def _shares_restrictions(page: Any) -> bool:
    """Return whether a page is private because of an alias.

    It is an alias of a private page, or lies below such an alias.
    """
    aliases = page.get_ancestors(inclusive=True).exclude(alias_of=None)
    return bool(aliases.exists() and page.get_view_restrictions().exists())


class StoryField(_PageField):
    """The story as ``api/v1/items/{id}/`` gives it."""

    def value_of(self, page: Any) -> dict[str, Any] | None:
        snapshot, adapter = current(), adapter_for(page.specific_class)
        reference = snapshot.reference
        row = build_row(page, adapter, reference) if adapter else None
        if row is None:
            return None
        entry = Entry(page_pk=page.pk, **row.columns)
        known = Entry.objects.filter(page_pk=page.pk).only("facts").first()
        if known is not None:
            entry.pk = known.pk
            entry.facts["translations"] = known.facts.get("translations", [])
        data = item(
            entry, reference, label_language(entry.language, reference), detail=True, snapshot=snapshot
        )
        return data if known is not None else {**data, "id": None}


class NewsIndexField(_PageField):
    """The news centre as ``api/v1/pages/news-centre/`` gives it.

    Without its translations.
    """

    def value_of(self, page: Any) -> dict[str, Any]:
        # Wagtail's v3 gives its fields no request.
        request = self.context.get("request") or _SiteRequest(page)
        data: dict[str, Any] = page.get_public_data(_label_language(page), request)
        return data


class _SiteRequest(HttpRequest):
    """A request to the site of a page, as far as it makes addresses absolute."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        parts = page.get_url_parts()
        self.root_url: str = parts[1] if parts else ""

    def build_absolute_uri(self, location: str | None = None) -> str:
        return urljoin(f"{self.root_url}/", location or "/")


class PublicDataField(_PageField):
    """The press office or media protocol as ``api/v1/pages/`` gives it.

    Without its translations.

    Who answers "now" and a protocol's status are those of the time of the request.
    """

    def value_of(self, page: Any) -> dict[str, Any]:
        data: dict[str, Any] = page.get_public_data(_label_language(page))
        return data


def _label_language(page: Any) -> str:
    return label_language(page.locale.language_code, current().reference)


STORY_API_FIELDS = [APIField("story", serializer=StoryField())]
INDEX_API_FIELDS = [APIField("news_index", serializer=NewsIndexField())]
PRESS_OFFICE_API_FIELDS = [APIField("press_office", serializer=PublicDataField())]
PROTOCOL_API_FIELDS = [APIField("media_protocol", serializer=PublicDataField())]
