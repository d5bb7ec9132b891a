"""Clean rich text by an allow-list before readers get it.

It does not matter what wrote it into the database.

An editor's text has passed Wagtail's editor; one that came from a shell, an import or a backup has not. What is
allowed follows from the features that are registered with Wagtail, so a feature of the host's survives.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator
from typing import Any

import nh3
from wagtail.rich_text import features
from wagtail.rich_text.rewriters import FIND_A_TAG, FIND_ATTRS, FIND_EMBED_TAG
from wagtail.whitelist import ALLOWED_URL_SCHEMES

from ..characters import clean as clean_characters

#: Elements that need no feature. A picture is an ``<embed>`` of Wagtail's: a bare one would load from anywhere.
TAGS = frozenset(nh3.ALLOWED_TAGS) - {"area", "img", "map"} | {"tfoot"}

#: Attributes that need no feature, by element; those under "*" on every element.
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang", "id", "linktype", "name", "rel", "target"},
    "abbr": set(),
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "embed": {"alt", "embedtype", "format", "id", "url"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}

#: Elements that no feature makes harmless; the words in them go too.
NEVER = frozenset(
    {"script", "style", "noscript", "template", "math", "svg", "object", "applet", "base", "meta"}
)

#: Attributes that run code or load something, whatever a feature names.
_HARMFUL = re.compile(r"on.*|style|srcdoc|formaction|ping|background|xlink:href|action", re.IGNORECASE)

_SELECTOR_TAG = re.compile(r"^[a-z][a-z0-9-]*")
_SELECTOR_ATTRIBUTE = re.compile(r"\[\s*([a-zA-Z_][\w-]*)")
_TAG = re.compile(r'<(/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>')
_QUOTED = re.compile(r'"[^"]*"')
#: Wagtail writes these so, and finds its embeds by it.
_SELF_CLOSING = {"br", "embed", "hr"}

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_IGNORED_BY_BROWSERS = re.compile("[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff\ufffd]+")


def clean(source: Any) -> str:
    """Return database HTML with only what rich text may hold.

    Scripts and harmful addresses are gone.
    """
    text = clean_characters(str(source or ""))
    if "<" not in text and "&" not in text:
        return text
    return _TAG.sub(_as_wagtail_writes, _cleaner(*_entity_attributes(text)).clean(text))


def _harmless(_tag: str, attribute: str, value: str) -> str | None:
    return None if attribute in ("cite", "href", "src") and value and not safe_url(value) else value


def safe_url(url: Any) -> str:
    """Return an address that a link may have, or "" for one that would run code."""
    text = str(url or "").strip()
    plain = text
    for _round in range(3):
        plain = html.unescape(plain)
    scheme = _SCHEME.match(_IGNORED_BY_BROWSERS.sub("", plain).lower())
    return "" if scheme and scheme[0][:-1] not in ALLOWED_URL_SCHEMES else text


def _as_wagtail_writes(tag: re.Match[str]) -> str:
    """Write a tag so that Wagtail's rewriters can't misread it.

    They read tags by pattern.
    """
    slash, name, rest = tag.groups()
    rest = _QUOTED.sub(lambda value: value[0].replace("<", "&lt;").replace(">", "&gt;"), rest)
    return f"<{slash}{name}{rest}{'/' if name in _SELF_CLOSING else ''}>"


def _entity_attributes(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the attributes of links and embeds of the host.

    Its handlers read them, and they never leave.
    """
    found: list[set[str]] = []
    for known, pattern, kind in (
        (features.get_link_types(), FIND_A_TAG, "linktype"),
        (features.get_embed_types(), FIND_EMBED_TAG, "embedtype"),
    ):
        names: set[str] = set()
        for tag in pattern.finditer(text) if kind in text else ():
            given = dict(FIND_ATTRS.findall(tag[1]))
            if given.get(kind) in known:
                names |= {name for name in given if not _HARMFUL.fullmatch(name)}
        found.append(names)
    return frozenset(found[0]), frozenset(found[1])


@functools.lru_cache(maxsize=64)
def _cleaner(of_links: frozenset[str], of_embeds: frozenset[str]) -> nh3.Cleaner:
    tags, attributes = _policy()
    more = {"a": of_links, "embed": of_embeds}
    return nh3.Cleaner(
        tags=set(tags),
        attributes=attributes | {name: attributes.get(name, set()) | names for name, names in more.items()},
        clean_content_tags=set(NEVER - tags),
        url_schemes=set(ALLOWED_URL_SCHEMES),
        generic_attribute_prefixes={"data-", "aria-"},
        attribute_filter=_harmless,
        link_rel=None,
    )


@functools.cache
def _policy() -> tuple[frozenset[str], dict[str, set[str]]]:
    """Return the elements and attributes of Wagtail's and the host's features.

    Besides those that need none.
    """
    features.get_default_features()  # asks the hooks, once
    tags, attributes = set(TAGS), {name: set(names) for name, names in ATTRIBUTES.items()}
    for rules in features.converter_rules_by_converter.values():
        for rule in rules.values():
            for name, names in _elements(rule):
                if name not in NEVER:
                    tags.add(name)
                    harmless = {attribute for attribute in names if not _HARMFUL.fullmatch(attribute)}
                    attributes.setdefault(name, set()).update(harmless)
    return frozenset(tags | {"a", "embed", "p"}), attributes


def _elements(rule: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the elements and attributes that a converter rule reads or writes."""
    if isinstance(rule, dict):  # of the content state converter
        for selector in rule.get("from_database_format") or ():
            if found := _SELECTOR_TAG.match(selector):
                names = set(_SELECTOR_ATTRIBUTE.findall(selector))
                yield found[0], names | ({"class"} if "." in selector else set())
        written = rule.get("to_database_format") or {}
        for mapped in (written.get("block_map") or {}, written.get("style_map") or {}):
            for element in mapped.values():
                yield from _written(element)
    elif isinstance(rule, list | tuple):  # of the converter for editors of HTML
        for each in rule:
            if name := getattr(each, "element", ""):
                yield str(name), set()


def _written(element: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the elements of one entry of Draft.js exporter's maps.

    A name, or a mapping with properties and a wrapper.
    """
    if isinstance(element, str):
        yield element, set()
    elif isinstance(element, dict):
        for name, props in (("element", "props"), ("wrapper", "wrapper_props")):
            if isinstance(element.get(name), str):
                given = element.get(props) or {}
                yield element[name], {"class" if key == "className" else str(key) for key in given}
