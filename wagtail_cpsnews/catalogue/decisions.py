"""Stored decisions: what the rules said about each story.

Lists, links and moves of thousands read them and ask no rule.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .adapters import story_models
from .models import Visibility
from .rules import Decision, has_rules

#: For how long a page whose rules could not be asked is left alone.
PAUSE = datetime.timedelta(minutes=1)


def with_decision(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Return the pages with what is stored of each.

    As ``cpsnews_code`` (``None`` for nothing) and ``cpsnews_wake_at``.
    """
    stored = Visibility.objects.filter(page_pk=OuterRef("pk"))
    return pages.annotate(
        cpsnews_code=Subquery(stored.values("code")[:1]),
        cpsnews_wake_at=Subquery(stored.values("wake_at")[:1]),
    )


def differs(page: Any, decision: Decision) -> bool:
    """Return whether the stored decision differs from what the rules say.

    ``page`` comes from ``with_decision``.
    """
    return (page.cpsnews_code, page.cpsnews_wake_at) != (decision.code, decision.until)


def refused() -> Q:
    """Return the condition on base pages that the rules hide them.

    Or that they are stories which the rules have not decided about.

    An alias is decided as its source is, and that as its own.
    """
    types = [ContentType.objects.get_for_model(model).pk for model in story_models()]
    source = Coalesce(OuterRef("alias_of__alias_of_id"), OuterRef("alias_of_id"), OuterRef("pk"))
    shown = Visibility.objects.filter(page_pk=source, code="")
    return Q(content_type__in=types) & Q(~Exists(shown))


def refused_among(pks: Collection[int], alias: str) -> set[int]:
    """Return those of these pages that the rules hide."""
    if not has_rules():
        return set()
    rows = Visibility.objects.using(alias).exclude(code="").filter(page_pk__in=pks)
    return set(rows.values_list("page_pk", flat=True))


def undecided_among(pks: Collection[int], alias: str) -> set[int]:
    """Return those of these pages that the rules have never been asked about."""
    if not has_rules():
        return set()
    rows = Visibility.objects.using(alias).filter(page_pk__in=pks)
    return set(pks) - set(rows.values_list("page_pk", flat=True))


def store(decisions: Mapping[int, Decision], alias: str) -> None:
    """Write what the rules say of pages."""
    rows = [
        Visibility(page_pk=pk, code=decision.code, wake_at=decision.until)
        for pk, decision in sorted(decisions.items())
    ]
    if rows:
        Visibility.objects.using(alias).bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["page_pk"],
            update_fields=["code", "wake_at"],
        )


def forget(pks: Iterable[int], alias: str) -> None:
    """Delete what is stored of pages that there are no more."""
    Visibility.objects.using(alias).filter(page_pk__in=list(pks))._raw_delete(alias)


def waking(now: datetime.datetime, alias: str) -> QuerySet[Visibility]:
    """Return what is stored of the pages whose rules have to be asked again."""
    rows = Visibility.objects.using(alias)
    return rows.filter(wake_at__lte=now) if has_rules() else rows.none()


def take_waking(now: datetime.datetime, size: int, alias: str) -> list[int]:
    """Return the next pages whose rules have to be asked again.

    They are not returned again at once.
    """
    pks = list(waking(now, alias).order_by("wake_at", "pk").values_list("page_pk", flat=True)[:size])
    if pks:
        Visibility.objects.using(alias).filter(page_pk__in=pks).update(wake_at=now + PAUSE)
    return pks
