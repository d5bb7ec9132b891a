"""Who uses a term. Wagtail's reference index does not see many-to-many fields, so this counts for itself."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from ..compat import AbstractPage, get_page_model


def _relations(model: type[models.Model]) -> list[tuple[type[models.Model], models.Field]]:
    """Every field of a page model that points to ``model``, as (page model, field)."""
    found = []
    for page_model in apps.get_models():
        if not issubclass(page_model, AbstractPage):
            continue
        for field in (*page_model._meta.local_fields, *page_model._meta.local_many_to_many):
            if field.related_model is model:
                found.append((page_model, field))
    return found


def pages_with(term: Any, *, only_this: bool = False) -> models.QuerySet[Any]:
    """A queryset of base pages that carry ``term`` in any of its language versions, or in this one only."""
    versions = type(term)._default_manager.filter(translation_key=term.translation_key).values("pk")
    if only_this:
        versions = versions.filter(pk=term.pk)
    matches = models.Q(pk__in=[])
    for page_model, field in _relations(type(term)):
        matches |= models.Q(
            pk__in=page_model._default_manager.filter(**{f"{field.name}__in": versions})
            .order_by()
            .values("pk")
        )
    return get_page_model()._default_manager.filter(matches)
