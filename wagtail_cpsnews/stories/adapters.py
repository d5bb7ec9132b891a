"""Adapters for the built-in story types."""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models

from ..catalogue import Adapter, PublicFacts, register
from ..catalogue.db import using
from ..registry import BUILT_IN
from ..taxonomy.usage import own_taxonomies
from .news_item import NewsItemMixin

#: The fields of a page for the terms of the package's own taxonomies.
_TERM_FIELDS = tuple(taxonomy.plural for taxonomy in BUILT_IN if taxonomy.many)


@register(NewsItemMixin)
class NewsItemFacts(Adapter):
    """The facts of every page that uses ``NewsItemMixin`` (speeches too)."""

    extra_fields = {
        "authors": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Who wrote an imported story; absent where that is not known.",
        },
        "source_url": {
            "type": "string",
            "format": "uri",
            "description": "Of an imported story: its address at its source.",
        },
    }

    def facts(self, page: Any) -> PublicFacts | None:
        return PublicFacts(
            title=page.title,
            summary=page.summary,
            kind=page.kind or page.get_default_kind(),
            terms={taxonomy.name: _related(page, taxonomy.field) for taxonomy in own_taxonomies(type(page))},
            published=page.published_at or page.first_published_at,
            updated=page.get_updated(),
            language=page.language_code,
            translation_key=page.version_of.translation_key if page.version_of else None,
            image=page.image,
            image_alt=page.image_alt,
            image_credit=page.image_credit,
            image_licence=page.image_licence,
            image_caption=page.image_caption,
            body=page.body,
            notes_to_editors=page.notes_to_editors,
            contacts=_related(page, "contacts"),
            documents=[getattr(page, "transcript", None)],
            updates=page.get_updates(),
            speech=page.get_speech_facts(),
            letter=page.get_letter_facts(),
            archived=self._archived(page),
            noindex=page.noindex,
            extra=self._imported(page),
            **{name: _related(page, name) for name in _TERM_FIELDS},
        )

    def _archived(self, page: Any) -> dict[str, Any] | None:
        if page.archived_on is None:
            return None
        return {"on": page.archived_on, "note": page.archived_note}

    def _imported(self, page: Any) -> dict[str, Any]:
        """Return who wrote an imported story, and its address at its source.

        Where the source has them.
        """
        if not hasattr(page, "imported_authors"):
            found = _imported_stories().using(page._state.db).filter(page_pk=page.pk)
            row: Any = found.values_list("authors", "source_url").first()
            page.imported_authors, page.imported_from = row or ([], "")
        values = {"authors": page.imported_authors, "source_url": page.imported_from}
        return {name: value for name, value in values.items() if value}

    def get_queryset(self, model: type[models.Model]) -> models.QuerySet[Any]:
        own = (taxonomy.field for taxonomy in own_taxonomies(model))
        names = (*_TERM_FIELDS, "contacts", *own)
        return _with_related(model, names, connections[using()].vendor).all()


@functools.cache
def _with_related(model: Any, names: tuple[str, ...], vendor: str) -> models.QuerySet[Any]:
    """Return a query of pages with all that their facts need.

    Put together once, since each publication runs it.
    """
    rows = _imported_stories().filter(page_pk=models.OuterRef("pk"))
    queryset = model._default_manager.select_related("kind", "image", "version_of").annotate(
        imported_authors=models.Subquery(rows.values("authors")[:1]),
        imported_from=models.Subquery(rows.values("source_url")[:1]),
    )
    if vendor not in ("sqlite", "postgresql"):  # MySQL cuts what it joins
        return queryset.prefetch_related(*names)
    return queryset.annotate(**{f"cpsnews_{name}": _keys_of(model, name) for name in names})


class _JoinedKeys(models.Func):
    """The values of a column of all rows, joined.

    Not an ``Aggregate``, which would group the subquery.
    """

    function = "GROUP_CONCAT"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')", **extra)


def _keys_of(model: type[models.Model], name: str) -> models.Subquery:
    """Return the translation keys of the rows that a page is related to.

    Part of the page's own query.
    """
    field: Any = model._meta.get_field(name)
    rows = field.remote_field.through._default_manager.order_by()
    rows = rows.filter(**{field.m2m_field_name(): models.OuterRef("pk")})
    keys = _JoinedKeys(models.F(f"{field.m2m_reverse_field_name()}__translation_key"))
    return models.Subquery(rows.annotate(joined_keys=keys).values("joined_keys"))


def _related(page: Any, name: str) -> Any:
    """Return the terms or contacts of a page.

    With nothing but their keys where the adapter loaded the page.
    """
    if not hasattr(page, f"cpsnews_{name}"):
        return getattr(page, name).all()
    model = page._meta.get_field(name).related_model
    keys = getattr(page, f"cpsnews_{name}") or ""
    return [model(translation_key=UUID(key)) for key in keys.split(",") if key]


def _imported_stories() -> models.QuerySet[Any]:
    """Return the record that imports keep; their package is above this one."""
    return apps.get_model("cpsnews", "ImportedStory")._default_manager.order_by("pk")
