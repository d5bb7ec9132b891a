"""The screen of a story's advance copies: make one, revoke one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.dates import short_display
from ..desk import advance_copies
from ..desk.advance_copies import MOST_DAYS, USUAL_DAYS
from ..desk.embargoes import EmbargoRefused
from ..desk.models import AdvanceCopy
from .embargoes import EmbargoScreen


class AdvanceCopyForm(forms.Form):
    """Whom a link is for, and for how long it works."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "Nothing is sent to it now. If the story is held or withdrawn, a mail says that the copy has ended."
        ),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days that the link works"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )


class AdvanceCopiesView(EmbargoScreen):
    """The advance copies of a story on embargo."""

    template_name = "wagtail_cpsnews/admin/advance_copies.html"
    header_icon = "link"

    def get_page_title(self) -> str:
        return _("Advance copies")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(AdvanceCopyForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "revoke" in request.POST:
            return self._revoke(request.POST["revoke"])
        form = AdvanceCopyForm(request.POST)
        if self.stop is None:
            return self.back(_("The embargo has ended meanwhile."), failed=True)
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        if not form.is_valid():
            messages.error(request, _("No link was made. See below what to change."))
            return self._show(form)
        try:
            copy, token = advance_copies.make(self.stop, request.user, **form.cleaned_data)
        except EmbargoRefused as error:
            return self.back(str(error), failed=True)
        return self._show(AdvanceCopyForm(), made=copy, link=self._link(token))

    def _link(self, token: str) -> str:
        """Return the address for the recipient, on the site that the story belongs to."""
        base = getattr(self.page.get_site(), "root_url", "") or self.request.build_absolute_uri("/")
        return urljoin(base, reverse("cpsnews:advance-copy", args=[token]))

    def _revoke(self, key: str) -> HttpResponse:
        copy = (
            self._copies().filter(pk=int(key)).first()
            if key.isascii() and key.isdigit() and len(key) < 19
            else None
        )
        if copy is None:
            messages.error(self.request, _("There is no such advance copy."))
        else:
            advance_copies.revoke(copy, self.request.user)
            messages.success(
                self.request, _("The link for %(name)s does not work any more.") % {"name": copy.name}
            )
        return self._show(AdvanceCopyForm())

    def _copies(self) -> Any:
        copies = AdvanceCopy.objects.filter(stop__translation_key=self.page.translation_key)
        return copies.select_related("stop", "created_by").prefetch_related("views")

    def _show(
        self, form: AdvanceCopyForm, *, made: AdvanceCopy | None = None, link: str = ""
    ) -> HttpResponse:
        rows = [
            {
                "copy": copy,
                "made": short_display(copy.created_at),
                "status": _status(copy),
                "views": len(copy.views.all()),
                "last": short_display(max((view.viewed_at for view in copy.views.all()), default=None)),
                "can_revoke": copy.revoked_at is None and copy.ended_at is None,
            }
            for copy in self._copies()
        ]
        may_make = self.stop is not None and self.page.permissions_for_user(self.request.user).can_publish()
        context = {"form": form if may_make else None, "rows": rows, "made": made, "link": link}
        response = self.render_to_response(self.get_context_data(**context, is_mounted=_is_mounted()))
        patch_cache_control(response, no_store=True, private=True)
        return response


def _is_mounted() -> bool:
    """Return whether the project has the newsroom's addresses."""
    try:
        reverse("cpsnews:advance-copy", args=["x"])
    except NoReverseMatch:
        return False
    return True


def _status(copy: AdvanceCopy) -> str:
    """Return what has become of a copy, in words."""
    if copy.revoked_at is not None:
        return _("revoked on %(when)s") % {"when": short_display(copy.revoked_at)}
    if copy.ended_at is not None:
        told = _("recipient told") if copy.told_at else _("recipient not told yet")
        return _("ended on %(when)s, %(told)s") % {"when": short_display(copy.ended_at), "told": told}
    if copy.stop.ending == copy.stop.Ending.PUBLISHED:
        return _("leads to the public story")
    if not copy.stop.is_in_force or copy.expires_at <= timezone.now():
        return _("does not work any more")
    return _("works until %(when)s") % {"when": short_display(copy.expires_at)}


def urls() -> list[Any]:
    """Return what the admin's addresses gain."""
    return [
        path("newsroom/embargo/<int:pk>/copies/", AdvanceCopiesView.as_view(), name="cpsnews_advance_copies")
    ]
