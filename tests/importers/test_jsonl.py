"""Stories as JSON Lines: what is taken over, what is refused with which words, what can be put right and read again."""

import gzip
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from PIL import Image as PILImage
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from demo.models import HomePage
from wagtail_cpsnews.catalogue import serializers
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.importers import jsonl
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage, SpeechPage
from wagtail_cpsnews.taxonomy.models import Area
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

pytestmark = pytest.mark.django_db

STORY = {
    "id": "a-1",
    "type": "news",
    "kind": "press-release",
    "title": "Lorry driver jailed after a chase through Devizes",
    "summary": "A lorry driver has been sentenced for dangerous driving.",
    "body": "<p>First.</p><h2>What happened</h2><p>Second with <a href='https://example.org/'>a link</a>.</p>",
    "published": "2025-03-04T10:15:00+00:00",
    "language": "en",
    "crime_types": ["driving-offences", "violent-crime"],
    "areas": ["wessex"],
    "topics": [],
}


@pytest.fixture
def bare_index(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    Locale.objects.get_or_create(language_code="cy")
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Home", slug="home-page"))
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    site.root_page = home
    site.save()
    return home.add_child(instance=NewsIndexPage(title="News", slug="news"))


@pytest.fixture
def index(bare_index):
    call_command("load_newsroom_terms", "cps", stdout=io.StringIO())
    return bare_index


@pytest.fixture
def file(tmp_path):
    return tmp_path / "stories.jsonl"


def write(path, *stories):
    """One line a story; changes of ``STORY`` are enough, text is written as it is."""
    lines = [story if isinstance(story, str) else json.dumps(STORY | story) for story in stories]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(path, *args, **options):
    out = io.StringIO()
    call_command("import_news", "jsonl", str(path), *args, stdout=out, **options)
    return out.getvalue()


def refused(path, *args):
    """The report of a run that ends with an error."""
    out = io.StringIO()
    with pytest.raises(CommandError, match="could not be imported"):
        call_command("import_news", "jsonl", str(path), *args, stdout=out)
    return out.getvalue()


def page_of(source_id):
    return Page.objects.get(pk=ImportedStory.objects.get(source_id=source_id).page_pk).specific


def slugs(terms):
    return sorted(term.slug for term in terms.all())


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


def picture(path, colour="red"):
    path.parent.mkdir(exist_ok=True)
    PILImage.new("RGB", (40, 30), colour).save(path)


def test_a_picture_is_made_once_for_the_same_content(index, file, tmp_path):
    picture(tmp_path / "bridge.png")
    picture(tmp_path / "images" / "same.png")
    image = {"file": "bridge.png", "alt": "A bridge", "credit": "Illustration: newsroom"}
    write(file, {"image": image}, {"id": "a-2", "image": {"file": "same.png"}})
    assert run(file) == "2 made, 0 changed, 0 unchanged, 0 skipped.\n"
    (made,) = get_image_model().objects.all()
    assert (made.title, made.width, made.collection.depth) == ("A bridge", 40, 1)
    page = page_of("a-1")
    assert (page.image, page.image_alt, page.image_credit) == (made, "A bridge", "Illustration: newsroom")
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


def test_equal_titles_get_slugs_of_their_own(bare_index, file):
    write(file, {}, {"id": "a-2"}, {"id": "a-3", "slug": "own"}, {"id": "a-4", "title": "???"})
    run(file)
    assert [page_of(f"a-{number}").slug[-9:] for number in (1, 2, 3, 4)] == [
        "h-devizes",
        "devizes-1",
        "own",
        "story",
    ]


def test_folders_compressed_files_and_files_that_break_off(bare_index, tmp_path):
    folder = tmp_path / "stories"
    folder.mkdir()
    write(folder / "a.jsonl", {})
    data = gzip.compress(json.dumps(STORY | {"id": "a-2"}).encode())
    (folder / "b.jsonl.gz").write_bytes(data)
    (folder / "c.jsonl.gz").write_bytes(data[: len(data) // 2])
    (folder / "d.jsonl").write_bytes(
        b"\xef\xbb\xbf" + json.dumps(STORY | {"id": "a-4"}).encode() + b"\r\n\xff\n"
    )
    (folder / "readme.txt").write_text("not read")
    report = refused(folder)
    assert "3 made" in report
    assert "c.jsonl.gz: cannot be read to its end" in report
    assert "d.jsonl, line 2: is not JSON" in report


def test_a_story_that_fails_does_not_cost_the_others(index, file, monkeypatch, tmp_path):
    save_revision = NewsItemPage.save_revision

    def fail(self, *args, **kwargs):
        if self.title == "Bad":
            raise RuntimeError("the disk is full")
        return save_revision(self, *args, **kwargs)

    monkeypatch.setattr(NewsItemPage, "save_revision", fail)
    picture(tmp_path / "bridge.png")
    write(file, {"title": "Bad", "image": {"file": "bridge.png"}}, {"id": "a-2"})
    report = refused(file)
    assert "failed: stories.jsonl, line 1: “Bad”: RuntimeError: the disk is full" in report
    assert NewsItemPage.objects.count() == 1
    assert not get_image_model().objects.exists()
    assert not list((tmp_path / "media").rglob("*.png"))


def test_a_dry_run_writes_nothing(index, file, tmp_path):
    picture(tmp_path / "bridge.png")
    write(
        file,
        {"image": {"file": "bridge.png"}, "areas": ["mars"]},
        {"id": "a-2", "language": "cy", "translation_of": "a-1"},
        {"id": ""},
    )
    report = refused(file, "--dry-run")
    assert (
        "Nothing was written. It would be: 2 made, 0 changed, 0 unchanged, 0 skipped, 1 refused, 0 failed."
        in report
    )
    assert "area “mars”" in report
    assert "the story a-1" not in report
    assert [model.objects.count() for model in (NewsItemPage, ImportedStory, get_image_model())] == [0, 0, 0]


def test_quiet(bare_index, file):
    write(file, {"areas": ["mars"]})
    assert run(file, verbosity=0) == ""


def test_parent_by_id_and_by_path(bare_index, file):
    other = bare_index.add_child(instance=NewsIndexPage(title="Archive", slug="archive"))
    write(file, {})
    for given in (str(other.pk), "/news/archive/", "news/archive", "/home-page/news/archive/"):
        ImportedStory.objects.all().delete()
        run(file, "--parent", given)
        assert page_of("a-1").get_parent().pk == other.pk


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nothere", "x.jsonl"], "“nothere” is no source. There are: govuk, jsonl."),
        (["jsonl", "x.jsonl"], "There is no file or folder x.jsonl."),
        (["govuk", "x"], "There is no file or folder x."),
        (["jsonl", __file__], "is not named as a .jsonl or .jsonl.gz file"),
        (["jsonl", "x.jsonl", "--parent", "99999"], "There is no page with the id 99999"),
        (["jsonl", "x.jsonl", "--parent", "/nowhere/"], "no page has this path. It could be:"),
        (["jsonl", "x.jsonl", "--page-type", "nothere.Page"], "there is no such model"),
        (
            ["jsonl", "x.jsonl", "--page-type", "demo.HomePage"],
            "is no page type that uses NewsItemMixin. There are: ",
        ),
        (["jsonl", "x.jsonl", "--speech-type", "cpsnews_pages.NewsItemPage"], "that uses SpeechMixin"),
    ],
)
def test_what_the_command_cannot_do_is_said(bare_index, args, words):
    with pytest.raises(CommandError) as raised:
        call_command("import_news", *args)
    assert words in str(raised.value)


def test_an_empty_folder(bare_index, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match=r"no \.jsonl or \.jsonl\.gz file in the folder"):
        run(tmp_path / "empty")


def test_no_index_or_several(bare_index, file):
    write(file, {})
    second = bare_index.add_sibling(instance=NewsIndexPage(title="Other news", slug="other-news"))
    with pytest.raises(CommandError) as raised:
        run(file)
    assert "more than one news index page" in str(raised.value)
    assert f"--parent {second.pk}   /home-page/other-news/   Other news" in str(raised.value)
    for page in (second, bare_index):
        Page.objects.get(pk=page.pk).delete()
    with pytest.raises(CommandError, match="There is no news index page in English"):
        run(file)


def test_a_parent_that_takes_no_stories(bare_index, file):
    write(file, {})
    run(file)
    with pytest.raises(CommandError, match="takes no news item below it"):
        run(file, "--parent", str(page_of("a-1").pk))


def test_speeches_become_ordinary_stories_where_there_is_no_type_for_them(index, file, monkeypatch):
    from wagtail_cpsnews.importers import options

    found = options._models
    without = [NewsItemPage]
    monkeypatch.setattr(
        options, "_models", lambda mixin: [model for model in found(mixin) if model in without]
    )
    write(file, {"type": "speech", "speech": {"speaker": "Rosalind Ackerley"}})
    assert "has no fields for a speech: left out: Rosalind Ackerley" in run(file)
    assert isinstance(page_of("a-1"), NewsItemPage)


def test_a_scheduled_change_is_respected(index, file):
    write(file, {})
    run(file)
    page = page_of("a-1")
    page.go_live_at = timezone.now() + timezone.timedelta(days=1)
    page.save_revision().publish()
    write(file, {"summary": "Changed."})
    assert "a change of its page is scheduled" in run(file)
    page = page_of("a-1")
    assert page.scheduled_revision is not None
    assert page.live  # scheduling takes a page without a live revision down at once


def test_an_unpublished_draft_of_an_editor_is_named(index, file):
    write(file, {})
    run(file)
    page = page_of("a-1")
    page.title = "A draft"
    draft = page.save_revision()
    write(file, {"summary": "Changed."})
    assert f"is revision {draft.pk} in its history" in run(file)
    page = page_of("a-1")
    assert (page.title, page.summary) == (STORY["title"], "Changed.")
