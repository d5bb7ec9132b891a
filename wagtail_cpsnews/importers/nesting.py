"""Limits on HTML that is too large or nested too deep.

It is refused before a parser takes minutes or recurses over it.
"""

from __future__ import annotations

import re

#: Levels of elements, counted in well-formed HTML. Real stories have fewer than 30; each level costs the converter
#: up to three of Python's 1,000 stack frames.
MAX_LEVELS = 100
#: Elements open at the same time in HTML as it is given, where an end tag may be missing: an upper bound only.
MAX_OPEN = 500
#: Formatting elements left open are made again by an HTML parser in every paragraph that follows: their sum over all tags.
MAX_REOPENED = 1_000_000
#: Characters of one text.
MAX_CHARACTERS = 2_000_000
#: Ampersands of one text: nh3 takes time in proportion to the square of their number.
MAX_AMPERSANDS = 100_000
#: Elements of one text; the converter takes about a millisecond for each.
MAX_ELEMENTS = 25_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])")
#: HTML standard, 13.1.2 "Void elements".
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
#: Elements whose end tag may be left out (13.1.2.4): one ends where the next begins, so they nest only within others.
_OPTIONAL = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "rt",
        "rp",
        "option",
        "optgroup",
        "colgroup",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "html",
        "head",
        "body",
    ]
)
#: Formatting elements (13.2.4.3): one that is left open is reopened.
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)


class UnacceptableHtml(ValueError):
    """HTML that is too large or nested too deep. The text is for people."""

    allowed = (
        f"at most {MAX_CHARACTERS:,} characters, {MAX_ELEMENTS:,} elements and {MAX_LEVELS} levels of them, "
        "each with its end tag"
    )


def check_html(html: str) -> None:
    """Raise ``UnacceptableHtml`` for HTML that is slow to parse.

    The HTML is counted as it is given, before any parser reads it.
    """
    if len(html) > MAX_CHARACTERS:
        raise UnacceptableHtml(f"has {len(html):,} characters")
    if html.count("&") > MAX_AMPERSANDS:
        raise UnacceptableHtml(f"holds {html.count('&'):,} ampersands")
    _check_open(html)


def check_levels(html: str) -> None:
    """Raise ``UnacceptableHtml`` for well-formed HTML that is nested too deep."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2] not in _VOID:
            depth += -1 if match[1] else 1
            deepest = max(deepest, depth)
    if deepest > MAX_LEVELS:
        raise UnacceptableHtml(f"holds elements nested {deepest:,} levels deep")


def _check_open(html: str) -> None:
    """Count the elements that can be open together.

    Not fewer than a parser would find.
    """
    open_: list[str] = []
    formatting: dict[str, int] = {}
    elements = reopened = unclosed = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        elements += not match[1]
        if elements > MAX_ELEMENTS:
            raise UnacceptableHtml(f"holds more than {MAX_ELEMENTS:,} elements")
        if name in _VOID or name in _OPTIONAL:
            pass
        elif name in _FORMATTING:
            change = -1 if match[1] else 1
            if change > 0 or formatting.get(name):
                formatting[name] = formatting.get(name, 0) + change
                unclosed += change
        elif not match[1]:
            open_.append(name)
        elif name in open_[_scope(open_, name) :]:
            while open_.pop() != name:
                pass
        if len(open_) + unclosed > MAX_OPEN:
            raise UnacceptableHtml(
                f"holds more than {MAX_OPEN} elements within each other or without end tags"
            )
        reopened += unclosed
        if reopened > MAX_REOPENED:
            raise UnacceptableHtml(f"holds {unclosed} elements such as <b> without their end tags")


def _scope(open_: list[str], name: str) -> int:
    """Return the first place in which an end tag looks for its element.

    Not beyond a table, but for a table's own.
    """
    if name == "table" or "table" not in open_:
        return 0
    return len(open_) - 1 - open_[::-1].index("table")
