"""What the columns of pages show, and how it is loaded for a whole list at once."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from ..catalogue.dates import short_display
from ..registry import TAXONOMIES
from ..stories.status import status_of
from .terms import shown_names

#: What the columns read of other tables, where a page type has it.
_RELATED = (
    *(taxonomy.field for taxonomy in TAXONOMIES.values() if taxonomy.has_column and taxonomy.many),
    "contacts",
)


def load_related(pages: Sequence[Any]) -> None:
    """Load what the columns show, for all pages together.

    One query for each field of a page class, not one for each page.
    """
    by_class = defaultdict(list)
    for page in pages:
        by_class[type(page)].append(page)
    for page_class, instances in by_class.items():
        relations = [name for name in _RELATED if _has_relation(page_class, name)]
        models.prefetch_related_objects(instances, *relations)
    names = shown_names() if pages else {}
    for page in pages:
        page.shown_names = names


def _has_relation(page_class: type[models.Model], name: str) -> bool:
    try:
        return bool(page_class._meta.get_field(name).is_relation)
    except FieldDoesNotExist:
        return False


def annotate_go_live(pages: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Annotate pages with ``_goes_live``.

    It is the time at which an approved version will be published, or ``None``.
    """
    approved = (
        Revision.page_revisions.filter(
            approved_go_live_at__isnull=False, object_id=Cast(models.OuterRef("pk"), models.CharField())
        )
        .order_by("approved_go_live_at")
        .values("approved_go_live_at")[:1]
    )
    return pages.annotate(_goes_live=models.Subquery(approved))


def terms(taxonomy: str, page: Any) -> str:
    """Return the names of the page's terms of a taxonomy."""
    declared = TAXONOMIES[taxonomy]
    if declared.many:
        found = _related(page, declared.field)
        return ", ".join(_shown(page, taxonomy, term.pk) or str(term) for term in found)
    pk = getattr(page, f"{declared.field}_id", None)
    return "" if pk is None else _shown(page, taxonomy, pk) or str(getattr(page, declared.field))


def _shown(page: Any, taxonomy: str, pk: Any) -> str | None:
    """Return a term's name in the reader's language, if the list has read it.

    A page may refer to the row of any language.
    """
    names: dict[tuple[str, Any], str] = getattr(page, "shown_names", {})
    return names.get((taxonomy, pk))


def _related(page: Any, name: str) -> list[Any]:
    found: Any = getattr(page, name, None)
    return list(found.all()) if hasattr(found, "all") else []


def contacts(page: Any) -> str:
    """Return the people to ask about the page, by name."""
    return ", ".join(str(contact) for contact in _related(page, "contacts"))


def status(page: Any) -> str:
    """Return the status as readers experience it: live, draft, scheduled, expired."""
    return status_of(page)


def local_time(value: datetime.datetime | None) -> datetime.datetime | None:
    """Return a date and time in ``TIME_ZONE``, as people and spreadsheets read it."""
    return timezone.make_naive(value) if value is not None and timezone.is_aware(value) else value


def goes_out_at(page: Any) -> datetime.datetime | None:
    """Return when a page is published: what is approved, or what its draft plans."""
    approved = getattr(page, "_goes_live", None)
    if approved is not None:
        return approved
    planned = page.go_live_at
    return planned if planned is not None and planned > timezone.now() else None


def goes_out(page: Any) -> str:
    """Say when a page is published; mark a plan that nobody has approved."""
    when = goes_out_at(page)
    if when is None:
        return ""
    text = short_display(when)
    return text if getattr(page, "_goes_live", None) else _("%(when)s (not yet approved)") % {"when": text}


def updated(page: Any) -> datetime.datetime | None:
    """Return when somebody last saved the page."""
    return page.latest_revision_created_at
