"""Stories that wait for an invalidation to be applied.

What their entries say is neither right nor wrong yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from .models import Entry, Invalidation


def pending_pages(alias: str, pks: Iterable[int]) -> set[int]:
    """Return which of these pages will be projected.

    Because of pending invalidations, or because they expire.
    """
    pks = set(pks)
    invalidations = set(Invalidation.objects.using(alias).values_list("scope", "subject"))
    if any(scope not in (Invalidation.PAGE, Invalidation.USE) for scope, _subject in invalidations):
        return pks  # a subtree, or terms and sites: it may concern any
    named = {
        int(subject) for scope, subject in invalidations if scope == Invalidation.PAGE and subject.isdecimal()
    }
    used = [subject for scope, subject in invalidations if scope == Invalidation.USE]
    entries = Entry.objects.using(alias).filter(public=True, page_pk__in=pks)
    concerned = Q(expires_at__lte=timezone.now())
    for start in range(0, len(used), 500):
        concerned |= Q(uses__subject__in=used[start : start + 500])
    return (named & pks) | set(entries.filter(concerned).values_list("page_pk", flat=True))


def is_reference_pending(alias: str) -> bool:
    """Return whether terms and sites wait to be read."""
    return Invalidation.objects.using(alias).filter(scope=Invalidation.REFERENCE).exists()
