"""The newsroom's menu: everything that an ``AdminSpec`` describes.

One group, shown to users who may use any of its items.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet

from .filters import pages_policy
from .models import explorer_spec, index_models, page_specs, plain_specs
from .registry import AdminSpec
from .viewsets import explorer_viewset, page_viewset, snippet_viewset


def uses_modeladmin() -> bool:
    """Return whether wagtail-modeladmin, if installed, renders plain models."""
    return apps.is_installed("wagtail_modeladmin")


class PlainItem(MenuItem):
    """A plain model, for who has any right on it."""

    def __init__(self, spec: AdminSpec, url: str, order: int) -> None:
        super().__init__(spec.label, url, name=f"cpsnews-{spec.slug}", icon_name=spec.icon, order=order)
        self.model = spec.model

    def is_shown(self, request: HttpRequest) -> bool:
        policy = ModelPermissionPolicy(self.model)
        return bool(policy.user_has_any_permission(request.user, {"add", "change", "delete", "view"}))


class PagesItem(MenuItem):
    """The pages of a type, for who has any right on any page."""

    def __init__(self, spec: AdminSpec, order: int) -> None:
        url = reverse(f"cpsnews_{spec.slug}:index")
        super().__init__(spec.label, url, name=f"cpsnews-{spec.slug}", icon_name=spec.icon, order=order)

    def is_shown(self, request: HttpRequest) -> bool:
        rights = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}
        return bool(pages_policy().user_has_any_permission(request.user, rights))


class BuilderItem(MenuItem):
    """The builder of embeds, for who sees anything else of the newsroom."""

    def __init__(self, others: list[MenuItem]) -> None:
        url = reverse("cpsnews_builder:builder")
        label = _("Embed a list on another site")
        super().__init__(label, url, name="cpsnews-builder", icon_name="globe", order=len(others))
        self.others = others

    def is_shown(self, request: HttpRequest) -> bool:
        return any(item.is_shown(request) for item in self.others)


def register_plain_models() -> None:
    """Register terms as snippets, then with modeladmin where it is installed.

    Terms are snippets in any case: for choosers, permissions and translation. Modeladmin comes after them, so
    that links from elsewhere in the admin lead to its edit view.
    """
    specs = plain_specs()
    for spec in specs:
        register_snippet(snippet_viewset(spec))
    if uses_modeladmin():
        from . import modeladmin

        modeladmin.register(specs)


def viewsets() -> list[Any]:
    """Return page listings for the menu, and the explorer below news centres."""
    specs = page_specs()
    if not specs:
        return []
    return [
        *(page_viewset(spec) for spec in specs),
        *(explorer_viewset(model, explorer_spec()) for model in index_models()),
    ]


def _list_url(spec: AdminSpec) -> str:
    if uses_modeladmin():
        return reverse(f"newsroom_{spec.slug}_modeladmin_index")
    return reverse(spec.model.snippet_viewset.get_url_name("list"))  # type: ignore[attr-defined]


def menu_item() -> SubmenuMenuItem:
    """Return the group: stories first, then what they are filed under."""
    pages = page_specs()
    items: list[MenuItem] = [PagesItem(spec, order) for order, spec in enumerate(pages)]
    items += [
        PlainItem(spec, _list_url(spec), order) for order, spec in enumerate(plain_specs(), start=len(pages))
    ]
    items.append(BuilderItem(list(items)))
    return SubmenuMenuItem(
        _("Newsroom"), Menu(items=items), name="cpsnews-newsroom", icon_name="doc-full-inverse", order=200
    )
