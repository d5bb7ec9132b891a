"""Choosers of terms and contacts for page forms.

They can be searched, leave out what is retired, and show names in the language of the page.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, LocaleFilterMixin
from wagtail.models import TranslatableMixin
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet

from .registry import AdminSpec
from .sanitizing import clean_parameters
from .search import search


def offered(objects: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Return the rows that can still be chosen: without retired and replaced ones."""
    names = {field.name for field in objects.model._meta.get_fields()}
    if "retired" in names:
        objects = objects.filter(retired=False)
    if "successor" in names:
        objects = objects.filter(successor=None)
    return objects


class _SearchForm(BaseFilterForm):
    spec: ClassVar[AdminSpec]

    q = forms.CharField(
        label=_("Search term"), widget=forms.TextInput(attrs={"placeholder": _("Search")}), required=False
    )

    def filter(self, objects: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if query := self.cleaned_data.get("q"):
            self.is_searching, self.search_query = True, query
            objects = search(objects, self.spec.search, query)
        return super().filter(objects)


class _LocaleForm(LocaleFilterMixin, _SearchForm):
    def filter(self, objects: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the rows in the chosen language, or in all if it has none."""
        found = super().filter(objects)
        if self.cleaned_data.get("locale") and not self.is_searching and not found.exists():
            return objects
        return found


class _ChooseMixin:
    spec: ClassVar[AdminSpec]
    request: Any

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        clean_parameters(request)
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def get_object_list(self) -> models.QuerySet[Any]:
        return offered(super().get_object_list())  # type: ignore[misc]

    def get_filter_form_class(self) -> type[Any]:
        translated = issubclass(self.spec.model, TranslatableMixin) and self.i18n_enabled  # type: ignore[attr-defined]
        return type("FilterForm", (_LocaleForm if translated else _SearchForm,), {"spec": self.spec})


class _ChooseView(_ChooseMixin, ChooseView):
    pass


class _ChooseResultsView(_ChooseMixin, ChooseResultsView):
    pass


def chooser_viewset_class(spec: AdminSpec) -> type[SnippetChooserViewSet]:
    """Return the chooser of one model."""
    options = {
        "choose_view_class": type(f"{spec.model.__name__}ChooseView", (_ChooseView,), {"spec": spec}),
        "choose_results_view_class": type(
            f"{spec.model.__name__}ChooseResultsView", (_ChooseResultsView,), {"spec": spec}
        ),
    }
    return type(f"{spec.model.__name__}ChooserViewSet", (SnippetChooserViewSet,), options)
