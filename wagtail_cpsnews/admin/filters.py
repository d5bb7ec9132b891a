"""Filters of page listings.

Choices are terms by slug: one choice for all languages of a term.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.views.pages.listing import IndexView

from ..compat import get_page_model
from ..conf import get_settings
from ..taxonomy.models import MODELS
from ..taxonomy.usage import carried_by, pages_carrying
from .terms import TermRow, read_terms


def term_choices(taxonomy: str, terms: Iterable[TermRow], pages: QuerySet[Any]) -> list[tuple[str, str]]:
    """Return the terms to filter by, as (slug, name).

    Current terms, and retired ones that one of ``pages`` has.
    """
    language = translation.get_language()
    current: dict[str, str] = {}
    retired: dict[str, str] = {}
    for term in terms:
        if term.taxonomy == taxonomy:
            found = current if term.current else retired
            if term.slug not in found or term.language == language:
                found[term.slug] = term.name
    if retired:
        carried = carried_by(MODELS[taxonomy], pages, list(retired))
        retired = {slug: _("%s (retired)") % name for slug, name in retired.items() if slug in carried}
    return [*current.items(), *retired.items()]


class TermFilter(django_filters.MultipleChoiceFilter):
    """Pages that carry one of the chosen terms, in whichever language."""

    def __init__(self, taxonomy: str, **kwargs: Any) -> None:
        self.taxonomy = taxonomy
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if not value:
            return qs
        carrying = pages_carrying(MODELS[self.taxonomy], slug__in=value)
        return qs.filter(pk__in=carrying.order_by().values("pk"))


class StatusFilter(django_filters.MultipleChoiceFilter):
    """Live, draft, scheduled, expired, or live with changes that are not published."""

    CHOICES = [
        ("live", gettext_lazy("Live")),
        ("changed", gettext_lazy("Live, with changes not published")),
        ("draft", gettext_lazy("Draft")),
        ("scheduled", gettext_lazy("Scheduled")),
        ("expired", gettext_lazy("Expired")),
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=self.CHOICES, widget=forms.CheckboxSelectMultiple, **kwargs)

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        over = Q(expired=True) | Q(expire_at__lte=timezone.now())
        scheduled = Q(_goes_live__isnull=False)
        meanings = {
            "live": Q(live=True) & ~over,
            "changed": Q(live=True, has_unpublished_changes=True) & ~over,
            "draft": Q(live=False) & ~over & ~scheduled,
            "scheduled": scheduled,
            "expired": over,
        }
        wanted = Q()
        for name in value or ():
            wanted |= meanings[name]
        return qs.filter(wanted)


#: Filters of pages by the names that ``AdminSpec.filters`` uses; "locale" is Wagtail's own.
PAGE_FILTERS = {
    "status": lambda: StatusFilter(label=_("Status")),
    "updated": lambda: django_filters.DateFromToRangeFilter(
        field_name="latest_revision_created_at", label=_("Updated"), widget=DateRangePickerWidget
    ),
}


def page_filterset(names: tuple[str, ...]) -> type[WagtailFilterSet]:
    """Return a set of the named filters for a listing of pages."""

    class PageFilters(WagtailFilterSet):
        class Meta:
            model = get_page_model()
            fields: list[str] = []

        def __init__(
            self, data: Any = None, queryset: Any = None, *, request: Any = None, **kwargs: Any
        ) -> None:
            super().__init__(data, queryset, request=request, **kwargs)
            locale = self.filters.pop("locale", None)
            explorable = explorable_pages(request)
            terms = read_terms()
            for name in names:
                if name in MODELS and get_settings().is_on(name):
                    label = get_settings().label(name)
                    found = TermFilter(
                        name,
                        label=label[:1].upper() + label[1:],
                        choices=term_choices(name, terms, explorable),
                    )
                elif name in PAGE_FILTERS:
                    found = PAGE_FILTERS[name]()
                elif name == "locale" and locale is not None:
                    found = locale
                else:
                    continue
                found.parent, found.model = self, get_page_model()
                if found.field_name is None:
                    found.field_name = name
                self.filters[name] = found

    return PageFilters


def explorable_pages(request: Any) -> QuerySet[Any]:
    """Return the pages that the request's user may see in the admin.

    Computed once for each request.
    """
    if not hasattr(request, "cpsnews_explorable"):
        request.cpsnews_explorable = pages_policy().explorable_instances(request.user)
    return request.cpsnews_explorable


def pages_policy() -> Any:
    """Return Wagtail's permission policy for pages.

    Wagtail 7.4 and 8.0 keep it in different places.
    """
    return IndexView(model=get_page_model()).permission_policy
