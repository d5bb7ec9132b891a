"""``AdminSpec`` rendered by wagtail-modeladmin, without its open parameters.

As it comes, modeladmin takes any lookup from the address (``?owner__password__startswith=``), fails on bad ones,
shows histories to people who may not edit, and looks for the row before it asks who is there.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import DeleteView, HistoryView, IndexView

from .deletion import refusals
from .merge import merge_url
from .registry import AdminColumn, AdminSpec
from .sanitizing import STYLESHEET, CleanParametersMixin, clean_parameters
from .search import search

_NUMBER = re.compile(r"[0-9]{1,6}")
_ORDERING = re.compile(r"-?[0-9]{1,2}(\.-?[0-9]{1,2}){0,9}")
_KEY = re.compile(r"[0-9]{1,18}")


class _Filter(SimpleListFilter):
    """A filter by a field of the model.

    Django's own filters of relations need its admin to be installed.
    """

    field: Any

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return choices(self.field)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        if value not in dict(self.lookup_choices):
            return queryset
        if isinstance(self.field, models.BooleanField):
            return queryset.filter(**{self.field.name: value == "1"})
        name = "locale__language_code" if self.field.related_model is Locale else self.field.name
        return queryset.filter(**{name: value})


def choices(field: Any) -> list[tuple[str, str]]:
    """Return what a field may be filtered by, as (value, label)."""
    if isinstance(field, models.BooleanField):
        return [("1", _("Yes")), ("0", _("No"))]
    if field.choices:
        return [(str(value), str(label)) for value, label in field.flatchoices]
    if field.related_model is Locale:
        return [(locale.language_code, str(locale)) for locale in Locale.objects.all()]
    return [(str(row.pk), str(row)) for row in field.related_model._default_manager.all()]


def _filter(spec: AdminSpec, name: str) -> type[_Filter]:
    field: Any = spec.model._meta.get_field(name)
    options = {"field": field, "title": field.verbose_name, "parameter_name": name}
    return type(f"{spec.model.__name__}{name.title()}Filter", (_Filter,), options)


class QuietIndexView(CleanParametersMixin, IndexView):
    """The list, redirecting to itself without unusable parameters.

    Unusable are unknown parameters and values that make no sense.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        clean_parameters(request)
        kept = request.GET.copy()
        for name in request.GET:
            if not self._makes_sense(name, request.GET[name]):
                del kept[name]
        if kept != request.GET:
            query = kept.urlencode()
            return redirect(f"{request.path}?{query}" if query else request.path)
        return super().dispatch(request, *args, **kwargs)

    def _makes_sense(self, name: str, value: str) -> bool:
        if name == self.PAGE_VAR:
            return bool(_NUMBER.fullmatch(value))
        if name == self.ORDER_VAR:
            return bool(_ORDERING.fullmatch(value))
        if name == self.EXPORT_VAR:
            return value in self.FORMATS
        if name == self.SEARCH_VAR:
            return True
        spec: AdminSpec = self.model_admin.spec
        return name in spec.filters and value in dict(choices(spec.model._meta.get_field(name)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["object_list"] = self.model_admin.spec.loaded(context["object_list"])
        return context

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(self.model_admin.spec.loaded(queryset), spreadsheet_format)

    def get_heading(self, queryset: Any, field: str) -> str:
        spec: AdminSpec = self.model_admin.spec
        return next(spec.label_of(column) for column in spec.exported if column.name == field)

    def to_row_dict(self, item: Any) -> OrderedDict[str, Any]:
        return OrderedDict((column.name, column.get(item)) for column in self.model_admin.spec.exported)


class EditorsHistoryView(HistoryView):
    """Who changed a row, for those who may change it."""

    def check_action_permitted(self, user: Any) -> bool:
        return bool(self.permission_helper.user_can_edit_obj(user, self.instance))


class CarefulDeleteView(DeleteView):
    """Says why a row must stay, before anybody confirms."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.check_action_permitted(request.user) and (reasons := refusals([self.instance])):
            return self._refuse(request, reasons)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except (ProtectedError, AttributeError):  # modeladmin follows relations that have no name
            return self._refuse(request, [_("“%s” is in use and must stay.") % self.instance])

    def _refuse(self, request: HttpRequest, reasons: Sequence[str]) -> HttpResponse:
        for reason in reasons:
            messages.error(request, reason)
        return redirect(self.index_url)


class RowButtons(ButtonHelper):
    """A row's buttons, with "Merge into…" for terms."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        buttons: list[dict[str, Any]] = super().get_buttons_for_obj(obj, *args, **kwargs)
        url = merge_url(obj)
        if url and self.permission_helper.user_can_edit_obj(self.request.user, obj):
            label = _("Merge into…")
            buttons.append(
                {
                    "url": url,
                    "label": label,
                    "title": label,
                    "classname": self.finalise_classname(["button-small", "button-secondary"]),
                }
            )
        return buttons


class _SearchHandler:
    """Modeladmin's search, by our function."""

    def __init__(self, search_fields: Sequence[str]) -> None:
        self.search_fields = search_fields

    @property
    def show_search_form(self) -> bool:
        return bool(self.search_fields)

    def search_queryset(self, queryset: Any, search_term: str, **kwargs: Any) -> Any:
        return search(queryset, self.search_fields, search_term)


class QuietModelAdmin(ModelAdmin):
    """One plain model. ``build`` makes the subclass of a spec."""

    spec: AdminSpec
    add_to_admin_menu = False  # the newsroom's menu shows it
    index_view_class = QuietIndexView
    history_view_class = EditorsHistoryView
    delete_view_class = CarefulDeleteView
    button_helper_class = RowButtons
    search_handler_class = _SearchHandler
    index_view_extra_css = [STYLESHEET]

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        """Return only the spec's: modeladmin would add one that needs Django's admin."""
        return tuple(self.list_filter)

    def get_menu_label(self) -> Any:
        return self.menu_label

    def create_view(self, request: HttpRequest) -> HttpResponse:
        clean_parameters(request)
        return super().create_view(request)

    def edit_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().edit_view(request, self._checked(request, instance_pk))

    def delete_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().delete_view(request, self._checked(request, instance_pk))

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().history_view(request, self._checked(request, instance_pk))

    def _checked(self, request: HttpRequest, key: str) -> str:
        """Return the key of a row, after asking who is there and whether it can be one."""
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        if not _KEY.fullmatch(key):
            raise Http404
        return key


def build(spec: AdminSpec) -> QuietModelAdmin:
    """Return the ModelAdmin of a spec, not yet registered."""
    options: dict[str, Any] = {
        "spec": spec,
        "model": spec.model,
        "menu_label": spec.label,
        "menu_icon": spec.icon,
        "base_url_path": f"newsroom/{spec.slug}",
        "list_display": tuple(_display_name(column) for column in spec.columns),
        "list_export": tuple(column.name for column in spec.exported),
        "list_filter": tuple(_filter(spec, name) for name in spec.filters),
        "list_per_page": spec.per_page,
        "search_fields": spec.search,
        "ordering": spec.ordering,
        "export_filename": spec.model._meta.db_table,
    }
    for column in spec.columns:
        if column.value is not None:
            options[_display_name(column)] = _method(spec, column)
    return type(f"{spec.model.__name__}Admin", (QuietModelAdmin,), options)()


def _display_name(column: AdminColumn) -> str:
    """Return a display name that no field has.

    Modeladmin shows a field in its own way, False as a red cross.
    """
    return column.name if column.value is None else f"shown_{column.name}"


def _method(spec: AdminSpec, column: Any) -> Any:
    def value(self: Any, instance: Any) -> Any:
        return column.get(instance)

    value.short_description = spec.label_of(column)  # type: ignore[attr-defined]
    value.admin_order_field = column.sort or None  # type: ignore[attr-defined]
    return value


def register(specs: Sequence[AdminSpec]) -> list[QuietModelAdmin]:
    """Register all of ``specs`` with Wagtail.

    That gives their addresses, and the edit links from elsewhere in the admin.
    """
    admins = [build(spec) for spec in specs]
    for admin in admins:
        admin.register_with_wagtail()
    return admins
