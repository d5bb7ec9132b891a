"""What the package adds to Wagtail.

The newsroom's menu, terms as snippets, a permission, and the last check before a page is served.
"""

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
from wagtail.admin.ui import menus
from wagtail.admin.widgets.button import Button

from .admin import (
    builder,
    embargo_hooks,  # noqa: F401  registers its hooks
    hold_hooks,  # noqa: F401  registers its hooks
    live_list,
    menu,
    merge,
    proof_hooks,  # noqa: F401  registers its hooks
    publishing,
    reviews,  # noqa: F401  registers its hooks
    usage,
    withdrawal_hooks,  # noqa: F401  registers its hooks
)
from .admin.deletion import refusals
from .catalogue.adapters import adapter_for
from .catalogue.db import using
from .catalogue.models import Entry
from .catalogue.routing import keep_reading, reading_from
from .catalogue.signals import files_changed
from .catalogue.visibility import Answer, answer_instead, answer_to_deleted
from .desk import log
from .frontend.index import NewsIndexMixin
from .http.files import refuse_document, serve_document
from .images import rich_text
from .images.operations import NAME as STRIP_METADATA
from .images.operations import StripMetadataOperation
from .stories.blocks.adapters import COUNT_URL_NAME
from .stories.panels import PublicRoutingMixin, gone_response
from .stories.status import warning_of

menu.register_plain_models()


@hooks.register("register_admin_viewset")
def register_page_listings() -> list[Any]:
    """Register listings of stories, and the explorer below a news centre."""
    return menu.viewsets()


@hooks.register("register_admin_menu_item")
def register_newsroom_menu() -> Any:
    """Register one menu group with everything of the newsroom."""
    return menu.menu_item()


@hooks.register("register_admin_urls")
def register_newsroom_urls() -> list[Any]:
    """Return the admin addresses of the package.

    Merging two terms, what the package's forms ask while somebody edits, the builder, and the report on other
    sites' use.
    """
    return [
        *merge.urls(),
        path("newsroom/live-list-count/", live_list.count, name=COUNT_URL_NAME),
        path("newsroom/builder/", include((builder.urlpatterns, "cpsnews_builder"))),
        path("newsroom/usage/", include((usage.urlpatterns, "cpsnews_usage"))),
    ]


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Register the words for merges and for the desk's acts in histories."""
    merge.register_log_actions(actions)
    log.register_log_actions(actions)


@hooks.register("after_bulk_action")
def project_moved_files(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Project the stories that show documents or images of a bulk action.

    It puts them into a collection by an update, which sends no signal.
    """
    files_changed(objects)


@hooks.register("register_snippet_listing_buttons")
def offer_to_merge(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    """Offer "Merge into…" among a term's buttons."""
    url = merge.merge_url(snippet)
    if url and merge.may_merge(user, type(snippet)):
        yield menus.MenuItem(_("Merge into…"), url, icon_name="resubmit", priority=40)


@hooks.register("before_delete_snippet")
def refuse_to_delete_what_is_in_use(request: HttpRequest, instances: Any) -> HttpResponse | None:
    """Say why a term or a contact must stay, instead of failing."""
    reasons = refusals(instances)
    if not reasons:
        return None
    for reason in reasons:
        messages.error(request, reason)
    return redirect(reverse(instances[0].snippet_viewset.get_url_name("list")))


@hooks.register("register_image_operations")
def register_image_operations() -> list[tuple[str, Any]]:
    """Register the operation that marks renditions without metadata.

    It tells them from older ones in a filter specification.
    """
    return [(STRIP_METADATA, StripMetadataOperation)]


@hooks.register("before_serve_document", order=-100)  # before those that ask a reader for a password
def refuse_document_of_hidden_stories(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Refuse a document that no public story or page uses, and a story does."""
    refusal = refuse_document(document, request)
    return None if refusal is None else _answered(request, Answer(refusal.status_code, "document"))


@hooks.register("before_serve_document", order=1000)  # after those that say who may read it
def serve_document_of_stories(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Serve the newsroom's documents, and picture files without their metadata.

    These don't say where they were taken.
    """
    return serve_document(document, request)


@hooks.register("register_rich_text_features", order=1000)  # after Wagtail's and the host's
def register_rich_text_features(features: Any) -> None:
    """Register the handler of images in rich text.

    They are shown without metadata, and never fail a page.
    """
    rich_text.register(features)


@hooks.register("before_edit_page")
def say_what_readers_cannot_see(request: HttpRequest, page: Any) -> None:
    """Tell an editor that a page is not seen although Wagtail calls it live."""
    if request.method == "GET" and (warning := warning_of(page)):
        messages.warning(request, warning)


@hooks.register("before_bulk_action")
def refuse_to_publish_unfinished_pages(
    request: HttpRequest, action_type: str, objects: Any, view: Any
) -> HttpResponse | None:
    """Publish several pages at once only when each of them may be published."""
    if action_type != "publish":
        return None
    return publishing.refuse_unfinished(request, objects, view)


@hooks.register("register_permissions")
def offer_permissions() -> Any:
    """Offer the package's permissions to groups.

    To change when a story was published, and to read which sites show stories.
    """
    return Permission.objects.filter(
        content_type__app_label="cpsnews", codename__in=("change_published_at", "view_embeduse")
    )


@hooks.register("before_serve_page")
def refuse_what_is_not_public(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Refuse to serve what is not public.

    Pages of adapters have Wagtail's ``route()``, which lets expired ones through until cron has run.

    What the package's ``route()`` has found gone is answered here already: another mixin's ``serve()`` may take no arguments.
    """
    gone: Answer | None = kwargs.get("gone")
    if gone is not None and isinstance(page, (PublicRoutingMixin, NewsIndexMixin)):
        return gone_response(request, gone)
    if isinstance(page, PublicRoutingMixin) or adapter_for(page.specific_class) is None:
        return None
    instead = answer_instead(page)
    return None if instead is None else _answered(request, instead)


def _answered(request: HttpRequest, instead: Answer) -> HttpResponse:
    if instead.status == 410:
        return gone_response(request, instead)
    raise Http404


@hooks.register("on_serve_page", order=-100)  # before Wagtail's own, which asks for view restrictions
def serve_from_the_catalogue_database(serve: Any) -> Any:
    """Serve the package's pages from the database that they are written to.

    Where a router sends reads to a replica.
    """

    def wrapped(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> Any:
        ours = isinstance(page, (PublicRoutingMixin, NewsIndexMixin))
        if page._state.db == using() or not (ours or adapter_for(page.specific_class)):
            return serve(page, request, args, kwargs)
        with reading_from(using()):
            fresh = type(page)._default_manager.filter(pk=page.pk).first()
            instead = answer_instead(fresh) if fresh is not None else answer_to_deleted(page.pk)
            if instead is not None:
                return _answered(request, instead)
            if fresh.url_path != page.url_path:  # it has moved, perhaps to where it is not public
                raise Http404
            return keep_reading(serve(fresh, request, args, kwargs))

    return wrapped


@hooks.register("register_reports_menu_item")
def register_usage_menu_item() -> MenuItem:
    """Register the report on which sites show which lists and stories."""
    return usage.UsageMenuItem(
        _("Where our stories are shown"), reverse_lazy("cpsnews_usage:report"), icon_name="globe", order=900
    )


@hooks.register("register_page_header_buttons")
def offer_usage_of_a_story(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer a story's report on the sites that were served it."""
    if not page.pk or adapter_for(page.specific_class) is None or not user.has_perm("cpsnews.view_embeduse"):
        return
    entry = Entry.objects.filter(page_pk=page.pk).only("pk").first()
    if entry is not None:
        yield Button(_("Where it was shown"), usage.report_url(entry.pk), icon_name="globe", priority=90)
