"""Which pages use a term.

Wagtail's reference index does not see many-to-many fields, so this counts for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import models

from ..compat import AbstractPage, get_page_model
from ..registry import OWN, Taxonomy


def _relations(model: type[models.Model]) -> list[tuple[type[models.Model], models.Field]]:
    """Return every field of a page model that points to ``model``.

    As (page model, field).
    """
    found = []
    for page_model in apps.get_models():
        if not issubclass(page_model, AbstractPage):
            continue
        for field in (*page_model._meta.local_fields, *page_model._meta.local_many_to_many):
            if field.related_model is model:
                found.append((page_model, field))
    return found


def own_taxonomies(model: type[models.Model]) -> list[Taxonomy]:
    """Return the host's own taxonomies that page types have a field for.

    It is named as the taxonomy's plural.
    """
    fields = {field.name for field in model._meta.many_to_many}
    return [taxonomy for taxonomy in OWN if taxonomy.field in fields]


def pages_with(term: Any, *, only_this: bool = False) -> models.QuerySet[Any]:
    """Return a queryset of base pages that have ``term``.

    In any of its language versions, or in this one only.
    """
    if only_this:
        return pages_carrying(type(term), pk=term.pk)
    return pages_carrying(type(term), translation_key=term.translation_key)


def pages_carrying(model: type[models.Model], **lookups: Any) -> models.QuerySet[Any]:
    """Return a queryset of base pages that have a term of ``model``.

    ``lookups`` say which, e.g. ``slug__in=[…]``.
    """
    terms = model._default_manager.filter(**lookups).order_by().values("pk")
    matches = models.Q(pk__in=[])
    for page_model, field in _relations(model):
        matches |= models.Q(
            pk__in=page_model._default_manager.filter(**{f"{field.name}__in": terms}).order_by().values("pk")
        )
    return get_page_model()._default_manager.filter(matches)


def carried_by(
    model: type[models.Model], pages: models.QuerySet[Any], slugs: Collection[str]
) -> frozenset[str]:
    """Return those of ``slugs`` whose terms one of ``pages`` carries, by one query."""
    keys = pages.order_by().values("pk")
    rows = [
        page_model._default_manager.filter(**{"pk__in": keys, f"{field.name}__slug__in": slugs})
        .order_by()
        .values_list(f"{field.name}__slug")
        for page_model, field in _relations(model)
    ]
    if not rows:
        return frozenset()
    first, *others = rows
    return frozenset(slug for (slug,) in first.union(*others))


def count_usage(terms: Collection[Any]) -> dict[Any, int]:
    """Return how many pages have each of ``terms``, by translation key.

    All terms are of one model. One query for each field.
    """
    if not terms:
        return {}
    keys = {term.translation_key for term in terms}
    counts: Counter[Any] = Counter()
    for page_model, field in _relations(type(next(iter(terms)))):
        name = f"{field.name}__translation_key"
        rows = page_model._default_manager.filter(**{f"{name}__in": keys}).order_by()
        counts.update(dict(rows.values_list(name).annotate(count=models.Count("pk", distinct=True))))
    return {key: counts[key] for key in keys}
