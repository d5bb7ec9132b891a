"""All addresses of the newsroom.

``path("newsroom/", include("wagtail_cpsnews.urls"))``
"""

from django.urls import include, path

from .desk.advance_views import advance_copy
from .embed.builder_views import builder
from .embed.frames import embed_list
from .embed.it_views import it_page
from .embed.oembed import oembed
from .embed.views import widget_pinned, widget_v1
from .feeds.outputs import FEEDS
from .feeds.sitemap import sitemap
from .feeds.views import feed, style
from .frontend.views import newsroom_list
from .http.files import check_media

app_name = "cpsnews"

urlpatterns = [
    path("", newsroom_list, name="list"),
    path("api/v1/", include("wagtail_cpsnews.api.urls")),
    path("advance/<str:token>/", advance_copy, name="advance-copy"),
    path("embed/v1.js", widget_v1, name="widget"),
    path("embed/builder/", builder, name="builder"),
    path("embed/it/", it_page, name="it_page"),
    *(
        path(f"feeds/news.{one.name}", feed, {"form": one}, name=one.url_name.partition(":")[2])
        for one in FEEDS
    ),
    path("feeds/feed.css", style, name="feed-style"),
    path("sitemap-news.xml", sitemap, name="sitemap-news"),
    path("embed/list/", embed_list, name="embed_list"),
    path("embed/oembed/", oembed, name="oembed"),
    path("embed/<str:version>/widget.js", widget_pinned, name="widget_pinned"),
    path("files/check/", check_media, name="file_check"),
]
