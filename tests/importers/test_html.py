"""HTML from other systems becomes the blocks of a story.

No word of it is lost.
"""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from wagtail import blocks

from wagtail_cpsnews.importers.html import to_blocks, to_rich_text
from wagtail_cpsnews.stories.blocks import story_blocks

SITE = "https://www.example.org/news/a-story"


def convert(html, without=(), **replaced):
    available = {name: block for name, block in story_blocks() if name not in without}
    return to_blocks(html, available | replaced, SITE)


def shapes(html, **kwargs):
    """The blocks as (type, value)."""
    return [(block["type"], block["value"]) for block in convert(html, **kwargs).blocks]


def words_of_blocks(raw_blocks):
    """The words of raw blocks in order, whatever their shape."""
    words = []
    for block in raw_blocks:
        value = block["value"]
        if isinstance(value, str):
            texts = [value]
        elif "table" in value:
            table = value["table"]
            texts = [value["caption"], *(column["heading"] for column in table["columns"])]
            texts += [cell for row in table["rows"] for cell in row["values"]]
        else:
            texts = [value.get(name, "") for name in ("text", "quote", "speaker", "role")]
        for text in texts:
            is_html = isinstance(value, str) or text == value.get("quote")
            words += re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text) if is_html else text)
    return words


def test_paragraphs_and_lists_that_follow_each_other_share_a_block():
    html = "<div><p>One.</p>\n\n <p class='last'>Two\n  lines.</p><ul><li>a</li><li><p>b</p></li></ul></div>"
    assert shapes(html) == [("text", "<p>One.</p><p>Two lines.</p><ul><li>a</li><li>b</li></ul>")]


@pytest.mark.parametrize(
    ("name", "level"), [("h1", "2"), ("h2", "2"), ("h3", "3"), ("h4", "3"), ("h5", "3"), ("h6", "3")]
)
def test_headings(name, level):
    assert shapes(f"<p>a</p><{name} id='x'>What <em>next</em></{name}><p>b</p>") == [
        ("text", "<p>a</p>"),
        ("heading", {"text": "What next", "level": level}),
        ("text", "<p>b</p>"),
    ]


def test_a_heading_that_is_too_long_stays_text():
    assert shapes(f"<h2>{'word ' * 40}</h2>")[0][0] == "text"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<strong>a</strong> <em>b</em>", "<b>a</b> <i>b</i>"),
        ("H<sub>2</sub>O, 2<sup>nd</sup>", "H<sub>2</sub>O, 2<sup>nd</sup>"),
        ("a<br>b", "a<br/>b"),
        ('<abbr title="Public Health">PHE</abbr>’s', "PHE’s"),
        ('<span class="x" onclick="y()">a &lt; b &amp; c</span>', "a &lt; b &amp; c"),
        (
            '<a href="/guidance?a=1&amp;b=2" rel="external">x</a>',
            '<a href="https://www.example.org/guidance?a=1&amp;b=2">x</a>',
        ),
        ('<a href="other">x</a>', '<a href="https://www.example.org/news/other">x</a>'),
        ('<a href="mailto:a@example.org">x</a>', '<a href="mailto:a@example.org">x</a>'),
        ('<a href="tel:+441632960000">x</a>', '<a href="tel:+441632960000">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href=" jav&#x0A;ascript:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,hello">x</a>', "x"),
        ("a<script>alert(1)</script><style>p{}</style><!-- c -->", "a"),
        ("<b></b>a<i> </i>b", "a b"),
    ],
)
def test_running_text_keeps_only_what_editors_can_make(html, kept):
    assert shapes(f"<p>{html}</p>") == [("text", f"<p>{kept}</p>")]


def test_without_an_address_links_without_a_host_are_named():
    html, remarks = to_rich_text(
        '<p><a href="/a">a</a> <a href="//example.org/b">b</a> <a href="c">c</a></p>'
    )
    assert html == '<p>a <a href="https://example.org/b">b</a> c</p>'
    assert [str(remark) for remark in remarks] == [
        "links without a host left out, their text kept, for no base address is given: /a, c"
    ]


def test_links_within_the_page_are_told():
    converted = convert('<p><a href="#fn:1">1</a></p>')
    assert converted.blocks[0]["value"] == "<p>1</p>"
    assert [str(remark) for remark in converted.remarks] == ["links left out, their text kept: #fn:1"]


def test_a_quotation_of_several_paragraphs():
    assert shapes("<p>She said:</p><blockquote> <p>One.</p> <p>Two.</p> </blockquote><p>After.</p>") == [
        ("text", "<p>She said:</p>"),
        ("quote", {"quote": "<p>One.</p><p>Two.</p>", "speaker": "", "role": ""}),
        ("text", "<p>After.</p>"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote><p>Said.</p><p>— Ada Penrose, Chief Prosecutor, South West</p></blockquote>",
        "<blockquote><p>Said.</p><footer>Ada Penrose, Chief Prosecutor, South West</footer></blockquote>",
        "<blockquote><p>Said.</p><p><cite>Ada Penrose, Chief Prosecutor, South West</cite></p></blockquote>",
        "<figure><blockquote>Said.</blockquote><figcaption>– Ada Penrose, Chief Prosecutor, South West</figcaption></figure>",
    ],
)
def test_who_said_it_when_that_is_clear(html):
    value = {"quote": "<p>Said.</p>", "speaker": "Ada Penrose", "role": "Chief Prosecutor, South West"}
    assert shapes(html) == [("quote", value)]


def test_the_only_line_of_a_quotation_is_what_was_said():
    assert shapes("<blockquote>– and so on</blockquote>")[0][1]["quote"] == "<p>– and so on</p>"


def test_a_list_in_a_quotation_and_links_in_it():
    converted = convert(
        '<blockquote><p>Three:</p><ol><li>a</li><li><a href="/b">b</a></li></ol></blockquote>'
    )
    quote = converted.blocks[0]["value"]["quote"]
    assert re.fullmatch(r'<p>Three:</p><p>1. a</p><p>2. <a href="[^"]*/b">b</a></p>', quote)
    assert converted.remarks == []


def test_a_table():
    html = (
        "<table><caption>Cases</caption><thead><tr><th>Year</th><th>Charged</th><th>Convicted</th></tr></thead>"
        "<tbody><tr><th>2024</th><td>1,204</td><td><b>988</b></td></tr>"
        "<tr><th rowspan=2>2025</th><td colspan=2>not counted</td></tr><tr><td>5</td></tr></tbody></table>"
    )
    ((name, value),) = shapes(html)
    assert name == "table"
    assert value["caption"] == "Cases"
    assert value["row_headers"] is False  # the last row has no header cell of its own
    assert [column["heading"] for column in value["table"]["columns"]] == ["Year", "Charged", "Convicted"]
    assert [row["values"] for row in value["table"]["rows"]] == [
        ["2024", "1,204", "988"],
        ["2025", "not counted", ""],
        ["", "5", ""],
    ]


def test_a_table_without_headings_whose_first_column_names_the_rows():
    ((_name, value),) = shapes("<table><tr><th>a</th><td>1</td></tr><tr><th>b</th><td>2</td></tr></table>")
    assert [column["heading"] for column in value["table"]["columns"]] == ["", ""]
    assert value["row_headers"] is True


def test_a_table_is_read_by_the_block(db):
    blocks_by_name = dict(story_blocks())
    ((_name, value),) = shapes("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>")
    table = blocks_by_name["table"].to_python(value)
    assert [[cell.value for cell in row] for row in table["table"].rows] == [["1", "2"]]


def test_nested_lists_keep_their_order():
    html = "<ul><li>one<ul><li>one a</li></ul>after</li><li>two</li></ul>"
    assert shapes(html) == [("text", "<ul><li>one<ul><li>one a</li></ul>after</li><li>two</li></ul>")]


def test_a_contact_box_becomes_paragraphs():
    html = (
        '<div class="contact"><div class="vcard"><p>Press desk</p><div><p class="tel">'
        '<span class="type">Out of hours</span>\n  01632 960000\n</p></div></div></div>'
    )
    assert shapes(html) == [("text", "<p>Press desk</p><p>Out of hours 01632 960000</p>")]


def test_pictures_and_recordings_are_told():
    converted = convert(
        '<figure><img src="/a.png" alt="A"><figcaption>Caption</figcaption></figure><iframe src="/b"></iframe>'
    )
    assert [block["value"] for block in converted.blocks] == ["<p>Caption</p>"]
    assert [str(remark) for remark in converted.remarks] == [
        "pictures and recordings in the text left at their source: /a.png (“A”), /b"
    ]


EVERYTHING = """
loose <b>words</b><div>in a box</div><section><details><summary>More</summary>hidden text</details></section>
<h2>Head <a href="/x">linked</a></h2><p>para<p>unclosed <u>under</u><hr>
<dl><dt>Term</dt><dd>meaning</dd></dl><pre>two
lines</pre><blockquote><h3>Not a quotation</h3><p>but a layout</p></blockquote>
<blockquote><p>Said <a href="/y">so</a></p><p>– Ada Penrose, witness</p></blockquote>
<table><tr><td>outer <table><tr><td>inner</td></tr></table></td></tr></table>
<table><caption>Figures</caption><tr><th>x</th></tr><tr><td>y<ul><li>z</li></ul></td></tr></table>
<a href="/card"><h3>Card</h3><p>inside a link</p></a><ol><li>first<ul><li>deep</li></ul></li></ol>
<address>Street<br>Town</address><custom-element>custom</custom-element><video>fallback</video>
<h2></h2><p>&nbsp;</p><blockquote></blockquote><table></table><ul></ul> the end
"""


@pytest.mark.parametrize(
    "without", [(), ("heading",), ("quote",), ("table",), ("heading", "quote", "table", "notes")]
)
def test_no_word_is_lost(without):
    source = re.findall(r"\w+", re.sub(r"<[^>]*>", " ", EVERYTHING.replace("&nbsp;", " ")))
    converted = convert(EVERYTHING, without=without)
    assert words_of_blocks(converted.blocks) == source
    assert {block["type"] for block in converted.blocks}.isdisjoint(without)


def test_a_block_that_the_host_has_replaced_is_not_used():
    found = shapes("<h2>Head</h2><blockquote>Said</blockquote>", quote=blocks.TextBlock())
    assert found == [("heading", {"text": "Head", "level": "2"}), ("text", "<p>Said</p>")]


def test_text_goes_to_another_rich_text_block_where_there_is_no_text_block():
    assert shapes("<p>a</p>", without=["text"])[0][0] == "notes"
    with pytest.raises(ImproperlyConfigured, match="no rich text block"):
        convert("<p>a</p>", without=["text", "notes"])


def test_rich_text_without_lists():
    html, _remarks = to_rich_text(
        "<h3>Note</h3><ul><li>a</li><li>b</li></ul><blockquote>c</blockquote>", lists=False
    )
    assert html == "<p><b>Note</b></p><p>• a</p><p>• b</p><p>c</p>"


@pytest.mark.parametrize("html", ["", "   ", "<p></p>", "<!-- nothing -->", "<p>&nbsp;</p>"])
def test_nothing_makes_no_block(html):
    assert convert(html).blocks == []
