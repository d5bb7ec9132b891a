"""Check that an import loses nothing.

Finds what a text holds before it is cleaned, and what of that is neither in the story nor in a remark.

The importer keeps what it knows. This counts on the raw tree, knows nothing of blocks, and names the difference, so
that an element nobody has thought of cannot lose a word or an address in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import PreformattedString

from .elements import BLOCKS, DELETED, EMBEDDED, MEDIA, SCRIPTS
from .links import clean_address, resolve
from .remarks import Remark

#: Attributes that hold an address, and those that hold words for readers.
ADDRESSES = (
    *("href", "src", "srcset", "poster", "data", "cite", "longdesc", "action", "formaction", "background"),
    *("xlink:href", "data-src", "data-srcset", "data-lazy-src", "data-original"),
)
WORDS = ("alt", "title", "aria-label", "label", "placeholder", "summary", "content", "srcdoc")
#: Input fields whose value readers see.
BUTTONS = ("submit", "button", "reset", "text", "search", "")

#: A remark names at most so many characters of one thing, and of all together.
ONE, ALL = 300, 4000

_WORD = re.compile(r"\w+")
_TAGS = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_HREFS = re.compile(r'<a href="([^"]*)"')
_STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_SPACES = re.compile(r"\s+")
#: What an editor of WordPress writes around each of its blocks.
_EDITORS_OWN = re.compile(r"\s*/?wp:")


@dataclass
class Link:
    """A link of the source.

    Its address as given, and whether it has words or only a picture.
    """

    given: str
    has_words: bool
    has_picture: bool


@dataclass
class Inventory:
    """What the raw tree of a text holds."""

    elements: int = 0
    words: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    inserted: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def take_inventory(html: str) -> Inventory:
    """Count what ``html`` holds, without any idea of what is to become of it."""
    found = Inventory()
    text: list[str] = []
    for is_end, node in _walk(BeautifulSoup(html, "html.parser")):
        if not isinstance(node, Tag):
            if isinstance(node, Comment) and not _EDITORS_OWN.match(node) and node.strip():
                found.comments.append(_short(str(node)))
            elif not isinstance(node, PreformattedString):
                text.append(str(node))
            continue
        if node.name in BLOCKS or node.name in EMBEDDED or node.name == "br":
            text.append(" ")
        if not is_end:
            found.elements += 1
            _take_element(node, found)
    found.words = _words("".join(text))
    return found


def _walk(root: Tag) -> Iterator[tuple[bool, Any]]:
    """Yield every node, elements at their beginning and at their end.

    Not the inside of scripts and of deleted text.
    """
    stack: list[tuple[bool, Any]] = [(False, child) for child in reversed(root.contents)]
    while stack:
        is_end, node = stack.pop()
        yield is_end, node
        if isinstance(node, Tag) and not is_end:
            stack.append((True, node))
            if node.name not in SCRIPTS and node.name not in DELETED:
                stack += [(False, child) for child in reversed(node.contents)]


def _take_element(node: Tag, found: Inventory) -> None:
    addresses: list[str] = []
    words: list[str] = []
    if node.attrs:
        addresses = [text for name in ADDRESSES for text in _values(node, name)]
        addresses += _STYLE_ADDRESS.findall(str(node.get("style") or ""))
        words = [text for name in WORDS if (text := _squeeze(str(node.get(name) or "")))]
    if node.name == "input" and str(node.get("type") or "").lower() in BUTTONS:
        words += filter(None, [_squeeze(str(node.get("value") or ""))])
    if node.name == "a" and node.has_attr("href"):
        given = clean_address(str(node["href"]))
        if given:
            picture = any(getattr(inner, "name", None) in EMBEDDED for inner in node.descendants)
            found.links.append(Link(given, bool(_words(node.get_text())), picture))
            addresses = addresses[1:]
    if node.name in SCRIPTS:
        if node.name == "script":
            found.scripts.append(", ".join(map(_short, addresses)) or "one in the text")
    elif node.name in DELETED:
        found.deleted += filter(None, [_squeeze(node.get_text())])
        found.others += [(node.name, text) for text in dict.fromkeys([*addresses, *words])]
        for inner in node.find_all(True):
            found.deleted += [text for name in (*ADDRESSES, *WORDS) for text in _values(inner, name)]
    elif node.name in EMBEDDED:
        said = ", ".join(f"“{_short(text)}”" for text in dict.fromkeys(words))
        where = ", ".join(map(_short, dict.fromkeys(addresses)))
        if where or said or node.name in MEDIA:
            found.media.append(f"{where or 'one without an address'}{f' ({said})' if said else ''}")
    else:
        if node.name == "ins":
            found.inserted += filter(None, [_squeeze(node.get_text())])
        found.others += [(node.name, text) for text in dict.fromkeys([*addresses, *words])]


def _values(node: Tag, name: str) -> list[str]:
    value = str(node.get(name) or "").strip()
    if name.endswith("srcset"):
        return [part for candidate in value.split(", ") if (part := candidate.strip(" ,").split(" ")[0])]
    return [value] if value else []


def compare(
    inventory: Inventory, html: Iterable[str], plain: Iterable[str], remarks: list[Remark], base_url: str
) -> list[Remark]:
    """Return a remark for everything in ``inventory`` that has been lost.

    Lost is what is in no text of the story and in none of its remarks.

    Args:
        html, plain: The story's texts.
        remarks: What was said already; words and links that it names are not missing.
        base_url: The address that relative links were read against; empty where there was none.
    """
    html = list(html)
    out = " ".join([*map(_plain, html), *plain])
    said = " ".join(remark.message for remark in remarks)
    found = [
        *_compare_links(inventory, Counter(unescape(href) for text in html for href in _HREFS.findall(text)), said, base_url),
        _remark("media", "pictures and recordings in the text left at their source", inventory.media),
        _remark("deleted", "text marked as deleted was left out", [f"“{_short(text)}”" for text in inventory.deleted]),
        _remark("inserted", "text marked as inserted was kept as ordinary text", [f"“{_short(text)}”" for text in inventory.inserted]),
        _remark("scripts", "scripts left out", inventory.scripts),
        _remark("comments", "comments left out", [f"“{text}”" for text in inventory.comments]),
    ]  # fmt: skip
    kept = f"{_squeeze(unicodedata.normalize('NFKC', out))} {said}"
    lost = [
        f"{name} “{_short(text)}”"
        for name, text in dict.fromkeys(inventory.others)
        if unicodedata.normalize("NFKC", text) not in kept
    ]
    found.append(_remark("attributes", "words and addresses in attributes were left out", lost))
    known = Counter(_words(f"{out} {said} {' '.join(remark.message for remark in found if remark)}"))
    missing = []
    for word in inventory.words:
        known[word] -= 1
        if known[word] < 0:
            missing.append(word)
    found.append(_remark("words", "words left out", [" ".join(missing)] if missing else []))
    return [remark for remark in found if remark is not None]


def _compare_links(
    inventory: Inventory, kept: Counter[str], said: str, base_url: str
) -> Iterator[Remark | None]:
    lost: dict[str, list[str]] = {}
    for link in inventory.links:
        href = resolve(link.given, base_url)
        if href and kept[href] > 0:
            kept[href] -= 1
        elif link.given in said:
            continue
        elif link.has_picture and not link.has_words:
            lost.setdefault("picture", []).append(link.given)
        elif not link.has_words:
            lost.setdefault("empty", []).append(link.given)
        elif not base_url and is_relative(link.given):
            lost.setdefault("relative", []).append(link.given)
        else:
            lost.setdefault("other", []).append(link.given)
    yield _remark("links", "links left out, their text kept", lost.get("other", []))
    why = "links without a host left out, their text kept, for no base address is given"
    yield _remark("relative-links", why, lost.get("relative", []))
    yield _remark("links", "links left out with the picture that they were around", lost.get("picture", []))
    yield _remark("links", "links without text left out", lost.get("empty", []))


def is_relative(given: str) -> bool:
    """Return whether an address would be right with a base address."""
    return not given.startswith(("#", "//")) and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", given)


def _remark(code: str, message: str, things: list[str]) -> Remark | None:
    return Remark(code, list_things(message, things)) if things else None


def list_things(message: str, things: list[str]) -> str:
    """Return a message with what it is about, each once.

    A long list ends with how many more there are.
    """
    listed: list[str] = []
    length, given = 0, list(dict.fromkeys(things))
    for thing in given:
        length += len(thing) + 2
        if length > ALL and listed:
            listed.append(f"and {len(given) - len(listed)} more")
            break
        listed.append(thing if len(thing) <= ALL else f"{thing[:ALL]}… ({len(thing)} characters)")
    return f"{message}: {', '.join(listed)}"


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def _plain(html: str) -> str:
    """Return text of HTML that the importer made: a space only where a line ends."""
    return unescape(_TAGS.sub(lambda tag: " " if tag[2] in BLOCKS or tag[2] == "br" else "", html))


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _short(text: str) -> str:
    text = _squeeze(text)
    return text if len(text) <= ONE else f"{text[:ONE]}… ({len(text)} characters)"
