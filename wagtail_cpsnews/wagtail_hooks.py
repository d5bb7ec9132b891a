"""What the package adds to Wagtail: terms as snippets, a permission, and the last line before a page is served."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .admin import builder, usage
from .catalogue.adapters import adapter_for
from .catalogue.gate import why_not_served
from .catalogue.models import Entry
from .catalogue.protection import why_not_deletable
from .conf import get_settings
from .frontend.listing import capitalised
from .stories.panels import PublicRoutingMixin, gone_response
from .taxonomy.models import MODELS, Term


def _viewset(taxonomy: str) -> type[SnippetViewSet]:
    model = MODELS[taxonomy]
    labels = get_settings().TAXONOMIES.get(taxonomy)

    class TermViewSet(SnippetViewSet):
        icon = "tag"
        list_display = [
            "name",
            "locale",
            "slug",
            "retired",
            "successor",
            Column("usage_count", label=_("Used by")),
        ]
        list_filter = ["locale", "retired"]
        list_per_page = 50
        ordering = ["sort_order", "name"]
        search_backend_name = None

    TermViewSet.model = model
    if labels:
        TermViewSet.menu_label = capitalised(get_settings().label(taxonomy, 2))
    return TermViewSet


for _taxonomy in get_settings().taxonomies:
    register_snippet(MODELS[_taxonomy], viewset=_viewset(_taxonomy))


@hooks.register("before_delete_snippet")
def refuse_to_delete_terms_in_use(request: HttpRequest, instances: Any) -> HttpResponse | None:
    """Says why a term must stay, instead of failing."""
    terms = [instance for instance in instances if isinstance(instance, Term)]
    together = [term.pk for term in terms]  # Wagtail deletes rows of one model at a time
    reasons = [reason for term in terms if (reason := why_not_deletable(term, together))]
    reasons = list(dict.fromkeys(reasons))  # versions in two languages have one reason
    if not reasons:
        return None
    for reason in reasons:
        messages.error(request, reason)
    return redirect(reverse(terms[0].snippet_viewset.get_url_name("list")))


@hooks.register("register_permissions")
def offer_permissions() -> Any:
    """Groups can be given the rights to change when a story was published and to read who shows stories elsewhere."""
    return Permission.objects.filter(
        content_type__app_label="cpsnews", codename__in=("change_published_at", "view_embeduse")
    )


@hooks.register("before_serve_page")
def refuse_what_is_not_public(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Pages of adapters have Wagtail's ``route()``, which lets expired ones through until cron has run."""
    if (
        isinstance(page, PublicRoutingMixin)
        or adapter_for(page.specific_class) is None
        or why_not_served(page) is None
    ):
        return None
    if Entry.objects.filter(page_pk=page.pk).exists():
        return gone_response(request)
    raise Http404(_("This page has expired."))


@hooks.register("register_admin_urls")
def register_newsroom_urls() -> Any:
    return [
        path("newsroom/usage/", include((usage.urlpatterns, "cpsnews_usage"))),
        path("newsroom/builder/", include((builder.urlpatterns, "cpsnews_builder"))),
    ]


@hooks.register("register_reports_menu_item")
def register_usage_menu_item() -> MenuItem:
    return usage.UsageMenuItem(
        _("Use on other sites"), reverse_lazy("cpsnews_usage:report"), icon_name="globe", order=900
    )


@hooks.register("register_page_header_buttons")
def offer_usage_of_a_story(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """From a story to the sites that were served it."""
    if not user.has_perm("cpsnews.view_embeduse"):
        return
    entry = Entry.objects.filter(page_pk=page.pk).only("pk").first() if page.pk else None
    if entry is not None:
        yield Button(_("Where it was shown"), usage.report_url(entry.pk), icon_name="globe", priority=90)
