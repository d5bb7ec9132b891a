"""The screens of an embargo, and the list on the admin's home page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import short_display
from ..catalogue.guards import PublishingRefused
from ..catalogue.models import PublicationStop
from ..catalogue.stops import stop_of
from ..compat import get_page_model
from ..desk import embargoes
from ..desk.embargoes import EmbargoRefused
from ..desk.stopping import AlreadyEnded, AlreadyStopped
from .embargo_forms import EmbargoForm, initial_of

PERMISSION = "cpsnews.embargo_story"


def may_embargo(user: Any, page: Any) -> bool:
    """Return whether a user may set, confirm and lift a story's embargo."""
    return bool(user.has_perm(PERMISSION) and page.permissions_for_user(user).can_edit())


def url_of(page: Any, name: str = "embargo") -> str:
    """Return the address of a screen for the embargo of a page."""
    return reverse(f"cpsnews_{name}", args=[page.pk])


def describe(stop: PublicationStop) -> str:
    """Return what an embargo waits for, in words."""
    if stop.until is not None:
        return _("until %(when)s") % {"when": short_display(stop.until)}
    return _("until this has happened: %(event)s") % {"event": stop.event}


class EmbargoScreen(WagtailAdminTemplateMixin, TemplateView):
    """A screen about the embargo of one story."""

    header_icon = "time"
    page: Any
    stop: PublicationStop | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        pk = kwargs["pk"]
        found = get_page_model().objects.filter(pk=pk, alias_of=None).first() if pk < 2**62 else None
        if found is None or adapter_for(found.specific_class) is None:
            raise Http404
        self.page = found.specific
        if not may_embargo(request.user, self.page):
            raise PermissionDenied
        self.stop = embargoes.embargo_of(self.page)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Embargo")

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        edit = {
            "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "label": self.page.get_admin_display_title(),
        }
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "page": self.page,
            "stop": self.stop,
            "waits": describe(self.stop) if self.stop else "",
            "versions": [self._version(version) for version in embargoes.versions_of(self.page)],
            "edit_url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "embargo_url": url_of(self.page),
        }

    def _version(self, version: Any) -> dict[str, Any]:
        """Return what is published of a language version at the end."""
        revision = embargoes.approved_revision(self.stop, version) if self.stop else None
        latest = version.get_latest_revision()
        return {
            "page": version,
            "language": version.locale.get_display_name(),
            "edit_url": reverse("wagtailadmin_pages:edit", args=[version.pk]),
            "approved": short_display(revision.created_at) if revision else "",
            "approved_url": revision
            and reverse("wagtailadmin_pages:revisions_view", args=[version.pk, revision.pk]),
            "is_newer": bool(revision and latest and latest.pk != revision.pk),
        }

    def back(self, text: str, *, failed: bool = False) -> HttpResponse:
        """Lead to the embargo's screen with a message."""
        (messages.error if failed else messages.success)(self.request, text)
        return redirect(url_of(self.page))


class EmbargoView(EmbargoScreen):
    """Set an embargo, or see and change the one in force."""

    template_name = "wagtail_cpsnews/admin/embargo.html"

    def get_form(self, data: Any = None) -> EmbargoForm:
        """Return the form, with the language versions that the user may publish."""
        versions = [version for version in embargoes.versions_of(self.page) if self._may_publish(version)]
        choices = [
            (version.pk, f"{version.locale.get_display_name()}: {version.get_admin_display_title()}")
            for version in versions
        ]
        approved = [
            version.pk
            for version in versions
            if (embargoes.approved_revision(self.stop, version) if self.stop else version.pk == self.page.pk)
        ]
        initial = {**(initial_of(self.stop) if self.stop else {}), "versions": approved}
        return EmbargoForm(data, initial=initial, versions=choices, is_change=self.stop is not None)

    def _may_publish(self, version: Any) -> bool:
        return bool(version.permissions_for_user(self.request.user).can_publish())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self.get_form() if self._may_publish(self.page) else None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self._may_publish(self.page):
            raise PermissionDenied
        form = self.get_form(request.POST)
        if not form.is_valid():
            messages.error(request, _("The embargo was not saved. See below what to change."))
            return self._show(form)
        data = form.cleaned_data
        values = {name: data[name] for name in ("until", "event", "note", "versions")}
        try:
            if self.stop is None:
                stop = embargoes.set_embargo(self.page, request.user, **values)
                return self.back(
                    _("The story is on embargo (%(reference)s).") % {"reference": stop.reference}
                )
            kept = self._not_offered(form)
            values["versions"] = {*values["versions"], *kept}
            embargoes.change_embargo(self.stop, request.user, latest=data["latest"], **values)
        except EmbargoRefused as error:
            form.add_error(None, str(error))
            return self._show(form)
        except AlreadyStopped:
            return self.back(_("Somebody else has put the story on embargo meanwhile."), failed=True)
        except AlreadyEnded:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        return self.back(_("The embargo has been changed."))

    def _not_offered(self, form: EmbargoForm) -> list[int]:
        """Return the approved versions that the user may not publish."""
        offered = {pk for pk, _label in form.fields["versions"].choices}  # type: ignore[attr-defined]
        return [
            version.pk
            for version in embargoes.versions_of(self.page)
            if version.pk not in offered and embargoes.approved_revision(self.stop, version)  # type: ignore[arg-type]
        ]

    def _show(self, form: EmbargoForm | None) -> HttpResponse:
        refusal = "" if self.stop else embargoes.why_not(self.page)
        return self.render_to_response(self.get_context_data(form=form, refusal=refusal))


class EndingScreen(EmbargoScreen):
    """Ask before an embargo ends."""

    template_name = "wagtail_cpsnews/admin/embargo_end.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stop is None:
            return self.back(_("The story is not on embargo."), failed=True)
        return self.render_to_response(self.get_context_data())


class ConfirmView(EndingScreen):
    """Confirm that what the story waits for has happened, or publish before the time."""

    def get_page_title(self) -> str:
        return _("Confirm the event and publish") if self.stop and self.stop.event else _("Publish now")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"publishes": True, "other": self._other()}

    def _other(self) -> str:
        """Return why the story would not be published, for a person."""
        stop = stop_of(self.page)
        return str(PublishingRefused(stop)) if stop and stop.kind != PublicationStop.Kind.EMBARGO else ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stop is None:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        if not self.stop.event and not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied  # before the time: not what was decided
        try:
            pages = embargoes.publish(self.stop, request.user)
        except AlreadyEnded:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        except (EmbargoRefused, PublishingRefused) as error:
            return self.back(str(error), failed=True)
        except Exception as error:  # whatever a page's save or a receiver of the host's raises
            embargoes.logger.exception(
                "The story of %s could not be published; it stays on embargo.", self.stop
            )
            embargoes.record_problem(self.stop, error)
            text = _(
                "An error kept the story from being published. It is still on embargo; the server’s log says why."
            )
            return self.back(text, failed=True)
        languages = ", ".join(page.locale.get_display_name() for page in pages)
        return self.back(_("The story is published (%(languages)s).") % {"languages": languages})


class LiftView(EndingScreen):
    """End an embargo without publishing."""

    def get_page_title(self) -> str:
        return _("Lift the embargo")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stop is None:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        try:
            embargoes.lift_embargo(self.stop, request.user, request.POST.get("note", "")[:2000])
        except AlreadyEnded:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        return self.back(_("The embargo is lifted. The story is a draft."))


class EmbargoPanel(Component):
    """What is on embargo, on the admin's home page: stories that the user may edit."""

    name = "cpsnews_embargoes"
    template_name = "wagtail_cpsnews/admin/embargo_panel.html"
    order = 120

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        stops = list(embargoes.embargoes_in_force())
        pages = get_page_model().objects.in_bulk([stop.page_pk for stop in stops])
        rows = [
            {
                "stop": stop,
                "page": page,
                "waits": describe(stop),
                "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
                "embargo_url": url_of(page) if user.has_perm(PERMISSION) else "",
            }
            for stop in stops
            if (page := pages.get(stop.page_pk)) and page.permissions_for_user(user).can_edit()
        ]
        return {"rows": rows}


def urls() -> list[Any]:
    """Return what the admin's addresses gain."""
    return [
        path("newsroom/embargo/<int:pk>/", EmbargoView.as_view(), name="cpsnews_embargo"),
        path("newsroom/embargo/<int:pk>/publish/", ConfirmView.as_view(), name="cpsnews_embargo_publish"),
        path("newsroom/embargo/<int:pk>/lift/", LiftView.as_view(), name="cpsnews_embargo_lift"),
    ]
