"""Our own story types join the catalogue through the same door as everybody else's."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..catalogue import Adapter, PublicFacts, register
from .news_item import NewsItemMixin


@register(NewsItemMixin)
class NewsItemFacts(Adapter):
    """The facts of every page that uses ``NewsItemMixin`` (speeches too)."""

    def facts(self, page: Any) -> PublicFacts | None:
        return PublicFacts(
            title=page.title,
            summary=page.summary,
            kind=page.kind or page.get_default_kind(),
            crime_types=page.crime_types.all(),
            areas=page.areas.all(),
            topics=page.topics.all(),
            published=page.published_at or page.first_published_at,
            updated=page.get_updated(),
            language=page.language_code,
            translation_key=page.version_of.translation_key if page.version_of else None,
            image=page.image,
            image_alt=page.image_alt,
            image_credit=page.image_credit,
            image_licence=page.image_licence,
            body=page.body,
            notes_to_editors=page.notes_to_editors,
            contacts=page.contacts.all(),
            documents=[getattr(page, "transcript", None)],
            updates=page.get_updates(),
            speech=page.get_speech_facts(),
            letter=page.get_letter_facts(),
            archived=self._archived(page),
        )

    def _archived(self, page: Any) -> dict[str, Any] | None:
        if page.archived_on is None:
            return None
        from ..catalogue.build import render_html

        return {"on": page.archived_on, "note": render_html(page.archived_note)}

    def get_queryset(self, model: type[models.Model]) -> models.QuerySet[Any]:
        queryset = super().get_queryset(model)
        return queryset.select_related("kind", "image", "version_of").prefetch_related(
            "crime_types", "areas", "topics", "contacts"
        )
