"""Stories that somebody should look at again.

Those due are on the admin's home page; a list has those to come, too."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..catalogue.adapters import story_models
from .columns import status
from .filters import pages_policy

#: How many the home page names; the list has more.
ON_HOME = 10

#: How far ahead the list looks, and how many it names.
AHEAD = datetime.timedelta(days=90)
MOST = 500

#: The field of a story; a host's page type without it has nothing to review.
FIELD = "review_by"


def due_stories(user: Any, until: datetime.date, most: int) -> list[Any]:
    """Return the stories to review until a day, the longest overdue first.

    Only those that the user may change."""
    found = [page for model in _models() for page in _of(model, user, until)[:most]]
    return sorted(found, key=lambda page: (page.review_by, page.pk))[:most]


def _models() -> Iterator[Any]:
    for model in story_models():
        if any(field.name == FIELD for field in model._meta.get_fields()):
            yield model


def _of(model: Any, user: Any, until: datetime.date) -> Any:
    editable = pages_policy().instances_user_has_any_permission_for(user, {"add", "change", "publish"})
    pages = model._default_manager.filter(review_by__lte=until, alias_of=None, pk__in=editable.values("pk"))
    return pages.order_by(FIELD, "pk")


class ReviewsView(WagtailAdminTemplateMixin, TemplateView):
    """What is due for review, and what will be in the next three months."""

    template_name = "wagtail_cpsnews/admin/reviews.html"
    page_title = _("Stories to review")
    header_icon = "date"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_review(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        stories = due_stories(self.request.user, today + AHEAD, MOST)
        for story in stories:
            story.shown_status = status(story)
        return super().get_context_data(**kwargs) | {
            "due": [story for story in stories if story.review_by <= today],
            "to_come": [story for story in stories if story.review_by > today],
        }


class ReviewsPanel(Component):
    """What is due for review, on the admin's home page; nothing where nothing is."""

    name = "cpsnews_reviews"
    template_name = "wagtail_cpsnews/admin/reviews_panel.html"
    order = 110

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        found = due_stories(parent_context["request"].user, timezone.localdate(), ON_HOME + 1)
        return context | {
            "due": found[:ON_HOME],
            "has_more": len(found) > ON_HOME,
            "list_url": reverse("cpsnews_reviews"),
        }


def may_review(user: Any) -> bool:
    """Return whether a user may change any page."""
    return bool(pages_policy().user_has_any_permission(user, {"add", "change", "publish"}))


class ReviewsMenuItem(MenuItem):
    """The list in the menu of reports, for those who may change stories."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_review(request.user)


@hooks.register("register_admin_urls")
def register_review_urls() -> list[Any]:
    """Return the address of the list."""
    return [path("newsroom/reviews/", ReviewsView.as_view(), name="cpsnews_reviews")]


@hooks.register("construct_homepage_panels")
def show_due_stories(request: HttpRequest, panels: list[Any]) -> None:
    """Show what is due."""
    panels.append(ReviewsPanel())


@hooks.register("register_reports_menu_item")
def register_reviews_menu_item() -> MenuItem:
    """Register the list among the reports."""
    return ReviewsMenuItem(
        _("Stories to review"),
        reverse_lazy("cpsnews_reviews"),
        name="cpsnews-reviews",
        icon_name="date",
        order=895,
    )
