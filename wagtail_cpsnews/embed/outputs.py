"""The outputs that other sites embed, and the builder's preview."""

from django.utils.translation import gettext_lazy as _

from ..outputs import Output

FRAME = Output(
    name="frame",
    url_name="cpsnews:embed_list",
    about_story={"id": "{id}"},
    about_list={},
    method="iframe",
    label=_("Frame"),
)
FRAGMENT = Output(
    name="fragment",
    url_name="cpsnews:embed_list",
    params={"format": "fragment"},
    about_story={"id": "{id}"},
    about_list={},
    method="fragment",
    label=_("HTML fragment"),
    code="fragment",
)
OEMBED = Output(
    name="oembed",
    url_name="cpsnews:oembed",
    params={"format": "json"},
    about_story={"url": "{url}"},
    about_list={"url": "{url}"},
    method="oembed",
    label=_("oEmbed"),
    relation="oembed",
    media_type="application/json+oembed",
    code="oembed",
    operation="wagtail_cpsnews.embed.oembed_schema.describe_oembed",
)
OEMBED_XML = Output(
    name="oembed-xml",
    url_name="cpsnews:oembed",
    params={"format": "xml"},
    about_story={"url": "{url}"},
    about_list={"url": "{url}"},
    relation="oembed",
    media_type="text/xml+oembed",
)
OUTPUTS = (FRAME, FRAGMENT, OEMBED, OEMBED_XML)
