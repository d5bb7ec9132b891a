from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve

login_not_required(serve)  # its public pages; everything else asks for a login

urlpatterns = [
    path("cms/", include(wagtailadmin_urls)),
    path("papers/", include(wagtaildocs_urls)),
    path("services/press-feed/", include("wagtail_cpsnews.urls")),
]
urlpatterns += i18n_patterns(path("", include(wagtail_urls)))
