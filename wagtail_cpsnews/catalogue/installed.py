"""Entries whose page class is not installed any more: their pages answer nobody."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from .adapters import story_models
from .models import Entry, Invalidation


def entries_without_class(alias: str) -> Any:
    """Return public entries whose page class is gone or has no adapter."""
    labels = [model._meta.label for model in story_models()]
    return Entry.objects.using(alias).filter(public=True).exclude(page_type__in=labels)


def invalidate_without_class(alias: str) -> None:
    """Invalidate such entries, so that they leave every output."""
    pks = list(entries_without_class(alias).values_list("page_pk", flat=True))
    if not pks:
        return
    with transaction.atomic(using=alias):
        subjects = [str(pk) for pk in pks]
        invalidations = Invalidation.objects.using(alias).filter(
            scope=Invalidation.PAGE, rank=Invalidation.TAKES_AWAY
        )
        waiting = set(invalidations.values_list("subject", flat=True))
        Invalidation.objects.using(alias).bulk_create(
            [
                Invalidation(scope=Invalidation.PAGE, subject=subject, rank=Invalidation.TAKES_AWAY)
                for subject in subjects
                if subject not in waiting
            ],
            batch_size=200,
        )
