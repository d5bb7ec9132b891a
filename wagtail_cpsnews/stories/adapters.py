"""Adapters for the built-in story types."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from ..catalogue import Adapter, PublicFacts, register
from ..taxonomy.usage import own_taxonomies
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
            terms={
                taxonomy.name: getattr(page, taxonomy.field).all() for taxonomy in own_taxonomies(type(page))
            },
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
            extra=self._imported(page),
        )

    def _archived(self, page: Any) -> dict[str, Any] | None:
        if page.archived_on is None:
            return None
        return {"on": page.archived_on, "note": page.archived_note}

    def _imported(self, page: Any) -> dict[str, Any]:
        """Who wrote an imported story, and its address at its source, where the source said so."""
        if not hasattr(page, "imported_authors"):
            found = _imported_stories().using(page._state.db).filter(page_pk=page.pk)
            row: Any = found.values_list("authors", "source_url").first()
            page.imported_authors, page.imported_from = row or ([], "")
        said = {"authors": page.imported_authors, "source_url": page.imported_from}
        return {name: value for name, value in said.items() if value}

    def get_queryset(self, model: type[models.Model]) -> models.QuerySet[Any]:
        queryset = super().get_queryset(model)
        rows = _imported_stories().filter(page_pk=models.OuterRef("pk"))
        return (
            queryset.select_related("kind", "image", "version_of")
            .prefetch_related(
                "crime_types", "areas", "topics", "contacts", *(one.field for one in own_taxonomies(model))
            )
            .annotate(
                imported_authors=models.Subquery(rows.values("authors")[:1]),
                imported_from=models.Subquery(rows.values("source_url")[:1]),
            )
        )


def _imported_stories() -> models.QuerySet[Any]:
    """The record that imports keep; their package lies above this one."""
    return apps.get_model("cpsnews", "ImportedStory")._default_manager.order_by("pk")
