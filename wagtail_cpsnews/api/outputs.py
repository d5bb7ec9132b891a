"""The outputs of the API."""

from django.utils.translation import gettext_lazy as _

from ..outputs import Output

#: What the element asks, and so how the usage ledger knows it.
ITEMS = Output(
    name="items", url_name="cpsnews:items", about_list={}, method="element", label=_("Element"), code="api"
)
ITEM = Output(
    name="item",
    url_name="cpsnews:item",
    path={"pk": "{id}"},
    about_story={},
    method="item",
    label=_("Single story"),
)
OUTPUTS = (
    ITEMS,
    ITEM,
    Output(name="changes", url_name="cpsnews:changes", about_list={}, is_whole=True, names_gone=True),
    # They show no list; their texts and blocks can point to a story.
    Output(name="news-centre", url_name="cpsnews:page-news-centre"),
    Output(name="press-office", url_name="cpsnews:page-press-office"),
    Output(name="media-protocol", url_name="cpsnews:page-media-protocol"),
)
