"""The embed code that other sites paste to show a list."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote_plus

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..catalogue.query import NEWEST, Query
from ..registry import BUILT_IN, OWN
from .height import Room, spacers
from .script import VERSION, script_integrity

#: Parameters that mean the same as an attribute of the element; the others are not the snippet's to set.
_ATTRIBUTES = (
    *(taxonomy.name for taxonomy in BUILT_IN),
    "q",
    "published_after",
    "published_before",
    "language",
    "language_only",
    "order",
)

#: In the order in which the element writes them: it asks for exactly the address that was preloaded.
_ADDRESS_ORDER = (
    "q",
    *(taxonomy.attribute for taxonomy in BUILT_IN),
    "published-after",
    "published-before",
    "language",
    "language-only",
    "lang",
    "order",
    "page",
    "page-size",
)

_FIELDS = (
    "id,title,url,published,published_display,language,language_display,kind,crime_types,areas,latest_updates"
)


def mount_url(request: HttpRequest) -> str | None:
    """Return the absolute address of the newsroom's API and script.

    ``None`` when it is not mounted.
    """
    try:
        return request.build_absolute_uri(reverse("cpsnews:list"))
    except NoReverseMatch:
        return None


def snippet(
    query: Query,
    request: HttpRequest,
    list_url: str,
    title: str,
    *,
    attributes: Mapping[str, str] | None = None,
    pinned: bool = False,
    preload: bool = False,
    room: Room | None = None,
) -> str:
    """Return HTML to paste: a script, and an element with a link.

    The link leads readers without scripts to the list.

    It is one row, and the link is in no paragraph: WordPress’s classic editor makes paragraphs of rows and puts the
    whole into one, where a second paragraph would end the element before its link (``wpautop``). Every attribute has
    a value, so that it is well-formed in XHTML too.

    attributes: more of the element's, such as ``{"heading": "News", "page-size": "5"}``.
    pinned: the script of this version for ever, checked by its hash, instead of the one that is kept up to date.
    preload: the browser asks for the list while it waits for the script. The element gets its ``lang`` then, since
    the language of the page that it will be in is not known here.
    room: what the page keeps free for the list, so that nothing moves when it comes.
    """
    mount = mount_url(request)
    if mount is None:
        return ""
    given = _given(query) | dict(attributes or {})
    if preload:
        given.setdefault("lang", query.lang)
    parts = [script_tag(mount, pinned=pinned)]
    if preload:
        address = list_address(mount, given)
        parts.insert(0, format_html('<link rel="preload" as="fetch" crossorigin="" href="{}" />', address))
    element = format_html(
        '<cps-news src="{}"{}><a href="{}">{}</a>{}</cps-news>',
        mount,
        format_html_join("", ' {}="{}"', given.items()),
        list_url,
        title,
        spacers(room) if room else "",
    )
    return format_html_join("", "{}", ((part,) for part in (*parts, element)))


def script_tag(mount: str, *, pinned: bool = False) -> SafeString:
    """Return the tag that loads the script below ``mount``."""
    if not pinned:
        return format_html('<script type="module" async="" src="{}embed/v1.js"></script>', mount)
    return format_html(
        '<script type="module" async="" src="{}embed/{}/widget.js" integrity="{}" crossorigin=""></script>',
        mount,
        VERSION,
        script_integrity(),
    )


def list_address(mount: str, attributes: Mapping[str, str]) -> str:
    """Return the address that an element with these attributes requests.

    To the byte: else a preloaded list is fetched twice.
    """
    pairs: list[tuple[str, str]] = []
    filters = _read_filter(attributes.get("filter", ""))
    for name in dict.fromkeys([*_ADDRESS_ORDER, *filters]):
        value = filters.get(name) or attributes.get(name, "").strip()
        if name == "order" and pairs and pairs[0][0] == "q":
            value = value or NEWEST  # the API lists the best match first
        values = [value] if name == "q" else value.split()
        pairs += [(name.replace("-", "_"), one) for one in values if one]
    pairs.append(("facets", "all" if attributes.get("filters", "").strip() else "none"))
    fields = [_FIELDS, *(field for name, field in _SHOWN.items() if _yes(attributes.get(name, "no")))]
    query = "&".join(f"{name}={_encode(value)}" for name, value in pairs)
    return f"{mount.rstrip('/')}/api/v1/items/?{query}&fields={','.join(fields)}"


#: Attributes that show more of a story, and the field that each needs.
_SHOWN = {"summary": "summary", "images": "image"}


def _read_filter(text: str) -> dict[str, str]:
    """Return the values of ``filter="court=leeds court=hull"``.

    By attribute name: ``{"court": "leeds hull"}``.
    """
    found: dict[str, str] = {}
    for pair in text.split():
        name, _equals, value = pair.replace("_", "-").partition("=")
        if value:
            found[name] = f"{found[name]} {value}" if name in found else value
    return found


def _given(query: Query) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    own = [taxonomy.name for taxonomy in OWN]
    for name, value in query.params():
        if name in _ATTRIBUTES:
            values.setdefault(name.replace("_", "-"), []).append(value)
        elif name in own:
            values.setdefault("filter", []).append(f"{name}={value}")
    return {name: " ".join(given) for name, given in values.items()}


def _yes(value: str) -> bool:
    return value not in ("no", "false", "0")


def _encode(value: str) -> str:
    """Encode as ``URLSearchParams`` does.

    It differs from Python in two characters.
    """
    return quote_plus(value, safe="*").replace("~", "%7E")
