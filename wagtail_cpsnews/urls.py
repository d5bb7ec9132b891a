"""Everything the newsroom answers: ``path("newsroom/", include("wagtail_cpsnews.urls"))``."""

from django.urls import include, path

from .embed.views import widget_pinned, widget_v1
from .frontend.views import newsroom_list

app_name = "cpsnews"

urlpatterns = [
    path("", newsroom_list, name="list"),
    path("api/v1/", include("wagtail_cpsnews.api.urls")),
    path("embed/v1.js", widget_v1, name="widget"),
    path("embed/<str:version>/widget.js", widget_pinned, name="widget_pinned"),
]
