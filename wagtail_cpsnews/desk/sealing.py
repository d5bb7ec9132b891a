"""Seal a story that is withdrawn for legal reasons.

Only people with a permission of its own read what it said.

What tables beside the story say of it (titles in lists and logs, comments, the import’s report) moves to ``SealedText``,
and its reference takes its place, so that no view, report or export has to know. Its pages keep their texts; their views
ask ``stories.sealed``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Comment, CommentReply, PageLogEntry, Revision, TaskState
from wagtail.search import index

from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..catalogue.stops import pages_of
from ..compat import get_page_model
from .sealed_texts import SealedText

#: What a column says when it is sealed, by what it said.
Mask = Callable[[Any], Any]


@dataclass(frozen=True)
class Rows:
    """Rows of a table that say something of the story; ``masks`` by column."""

    rows: QuerySet[Any]
    masks: dict[str, Mask]

    @property
    def table(self) -> str:
        """The table’s name, as ``SealedText`` has it."""
        return self.rows.model._meta.label_lower


def stops_of(stop: PublicationStop) -> list[PublicationStop]:
    """Return a withdrawal and those that follow it."""
    return [stop, *PublicationStop.objects.using(using()).filter(follows=stop)]


def seal(stop: PublicationStop) -> None:
    """Seal what is stored of a withdrawn story.

    Called in the transaction of its withdrawal."""
    for found in _find(stop):
        manager = found.rows.model._base_manager.using(using())
        for row in found.rows.values("pk", *found.masks):
            pk = row.pop("pk")
            masked = {column: mask(row[column]) for column, mask in found.masks.items()}
            if masked != row:
                SealedText.objects.using(using()).get_or_create(
                    stop=stop, table=found.table, row_pk=str(pk), defaults={"values": row}
                )
                manager.filter(pk=pk).update(**masked)
    for page in _pages(stop):
        index.remove_object(page.specific)


def unseal(stop: PublicationStop) -> None:
    """Write back what was sealed.

    A column that says something else by now keeps that."""
    masks = {found.table: found.masks for found in _find(stop)}
    for text in SealedText.objects.using(using()).filter(stop=stop):
        rows = apps.get_model(text.table)._base_manager.using(using()).filter(pk=text.row_pk)
        now = rows.values(*text.values).first()
        if now is not None:
            back = {
                column: value
                for column, value in text.values.items()
                if now[column] == masks[text.table][column](value)
            }
            rows.update(**back)
        text.delete()


def is_sealed(stop: PublicationStop) -> bool:
    """Return whether a withdrawal has sealed its story, and holds what it said."""
    return SealedText.objects.using(using()).filter(stop=stop).exists()


def _pages(stop: PublicationStop) -> list[Any]:
    return [page for one in stops_of(stop) for page in pages_of(one.translation_key)]


def _find(stop: PublicationStop) -> Iterator[Rows]:
    """Yield what is stored of a story beside its own texts."""
    alias = using()
    pks = [page.pk for page in _pages(stop)]
    keys = [str(pk) for pk in pks]
    words = _("Withdrawn story %(reference)s") % {"reference": stop.reference}

    def name(value: Any) -> str:
        return words

    pages = get_page_model()._base_manager.using(alias).filter(pk__in=pks).order_by()
    yield Rows(
        pages,
        {"title": name, "draft_title": name, "seo_title": _nothing, "search_description": _nothing},
    )
    revisions = Revision.page_revisions.using(alias).filter(object_id__in=keys).order_by()
    yield Rows(revisions, {"object_str": name})
    logs = PageLogEntry.objects.using(alias).filter(page_id__in=pks).order_by()
    yield Rows(logs, {"label": name, "data": without_words})
    base = ContentType.objects.db_manager(alias).get_for_model(get_page_model())
    states = Q(workflow_state__base_content_type=base, workflow_state__object_id__in=keys)
    yield Rows(TaskState.objects.using(alias).filter(states).order_by(), {"comment": _nothing})
    comments = Comment.objects.using(alias).filter(page_id__in=pks).order_by()
    yield Rows(comments, {"text": _nothing})
    replies = CommentReply.objects.using(alias).filter(comment__page_id__in=pks).order_by()
    yield Rows(replies, {"text": _nothing})
    imported = apps.get_model("cpsnews", "ImportedStory")._base_manager.using(alias).filter(page_pk__in=pks)
    yield Rows(imported.order_by(), {"title": _nothing, "slug": _nothing, "source_url": _nothing})


def _nothing(value: Any) -> str:
    return ""


#: What a log entry of the desk itself says, which names no story.
_OWN = {"kind", "reference", "ending"}


def without_words(value: Any) -> Any:
    """Return JSON data with the same keys and numbers, and none of its texts."""
    if isinstance(value, dict):
        return {key: one if key in _OWN else without_words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_words(one) for one in value]
    return "" if isinstance(value, str) else value
