"""The addresses of the project that has everything else than the newsroom."""

from django.urls import include, path
from grapple import urls as grapple_urls
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.api.v3.urls import api as api_v3

from ..peers.drf import StoryViewSet
from ..peers.sql import sql_list
from .views import empty

api_v2 = WagtailAPIRouter("wagtailapi")
api_v2.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [
    path("empty/", empty),
    path("api/v2/", api_v2.urls),
    path("api/v3/", api_v3.urls),
    path("drf/", StoryViewSet.as_view({"get": "list"})),
    path("sql/", sql_list),
    path("admin/", include(admin_urls)),
    path("api/", include(grapple_urls)),
    path("", include(wagtail_urls)),
]
