"""Hostile files: each is refused where it is too large or too deep, and the rest is imported."""

import pytest

from wagtail_cpsnews.importers import markup
from wagtail_cpsnews.importers.html import to_blocks, to_rich_text
from wagtail_cpsnews.importers.nesting import MAX_LEVELS, UnacceptableHtml
from wagtail_cpsnews.pages.models import NewsItemPage

AVAILABLE = NewsItemPage._meta.get_field("body").stream_block.child_blocks
NAMES = sorted(markup.BLOCKS | set(markup.KEPT) | {"a", "cite", "span"})
TABLE_PARTS = {"caption", "tbody", "td", "tfoot", "th", "thead", "tr"}


def nested(levels, *names):
    start = "".join(f'<{name} href="https://www.example.org/">' for name in names)
    end = "".join(f"</{name}>" for name in reversed(names))
    return f"{start * levels}words{end * levels}"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TABLE_PARTS])
@pytest.mark.parametrize("inner", ["", "li"])
def test_nesting_up_to_the_limit_is_converted(name, inner):
    names = (name, inner) if inner else (name,)
    html = nested((MAX_LEVELS - 1) // len(names), *names)
    assert "words" in str(to_blocks(html, AVAILABLE).blocks)
    assert "words" in to_rich_text(html)[0]


@pytest.mark.parametrize(
    "html",
    [
        nested(50_000, "div"),
        nested(800, "div"),
        nested(MAX_LEVELS + 1, "div"),
        nested(300, "ul", "li"),
        nested(50, "table", "tr", "td"),
        nested(200, "blockquote", "p"),
        "<div>" * 50_000,
        "".join(f"<b class={number}><p>" for number in range(3_000)),
        "<b>" * 400 + "<p>x" * 10_000,
        "&" * 1_000_000,
        "<p>x</p>" * 30_000,
        "x" * 3_000_000,
    ],
    ids=lambda html: f"{html[:24]}… {len(html)}",
)
def test_html_that_would_keep_a_parser_busy_is_refused(html):
    with pytest.raises(UnacceptableHtml):
        to_blocks(html, AVAILABLE)
    with pytest.raises(UnacceptableHtml):
        to_rich_text(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>No end tag" * 5_000,
        "<ul>" + "<li>no end tag" * 3_000,
        "<table>" + "<tr><td><font>left open</td>" * 400 + "</table>",
        "<div><center>crossed</div></center>" * 1_000,
        "</div>" * 3_000 + "<p>x</p>",
        "<table><div></table>" * 100,
        "<br>" * 5_000 + '<img src="x">' * 2_000 + "x",
        "a < b && c > d; " * 2_000,
    ],
    ids=lambda html: html[:24],
)
def test_careless_html_is_accepted(html):
    assert markup.clean_html(html)
