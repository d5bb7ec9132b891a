"""Hooks: where the admin offers to hold a story, and what a stop refuses."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import holds, refusals, stops


@hooks.register("register_admin_urls")
def register_hold_urls() -> list[Any]:
    """Return the addresses of holds, and of the report on all stops."""
    return [
        path("newsroom/holds/", include((holds.urlpatterns, "cpsnews_holds"))),
        path("newsroom/stops/", include((stops.urlpatterns, "cpsnews_stops"))),
    ]


@hooks.register("register_permissions")
def offer_stop_permissions() -> Any:
    """Offer the permissions about stops to groups."""
    return Permission.objects.filter(content_type__app_label="cpsnews", content_type__model="publicationstop")


@hooks.register("construct_wagtail_userbar")
def offer_hold_on_page(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Offer to hold the story that is shown."""
    items += holds.userbar_items(request, page)


@hooks.register("register_page_header_buttons")
def offer_hold_in_editor(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer to hold the story that is edited."""
    yield from holds.header_buttons(page, user)


@hooks.register("register_page_listing_more_buttons")
def offer_hold_in_list(page: Any, user: Any, next_url: str | None = None) -> Any:
    """Offer to hold a story of a list."""
    yield from holds.listing_buttons(page, user)


@hooks.register("construct_homepage_panels")
def show_stops(request: HttpRequest, panels: list[Any]) -> None:
    """Show what is stopped now."""
    panels.append(stops.StopsPanel())


@hooks.register("register_reports_menu_item")
def register_stops_menu_item() -> MenuItem:
    """Register the report on holds, embargoes and withdrawals."""
    return stops.menu_item()


@hooks.register("before_edit_page")
def explain_lock(request: HttpRequest, page: Any) -> None:
    """Say why a story that was sent to be saved or published is locked."""
    refusals.explain_lock(request, page)


@hooks.register("before_copy_page")
def refuse_copy(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Refuse to copy a story that is stopped."""
    return refusals.refuse_copy(request, page)


@hooks.register("before_convert_alias_page")
def refuse_conversion(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Refuse to make a page of its own of an alias of a story that is stopped."""
    return refusals.refuse_copy(request, page)


@hooks.register("before_bulk_action", order=-1)
def refuse_bulk_publishing(
    request: HttpRequest, action_type: str, objects: Any, view: Any
) -> HttpResponse | None:
    """Publish several pages only when none of them is stopped."""
    return refusals.refuse_bulk_publishing(request, objects, view) if action_type == "publish" else None
