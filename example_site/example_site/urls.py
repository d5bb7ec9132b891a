from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from demo.search_engines import OtherPages, robots, sitemap_index
from demo.views import StartView
from wagtail_cpsnews.http.files import serve_media

handler404 = "wagtail_cpsnews.frontend.views.page_not_found"

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", sitemap, {"sitemaps": {"pages": OtherPages}}, name="sitemap-pages"),
    path("start/", StartView.as_view(), name="start"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("newsroom/", include("wagtail_cpsnews.urls")),
    path("media/<path:name>", serve_media),
    *staticfiles_urlpatterns(),
]
urlpatterns += i18n_patterns(path("", include(wagtail_urls)), prefix_default_language=False)
