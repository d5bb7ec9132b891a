from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from . import views

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("newsroom/", include("wagtail_cpsnews.urls")),
    path("docket.txt", views.docket, name="docket"),
    path("docket/<uuid:pk>/", views.docket_entry, name="docket-entry"),
    path("", include(wagtail_urls)),
]
