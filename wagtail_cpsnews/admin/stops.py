"""Holds, embargoes and withdrawals: the report, and a panel on the home page."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..desk import holds
from .sanitizing import CleanParametersMixin
from .stop_words import describe_stops, stop_url

STATES = [("now", _("In force")), ("ended", _("Ended"))]

#: How many the home page names; the report has them all.
ON_HOME = 20


class StopFilterSet(WagtailFilterSet):
    """By kind, state, reference and time."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=PublicationStop.Kind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="filter_state")
    reference = django_filters.CharFilter(label=_("Reference"), lookup_expr="icontains", max_length=12)
    began_at = django_filters.DateFromToRangeFilter(label=_("Since"), widget=DateRangePickerWidget)

    class Meta:
        model = PublicationStop
        fields: list[str] = []

    def filter_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(ended_at__isnull=value == "now")


class StopReportView(CleanParametersMixin, ReportView):
    """All holds, embargoes and withdrawals, latest first.

    The export contains what is filtered.
    """

    page_title = _("Holds, embargoes and withdrawals")
    header_icon = "warning"
    model = PublicationStop
    permission_policy = None
    filterset_class = StopFilterSet
    index_url_name = "cpsnews_stops:report"
    index_results_url_name = "cpsnews_stops:report_results"
    default_ordering = ("-began_at", "-pk")
    export_headings = {
        "reference": _("Reference"),
        "get_kind_display": _("Kind"),
        "title": _("Story"),
        "began": _("Since"),
        "began_by_name": _("By"),
        "note": _("Note"),
        "ended": _("Ended"),
        "get_ending_display": _("How it ended"),
        "ended_by_name": _("Ended by"),
        "end_note": _("Reason for the end"),
    }
    list_export = list(export_headings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not holds.may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[PublicationStop]:
        stops = PublicationStop.objects.using(using()).select_related("began_by", "ended_by")
        return stops.order_by(*self.default_ordering)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("reference", label=_("Reference"), get_url=stop_url),
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
            Column("title", label=_("Story")),
            Column("since", label=_("Since")),
            Column("began_by", label=_("By"), accessor="began_by_name"),
            Column("state", label=_("State")),
            Column("ended_by", label=_("Ended by"), accessor="ended_by_name"),
        ]

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        return describe_stops(object_list)

    def get_filename(self) -> str:
        return "holds-embargoes-withdrawals"


class StopsPanel(Component):
    """What is stopped now, on the admin's home page."""

    name = "cpsnews_stops"
    template_name = "wagtail_cpsnews/admin/stops_panel.html"
    order = 105

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        user = parent_context["request"].user
        stops = PublicationStop.objects.using(using()).filter(ended_at=None).select_related("began_by")
        stops = stops.exclude(kind=PublicationStop.Kind.EMBARGO)  # a panel of their own, with their ends
        found = describe_stops(stops.order_by("-began_at")[: ON_HOME + 1])
        for stop in found:
            stop.may_undo = holds.may_undo(stop, user)
            stop.may_release = stop.kind == PublicationStop.Kind.HOLD and holds.may_release(user)
        return context | {"stops": found[:ON_HOME], "has_more": len(found) > ON_HOME}

    def render_html(self, parent_context: Any = None) -> str:
        if not holds.may_see(parent_context["request"].user):
            return ""
        return str(super().render_html(parent_context))


class StopsMenuItem(MenuItem):
    """The report in the menu, for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return holds.may_see(request.user)


def menu_item() -> StopsMenuItem:
    """Return the report's item for the menu of reports."""
    return StopsMenuItem(
        _("Holds, embargoes and withdrawals"),
        reverse_lazy("cpsnews_stops:report"),
        name="cpsnews-stops",
        icon_name="warning",
        order=890,
    )


urlpatterns = [
    path("", StopReportView.as_view(), name="report"),
    path("results/", StopReportView.as_view(results_only=True), name="report_results"),
]
