"""Files and folders of JSON Lines, and what the command is told to do with them."""

import gzip
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page

from tests.jsonlines import STORY, page_of, picture, refused, run, write
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage

pytestmark = pytest.mark.django_db


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
