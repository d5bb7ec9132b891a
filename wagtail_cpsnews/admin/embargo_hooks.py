"""Where embargoes show in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter

from ..catalogue.adapters import adapter_for
from ..desk import advance_copies as copies
from ..desk import embargoes
from . import advance_copies
from . import embargoes as screens


@hooks.register("register_admin_urls")
def register_embargo_urls() -> list[Any]:
    """Register the screens."""
    return [*screens.urls(), *advance_copies.urls()]


@hooks.register("register_permissions")
def offer_embargo_permission() -> Any:
    """Offer the permission to groups."""
    return Permission.objects.filter(content_type__app_label="cpsnews", codename="embargo_story")


@hooks.register("register_page_header_buttons")
def offer_embargo(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer a story's embargo in the editor's header."""
    if (
        page.pk
        and not page.alias_of_id
        and adapter_for(page.specific_class)
        and screens.may_embargo(user, page)
    ):
        yield Button(_("Embargo"), screens.url_of(page), icon_name="time", priority=80)


@hooks.register("before_edit_page")
def say_that_it_is_on_embargo(request: HttpRequest, page: Any) -> None:
    """Tell an editor that what they write is not published before it is approved."""
    if request.method != "GET" or adapter_for(page.specific_class) is None:
        return
    if stop := embargoes.embargo_of(page):
        text = _(
            "On embargo %(waits)s (%(reference)s). You can go on editing the draft. What is published at the end is "
            "the text that was approved, until someone approves a newer one."
        )
        names = {"waits": screens.describe(stop), "reference": stop.reference}
        messages.info(request, text % names)


@hooks.register("construct_homepage_panels")
def show_embargoes(request: HttpRequest, panels: list[Any]) -> None:
    """Show what is on embargo on the admin's home page."""
    panels.append(screens.EmbargoPanel())


@hooks.register("register_log_actions")
def register_embargo_log_actions(actions: Any) -> None:
    """Register the words for changed embargoes and for advance copies in histories."""

    @actions.register_action(embargoes.CHANGED)
    class ChangeFormatter(LogFormatter):
        label = gettext_lazy("Change of an embargo")

        def format_message(self, log_entry: Any) -> str:
            return _("Changed the embargo (%(reference)s)") % log_entry.data

    @actions.register_action(copies.MADE)
    class MakeFormatter(LogFormatter):
        label = gettext_lazy("Advance copy")

        def format_message(self, log_entry: Any) -> str:
            return _("Made an advance copy (%(reference)s)") % log_entry.data

    @actions.register_action(copies.REVOKED)
    class RevokeFormatter(LogFormatter):
        label = gettext_lazy("Revoked advance copy")

        def format_message(self, log_entry: Any) -> str:
            return _("Revoked an advance copy (%(reference)s)") % log_entry.data
