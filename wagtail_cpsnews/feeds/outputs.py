"""The feeds and the sitemap."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ..outputs import Output


@dataclass(frozen=True, kw_only=True)
class Feed(Output):
    """A format of feeds; its address is ``feeds/news.`` and its name.

    content_type: of the answer. writer: the function that writes a ``Channel``, by its dotted path.
    error_form: of the answer without a database.
    """

    content_type: str
    writer: str
    names_gone: bool = True
    error_form: str = "xml"


#: Chromium shows ``application/rss+xml`` and ``application/atom+xml`` as bare text and Firefox saves them to disk;
#: as XML they look as their style sheet says, and every feed reader takes them.
XML = "application/xml; charset=utf-8"

RSS = Feed(
    name="rss",
    method="rss",
    label=_("RSS feed"),
    url_name="cpsnews:feed-rss",
    about_list={},
    relation="feed",
    media_type="application/rss+xml",
    title="RSS",
    content_type=XML,
    writer="wagtail_cpsnews.feeds.xml.write_rss",
    names_gone=False,
    code="feeds",
)
ATOM = Feed(
    name="atom",
    method="atom",
    label=_("Atom feed"),
    url_name="cpsnews:feed-atom",
    about_list={},
    relation="feed",
    media_type="application/atom+xml",
    title="Atom",
    content_type=XML,
    writer="wagtail_cpsnews.feeds.xml.write_atom",
    code="feeds",
)
JSON = Feed(
    name="json",
    method="json",
    label=_("JSON feed"),
    url_name="cpsnews:feed-json",
    about_list={},
    relation="feed",
    media_type="application/feed+json",
    title="JSON Feed",
    content_type="application/feed+json; charset=utf-8",
    writer="wagtail_cpsnews.feeds.jsonfeed.write_json",
    error_form="json",
    code="feeds",
)
FEEDS = (RSS, ATOM, JSON)
OUTPUTS = (*FEEDS, Output(name="sitemap", url_name="cpsnews:sitemap-news", about_list={}, is_whole=True))
