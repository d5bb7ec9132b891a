"""The few lines that other sites paste to show a list."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..catalogue.query import Query

#: Parameters that mean the same as an attribute of the element; the others are not the snippet's to set.
_ATTRIBUTES = (
    "kind",
    "crime_type",
    "area",
    "topic",
    "q",
    "published_after",
    "published_before",
    "language",
    "language_only",
    "order",
)


def mount_url(request: HttpRequest) -> str | None:
    """The absolute address below which the newsroom's API and script are; ``None`` when it is not mounted."""
    try:
        return request.build_absolute_uri(reverse("cpsnews:list"))
    except NoReverseMatch:
        return None


def snippet(query: Query, request: HttpRequest, list_url: str, title: str) -> str:
    """HTML to paste: a script and an element that holds a link to the list for readers without scripts."""
    mount = mount_url(request)
    if mount is None:
        return ""
    values: dict[str, list[str]] = {}
    for name, value in query.params():
        if name in _ATTRIBUTES:
            values.setdefault(name, []).append(value)
    attributes: SafeString = mark_safe("")
    for name, given in values.items():
        attributes += format_html(' {}="{}"', name.replace("_", "-"), " ".join(given))
    return format_html(
        '<script type="module" async src="{mount}embed/v1.js"></script>\n'
        '<cps-news src="{mount}"{attributes}>\n'
        '  <p><a href="{url}">{title}</a></p>\n'
        "</cps-news>",
        mount=mount,
        attributes=attributes,
        url=list_url,
        title=title,
    )
