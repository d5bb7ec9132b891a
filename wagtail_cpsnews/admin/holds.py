"""Holding a story in the admin: the buttons, and the pages of a hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui import menus
from wagtail.admin.userbar import BaseItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import local
from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..catalogue.stops import key_of, stop_of
from ..compat import get_page_model
from ..conf import get_settings
from ..contacts.formatting import time as time_of_day
from ..desk import holds
from ..desk.scopes import scope_of
from ..desk.withdrawals import may_withdraw
from .embargoes import may_embargo, url_of
from .sanitizing import STYLESHEET
from .stop_words import describe_stops, stop_url
from .withdrawals import withdrawal_url

#: The longest note, in characters.
MAX_NOTE = 2000


def hold_url(page: Any) -> str:
    """Return the address at which a story is held, or its hold is shown."""
    return reverse("cpsnews_holds:hold", args=[page.pk])


class StopScreen(WagtailAdminTemplateMixin, TemplateView):
    """What the pages about a stop share."""

    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        settings = get_settings()
        return context | {
            "look_seconds": max(1, math.ceil(settings.LOOK_SECONDS)),
            "max_age": settings.MAX_AGE,
            "media": forms.Media(css={"all": [STYLESHEET]}),
        }

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def note(self) -> str:
        """Return the note that was typed, without what a database refuses."""
        return self.request.POST.get("note", "").replace("\x00", "").strip()[:MAX_NOTE]


class HoldView(StopScreen):
    """The second tap: what will be taken off, an optional note, one button."""

    template_name = "wagtail_cpsnews/admin/hold.html"

    def dispatch(self, request: HttpRequest, page_pk: int) -> HttpResponse:
        if not holds.may_see(request.user):
            raise PermissionDenied
        found = (
            get_page_model()._base_manager.using(using()).filter(pk=page_pk).first()
            if page_pk < 2**62
            else None
        )
        if found is None or adapter_for(found.specific_class) is None:
            raise Http404
        self.page = found
        stop = stop_of(found)
        if request.method == "GET" and stop is not None:
            return redirect(stop_url(stop))
        if not holds.may_hold(request.user):
            raise PermissionDenied
        return super().dispatch(request)  # type: ignore[return-value]

    def get_page_title(self) -> str:
        return _("Hold this story")

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "page": self.page,
            "scope": scope_of(key_of(self.page)),
            "can_be_held": holds.can_be_held(self.page),
            "max_note": MAX_NOTE,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            stop = holds.hold(self.page, request.user, note=self.note())
        except holds.HoldRefused as error:
            messages.warning(request, str(error))
            return redirect(stop_url(error.stop) if error.stop else hold_url(self.page))
        messages.info(request, _("The story is on hold. Reference: %s.") % stop.reference)
        return redirect(stop_url(stop))


class StopView(StopScreen):
    """A hold: where the story is gone from, who held it, undo and release."""

    template_name = "wagtail_cpsnews/admin/stop.html"

    def dispatch(self, request: HttpRequest, reference: str, act: str = "") -> HttpResponse:
        if not holds.may_see(request.user):
            raise PermissionDenied
        self.act = act
        stops = PublicationStop.objects.using(using()).select_related("began_by", "ended_by")
        self.stop = get_object_or_404(stops, reference=reference.upper())
        if (screen := _own_screen(self.stop, request.user)) is not None:
            return redirect(screen)
        if act and request.method != "POST":
            return redirect(stop_url(self.stop))
        return super().dispatch(request)  # type: ignore[return-value]

    def get_page_title(self) -> str:
        return str(self.stop)[:1].upper() + str(self.stop)[1:]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        stop, user = self.stop, self.request.user
        page = get_page_model()._base_manager.using(using()).filter(pk=stop.page_pk).first()
        describe_stops([stop])
        held = stop.kind == PublicationStop.Kind.HOLD and stop.is_in_force
        return context | {
            "stop": stop,
            "page": page,
            "scope": scope_of(stop.translation_key),
            "undo_until": time_of_day(local(holds.undo_until(stop)).time()),
            "may_undo": holds.may_undo(stop, user),
            "may_release": held and holds.may_release(user),
            "may_withdraw": held and page is not None and may_withdraw(user),
            "may_edit": page is not None and page.permissions_for_user(user).can_edit(),
            "may_see_usage": user.has_perm("cpsnews.view_embeduse"),
            "max_note": MAX_NOTE,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acts = {"undo": self._undo, "release": self._release}
        if self.act not in acts:
            return self.http_method_not_allowed(request)
        try:
            back = acts[self.act]()
        except (holds.HoldRefused, holds.NotAllowed) as error:
            messages.warning(request, str(error))
        else:
            messages.info(request, _released(back))
        return redirect(stop_url(self.stop))

    def _undo(self) -> list[Any]:
        return holds.undo(self.stop, self.request.user)

    def _release(self) -> list[Any]:
        return holds.release(self.stop, self.request.user, note=self.note())


def _own_screen(stop: PublicationStop, user: Any) -> str | None:
    """Return where a withdrawal or an embargo is dealt with, for those who may."""
    if stop.kind == PublicationStop.Kind.WITHDRAWAL and may_withdraw(user):
        return withdrawal_url(stop)
    if stop.kind == PublicationStop.Kind.EMBARGO and stop.is_in_force:
        page = get_page_model()._base_manager.using(using()).filter(pk=stop.page_pk, alias_of=None).first()
        if page is not None and may_embargo(user, page):
            return url_of(page)
    return None


def _released(back: list[Any]) -> str:
    if back:
        return _("The story is public again, at the same address and with the same date.")
    return _(
        "The hold has ended. The story is not public: it was not before, has expired, or something else stops it."
    )


urlpatterns = [
    path("hold/<int:page_pk>/", HoldView.as_view(), name="hold"),
    path("<slug:reference>/", StopView.as_view(), name="stop"),
    path("<slug:reference>/<slug:act>/", StopView.as_view(), name="act"),
]


class HoldItem(BaseItem):
    """The button in the bar that Wagtail shows to editors on a public page."""

    template_name = "wagtail_cpsnews/admin/userbar_hold.html"

    def __init__(self, page: Any) -> None:
        self.url = hold_url(page)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"url": self.url}


def userbar_items(request: HttpRequest, page: Any) -> Iterator[HoldItem]:
    """Yield the button for the userbar of a public story."""
    if is_offered(page, request.user):
        yield HoldItem(page)


def is_offered(page: Any, user: Any) -> bool:
    """Return whether a page's buttons offer to hold it; asks no query for each page."""
    if page is None or not page.pk or not page.live:
        return False
    model: type = page.specific_class or type(page)
    return adapter_for(model) is not None and holds.may_hold(user)


def header_buttons(page: Any, user: Any) -> Iterator[Button]:
    """Yield the button at the top of a story's editor."""
    if is_offered(page, user):
        yield Button(_("Hold…"), hold_url(page), icon_name="warning", priority=5)


def listing_buttons(page: Any, user: Any) -> Iterator[Any]:
    """Yield the button in the menu of a row of a list."""
    if is_offered(page, user):
        yield menus.MenuItem(_("Hold…"), hold_url(page), icon_name="warning", priority=5)
