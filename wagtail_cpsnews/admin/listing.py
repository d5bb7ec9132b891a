"""Page listings: one type in the menu, or one parent in the explorer.

The menu lists all pages of a type; the explorer lists what lies below a news centre.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView

from ..catalogue.dates import short_display
from ..compat import get_page_model
from ..stories.status import is_hidden, status_of
from .columns import annotate_go_live, goes_out_at, local_time
from .filters import explorable_pages, page_filterset
from .registry import AdminColumn, AdminSpec
from .sanitizing import STYLESHEET, CleanParametersMixin
from .search import search


def _column(spec: AdminSpec, column: AdminColumn) -> BaseColumn:
    """Return the column as Wagtail draws it: title buttons, status link."""
    options: dict[str, Any] = {
        "label": spec.label_of(column),
        "sort_key": column.sort or None,
        "width": column.width,
    }
    if column.name == "title":
        return PageTitleColumn("title", classname="title", **options)
    if column.name == "status":
        return ReaderStatusColumn("status", **options)
    return Column(column.name, accessor=lambda page: _shown(column.get(page)), **options)


def _shown(value: Any) -> Any:
    return short_display(value) if isinstance(value, datetime.datetime) else value


class ReaderStatusColumn(PageStatusColumn):
    """The status as readers see it.

    It links to the page only where readers can open it.
    """

    cell_template_name = "wagtail_cpsnews/admin/page_status_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"is_hidden": is_hidden(instance), "status_text": status_of(instance)}


class NewsListingMixin(CleanParametersMixin):
    """What both listings share. Put it before one of Wagtail's page listings."""

    spec: ClassVar[AdminSpec]
    table_classname = "listing full-width cpsnews-listing"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            BulkActionsColumn("bulk_actions"),
            *(_column(self.spec, column) for column in self.spec.columns),
        ]

    @cached_property
    def filterset_class(self) -> Any:
        return page_filterset(self.spec.filters)

    @property
    def list_export(self) -> list[str]:
        return [column.name for column in self.spec.exported]

    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return annotate_go_live(super().annotate_queryset(pages))  # type: ignore[misc]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Order as Wagtail does, with the list's own order for search results.

        Search has no relevance here.
        """
        if self.is_searching and not self.is_explicitly_ordered:  # type: ignore[attr-defined]
            return queryset.order_by(*self.spec.ordering)
        return super().order_queryset(queryset)  # type: ignore[misc]

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return search(queryset, self.spec.search, self.search_query)  # type: ignore[attr-defined]

    def get_table(self, object_list: Any) -> Any:
        rows = object_list if self.is_export else self.spec.loaded(object_list)  # type: ignore[attr-defined]
        return super().get_table(rows)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["media"] += forms.Media(css={"all": [STYLESHEET]})
        return context

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(self.spec.loaded(queryset), spreadsheet_format)  # type: ignore[misc]

    def get_heading(self, queryset: Any, field: str) -> str:
        return next(self.spec.label_of(column) for column in self.spec.exported if column.name == field)

    def to_row_dict(self, item: Any) -> OrderedDict[str, Any]:
        return OrderedDict((column.name, _exported(column, item)) for column in self.spec.exported)


def _exported(column: AdminColumn, page: Any) -> Any:
    value = goes_out_at(page) if column.name == "goes_out" else column.get(page)
    return local_time(value) if isinstance(value, datetime.datetime) else value


class PageTypeView(NewsListingMixin, IndexView):
    """All pages of a type that the user may see."""

    locale = None  # the list is of all languages

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return only pages that the user may see, in searches too.

        This holds whatever the site's settings allow elsewhere.
        """
        pages = self.model._default_manager.filter(
            pk__in=explorable_pages(self.request).order_by().values("pk"), depth__gt=1
        )
        return self.annotate_queryset(pages)


class NewsExplorerView(NewsListingMixin, ExplorableIndexView):
    """What lies below a news centre, with the same columns."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.model = get_page_model()  # the viewset's is the news centre: pages of all types lie below one

    def get_base_queryset(self) -> QuerySet[Any]:
        pages = super().get_base_queryset()
        return pages.filter(pk__in=explorable_pages(self.request).order_by().values("pk"))

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for hook in hooks.get_hooks("construct_explorer_page_queryset"):
            queryset = hook(self.parent_page, queryset, self.request)
        return super().search_queryset(queryset)


def view_of(spec: AdminSpec, base: type[Any]) -> type[Any]:
    """Return a view class for one model."""
    return type(f"{spec.model.__name__}{base.__name__}", (base,), {"spec": spec})
