"""The fields of pages for terms, as far as a mixin does not name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import lazy
from modelcluster.fields import ParentalManyToManyField

from ..registry import BUILT_IN, Taxonomy

Mixin = TypeVar("Mixin", bound=type)


def with_term_fields(names: Iterable[str]) -> Callable[[Mixin], Mixin]:
    """Decorate a mixin to have a many-to-many field of each name.

    The name is the plural of a built-in taxonomy.
    """

    def decorator(mixin: Mixin) -> Mixin:
        model: Any = mixin
        for taxonomy in BUILT_IN:
            if taxonomy.plural in names and not _has_field(model, taxonomy.plural):
                model.add_to_class(taxonomy.plural, _term_field(taxonomy))
        return mixin

    return decorator


def _has_field(model: Any, name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _term_field(taxonomy: Taxonomy) -> ParentalManyToManyField:
    name = lazy(lambda: taxonomy.labels(2), str)()
    return ParentalManyToManyField(taxonomy.model, verbose_name=name, blank=True, related_name="+")
