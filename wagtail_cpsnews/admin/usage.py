"""The report on embeds: which sites show which lists and stories."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from ..catalogue.dates import short_display
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry
from ..catalogue.parameters import parse
from ..catalogue.snapshots import current
from ..catalogue.summaries import describe
from ..usage.models import EmbedMethod, EmbedUse
from ..usage.recording import story_key
from .sanitizing import CleanParametersMixin

SORTS = [("list", _("List")), ("story", _("Story"))]


class UsageFilterSet(WagtailFilterSet):
    """By site, method, sort, story and time."""

    host = django_filters.CharFilter(label=_("Site contains"), lookup_expr="icontains", max_length=253)
    door = django_filters.ChoiceFilter(label=_("Embed method"), choices=EmbedMethod.choices)
    sort = django_filters.ChoiceFilter(label=_("What"), choices=SORTS, method="filter_sort")
    story = django_filters.UUIDFilter(label=_("Story’s id"), method="filter_story")
    last_seen = django_filters.DateFromToRangeFilter(label=_("Last seen"), widget=DateRangePickerWidget)

    class Meta:
        model = EmbedUse
        fields: list[str] = []

    def filter_sort(self, queryset: QuerySet[EmbedUse], name: str, value: str) -> QuerySet[EmbedUse]:
        return queryset.filter(what__startswith=f"{value}:")

    def filter_story(self, queryset: QuerySet[EmbedUse], name: str, value: UUID) -> QuerySet[EmbedUse]:
        return queryset.filter(what=story_key(value))


class UsageReportView(CleanParametersMixin, ReportView):
    """Sites, methods, lists and stories, latest first.

    The export contains what is filtered.
    """

    page_title = _("Where our stories are shown")
    header_icon = "globe"
    model = EmbedUse
    permission_policy = ModelPermissionPolicy(EmbedUse)
    permission_required = "view"
    filterset_class = UsageFilterSet
    index_url_name = "cpsnews_usage:report"
    index_results_url_name = "cpsnews_usage:report_results"
    default_ordering = ("-last_seen", "pk")
    list_export = ["host", "get_door_display", "description", "what", "first_seen", "last_seen"]
    export_headings = {
        "host": _("Site"),
        "get_door_display": _("Embed method"),
        "description": _("What"),
        "what": _("Recorded"),
        "first_seen": _("Since"),
        "last_seen": _("Last seen"),
    }

    def get_queryset(self) -> QuerySet[EmbedUse]:
        return EmbedUse.objects.order_by(*self.default_ordering)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("host", label=_("Site"), accessor=lambda use: use.host or gettext("unknown")),
            Column("door", label=_("Embed method"), accessor="get_door_display"),
            Column("description", label=_("What")),
            Column("first_seen", label=_("Since"), accessor=lambda use: short_display(use.first_seen)),
            Column("last_seen", label=_("Last seen"), accessor=lambda use: short_display(use.last_seen)),
        ]

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        describe_uses(object_list)
        return object_list

    def get_filename(self) -> str:
        return "use-on-other-sites"


def describe_uses(uses: Any) -> None:
    """Set each use's ``description``.

    A list's filters in words, or a story's title while it is public.
    """
    reference = current().reference  # looks first: what has just come down has no title here
    stories = [use.what.removeprefix("story:") for use in uses if use.what.startswith("story:")]
    titles = {
        str(pk): title
        for pk, title in Entry.objects.filter(pk__in=stories, public=True).values_list("pk", "title")
    }
    for use in uses:
        sort, _colon, rest = use.what.partition(":")
        if sort == "story":
            use.description = titles.get(rest) or gettext("A story that is no longer public (%(id)s)") % {
                "id": rest
            }
        else:
            use.description = _in_words(rest, reference)


def _in_words(params: str, reference: Reference) -> str:
    """Return a list's filters in words, in the language of the admin."""
    query = parse(QueryDict(params), reference).query
    words = describe(query, reference)
    language = "" if query.language == reference.default_language else f" ({query.language})"
    return (words[:1].upper() + words[1:] if words else gettext("All stories")) + language


class UsageMenuItem(MenuItem):
    """The report in the menu, for those who may read it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("cpsnews.view_embeduse"))


urlpatterns = [
    path("", UsageReportView.as_view(), name="report"),
    path("results/", UsageReportView.as_view(results_only=True), name="report_results"),
]


def report_url(story: Any = None) -> str:
    """Return the address of the report.

    With a catalogue id, that of the report on one story.
    """
    url = reverse("cpsnews_usage:report")
    return f"{url}?story={story}" if story else url
