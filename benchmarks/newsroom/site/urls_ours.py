"""The addresses of the project that uses the newsroom.

As ``docs/install.md`` says.
"""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls

from .views import empty

urlpatterns = [
    path("empty/", empty),
    path("newsroom/", include("wagtail_cpsnews.urls")),
    path("admin/", include(admin_urls)),
    path("", include(wagtail_urls)),
]
