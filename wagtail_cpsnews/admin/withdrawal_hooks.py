"""Where Wagtail's admin offers to withdraw a story."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from wagtail import hooks

from . import withdrawals


@hooks.register("register_admin_urls")
def register_withdrawal_urls() -> list[Any]:
    """Return the addresses of withdrawals."""
    return withdrawals.urls()


@hooks.register("register_permissions")
def offer_withdrawal_permission() -> Any:
    """Offer the permission to groups."""
    return Permission.objects.filter(content_type__app_label="cpsnews", codename="withdraw_story")


@hooks.register("register_page_header_buttons")
def offer_to_withdraw(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer to withdraw a story on its own pages."""
    yield from withdrawals.header_buttons(page, user)


@hooks.register("register_page_listing_more_buttons")
def offer_to_withdraw_in_lists(page: Any, user: Any, next_url: str | None = None) -> Any:
    """Offer to withdraw a story in lists of pages."""
    yield from withdrawals.listing_buttons(page, user)
