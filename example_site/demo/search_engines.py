"""What search engines ask a site for: ``robots.txt``, and a sitemap of stories and of all other pages."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page

from wagtail_cpsnews.feeds.sitemap import sitemap_addresses
from wagtail_cpsnews.feeds.sitemap_xml import write_index
from wagtail_cpsnews.stories.news_item import NewsItemMixin


class OtherPages(Sitemap):
    """All public pages in all languages but stories, which have sitemaps of their own."""

    def items(self) -> Any:
        homes = self.get_wagtail_site().root_page.get_translations(inclusive=True)
        below = Q(pk__in=())
        for path in homes.filter(live=True).values_list("path", flat=True):
            below |= Q(path__startswith=path)
        pages = Page.objects.filter(below, alias_of=None).live().public().not_type(NewsItemMixin)
        return pages.order_by("path").defer_streamfields().specific()


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Return the addresses of all sitemaps."""
    pages = request.build_absolute_uri(reverse("sitemap-pages"))
    index = write_index([pages, *sitemap_addresses(request)])
    return HttpResponse(index, content_type="application/xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Name the sitemaps, and keep robots from the admin alone.

    What is not to be listed says so itself (``noindex``), which a robot must be able to read. Other sites' pages with
    our lists ask for the API when a search engine reads them.
    """
    rows = ["User-agent: *", f"Disallow: {reverse('wagtailadmin_home')}", ""]
    rows.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(rows) + "\n", content_type="text/plain; charset=utf-8")
