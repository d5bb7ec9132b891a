"""The admin's search: every word somewhere in the fields.

Not by the search backend: it does not know drafts, and on SQLite it fails on quotation marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from .sanitizing import words


def search(queryset: QuerySet[Any], fields: Sequence[str], text: str) -> QuerySet[Any]:
    """Return the rows that have every word of ``text`` in a searched field."""
    names = {field.name for field in queryset.model._meta.get_fields()}
    for word in words(text):
        found = Q()
        for name in names.intersection(fields):
            found |= Q(**{f"{name}__icontains": word})
        queryset = queryset.filter(found)
    return queryset
