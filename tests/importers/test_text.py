"""Plain texts of other systems.

Entities, tags, characters that are not text; and JSON that Python reads in silence.
"""

import json

import pytest

from wagtail_cpsnews.characters import NOT_TEXT
from wagtail_cpsnews.importers import govuk, jsonl
from wagtail_cpsnews.importers.slugs import slug_text
from wagtail_cpsnews.importers.text import clean_characters, read_words

STORY = {"id": "a", "title": "A title", "published": "2025-03-04T10:15:00+00:00", "body": "<p>x</p>"}


def read(tmp_path, *stories):
    """What is read of lines: objects, or text as it is."""
    file = tmp_path / "stories.jsonl"
    lines = [story if isinstance(story, str) else json.dumps(STORY | story) for story in stories]
    file.write_text("\n".join(lines), encoding="utf-8")
    return jsonl.read(file)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Media &amp; Text: Smith &#8217;n&#8217; Sons fined", "Media & Text: Smith ’n’ Sons fined"),
        ("It&#39;s over", "It's over"),
        ("&pound;5,000 &#xA3;6", "£5,000 £6"),
        ("Smith &amp;amp; Sons &amp;#8217;s &amp;pound;5", "Smith & Sons ’s £5"),
        ("Two&nbsp;words", "Two words"),
        ("AT&T and R&D; ?a=1&copy=2 &bogus;", "AT&T and R&D; ?a=1&copy=2 &bogus;"),
        ("Broken <b>HTML</b> & “quotes”", "Broken HTML & “quotes”"),
        ("One<br/>two <em class='x'>three</em>", "One two three"),
        ("a < b and <unknown> and 5 > 4", "a < b and <unknown> and 5 > 4"),
        ("Tab\tand\nline", "Tab and line"),
        ("Left \u202eright\u202c and \u2067isolate\u2069", "Left right and isolate"),
        ("Hidden &#x202E;right", "Hidden right"),
        ("Smith \x92n\x92 Sons, \x80 5", "Smith ’n’ Sons, € 5"),
        ("Bell \x07, VT\x0bFF\x0cnext \ufffe", "Bell \ufffd, VT FF next \ufffd"),
        ("Null &#0; and &#7;", "Null \ufffd and"),
        ("عربي 🏃‍♀️ e\u0301", "عربي 🏃‍♀️ e\u0301"),
    ],
)
def test_a_title_is_read_as_what_it_means(given, meant):
    words, remarks = read_words(given, "title")
    assert words == meant
    assert not NOT_TEXT.search(words)
    changed = " ".join(given.split()) != meant
    assert bool(remarks) == changed
    assert {remark.code for remark in remarks} <= {"entities", "characters"}
    assert all(str(remark).startswith("title holds ") for remark in remarks)


def test_several_paragraphs_stay_several():
    assert read_words("One &amp; two\n\nthree", "text", lines=True)[0] == "One & two\n\nthree"


def test_the_slug_has_no_word_of_an_entity():
    assert slug_text("Smith &amp; Sons &#8217;n&#8217; Co") == "Smith & Sons ’n’ Co"
    assert slug_text("cafe\u0301") == "caf\u00e9"


def test_what_is_text_has_no_remark():
    assert clean_characters("<p>\tText\r\n é</p>", "body") == ("<p>\tText\r\n é</p>", [])


WORDS = {
    "title": "T &amp; t\x07",
    "summary": "S &amp; t\x07",
    "image": {"file": "x.png", "alt": "A &amp; t\x07", "credit": "C &amp; t\x07"},
    "letter": dict.fromkeys(("addressee", "publication", "in_reply_to", "signatory"), "L &amp; t\x07"),
    "speech": dict.fromkeys(("speaker", "role", "event", "location"), "P &amp; t\x07"),
    "updates": [{"date": STORY["published"], "text": "U &amp; t\x07"}],
    "areas": ["Devon &amp; Cornwall\x07"],
}


def test_every_field_for_readers_is_read_so(tmp_path):
    (story,) = read(tmp_path, {"type": "speech", **WORDS}).stories
    texts = [story.title, story.summary, story.picture.alt, story.picture.credit, story.updates[0].text]
    texts += [getattr(story.letter, name) for name in WORDS["letter"]]
    texts += [getattr(story.speech, name) for name in WORDS["speech"]]
    assert {text[1:] for text in texts} == {" & t\ufffd"}
    assert story.areas == ("Devon & Cornwall\ufffd",)
    said = " ".join(map(str, story.remarks))
    for name in (
        "title",
        "summary",
        "image.alt",
        "letter.signatory",
        "speech.role",
        "updates[1].text",
        "areas[1]",
    ):
        assert f"{name} holds U+0007" in said
        assert f"{name} holds HTML entities" in said


def test_html_keeps_its_entities_and_loses_its_control_characters(tmp_path):
    (story,) = read(tmp_path, {"body": "<p>a &amp; b \x07</p>", "notes_to_editors": "<p>\ufffe</p>"}).stories
    assert story.body == "<p>a &amp; b \ufffd</p>"
    assert story.notes_to_editors == "<p>\ufffd</p>"
    assert [remark.code for remark in story.remarks] == ["characters", "characters"]


@pytest.mark.parametrize("character", ["\x00", "\ud83d"])
@pytest.mark.parametrize("name", ["id", "title", "summary", "body", "slug", "kind"])
def test_nul_and_halves_of_characters_are_refused(tmp_path, name, character):
    (refusal,) = read(tmp_path, {name: f"a{character}b"}).refused
    assert (refusal.field, refusal.problem) == (name, "contains an invalid character")


@pytest.mark.parametrize("given", [None, "", "  "])
def test_a_missing_date_says_what_is_allowed(tmp_path, given):
    (refusal,) = read(tmp_path, {"published": given}).refused
    assert str(refusal).startswith(
        "stories.jsonl, line 1: published: is missing or empty. Allowed: ISO 8601 with offset, "
    )


@pytest.mark.parametrize("given", [1751620500, ["2025"], {"a": 1}, True, 1.5])
def test_a_date_of_another_type_says_what_is_allowed(tmp_path, given):
    (refusal,) = read(tmp_path, {"published": given}).refused
    assert refusal.allowed.startswith("ISO 8601 with offset, ")


def line(**fields):
    """A line with fields as JSON text, which may be no JSON or name a field twice."""
    return (
        "{"
        + ", ".join([json.dumps(STORY)[1:-1], *(f'"{name}": {value}' for name, value in fields.items())])
        + "}"
    )


def test_a_field_given_twice_is_named(tmp_path):
    (story,) = read(tmp_path, line(title='"Another"')).stories
    assert story.title == "Another"
    assert [str(remark) for remark in story.remarks] == [
        "the field 'title' is given more than once; the last was taken, left out: 'A title'"
    ]
    (story,) = read(tmp_path, line(type='"speech"', speech='{"role": "A", "role": "B"}')).stories
    assert "the field 'role' is given more than once" in str(story.remarks[0])


@pytest.mark.parametrize("given", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, f"-{'9' * 5000}"])
def test_numbers_that_are_none_are_named_or_refused(tmp_path, given):
    reading = read(tmp_path, line(x=given))
    said = " ".join(map(str, reading.stories[0].remarks))
    assert "the field 'x' is not known" in said
    if "n" in given.lower():
        assert f"{given} is not JSON" in said
    (refusal,) = read(tmp_path, line(summary=given)).refused
    assert (refusal.field, refusal.allowed) == ("summary", "text in quotation marks")
    assert len(str(refusal)) < 300


@pytest.mark.parametrize(
    "name", ["title", "kind", "areas", "updates", "letter", "language", "type", "id", "image"]
)
def test_a_refusal_is_short_whatever_was_given(tmp_path, name):
    for value in (["x" * 100_000], "y" * 100_000, {"z" * 100_000: 1}, 10**250):
        for refusal in read(tmp_path, {name: value}).refused:
            assert len(str(refusal)) < 600


def test_govuk_items_are_read_so_too(tmp_path):
    item = {
        "schema_name": "news_article",
        "document_type": "press_release",
        "content_id": "6a1c",
        "base_path": "/government/news/a",
        "locale": "en",
        "title": "Smith &amp; Sons\x07",
        "description": "It&#39;s over",
        "first_published_at": "2024-01-02T03:04:05Z",
        "details": {"body": "<p>x\x0b</p>"},
        "links": {},
    }
    (tmp_path / "a.json").write_text(json.dumps(item))
    (story,) = govuk.read(tmp_path / "a.json").stories
    assert (story.title, story.summary, story.body) == ("Smith & Sons\ufffd", "It's over", "<p>x </p>")
    assert {remark.code for remark in story.remarks} == {"entities", "characters"}
