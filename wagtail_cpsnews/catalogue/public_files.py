"""The one decision about which files are public.

Files are pictures, with all their renditions, and documents.

A file is refused where a page of the newsroom uses it or has used it, and nothing that everybody may see does. Files
that the newsroom has never used are the project's own affair.

Asked whenever a file is requested. It reads the pages themselves, not what the catalogue knows of them, so that a file
goes when its story goes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import ReferenceIndex

from ..compat import get_page_model
from ..conf import get_settings
from .db import using
from .former_uses import FormerUse, newsroom_types
from .models import EntryUse
from .routing import reading_from
from .sites import SiteRoot, read_roots
from .snapshots import current
from .uses import subject_of
from .visibility import visible_pages

#: Public pages that a decision names. A file on more of them than these is not gone with one.
MOST_PAGES = 20


@dataclass(frozen=True)
class FileDecision:
    """Whether a file may be served to everybody.

    is_newsroom: whether a page of the newsroom uses it, or has used it.
    was_public: whether a story that is not public now has shown it.
    pages: public pages that use it, not more than ``MOST_PAGES``.
    """

    public: bool
    is_newsroom: bool = True
    was_public: bool = False
    pages: tuple[int, ...] = ()


def is_file_public(instance: Any) -> bool:
    """Return whether everybody may have an image or a document.

    An image with all its renditions.
    """
    return decide_file(instance).public


def decide_file(instance: Any, without: Collection[int] = ()) -> FileDecision:
    """Return the decision about an image or a document.

    Args:
        without: Pages that are taken for hidden: what would stay if they were.
    """
    with reading_from(using()):
        uses = EntryUse.objects.using(using()).filter(subject=subject_of(instance))
        shown = uses.filter(entry__public=True)
        pages = _visible(Q(pk__in=shown.values("entry__page_pk")), without)
        if pages:
            return FileDecision(True, pages=pages)
        named = ReferenceIndex.get_references_to(instance)
        pages = _visible(Q(pk__in=_page_pks(named)), without)
        known = _is_newsrooms(instance, named, uses)
        if pages or _is_used_elsewhere(named):
            return FileDecision(True, known, pages=pages)
        if known:
            return FileDecision(False, was_public=uses.filter(entry__public=False).exists())
        return FileDecision(named.exists() or not get_settings().HIDE_UNUSED_FILES, False)


def pages_using(instance: Any) -> Any:
    """Return all pages that use a file, public or not.

    Those that did when they were public are among them.
    """
    uses = EntryUse.objects.using(using()).filter(subject=subject_of(instance))
    named = ReferenceIndex.get_references_to(instance)
    known = Q(pk__in=uses.values("entry__page_pk")) | Q(pk__in=_page_pks(named))
    return get_page_model()._default_manager.using(using()).filter(known).order_by("pk")


def _visible(condition: Q, without: Collection[int]) -> tuple[int, ...]:
    """Return a few of the pages that everybody may read."""
    below = Q(pk__in=[])
    for root in _roots():
        below |= Q(url_path__startswith=root.path)
    found = visible_pages(condition & below, _roots())
    if without:
        found = found.exclude(pk__in=list(without))
    return tuple(found.values_list("pk", flat=True)[:MOST_PAGES])


def _roots() -> Collection[SiteRoot]:
    snapshot = current()
    return snapshot.reference.roots if snapshot.built else read_roots()


def _page_type() -> int:
    return int(ReferenceIndex._get_base_content_type(get_page_model()).pk)


def _page_pks(named: QuerySet[Any]) -> Any:
    pages = named.filter(base_content_type=_page_type())
    return pages.annotate(page_pk=Cast("object_id", BigIntegerField())).values("page_pk")


def _is_newsrooms(instance: Any, named: QuerySet[Any], uses: QuerySet[EntryUse]) -> bool:
    return (
        uses.exists()
        or named.filter(content_type__in=newsroom_types()).exists()
        or FormerUse.objects.using(using()).filter(subject=subject_of(instance)).exists()
    )


def _is_used_elsewhere(named: QuerySet[Any]) -> bool:
    """Return whether something that is no page uses a file.

    A snippet, or a setting of the site; where it has drafts, it must be live.
    """
    others = named.exclude(base_content_type=_page_type())
    for type_pk, pk in others.values_list("base_content_type", "object_id").distinct():
        model: Any = ContentType.objects.get_for_id(type_pk).model_class()
        if model is None:
            continue  # its app is not installed any more
        has_drafts = any(field.name == "live" for field in model._meta.concrete_fields)
        if not has_drafts or model._default_manager.filter(pk=pk, live=True).exists():
            return True
    return False
