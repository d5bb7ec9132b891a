"""Withdraw a story in the admin, read what is known of a withdrawal, undo it.

Forms without JavaScript: one page to decide on, one to read afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, TextField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui import menus
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.fields import StreamField
from wagtail.models import Locale

from ..catalogue.adapters import adapter_for
from ..catalogue.models import PublicationStop
from ..catalogue.plain_text import html_to_text
from ..compat import get_page_model
from ..conf import get_settings
from ..desk import erasing
from ..desk.affected import affected_by
from ..desk.mentions import pages_mentioning
from ..desk.replacing import corrected_versions, replace, revisions_put_away, why_not_replaced
from ..desk.sealed_texts import SealedText
from ..desk.sealing import is_sealed
from ..desk.stopping import AlreadyEnded, AlreadyStopped
from ..desk.withdrawals import (
    LONGEST_WORDING,
    can_be_withdrawn,
    may_withdraw,
    undo,
    withdraw,
    withdrawal_of,
)
from ..stories.sealed import may_read_sealed
from .sanitizing import STYLESHEET

#: No row has a higher key: SQLite refuses to compare with one.
HIGHEST_KEY = 2**62


class ReasonForm(forms.Form):
    """A reason for staff; every act of the desk has one."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For staff only. Readers never see it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Enter a reason.")},
    )


class WithdrawForm(ReasonForm):
    """A reason, and what readers are told in each language of the sites."""

    is_legal = forms.BooleanField(
        label=gettext_lazy("For legal reasons"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for locale in Locale.objects.order_by("pk"):
            self.fields[f"wording_{locale.language_code}"] = forms.CharField(
                label=_("What readers are told (%(language)s)") % {"language": locale},
                help_text=_("Leave empty for the usual words: “This story is no longer available”."),
                max_length=LONGEST_WORDING,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": locale.language_code}),
            )

    def get_wording(self) -> dict[str, str]:
        """Return the texts for readers, by language."""
        named = ((name.partition("_"), text) for name, text in self.cleaned_data.items())
        return {language: text for (kind, _mark, language), text in named if kind == "wording"}


class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the desk about one story, with a form."""

    header_icon = "no-view"
    form_class: type[forms.Form] = ReasonForm
    page: Any

    def is_allowed(self, user: Any) -> bool:
        """Return whether the user may open the page at all."""
        return may_withdraw(user)

    def dispatch(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.is_allowed(request.user):
            raise PermissionDenied
        if pk > HIGHEST_KEY:
            raise Http404
        return self.prepare(pk) or super().dispatch(request)  # type: ignore[return-value]

    def prepare(self, pk: int) -> HttpResponse | None:
        """Load what the page is about; return another answer where there is one."""
        raise NotImplementedError

    def act(self, form: Any) -> HttpResponse:
        """Do what the form asks for; a ``ValidationError`` is shown above it."""
        raise NotImplementedError

    def get_form(self) -> forms.Form:
        """Return the form, with what was typed."""
        return self.form_class(self.request.POST or None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid():
            try:
                return self.act(form)
            except ValidationError as error:
                form.add_error(None, error)
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("form", self.get_form())
        return context | {"page": self.page, "media": forms.Media(css={"all": [STYLESHEET]})}

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        items = [*self.breadcrumbs_items]
        if self.page is not None:
            url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
            items.append({"url": url, "label": self.page.get_admin_display_title()})
        return [*items, {"url": "", "label": str(self.get_page_title())}]


class WithdrawView(DeskView):
    """What withdrawing a story does, and the form that does it."""

    template_name = "wagtail_cpsnews/admin/withdraw.html"
    form_class = WithdrawForm

    def prepare(self, pk: int) -> HttpResponse | None:
        page = get_object_or_404(get_page_model(), pk=pk).specific
        if adapter_for(page.specific_class) is None:
            raise Http404
        if (stop := withdrawal_of(page)) is not None:
            return redirect(withdrawal_url(stop))
        self.page = page
        return None

    def get_page_title(self) -> str:
        return _("Withdraw “%(title)s”") % {"title": self.page.get_admin_display_title()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "can_be_withdrawn": can_be_withdrawn(self.page),
            "affected": affected_by(self.page),
            "mentions": pages_mentioning(self.page.translation_key),
            "back_url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
        }

    def act(self, form: Any) -> HttpResponse:
        try:
            stop = withdraw(
                self.page,
                self.request.user,
                reason=form.cleaned_data["reason"],
                wording=form.get_wording(),
                legal=form.cleaned_data["is_legal"],
            )
        except AlreadyStopped as error:
            stop = error.stop
        else:
            messages.success(
                self.request, _("The story is withdrawn. Its reference is %(reference)s.") % vars(stop)
            )
        return redirect(withdrawal_url(stop))


class WithdrawalView(DeskView):
    """What is known of a withdrawal, and what can be done about it."""

    template_name = "wagtail_cpsnews/admin/withdrawal.html"
    stop: PublicationStop

    def prepare(self, pk: int) -> HttpResponse | None:
        stops = PublicationStop.objects.filter(kind=PublicationStop.Kind.WITHDRAWAL)
        self.stop = get_object_or_404(stops.select_related("began_by", "ended_by"), pk=pk)
        page = get_page_model().objects.filter(pk=self.stop.page_pk).first()
        self.page = page.specific if page is not None else None
        return None

    def get_page_title(self) -> str:
        return _("Withdrawal %(reference)s") % {"reference": self.stop.reference}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(Locale.objects.values_list("language_code", "pk"))
        wording = [(language, text) for language, text in sorted(self.stop.public_text.items())]
        return super().get_context_data(**kwargs) | {
            "stop": self.stop,
            "wording": wording,
            "locales": names,
            "mentions": pages_mentioning(self.stop.translation_key),
            "seconds": get_settings().LOOK_SECONDS,
            "max_age": get_settings().MAX_AGE,
            "has_versions": may_read_sealed(self.request.user)
            and (is_sealed(self.stop) or revisions_put_away(self.stop).exists()),
            "may_erase": self.stop.is_legal and erasing.may_erase(self.request.user),
        }

    def act(self, form: Any) -> HttpResponse:
        try:
            undo(self.stop, self.request.user, reason=form.cleaned_data["reason"])
        except AlreadyEnded:
            messages.error(self.request, _("Another person has ended this withdrawal meanwhile."))
        else:
            messages.success(self.request, _("The withdrawal is undone: the story is as it was before."))
        return redirect(withdrawal_url(self.stop))


class ReplaceView(WithdrawalView):
    """Publishing the corrected draft of a withdrawn story in its place."""

    template_name = "wagtail_cpsnews/admin/replace.html"

    def prepare(self, pk: int) -> HttpResponse | None:
        super().prepare(pk)
        return None if self.stop.is_in_force else redirect(withdrawal_url(self.stop))

    def get_page_title(self) -> str:
        return _("Replace by a corrected version")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        corrected, _uncorrected = corrected_versions(self.stop)
        return super().get_context_data(**kwargs) | {
            "problem": why_not_replaced(self.stop),
            "corrected": corrected,
            "back_url": withdrawal_url(self.stop),
        }

    def act(self, form: Any) -> HttpResponse:
        try:
            replace(self.stop, self.request.user, reason=form.cleaned_data["reason"])
        except AlreadyEnded:
            messages.error(self.request, _("Another person has ended this withdrawal meanwhile."))
        else:
            messages.success(self.request, _("The corrected version is public, at the same address."))
        return redirect(withdrawal_url(self.stop))


class VersionsView(WithdrawalView):
    """What a story said before it was replaced, for people with the permission."""

    template_name = "wagtail_cpsnews/admin/versions_put_away.html"
    http_method_names = ["get", "head", "options"]

    def is_allowed(self, user: Any) -> bool:
        return may_read_sealed(user)

    def get_page_title(self) -> str:
        return _("Earlier versions (%(reference)s)") % {"reference": self.stop.reference}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        revisions = revisions_put_away(self.stop).select_related("user")
        sealed = SealedText.objects.filter(stop=self.stop).order_by("table", "pk")
        return super().get_context_data(**kwargs) | {
            "versions": [describe(one) for one in revisions],
            "sealed": [(table_name(text.table), _texts_in(text.values)) for text in sealed],
        }


def _texts_in(value: Any) -> list[str]:
    """Return the texts of JSON data."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in _texts_in(one)]
    return [value] if isinstance(value, str) and value else []


def table_name(label: str) -> str:
    """Return what the rows of a table are called, by its label."""
    return str(apps.get_model(label)._meta.verbose_name_plural)


class EraseView(WithdrawalView):
    """Asking for the erasure of a sealed story, and the decision about it."""

    template_name = "wagtail_cpsnews/admin/erase.html"

    def is_allowed(self, user: Any) -> bool:
        return erasing.may_erase(user)

    def get_page_title(self) -> str:
        return _("Erase what is sealed (%(reference)s)") % {"reference": self.stop.reference}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = erasing.open_request(self.stop)
        decided = self.stop.erasures.exclude(decided_at=None).select_related("asked_by", "decided_by")
        counts = erasing.what_is_erased(self.stop)
        return super().get_context_data(**kwargs) | {
            "problem": erasing.why_not_erased(self.stop),
            "erasure": request,
            "may_decide": request is not None and request.asked_by_id != self.request.user.pk,
            "counts": [(table_name(table), count) for table, count in counts.items()],
            "decided": [
                (one, [(table_name(table), count) for table, count in one.erased.items()])
                for one in decided.order_by("-decided_at")
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        erasure = erasing.open_request(self.stop)
        if erasure is None or "decision" not in request.POST:
            return super().post(request, *args, **kwargs)
        grant = request.POST["decision"] == "grant"
        try:
            erasing.decide(erasure, request.user, grant=grant)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("It is erased.") if grant else _("The request is refused."))
        return redirect(request.path)

    def act(self, form: Any) -> HttpResponse:
        erasing.ask(self.stop, self.request.user, reason=form.cleaned_data["reason"])
        messages.success(self.request, _("Another person with the permission can decide about it now."))
        return redirect(self.request.path)


def describe(revision: Any) -> dict[str, Any]:
    """Return a revision that was put away, with its texts."""
    page = get_page_model().objects.filter(pk=-int(revision.object_id)).first()
    texts: list[tuple[str, str]] = []
    if page is not None:
        content = page.specific.with_content_json(revision.content)
        for field in content._meta.get_fields():
            if isinstance(field, (CharField, TextField, StreamField)) and (
                text := html_to_text(str(getattr(content, field.name) or ""))
            ):
                texts.append((str(field.verbose_name), text))
    return {"revision": revision, "texts": texts}


def withdraw_url(page: Any) -> str:
    """Return the address at which to withdraw a story."""
    return reverse("cpsnews_withdraw", args=[page.pk])


def withdrawal_url(stop: PublicationStop) -> str:
    """Return the address of what is known of a withdrawal."""
    return reverse("cpsnews_withdrawal", args=[stop.pk])


def urls() -> list[Any]:
    """Return what the admin’s addresses gain."""
    return [
        path("newsroom/withdraw/<int:pk>/", WithdrawView.as_view(), name="cpsnews_withdraw"),
        path("newsroom/withdrawals/<int:pk>/", WithdrawalView.as_view(), name="cpsnews_withdrawal"),
        path("newsroom/withdrawals/<int:pk>/replace/", ReplaceView.as_view(), name="cpsnews_replace"),
        path("newsroom/withdrawals/<int:pk>/versions/", VersionsView.as_view(), name="cpsnews_versions"),
        path("newsroom/withdrawals/<int:pk>/erase/", EraseView.as_view(), name="cpsnews_erase"),
    ]


def header_buttons(page: Any, user: Any) -> Iterator[Button]:
    """Offer “Withdraw…” in the header of a story’s pages."""
    if page.pk and adapter_for(page.specific_class) is not None and may_withdraw(user):
        yield Button(_("Withdraw…"), withdraw_url(page), icon_name="no-view", priority=62)


def listing_buttons(page: Any, user: Any) -> Iterator[menus.MenuItem]:
    """Offer “Withdraw…” among the buttons of a list’s row.

    Asks nothing of the row: the page behind it says whether the story is withdrawn already.
    """
    if adapter_for(page.specific_class) is not None and may_withdraw(user):
        yield menus.MenuItem(_("Withdraw…"), withdraw_url(page), icon_name="no-view", priority=42)
