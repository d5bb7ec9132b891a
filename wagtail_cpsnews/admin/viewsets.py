"""``AdminSpec`` rendered by Wagtail: plain models as snippets, page listings."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, ClassVar

from django.db.models import QuerySet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView
from wagtail.snippets.views.snippets import SnippetViewSet

from .chooser import chooser_viewset_class
from .listing import NewsExplorerView, PageTypeView, view_of
from .registry import AdminColumn, AdminSpec
from .sanitizing import CleanParametersMixin
from .search import search


class PlainIndexView(CleanParametersMixin, SnippetIndexView):
    """The list of a plain model."""

    spec: ClassVar[AdminSpec]
    is_searchable = True

    def get_search_form(self) -> Any:
        return super().get_search_form() if self.spec.search else None

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return search(queryset, self.spec.search, self.search_query)

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(object_list if self.is_export else self.spec.loaded(object_list))

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(self.spec.loaded(queryset), spreadsheet_format)

    def get_heading(self, queryset: Any, field: str) -> str:
        return next(self.spec.label_of(column) for column in self.spec.exported if column.name == field)

    def to_row_dict(self, item: Any) -> OrderedDict[str, Any]:
        return OrderedDict((column.name, column.get(item)) for column in self.spec.exported)


def _columns(spec: AdminSpec) -> list[str | BaseColumn]:
    """Return the columns.

    The first is a name, so that Wagtail gives it links and buttons.
    """
    first, *others = spec.columns
    return [first.name, *(_column(spec, column) for column in others)]


def _column(spec: AdminSpec, column: AdminColumn) -> str | BaseColumn:
    if column.value is None:
        return column.name
    return Column(column.name, label=spec.label_of(column), accessor=column.get, sort_key=column.sort or None)


def snippet_viewset(spec: AdminSpec) -> type[SnippetViewSet]:
    """Return the snippet viewset of a plain model.

    Its menu item is in the newsroom's menu, not under "Snippets".
    """
    options = {
        "model": spec.model,
        "icon": spec.icon,
        "menu_label": spec.label,
        "menu_item_is_registered": True,
        "list_display": _columns(spec),
        "list_filter": list(spec.filters),
        "list_export": [column.name for column in spec.exported],
        "list_per_page": spec.per_page,
        "ordering": list(spec.ordering),
        "search_backend_name": None,
        "index_view_class": view_of(spec, PlainIndexView),
        "chooser_viewset_class": chooser_viewset_class(spec),
    }
    return type(f"{spec.model.__name__}ViewSet", (SnippetViewSet,), options)


def page_viewset(spec: AdminSpec) -> PageListingViewSet:
    """Return all pages of a type, in the newsroom's menu."""
    options = {
        "model": spec.model,
        "icon": spec.icon,
        "menu_label": spec.label,
        "list_per_page": spec.per_page,
        "ordering": spec.ordering[0],
        "columns": ViewSet.UNDEFINED,  # the view has its own, as it has its filters
        "filterset_class": ViewSet.UNDEFINED,
        "index_view_class": view_of(spec, PageTypeView),
    }
    viewset = type(f"{spec.model.__name__}ListingViewSet", (PageListingViewSet,), options)
    return viewset(f"cpsnews_{spec.slug}", url_prefix=f"newsroom/{spec.slug}")


def explorer_viewset(model: type[Any], spec: AdminSpec) -> PageViewSet:
    """Return the explorer below a news centre, with the columns of ``spec``."""
    options = {
        "model": model,
        "columns": ViewSet.UNDEFINED,
        "filterset_class": ViewSet.UNDEFINED,
        "parent_models": [model],
        "index_view_class": view_of(spec, NewsExplorerView),
    }
    return type(f"{model.__name__}ExplorerViewSet", (PageViewSet,), options)()
