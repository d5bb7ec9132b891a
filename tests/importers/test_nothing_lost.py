"""What goes into an import comes out, or is named in a remark.

Words, addresses and alternative texts of any element.
"""

import html as html_module
import re

import pytest

from tests.elements import ATTRIBUTES, BASE, BLOCKS, ELEMENTS, VOID
from wagtail_cpsnews.characters import NOT_TEXT
from wagtail_cpsnews.importers.html import to_blocks, to_rich_text
from wagtail_cpsnews.importers.markup import parse
from wagtail_cpsnews.importers.numbers import number_items


def everything(source, base=BASE, rich=False):
    """All that a text becomes, in one: values of blocks, and remarks."""
    if rich:
        text, remarks = to_rich_text(source, base)
        found = [text]
    else:
        converted = to_blocks(source, BLOCKS, base)
        found, remarks = [str(block["value"]) for block in converted.blocks], converted.remarks
    return html_module.unescape(" ".join([*found, *map(str, remarks)]))


@pytest.mark.parametrize("rich", [False, True])
@pytest.mark.parametrize("name", ELEMENTS)
def test_no_word_and_no_address_of_any_element_is_lost(name, rich):
    inside = "" if name in VOID else f"inner{name.replace('-', '').replace(':', '')}word</{name}>"
    attributes = " ".join(f'{key}="{value.format(key)}"' for key, value in ATTRIBUTES.items())
    for source in (
        f"<p>Before</p><{name} {attributes}>{inside}<p>After</p>",
        f"<p>Before <{name} {attributes}>{inside} After</p>",
        f"<table><tr><th>Before</th></tr><tr><td><{name} {attributes}>{inside}</td><td>After</td></tr></table>",
        f"<ul><li>Before<{name} {attributes}>{inside}</li><li>After</li></ul>",
        f"<h2>Before <{name} {attributes}>{inside} After</h2>",
        f"<{name} {attributes}>{inside}Before After",
    ):
        found = everything(source, rich=rich)
        assert "Before" in found, source
        assert "After" in found, source
        if inside:
            assert inside.partition("<")[0] in found, source
        for key, value in ATTRIBUTES.items():
            value = value.format(key).partition(" 1x")[0]
            value = re.sub(r"^background: url\((.*)\)$", r"\1", value)
            assert value in found or f"https://www.example.org{value}" in found, (key, source)


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://example.org/x?a=1&amp;b=2", "https://example.org/x?a=1&b=2"),
        ("HTTP://EXAMPLE.ORG/", "HTTP://EXAMPLE.ORG/"),
        ("//example.org/p", "https://example.org/p"),
        ("/news/x", "https://www.example.org/news/x"),
        ("../up", "https://www.example.org/up"),
        ("page.html#part", "https://www.example.org/news/page.html#part"),
        ("?page=2", "https://www.example.org/news/a-story?page=2"),
        ("mailto:a@example.org?subject=Hi%20there", "mailto:a@example.org?subject=Hi%20there"),
        ("tel:+441632960000", "tel:+441632960000"),
        (" https://example.org/sp ", "https://example.org/sp"),
        ("#note", ""),
        ("ftp://example.org/f", ""),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("sms:+441632960000", ""),
        ("whatsapp://send", ""),
        ("file:///c:/x.doc", ""),
        ("//[bad", ""),
    ],
)
def test_links_are_kept_or_named(href, kept):
    converted = to_blocks(f'<p>See <a href="{href}">this</a>.</p>', BLOCKS, BASE)
    hrefs = re.findall(r'href="([^"]*)"', converted.blocks[0]["value"])
    assert re.sub("<[^>]*>", "", converted.blocks[0]["value"]) == "See this."
    if kept:
        assert [html_module.unescape(found) for found in hrefs] == [kept]
        assert converted.remarks == []
    else:
        assert hrefs == []
        (remark,) = converted.remarks
        assert remark.code == "links"
        assert html_module.unescape(href.strip()) in str(remark)


@pytest.mark.parametrize("href", ["/news/2019/canal-case-charge", "news/x", "../x", "?a=1"])
def test_a_link_without_a_host_is_never_taken_for_one_of_this_site(href):
    converted = to_blocks(f'<p>Read <a href="{href}">the earlier statement</a>.</p>', BLOCKS)
    assert converted.blocks[0]["value"] == "<p>Read the earlier statement.</p>"
    assert [remark.code for remark in converted.remarks] == ["relative-links"]
    assert href in str(converted.remarks[0])


def test_one_of_two_same_links_that_is_lost_is_named():
    source = '<h2><a href="https://a.example/x">Head</a></h2><p><a href="https://a.example/x">text</a></p>'
    converted = to_blocks(source, BLOCKS)
    assert "https://a.example/x" in str(converted.remarks[0])
    assert to_blocks('<p><a href="https://a.example/x">text</a></p>', BLOCKS).remarks == []


def test_a_link_that_went_with_its_picture_is_named():
    source = '<p><a href="https://files.example.org/plan-large.pdf"><img src="https://old.example.org/plan-small.jpg" alt="Plan of the yard"></a></p>'
    remarks = [str(remark) for remark in to_blocks(source, BLOCKS).remarks]
    assert remarks == [
        "links left out with the picture that they were around: https://files.example.org/plan-large.pdf",
        "pictures and recordings in the text left at their source: https://old.example.org/plan-small.jpg (“Plan of the yard”)",
    ]


def test_pictures_and_players_are_named_with_their_words():
    source = (
        '<p>Before <img src="/map.png" alt="Map: the three streets" srcset="/m-1.png 1x, /m-2.png 2x"> after</p>'
        '<picture><source srcset="/w.webp 800w, /v.webp 1600w"><img src="data:image/png;base64,AAAA" alt="Dot"></picture>'
        '<iframe src="https://video.example.org/embed/9" title="Statement on the steps"></iframe>'
        '<video poster="/p.jpg"><source src="/v.mp4"><track src="/v.vtt" label="English">fallback</video><img>'
    )
    (remark,) = to_blocks(source, BLOCKS).remarks
    for said in (
        *("/map.png", "/m-1.png", "/m-2.png", "“Map: the three streets”", "/w.webp", "/v.webp", "“Dot”"),
        *("data:image/png;base64,AAAA", "https://video.example.org/embed/9 (“Statement on the steps”)"),
        *("/p.jpg", "/v.mp4", "/v.vtt (“English”)", "one without an address"),
    ):
        assert said in str(remark)


def test_an_address_of_a_hundred_kilobytes_is_cut_and_its_length_named():
    source = f'<img src="data:image/png;base64,{"A" * 100_000}" alt="Dot">'
    (remark,) = to_blocks(source, BLOCKS).remarks
    assert "(100,022 characters)" in str(remark).replace("100022", "100,022")
    assert len(str(remark)) < 1000


def test_what_its_writer_has_deleted_does_not_come_back():
    source = "<p>Jailed for <del>five</del> <ins>four</ins> years. <s>Old <b>words</b></s></p><del><p>Gone</p></del>"
    converted = to_blocks(source, BLOCKS)
    assert converted.blocks[0]["value"] == "<p>Jailed for four years.</p>"
    assert [(remark.code, str(remark)) for remark in converted.remarks] == [
        ("deleted", "text marked as deleted was left out: “five”, “Old words”, “Gone”"),
        ("inserted", "text marked as inserted was kept as ordinary text: “four”"),
    ]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("She said <q>no</q>.", "She said “no”."),
        ("<q>He said <q>yes</q> to me</q>", "“He said ‘yes’ to me”"),
        ("<q><b>All</b> of it</q>", "<b>“All</b> of it”"),
        ("<q>“Marked already”</q>", "“Marked already”"),
        ("<q></q>a", "a"),
    ],
)
def test_short_quotations_keep_their_marks(source, kept):
    assert to_blocks(f"<p>{source}</p>", BLOCKS).blocks[0]["value"] == f"<p>{kept}</p>"


@pytest.mark.parametrize(
    ("source", "markers"),
    [
        ('<ol start="4"><li>a</li><li>b</li></ol>', ["4.", "5."]),
        ("<ol reversed><li>a</li><li>b</li><li>c</li></ol>", ["3.", "2.", "1."]),
        ('<ol reversed start="10"><li>a</li><li>b</li></ol>', ["10.", "9."]),
        ('<ol><li>a</li><li value="7">b</li><li>c</li></ol>', ["1.", "7.", "8."]),
        ('<ol type="a" start="26"><li>a</li><li>b</li></ol>', ["z.", "aa."]),
        ('<ol type="I" start="4"><li>a</li><li>b</li></ol>', ["IV.", "V."]),
        ('<ol type="A"><li>a</li><li>b</li></ol>', ["A.", "B."]),
        ('<ol start="0"><li>a</li></ol>', ["0."]),
        ('<ol start="-1"><li>a</li><li>b</li></ol>', ["-1.", "0."]),
        ('<ol start="x"><li>a</li></ol>', ["1."]),
    ],
)
def test_the_numbers_of_lists_stay(source, markers):
    assert number_items(parse(source).ol) == markers
    text = to_blocks(f"<p>Counts:</p>{source}", BLOCKS).blocks[0]["value"]
    if markers[0] == "1." and len(markers) == 1:
        assert "<ol><li>a</li></ol>" in text
    else:
        items = re.findall(r"<p>([^<\s]+) [a-c]</p>", text)
        assert items == markers
    nested = to_blocks(f"<ul><li>outer{source}</li></ul>", BLOCKS).blocks[0]["value"]
    assert all(f"{marker} " in nested for marker in markers if markers != ["1."])


def test_an_ordinary_list_stays_a_list():
    source = '<ol start="1" type="1"><li value="1">a</li><li>b</li></ol>'
    assert to_blocks(source, BLOCKS).blocks[0]["value"] == "<ol><li>a</li><li>b</li></ol>"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("<b>Court 1</b><ul><li>A. Reed</li><li>B. Moss</li></ul>", "Court 1; A. Reed; B. Moss"),
        ("A. Reed<br>B. Moss", "A. Reed; B. Moss"),
        ("<p>One.</p><p>Two</p>", "One. Two"),
        ("Present:<ol><li>A</li><li>B<ul><li>C</li></ul></li></ol>", "Present: A; B; C"),
        ("<pre>A\nB</pre>", "A; B"),
        ("10<sup>6</sup> of H<sub>2</sub>O", "10⁶ of H₂O"),
    ],
)
def test_what_is_apart_in_a_cell_stays_apart(cell, kept):
    source = f"<table><tr><th>Day</th><th>Who</th></tr><tr><td>Monday</td><td>{cell}</td></tr></table>"
    converted = to_blocks(source, BLOCKS)
    assert converted.blocks[0]["value"]["table"]["rows"][0]["values"] == ["Monday", kept]
    assert {remark.code for remark in converted.remarks} == (
        {"flattened"} if len(kept.split("; ")) > 1 or "One" in kept else set()
    )


def test_structures_that_are_given_up_are_named():
    span = "<table><tr><th>a</th></tr><tr><td rowspan=2>b</td></tr><tr></tr></table>"
    assert "reached over several" in str(to_blocks(span, BLOCKS).remarks[0])
    nested = "<table><tr><td>outer<table><tr><td>inner</td></tr></table></td></tr></table>"
    assert "table within a table" in str(to_blocks(nested, BLOCKS).remarks[0])
    bare = "<table><tr><td>a</td><td>b</td></tr></table>"
    assert [remark.code for remark in to_blocks(bare, BLOCKS).remarks] == ["table-headings"]


def test_links_inside_preformatted_text_stay():
    source = '<pre>one <a href="https://a.example/">link</a>\ntwo <b>bold</b></pre>'
    assert to_blocks(source, BLOCKS).blocks[0]["value"] == (
        '<p>one <a href="https://a.example/">link</a><br/>two <b>bold</b></p>'
    )


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("First.\n\nSecond.\n* one\n* two", "<p>First.</p><p>Second.<br/>* one<br/>* two</p>"),
        ("First.\r\n\r\nSecond &amp; last.", "<p>First.</p><p>Second &amp; last.</p>"),
        ("First <b>bold</b>.\n \n\nSecond, a < b.", "<p>First <b>bold</b>.</p><p>Second, a &lt; b.</p>"),
        ("One\n\n<h2>Head</h2>\nTwo\n\nThree\nfour", "<p>Two</p><p>Three four</p>"),
        (
            "&lt;p&gt;First &amp;amp; last&lt;/p&gt;&lt;p&gt;Second&lt;/p&gt;",
            "<p>First &amp; last</p><p>Second</p>",
        ),
        ("<p>Smith &amp;#8217;n&amp;rsquo; Sons &amp;amp; Co</p>", "<p>Smith ’n’ Sons &amp; Co</p>"),
        ("<p>Write &amp;lt;p&amp;gt; in HTML</p>", "<p>Write &amp;lt;p&amp;gt; in HTML</p>"),
    ],
)
def test_texts_without_elements_or_escaped_twice(source, kept):
    converted = to_blocks(source, BLOCKS)
    assert converted.blocks[-1]["value"] == kept
    codes = {remark.code for remark in converted.remarks}
    assert codes == (
        {"entities"}
        if "&amp;#" in source or "&lt;p&gt;F" in source
        else {"plain-text"}
        if "<" not in source
        else set()
    )


def test_scripts_and_comments_are_named():
    source = '<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --><!-- hidden note --><script src="/x.js"></script><script>1</script>'
    assert [str(remark) for remark in to_blocks(source, BLOCKS).remarks] == [
        "scripts left out: /x.js, one in the text",
        "comments left out: “hidden note”",
    ]


def test_a_whole_document_gives_its_body():
    source = "<!doctype html><html><head><title>Site name</title></head><body><p>Text.</p></body></html>"
    converted = to_blocks(source, BLOCKS)
    assert [block["value"] for block in converted.blocks] == ["<p>Text.</p>"]
    assert "Site name" in str(converted.remarks[0])


@pytest.mark.parametrize("given", ["&#7;", "&#x7;", "&#xFFFE;", "&#xFDD0", "&#11;", "&#x1FFFF;"])
def test_references_to_characters_that_are_not_text(given):
    converted = to_blocks(f"<p>a{given} b</p>", BLOCKS)
    assert not NOT_TEXT.search(converted.blocks[0]["value"])
    assert [remark.code for remark in converted.remarks] == ["characters"]


def test_references_to_characters_of_windows_are_read_as_browsers_do():
    converted = to_blocks("<p>Smith &#146;n&#146; Sons &#163;5 &#1f;</p>", BLOCKS)
    assert converted.blocks[0]["value"].startswith("<p>Smith ’n’ Sons £5 ")


@pytest.mark.parametrize("name", ["td", "th"])
def test_a_table_without_headings_has_no_empty_first_row(name):
    source = f"<table><tr><{name}>a</{name}><{name}>b</{name}></tr><tr><td>1</td><td>2</td></tr></table>"
    block = BLOCKS["table"]
    rendered = block.render(block.to_python(to_blocks(source, BLOCKS).blocks[0]["value"]))
    assert ("<thead>" in rendered) == (name == "th")
    assert rendered.count("<tr>") == 2
