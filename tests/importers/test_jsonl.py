"""Stories as JSON Lines.

What is imported, what is refused with which words, what can be corrected and read again.
"""

import json

import pytest
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from tests.jsonlines import STORY, page_of, picture, refused, run, slugs, write
from wagtail_cpsnews.catalogue import serializers
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.importers import jsonl
from wagtail_cpsnews.pages.models import NewsItemPage, SpeechPage
from wagtail_cpsnews.taxonomy.models import Area
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

pytestmark = pytest.mark.django_db


def test_a_story(index, file):
    update = {"date": "2025-03-06T09:00:00+00:00", "kind": "correction", "text": "He is 41."}
    older = {"date": "2025-03-05T09:00:00+00:00", "text": "A second hearing is listed."}
    write(file, {"updates": [older, update], "notes_to_editors": "<ul><li>Background.</li></ul>"})
    assert run(file) == "1 made, 0 changed, 0 unchanged, 0 skipped.\n"
    page = page_of("a-1")
    assert isinstance(page, NewsItemPage)
    assert page.live
    assert page.live_revision_id == page.latest_revision_id is not None
    assert page.slug == "lorry-driver-jailed-after-a-chase-through-devizes"
    assert page.published_at.isoformat() == page.first_published_at.isoformat() == STORY["published"]
    assert page.last_published_at == page.published_at
    assert (page.kind.slug, slugs(page.crime_types)) == (
        "press-release",
        ["driving-offences", "violent-crime"],
    )
    assert (slugs(page.areas), slugs(page.topics)) == (["wessex"], [])
    assert [block.block_type for block in page.body] == ["text", "heading", "text"]
    assert page.notes_to_editors == "<ul><li>Background.</li></ul>"
    assert [(update["kind"], update["text"]) for update in page.get_updates()] == [
        ("correction", "He is 41."),
        ("update", "A second hearing is listed."),
    ]
    assert page.language == ""


def test_outcomes(newsroom_catalogue, index, file):
    """By the name of a label; another name is shown as it is, and reported."""
    values = {"date": "2025-03-06T09:00:00+00:00", "kind": "outcome", "text": "The jury was out for a day."}
    known = {**values, "outcome": "not guilty", "concerns": "One of two drivers"}
    write(file, {"updates": [known, {**values, "outcome": "Cautioned"}]})
    assert "there is no outcome label 'Cautioned'" in run(file)
    first, second = page_of("a-1").get_updates()
    label = OutcomeLabel.objects.get(name="Not guilty")
    assert (first["outcome"], first["concerns"]) == (str(label.translation_key), "One of two drivers")
    assert (second["outcome"], second["concerns"]) == ("Cautioned", "")
    current()
    item = serializers.item(Entry.objects.get(page_pk=page_of("a-1").pk), current().reference, "cy")
    assert [update["label"] for update in item["updates"]] == ["One of two drivers: not guilty", "Cautioned"]


def test_a_letter(index, file):
    letter = {
        "addressee": "The Editor",
        "publication": "Harbour Gazette",
        "in_reply_to": "Your leader of 3 May",
        "in_reply_to_url": "https://gazette.example/leader",
        "signatory": "Ursula Penhale",
    }
    write(file, {"kind": "letter", "letter": letter})
    run(file)
    page = page_of("a-1")
    assert page.get_letter_facts() == letter
    write(file, {"kind": "letter", "title": "No word of the letter"})
    run(file)
    page.refresh_from_db()
    assert (page.title, page.get_letter_facts()) == ("No word of the letter", letter)
    write(file, {"kind": "letter", "letter": {"addressee": "Somebody else"}})
    run(file)
    page.refresh_from_db()
    assert page.get_letter_facts() == {"addressee": "Somebody else"}


def test_a_speech(index, file):
    speech = {
        "speaker": "Rosalind Ackerley KC",
        "role": "Director of Prosecutions",
        "event": "Annual lecture",
        "location": "Leeds",
        "delivered_on": "2025-03-03",
        "script": "as_prepared",
    }
    write(
        file,
        {"type": "speech", "kind": "speech", "speech": speech},
        {"id": "a-2", "type": "speech", "title": "Bare"},
    )
    run(file)
    page = page_of("a-1")
    assert isinstance(page, SpeechPage)
    assert page.get_speech_facts() == speech | {"delivered_on": page.delivered_on}
    assert str(page.delivered_on) == "2025-03-03"
    assert isinstance(page_of("a-2"), SpeechPage)


def test_only_what_has_changed_is_written(index, file):
    write(file, {}, {"id": "a-2", "title": "Another"})
    run(file)
    revisions = set(Page.objects.values_list("latest_revision_id", flat=True))
    assert run(file) == "0 made, 0 changed, 2 unchanged, 0 skipped.\n"
    assert set(Page.objects.values_list("latest_revision_id", flat=True)) == revisions
    write(file, {"summary": "Another summary."}, {"id": "a-2", "title": "Another"})
    assert run(file) == "0 made, 1 changed, 1 unchanged, 0 skipped.\n"
    page = page_of("a-1")
    assert page.summary == "Another summary."
    assert page.revisions.count() == 2
    assert page.live_revision_id == page.latest_revision_id


def test_what_the_source_does_not_say_stays_as_editors_have_it(index, file):
    bare = {
        name: value for name, value in STORY.items() if name not in ("kind", "areas", "topics", "crime_types")
    }
    write(file, json.dumps(bare))
    run(file)
    page = page_of("a-1")
    page.areas = [Area.find("wessex")]
    page.notes_to_editors = "<p>Ours.</p>"
    page.save_revision().publish()
    write(file, json.dumps(bare | {"summary": "Changed."}))
    assert "was edited here since the last import" in run(file)
    page = page_of("a-1")
    assert (page.summary, slugs(page.areas), page.notes_to_editors) == (
        "Changed.",
        ["wessex"],
        "<p>Ours.</p>",
    )
    write(file, json.dumps(bare | {"summary": "Changed.", "areas": []}))
    run(file)
    assert slugs(page_of("a-1").areas) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_translations_in_any_order_of_lines(index, file, order):
    stories = [
        {},
        {"id": "a-2", "language": "cy", "title": "Carcharu gyrrwr lori", "translation_of": "a-1"},
        {"id": "a-3", "language": "pl", "title": "Kierowca skazany", "translation_of": "a-2"},
    ]
    write(file, *(stories[place] for place in order))
    assert run(file) == "3 made, 0 changed, 0 unchanged, 0 skipped.\n"
    english, welsh, polish = page_of("a-1"), page_of("a-2"), page_of("a-3")
    assert welsh.locale.language_code == "cy"
    assert welsh.translation_key == english.translation_key
    assert (welsh.language, welsh.version_of_id) == ("", None)
    assert {term.locale.language_code for term in welsh.areas.all()} == {"cy"}
    assert (polish.locale, polish.language) == (Locale.get_default(), "pl")
    assert polish.version_of.translation_key == english.translation_key
    assert run(file) == "0 made, 0 changed, 3 unchanged, 0 skipped.\n"


def test_a_translation_goes_below_the_translated_parent(index, file):
    section = index.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    write(file, {}, {"id": "a-2", "language": "cy", "slug": "carcharu", "translation_of": "a-1"})
    run(file)
    assert page_of("a-2").get_parent().pk == section.pk
    assert page_of("a-2").slug == "carcharu"


def test_a_translation_that_editors_made_is_left_alone(index, file):
    write(file, {})
    run(file)
    twin = page_of("a-1").copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    write(file, {}, {"id": "a-2", "language": "cy", "title": "Carcharu", "translation_of": "a-1"})
    report = run(file)
    assert "0 made, 0 changed, 1 unchanged, 1 skipped." in report
    assert f"page {twin.pk}" in report


def test_a_translation_of_nothing_is_imported_and_told(index, file):
    write(file, {"language": "cy", "translation_of": "a-9"})
    assert "not there, left out: the story a-9" in run(file)
    assert page_of("a-1").locale.language_code == "cy"


def test_versions_of_each_other_end(index, file):
    write(file, {"translation_of": "a-2"}, {"id": "a-2", "language": "cy", "translation_of": "a-1"})
    run(file)
    assert page_of("a-1").translation_key == page_of("a-2").translation_key


def test_an_unknown_term_is_told_and_found_once_it_exists(index, file):
    write(file, {"areas": ["wessex", "mars"], "kind": "riddle", "topics": ["statistics"]})
    report = run(file)
    assert "not there, left out: area “mars”" in report
    assert "not there, left out: kind “riddle”" in report
    page = page_of("a-1")
    assert (page.kind, slugs(page.areas), slugs(page.topics)) == (None, ["wessex"], ["statistics"])
    assert run(file) == "0 made, 0 changed, 1 unchanged, 0 skipped.\n"
    Area.objects.create(name="Mars", slug="mars", locale=Locale.get_default())
    assert "1 changed" in run(file)
    assert slugs(page_of("a-1").areas) == ["mars", "wessex"]


def test_a_taxonomy_that_is_off_is_left_alone(index, file, settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"area": False}}
    write(file, {"areas": ["mars"]})
    assert run(file) == "1 made, 0 changed, 0 unchanged, 0 skipped.\n"


def test_a_picture_is_made_once_for_the_same_content(index, file, tmp_path):
    picture(tmp_path / "bridge.png")
    picture(tmp_path / "images" / "same.png")
    image = {"file": "bridge.png", "alt": "A bridge", "caption": "Bodmin", "credit": "Illustration: newsroom"}
    write(file, {"image": image}, {"id": "a-2", "image": {"file": "same.png"}})
    assert run(file) == "2 made, 0 changed, 0 unchanged, 0 skipped.\n"
    (made,) = get_image_model().objects.all()
    assert (made.title, made.width, made.collection.depth) == ("A bridge", 40, 1)
    page = page_of("a-1")
    assert (page.image, page.image_alt, page.image_credit) == (made, "A bridge", "Illustration: newsroom")
    assert page.image_caption == "Bodmin"
    assert (page_of("a-2").image, page_of("a-2").image_alt) == (made, "")
    picture(tmp_path / "bridge.png", "blue")
    assert "1 changed, 1 unchanged" in run(file)
    assert page_of("a-1").image != made


def test_a_missing_or_broken_picture_does_not_cost_the_story(index, file, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture")
    write(
        file,
        {"image": {"file": "nowhere.png"}},
        {"id": "a-2", "image": {"file": "broken.png"}},
        {"id": "a-3", "image": {"file": "notes.txt"}},
    )
    report = run(file)
    assert "3 made" in report
    assert "the picture nowhere.png is neither beside stories.jsonl nor in its folder “images”" in report
    assert "the picture broken.png cannot be used" in report
    assert "the picture notes.txt cannot be used" in report
    assert not get_image_model().objects.exists()
    picture(tmp_path / "nowhere.png")
    assert "1 changed" in run(file)
    assert page_of("a-1").image is not None


TOMORROW = (timezone.now() + timezone.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not a JSON object"),
        ({"id": ""}, "id: is missing or empty. Allowed: text of 1 to 255 characters"),
        ({"id": 5}, "id: 5 is no text"),
        ({"id": "x" * 256}, "id: has 256 characters"),
        ({"title": None}, "title: is missing or empty"),
        ({"title": "x" * 256}, "title: has 256 characters. Allowed: text of 1 to 255 characters"),
        ({"published": None}, "published: is missing or empty. Allowed: ISO 8601 with offset"),
        (
            {"published": "yesterday"},
            "published: 'yesterday' is not a date and time. Allowed: ISO 8601 with offset",
        ),
        (
            {"published": "2025-02-30T10:00:00+00:00"},
            "published: '2025-02-30T10:00:00+00:00' is not a date and time",
        ),
        ({"published": "2025-02-03T10:00:00"}, "has no offset from UTC"),
        ({"published": "0205-02-03T10:00:00+00:00"}, "is before 1800"),
        ({"published": TOMORROW}, "is in the future"),
        ({"updates": [{"date": TOMORROW, "text": "x"}]}, "updates[1].date: "),
        ({"updates": [{"date": "2025-03-06T09:00:00Z"}]}, "updates[1].text: is missing or empty"),
        (
            {"updates": [{"date": "2025-03-06T09:00:00Z", "text": "x", "kind": "y"}]},
            "update, correction, clarification",
        ),
        (
            {"updates": [{"date": "2025-03-06T09:00:00Z", "text": "x", "kind": "outcome"}]},
            "updates[1].outcome: is missing or empty",
        ),
        (
            {"updates": [{"date": "2025-03-06T09:00:00Z", "text": "x", "outcome": "Not guilty"}]},
            "updates[1].kind: 'update' has no outcome",
        ),
        ({"updates": {"text": "x"}}, "updates: {'text': 'x'} is no list of objects"),
        ({"language": "English"}, "language: 'English' is no language"),
        ({"letter": "To the editor"}, "letter: 'To the editor' is no object"),
        (
            {"letter": {"in_reply_to_url": "javascript:alert(1)"}},
            "letter.in_reply_to_url: 'javascript:alert(1)' is no address",
        ),
        ({"type": "video"}, "type: 'video' is not allowed. Allowed: news, speech"),
        ({"areas": "wessex"}, "areas: 'wessex' is no list of slugs"),
        ({"body": ["x"]}, "body: ['x'] is no text"),
        ({"body": "a\x00b"}, "body: contains an invalid character"),
        ({"image": {"alt": "x"}}, "image.file: is missing or empty"),
        ({"image": {"file": "../secret.png"}}, "image.file: '../secret.png' is no plain file name"),
        (
            {"type": "speech", "speech": {"delivered_on": "1 May"}},
            "speech.delivered_on: '1 May' is not a day",
        ),
        (
            {"type": "speech", "speech": {"delivered_on": "2999-01-01"}},
            "speech.delivered_on: '2999-01-01' is before",
        ),
        (
            {"type": "speech", "speech": {"script": "sung"}},
            "as_delivered, as_prepared, draft, speaking_notes",
        ),
        ({"id": "good"}, "id: 'good' is used already, in stories.jsonl, line 1"),
    ],
)
def test_what_is_refused_and_with_which_words(file, story, words):
    reading = jsonl.read(write(file, {"id": "good"}, "", story))
    (refusal,) = reading.refused
    assert str(refusal).startswith("stories.jsonl, line 3: ")
    assert words in str(refusal)
    assert [story.source_id for story in reading.stories] == ["good"]


def test_what_is_refused_does_not_cost_the_others(index, file):
    write(file, {"id": "good"}, {"title": ""})
    report = refused(file)
    assert "refused: stories.jsonl, line 2: title: is missing or empty" in report
    assert "1 made, 0 changed, 0 unchanged, 0 skipped, 1 refused, 0 failed." in report
    assert page_of("good").live


def test_a_field_that_is_not_known_is_told(index, file):
    write(file, {"sumary": "x", "speech": {"speaker": "y"}})
    report = run(file)
    assert "the field 'sumary' is not known and was left out; did you mean 'summary'?" in report
    assert '"speech" was left out' in report


def test_text_that_is_too_long_or_missing(index, file):
    write(
        file,
        {"summary": "word " * 100},
        {"id": "a-2", "summary": "", "body": "<p>First words.</p><p>More.</p>"},
    )
    report = run(file)
    assert "summary has 499 characters and was cut to 400" in report
    assert "has no summary; its first words were taken" in report
    assert len(page_of("a-1").summary) <= 400
    assert page_of("a-1").summary.endswith("word…")
    assert page_of("a-2").summary == "First words. More."
