"""The content items of GOV.UK that are stored beside the repository.

Without them these tests are skipped.
"""

import io
import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Locale, Page

from tests.factories import load_terms
from tests.importing import make_index
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsItemPage, SpeechPage

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "govuk"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the GOV.UK items are not beside the repository"),
]


@pytest.fixture
def index(settings, tmp_path):
    index = make_index(settings, tmp_path)
    load_terms()
    return index


@pytest.fixture
def folder(tmp_path):
    """The items in a folder that a test may change."""
    return Path(shutil.copytree(DATA, tmp_path / "govuk"))


@pytest.fixture
def few(folder):
    """Four of the items, for tests that change and read again."""
    kept = {"speech.json", "speech-transcript.json", "speech-with-updates.json", "news_article.json"}
    for file in folder.glob("*.json"):
        if file.name not in kept:
            file.unlink()
    return folder


def run(path, *args):
    out = io.StringIO()
    call_command("import_news", "govuk", str(path), *args, stdout=out)
    return out.getvalue()


def edit(file, **changes):
    file.chmod(0o644)
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def item(name):
    return json.loads((DATA / name).read_text())


def page_of(name):
    data = item(name)
    record = ImportedStory.objects.get(source_id=data["content_id"], language=data["locale"])
    return Page.objects.get(pk=record.page_pk).specific


def test_twelve_items_are_made_and_published(index):
    assert "12 made, 0 changed, 0 unchanged, 2 skipped." in run(DATA)
    pages = [*NewsItemPage.objects.all(), *SpeechPage.objects.all()]
    assert len(pages) == 12
    for page in pages:
        assert page.live
        assert page.live_revision_id == page.latest_revision_id is not None
        assert not page.has_unpublished_changes
        assert page.published_at == page.first_published_at <= page.last_published_at
        assert page.get_parent().pk == index.pk
        assert page.summary
        assert page.kind is not None
        page.full_clean()


def test_of_two_states_of_an_item_the_later_is_taken_and_the_report_says_why(index):
    report = run(DATA, "--dry-run")
    assert "skipped: news_article.json: left out: news_article_withdrawn.json is the same item" in report
    assert (
        "skipped: best-practice-speaking-notes.json: left out: speech-with-updates.json is the same item"
        in report
    )


def test_a_withdrawn_item_is_archived_and_not_removed(index):
    run(DATA / "news_article_withdrawn.json")
    page = page_of("news_article_withdrawn.json")
    assert page.live
    assert str(page.archived_on) == "2019-08-22"
    assert page.archived_note == "<p>We’ve withdrawn this news article</p>"


def test_an_item_in_a_language_without_a_section_is_joined_to_the_english_one(index):
    run(DATA)
    urdu, english = (
        page_of("news_article_news_story_translated_arabic.json"),
        page_of("news_article_withdrawn.json"),
    )
    assert (urdu.language, urdu.locale) == ("ur", Locale.get_default())
    assert urdu.version_of_id == english.pk
    assert urdu.slug == f"{english.slug}-ur"
    assert english.language == ""


def test_an_item_in_a_language_with_a_section_is_its_translation(index, folder):
    urdu = Locale.objects.create(language_code="ur")
    section = index.copy_for_translation(urdu, copy_parents=True)
    run(folder)
    page, english = (
        page_of("news_article_news_story_translated_arabic.json"),
        page_of("news_article_withdrawn.json"),
    )
    assert page.locale == urdu
    assert page.translation_key == english.translation_key
    assert page.get_parent().pk == section.pk
    assert (page.language, page.version_of_id) == ("", None)
    assert page.slug == english.slug


def test_a_section_of_the_same_primary_language_will_do(index, folder):
    Locale.objects.create(language_code="ur-pk")
    name = "news_article_news_story_translated_arabic.json"
    run(folder / name)
    page = page_of(name)
    assert page.locale.language_code == "ur-pk"
    assert page.get_parent().pk == index.pk


def test_a_version_that_comes_before_its_original_is_joined_when_that_comes(index, folder):
    name = "news_article_news_story_translated_arabic.json"
    report = run(folder / name)
    assert "not there, left out: the story d0ee80cd" in report
    assert page_of(name).version_of_id is None
    report = run(folder)
    assert "11 made, 1 changed" in report
    assert page_of(name).version_of_id == page_of("news_article_withdrawn.json").pk


def test_notes_of_changes_become_updates(index):
    run(DATA / "speech-with-updates.json")
    page = page_of("speech-with-updates.json")
    (update,) = page.get_updates()
    assert (update["kind"], update["text"]) == ("update", "Added the PDF version of the speech.")
    assert update["date"].isoformat() == "2012-06-13T14:33:09+01:00"
    assert page.get_updated() == update["date"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        (
            "speech.json",
            "speech",
            ("The Rt Hon Andrea Leadsom MP", "", "2016-02-02", "as_prepared"),
        ),
        (
            "speech-speaker-without-profile.json",
            "speech",
            ("Her Majesty the Queen", "", "2016-05-18", "as_delivered"),
        ),
        (
            "speech-with-updates.json",
            "speech",
            ("The Rt Hon Lord McNally", "Minister of State for Justice", "2012-05-22", "speaking_notes"),
        ),
        ("speech-authored-article.json", "article", ("The Rt Hon David Cameron MP", "", "2016-04-05", "")),
        (
            "best-practice-oral-statement.json",
            "statement",
            ("The Rt Hon Theresa May MP", "Secretary of State for the Home Department", "2014-04-30", ""),
        ),
    ],
)
def test_speeches(index, name, kind, expected):
    run(DATA / name)
    page = page_of(name)
    assert isinstance(page, SpeechPage)
    assert page.kind.slug == kind
    assert (page.speaker, page.role, str(page.delivered_on), page.script) == expected
    assert page.title == item(name)["title"]
    assert page.location == item(name)["details"].get("location", "")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("news_article_press_release.json", "press-release"),
        ("news_article.json", "news"),
        ("news_article_with_image_caption.json", "news"),
    ],
)
def test_news(index, name, kind):
    assert "picture left at its source" in run(DATA / name)
    page = page_of(name)
    assert isinstance(page, NewsItemPage)
    assert page.kind.slug == kind
    assert page.slug == item(name)["base_path"].rsplit("/", 1)[-1]


def test_a_second_run_changes_nothing_and_a_third_only_what_was_edited(index, few):
    run(few)
    revisions = set(Page.objects.values_list("pk", "latest_revision_id"))
    assert "0 made, 0 changed, 4 unchanged, 0 skipped." in run(few)
    assert set(Page.objects.values_list("pk", "latest_revision_id")) == revisions
    edit(few / "speech.json", title="Another title")
    assert "0 made, 1 changed, 3 unchanged" in run(few)
    page = page_of("speech.json")
    assert page.title == "Another title"
    assert page.live
    assert page.slug == "andrea-leadsoms-speech-at-women-in-nuclear-uk-conference"
    changed = set(Page.objects.values_list("pk", "latest_revision_id")) - revisions
    assert changed == {(page.pk, page.latest_revision_id)}


def test_a_block_that_has_not_changed_keeps_its_id(index, few):
    run(few)
    before = [block["id"] for block in page_of("speech.json").body.raw_data]
    data = item("speech.json")
    data["details"]["body"] = f"<h2>New beginning</h2>{data['details']['body']}"
    edit(few / "speech.json", details=data["details"])
    run(few)
    after = [block["id"] for block in page_of("speech.json").body.raw_data]
    assert len(set(before)) == len(before)
    assert after[1:] == before


def test_a_dry_run_writes_nothing(index, few):
    report = run(few, "--dry-run")
    assert "Nothing was written. It would be: 4 made" in report
    assert "not there" not in report
    assert not ImportedStory.objects.exists()
    assert not NewsItemPage.objects.exists()
    run(few)
    edit(few / "speech.json", title="Another title")
    assert "It would be: 0 made, 1 changed, 3 unchanged" in run(few, "--dry-run")
    assert page_of("speech.json").title != "Another title"


def test_what_editors_removed_does_not_come_back(index, few):
    run(few)
    page_of("speech.json").delete()
    page_of("speech-transcript.json").unpublish()
    for name in ("speech.json", "speech-transcript.json"):
        edit(few / name, title="Another title")
    report = run(few)
    assert "0 made, 1 changed (1 of them as drafts), 2 unchanged, 1 skipped." in report
    assert "its page was deleted here since it was imported" in report
    page = page_of("speech-transcript.json")
    assert not page.live
    assert page.title != "Another title"
    assert page.get_latest_revision_as_object().title == "Another title"


def test_what_editors_hold_is_left_alone(index, few):
    run(few)
    Page.objects.filter(pk=page_of("speech.json").pk).update(locked=True)
    edit(few / "speech.json", title="Another title")
    assert "its page is locked by an editor" in run(few)
    Page.objects.update(locked=False)
    assert "1 changed" in run(few)


def test_what_editors_added_stays(index, few):
    run(few)
    page = page_of("speech-with-updates.json")
    page.updates.append(
        ("update", {"date": page.published_at, "kind": "correction", "text": "It was said on a Tuesday."})
    )
    page.save_revision().publish()
    edit(few / "speech-with-updates.json", title="Another title", updated_at="2020-01-01T00:00:00Z")
    report = run(few)
    assert "was edited here since the last import" in report
    updates = page_of("speech-with-updates.json").get_updates()
    assert [update["text"] for update in updates] == [
        "Added the PDF version of the speech.",
        "It was said on a Tuesday.",
    ]


def test_an_item_that_is_no_story_or_cannot_be_read(index, few):
    (few / "guide.json").write_text(json.dumps(item("speech.json") | {"schema_name": "guide"}))
    (few / "broken.json").write_text("{")
    edit(few / "speech.json", first_published_at="3016-03-08T10:31:22Z")
    edit(few / "speech-transcript.json", links={"speaker": 5})
    with pytest.raises(CommandError, match="3 of the stories could not be imported"):
        run(few)
    assert NewsItemPage.objects.count() + SpeechPage.objects.count() == 2


def text_of(value):
    return unescape(re.sub(r"<[^>]*>", " ", value))


def texts(page):
    for block in page.body.raw_data:
        value = block["value"]
        if isinstance(value, str):
            yield text_of(value)
        else:
            yield from (text_of(value.get(name, "")) for name in ("text", "quote", "speaker", "role"))


def test_no_word_of_a_body_is_lost(index):
    run(DATA)
    for record in ImportedStory.objects.all():
        page = Page.objects.get(pk=record.page_pk).specific
        bodies = [
            json.loads(file.read_text())["details"]["body"]
            for file in DATA.glob("*.json")
            if json.loads(file.read_text())["content_id"] == record.source_id
            and json.loads(file.read_text())["locale"] == record.language
        ]
        source = re.sub(r"\s+", "", text_of(bodies[0]))
        assert source
        assert re.sub(r"\s+", "", "".join(texts(page))) == source
