"""Hostile files.

Each is refused where it is too large or too deep, and the rest is imported.
"""

import gzip
import json
import tracemalloc

import pytest
from PIL import Image as PILImage
from wagtail.images import get_image_model

from tests.importing import STORY, make_index, run, run_to_error, write
from wagtail_cpsnews.importers import files, govuk, jsonl, markup
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


@pytest.fixture
def index(db, settings, tmp_path):
    return make_index(settings, tmp_path)


def peak_of(function, *args):
    tracemalloc.start()
    try:
        result = function(*args)
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "unit", [b"x", b"\n", b'{"id": "1"}\n', b'"'], ids=["line", "empty", "stories", "text"]
)
def test_a_bomb_is_read_to_the_limit_only(tmp_path, monkeypatch, unit):
    monkeypatch.setattr(files, "MAX_RUN", 3_000_000)
    monkeypatch.setattr(files, "MAX_ITEM", 500_000)
    monkeypatch.setattr(files, "MAX_LINES", 20_000)
    bomb = tmp_path / "b.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as stream:
        stream.write(json.dumps(STORY).encode() + b"\n")
        for _part in range(40):
            stream.write(unit * (100_000 // len(unit)))
    assert bomb.stat().st_size < 100_000
    write(tmp_path / "c.jsonl", STORY | {"id": "2"})
    reading, peak = peak_of(jsonl.read, tmp_path)
    assert reading.stories[0].source_id == "1"
    assert peak < 4_000_000
    texts = [str(refusal) for refusal in reading.refused]
    assert any("too much for one import" in text or "MB" in text for text in texts)
    assert len(texts) <= files.MAX_REFUSALS + 3


def test_a_line_that_is_too_long_costs_that_line(tmp_path):
    path = write(
        tmp_path / "a.jsonl", STORY, STORY | {"id": "2", "body": "x" * 11_000_000}, STORY | {"id": "3"}
    )
    reading = jsonl.read(path)
    assert [story.source_id for story in reading.stories] == ["1", "3"]
    (refusal,) = reading.refused
    assert str(refusal) == "a.jsonl, line 2: has more than 10 MB. Allowed: at most 10 MB for one story"


NESTED = {
    "lists": "[" * 60 + "]" * 60,
    "many lists": "[" * 100_000 + "]" * 100_000,
    "objects": '{"a":' * 60 + "1" + "}" * 60,
    "alternating": '[{"a":' * 400 + "1" + "}]" * 400,
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("field", ["topics", "strange"])
def test_nested_json_costs_that_line(tmp_path, name, field):
    line = json.dumps(STORY | {field: "@"}).replace('"@"', NESTED[name])
    reading = jsonl.read(write(tmp_path / "a.jsonl", line, STORY))
    assert [story.source_id for story in reading.stories] == ["1"]
    (refusal,) = reading.refused
    assert len(str(refusal)) < 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"title": ["x" * 1_000_000]},
        {"topics": [{"x": "y" * 1_000_000}]},
        {"updates": [{}] * 501},
        {"published": "2" * 1_000_000},
        {"language": "e" * 1_000_000},
        {f"field-{number}": 1 for number in range(300)},
        {"kind": "k", "image": {"file": "x" * 1_000_000}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_refusal_is_short(tmp_path, change):
    reading = jsonl.read(write(tmp_path / "a.jsonl", STORY | change))
    (refusal,) = reading.refused
    assert len(str(refusal)) < 1_000


def test_an_unknown_field_with_a_long_name(tmp_path):
    (story,) = jsonl.read(write(tmp_path / "a.jsonl", STORY | {"x" * 1_000_000: 1})).stories
    assert len(str(story.remarks[0])) < 300


def test_more_refusals_than_are_listed(index, tmp_path):
    path = write(tmp_path / "a.jsonl", *(["{"] * 3_000), STORY)
    text = run_to_error(path)
    assert "1 made, 0 changed, 0 unchanged, 0 skipped, 3000 refused" in text
    assert "further items: 2,000 more are refused and not listed" not in text  # beyond what a screen takes
    assert "… and 2,950 more" in text
    assert str(jsonl.read(path).refused[-1]) == "further items: 2,000 more are refused and not listed"


def test_hostile_html_costs_that_story(index, tmp_path):
    deep = nested(800, "div")
    path = write(
        tmp_path / "a.jsonl",
        STORY | {"id": "2", "body": deep},
        STORY | {"id": "3", "notes_to_editors": deep},
        STORY,
    )
    text = run_to_error(path)
    assert "refused: a.jsonl, line 1: body: holds more than 500 elements within each other" in text
    assert "refused: a.jsonl, line 2: notes_to_editors: holds" in text
    assert "1 made" in text


@pytest.mark.parametrize("kind", ["file", "folder", "chain", "inside", "hard path"])
def test_a_picture_out_of_the_folder(index, tmp_path, kind):
    outside, folder = tmp_path / "outside", tmp_path / "stories"
    outside.mkdir()
    folder.mkdir()
    PILImage.new("RGB", (40, 30)).save(outside / "secret.png")
    PILImage.new("RGB", (40, 30)).save(folder / "own.png")
    name = "link.png"
    if kind == "file":
        (folder / name).symlink_to(outside / "secret.png")
    elif kind == "folder":
        name = "secret.png"
        (folder / "images").symlink_to(outside)
    elif kind == "chain":
        (folder / "first.png").symlink_to("../outside/secret.png")
        (folder / name).symlink_to("first.png")
    elif kind == "inside":
        (folder / name).symlink_to("own.png")
    else:
        name = "../outside/secret.png"
    path = write(folder / "a.jsonl", STORY | {"id": "2", "image": {"file": name}}, STORY)
    if kind == "inside":
        assert "2 made" in run(path)
        return
    text = run_to_error(path)
    assert "refused: a.jsonl, line 1: image.file: " in text
    assert "1 made" in text
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("read", [jsonl.read, govuk.read])
def test_a_file_of_stories_out_of_the_folder(tmp_path, read):
    ending = "jsonl" if read is jsonl.read else "json"
    outside = write(tmp_path / "outside" / f"secret.{ending}", STORY)
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / f"link.{ending}").symlink_to(outside)
    reading = read(folder)
    assert reading.stories == ()
    (refusal,) = reading.refused
    assert "is a symbolic link out of its folder" in str(refusal)


def test_a_picture_too_large_to_read(tmp_path):
    with (tmp_path / "huge.png").open("wb") as stream:
        stream.truncate(files.MAX_PICTURE + 1)
    reading = jsonl.read(write(tmp_path / "a.jsonl", STORY | {"image": {"file": "huge.png"}}))
    assert "image.file: 'huge.png' has 100 MB. Allowed: at most 100 MB" in str(reading.refused[0])


def test_a_large_content_item(tmp_path):
    (tmp_path / "a.json").write_text('{"details": {"body": "' + "x" * 11_000_000 + '"}}')
    (tmp_path / "b.json").write_text("[" * 100_000)
    (tmp_path / "c.json").write_text('{"details": {"a": ' + "[" * 60 + "]" * 60 + "}}")
    texts = [str(refusal) for refusal in govuk.read(tmp_path).refused]
    assert len(texts) == 3
    assert texts[0] == "a.json: has more than 10 MB. Allowed: at most 10 MB for one story"
    assert "more than 50 levels" in texts[2]


def test_a_title_does_not_steer_a_terminal(index, tmp_path):
    path = write(tmp_path / "a.jsonl", STORY | {"title": "\x1b[2Jgone \u202edekcart", "strange": 1})
    text = run(path)
    assert "\x1b" not in text
    assert "\u202e" not in text
