"""Merging two terms: choose the other, read what will happen, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import LogFormatter, log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.widgets import AdminSnippetChooser

from ..conf import get_settings
from ..taxonomy.models import MODELS, Term
from .chooser import offered
from .sanitizing import STYLESHEET

MERGE = "cpsnews.merge"


def merge_url(instance: Any) -> str | None:
    """Return the address at which to merge a term, or ``None`` if it can't be.

    A term that was merged before can't be merged again.
    """
    if not isinstance(instance, Term) or instance.successor_id:
        return None
    return reverse("cpsnews_merge_term", args=[instance.taxonomy, instance.pk])


def may_merge(user: Any, model: type[Term]) -> bool:
    """Return whether the user may merge terms: who may change them may."""
    return bool(ModelPermissionPolicy(model).user_has_permission(user, "change"))


class MergeForm(forms.Form):
    """The other term, by Wagtail's chooser."""

    def __init__(self, data: Any, term: Term) -> None:
        super().__init__(data)
        model = type(term)
        self.term = term
        self.fields["into"] = forms.ModelChoiceField(
            offered(model._default_manager.all()),
            widget=AdminSnippetChooser(model),
            label=_("Merge into"),
            error_messages={"invalid_choice": _("Choose a term that is not retired.")},
        )

    def clean_into(self) -> Any:
        into = self.cleaned_data["into"]
        if into.translation_key == self.term.translation_key:
            raise ValidationError(_("A term cannot be merged into itself."))
        return into.get_translation_or_none(self.term.locale) or into


class MergeView(WagtailAdminTemplateMixin, TemplateView):
    """Merging a term into another one, in two steps.

    GET asks for the other term, GET with ``?into=`` says what will happen, POST merges.
    """

    template_name = "wagtail_cpsnews/admin/merge.html"
    header_icon = "tag"

    def dispatch(self, request: HttpRequest, taxonomy: str, pk: int) -> HttpResponse:
        if taxonomy not in get_settings().taxonomies or taxonomy not in MODELS:
            raise Http404
        model = MODELS[taxonomy]
        if not may_merge(request.user, model):
            raise PermissionDenied
        if pk > 2**62:
            raise Http404
        self.term = get_object_or_404(model, pk=pk)
        if self.term.successor_id:
            messages.error(
                request,
                _("“%(term)s” has been merged into “%(other)s” already.")
                % {"term": self.term, "other": self.term.successor},
            )
            return redirect(self.list_url())
        return super().dispatch(request)  # type: ignore[return-value]

    def list_url(self) -> str:
        """Return the list of terms that people come from and go back to."""
        try:
            return reverse(f"newsroom_{self.term._meta.model_name}_modeladmin_index")
        except NoReverseMatch:
            return reverse(type(self.term).snippet_viewset.get_url_name("list"))

    def get_page_title(self) -> str:
        return _("Merge “%s”") % self.term

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        label = get_settings().label(self.term.taxonomy, 2)
        return [
            *self.breadcrumbs_items,
            {"url": self.list_url(), "label": label[:1].upper() + label[1:]},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "into" not in request.GET:
            return self._show(None)
        form = MergeForm(request.GET, self.term)
        return self._show(form.cleaned_data["into"]) if form.is_valid() else self._refuse(form)

    def _show(self, chosen: Term | None) -> HttpResponse:
        form = MergeForm(None, self.term)
        return self.render_to_response(self.get_context_data(form=form, chosen=chosen))

    def _refuse(self, form: MergeForm) -> HttpResponse:
        """Return the first step again, with an empty form.

        Wagtail's chooser fails on values that are no keys.
        """
        for message in form.errors["into"]:
            messages.error(self.request, str(message))
        return self._show(None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MergeForm(request.POST, self.term)
        if not form.is_valid():
            return self._refuse(form)
        other = form.cleaned_data["into"]
        try:
            with transaction.atomic():
                count = self.term.usage_count
                self.term.merge_into(other)
                data = {"term": str(self.term), "into": str(other), "pages": count}
                log(self.term, MERGE, user=request.user, data=data)
                log(other, MERGE, user=request.user, data=data)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return redirect(self.list_url())
        messages.success(
            request, _("“%(term)s” has been merged into “%(other)s”.") % {"term": self.term, "other": other}
        )
        return redirect(self.list_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "term": self.term,
            "count": self.term.usage_count,
            "versions": self.term.get_translations(inclusive=True).select_related("locale"),
            "aliases": [self.term.name, *self.term.alias_list],
            "list_url": self.list_url(),
            "edit_url": AdminURLFinder(self.request.user).get_edit_url(self.term),
            "media": form.media + forms.Media(css={"all": [STYLESHEET]}),
        }


def urls() -> list[Any]:
    """Return what the admin's addresses gain."""
    return [path("newsroom/merge/<slug:taxonomy>/<int:pk>/", MergeView.as_view(), name="cpsnews_merge_term")]


def register_log_actions(actions: Any) -> None:
    """Register the words for a merge in histories."""

    @actions.register_action(MERGE)
    class MergeFormatter(LogFormatter):
        label = gettext_lazy("Merge")

        def format_message(self, log_entry: Any) -> str:
            return _("Merged “%(term)s” into “%(into)s” (used by %(pages)s pages)") % log_entry.data
