"""A second source never overwrites the stories of the first.

A story is known by source, id and language.
"""

import json
from pathlib import Path

import pytest
from wagtail.models import Page

from tests.importing import OTHER, STORY, make_index, page_of, run, run_to_error, story_titles, write
from wagtail_cpsnews.importers.models import ImportedStory

pytestmark = pytest.mark.django_db

BOTH = ["Council opens new library", "Harbour theft gang sentenced"]
CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    return make_index(settings, tmp_path)


@pytest.fixture
def one(tmp_path):
    return write(tmp_path / "one.jsonl", STORY)


@pytest.fixture
def two(tmp_path):
    return write(tmp_path / "two.jsonl", OTHER)


def make_old():
    """Turn what is known into what an earlier version wrote down."""
    ImportedStory.objects.update(source_name="", title="", slug="", published_at=None, file="")


def test_two_names_are_two_sources(one, two):
    run(one, "--source-name", "police.example")
    assert "1 made, 0 changed" in run(two, "--source-name", "council.example")
    assert story_titles() == BOTH
    for path, name in ((one, "police.example"), (two, "council.example")):
        assert "0 made, 0 changed, 1 unchanged" in run(path, "--source-name", name)


def test_a_name_in_the_file(tmp_path):
    first = write(tmp_path / "folder" / "a.jsonl", {"source": "police.example"}, STORY, STORY | {"id": "2"})
    write(tmp_path / "folder" / "b.jsonl", OTHER | {"source": "council.example"})
    assert "3 made" in run(first.parent)
    assert page_of("1", "police.example").title == STORY["title"]
    assert page_of("1", "council.example").title == OTHER["title"]
    assert "0 made, 0 changed, 2 unchanged" in run(first, "--source-name", "police.example")
    text = run_to_error(first, "--source-name", "council.example")
    assert "a.jsonl, line 2 says that it comes from “police.example”" in text


@pytest.mark.parametrize("declaration", [{"source": 5}, {"source": "x" * 101}, {"source": "a\x00"}])
def test_a_name_that_is_none_costs_the_file(tmp_path, declaration):
    text = run_to_error(write(tmp_path / "a.jsonl", declaration, STORY))
    assert "refused: a.jsonl, line 2: source: " in text
    assert story_titles() == []


def test_translations_belong_to_their_own_source(tmp_path):
    welsh = {"id": "2", "language": "cy", "title": "Carcharu gang", "translation_of": "1"}
    run(write(tmp_path / "a.jsonl", STORY, STORY | welsh), "--source-name", "a")
    run(write(tmp_path / "b.jsonl", OTHER, OTHER | welsh), "--source-name", "b")
    for name in ("a", "b"):
        assert page_of("1", name).translation_key == page_of("2", name).translation_key
    assert page_of("1", "a").translation_key != page_of("1", "b").translation_key


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"published": STORY["published"]},
        {"slug": "harbour-theft-gang-sentenced"},
        {"title": STORY["title"]},
    ],
    ids=["all three", "same date", "same slug", "same title"],
)
def test_two_files_without_names_never_overwrite(one, tmp_path, changes):
    run(one)
    text = run_to_error(write(tmp_path / "two.jsonl", OTHER | changes, OTHER | {"id": "9"}))
    assert "refused: two.jsonl, line 1: id: '1' is known from the file 'one' with another" in text
    assert "--source-name NAME if it is another" in text
    assert page_of("1").title == STORY["title"]
    assert page_of("9").title == OTHER["title"]


def test_the_same_source_in_files_of_other_names(one, tmp_path):
    run(one)
    later = write(
        tmp_path / "later.jsonl", STORY | {"summary": "Another."}, STORY | {"id": "2", "title": "New"}
    )
    assert "1 made, 1 changed" in run(later)


def test_another_story_in_a_file_of_the_same_name_stops_the_run(one):
    run(one)
    write(one, OTHER, OTHER | {"id": "2"})
    text = run_to_error(one)
    assert "would get another title, another date and another slug at once" in text
    assert (
        "“Council opens new library” (2024-01-01) would replace “Harbour theft gang sentenced” (2025-03-04)"
        in text
    )
    assert "add --yes" in text
    assert story_titles() == [STORY["title"]]
    dry = run(one, "--dry-run")
    assert "would replace “Harbour theft gang sentenced”" in dry
    assert "need --yes" in dry
    assert story_titles() == [STORY["title"]]
    assert "1 made, 1 changed" in run(one, "--yes")


def test_the_same_holds_under_a_name(one, two):
    run(one, "--source-name", "police.example")
    assert "would replace" in run_to_error(two, "--source-name", "police.example")
    assert page_of("1", "police.example").title == STORY["title"]


@pytest.mark.parametrize(("changed", "asks"), [(1, False), (2, True)])
def test_more_than_a_tenth(tmp_path, changed, asks):
    stories = [STORY | {"id": str(number), "title": f"Story {number}"} for number in range(11)]
    path = write(tmp_path / "a.jsonl", *stories)
    run(path)
    write(path, *(story | {"summary": "Changed."} for story in stories[:changed]), STORY | {"id": "new"})
    if not asks:
        assert f"1 made, {changed} changed" in run(path)
        return
    assert "2 of the 11 stories that are known from this source would be changed" in run_to_error(path)
    assert not ImportedStory.objects.filter(source_id="new").exists()
    assert "2 of the 11 stories" in run(path, "--dry-run")
    assert "1 made, 2 changed" in run(path, "--yes")


def test_one_changed_story_is_not_asked_about(one):
    run(one)
    write(one, STORY | {"title": "Harbour theft gang: four men sentenced"})
    assert "1 changed" in run(one)


def test_an_unnamed_source_does_not_meet_a_named_one(one, tmp_path):
    run(one, "--source-name", "police.example")
    assert "id: '1' is known from “police.example”. Allowed: a --source-name" in run_to_error(one)
    assert story_titles() == [STORY["title"]]


def test_adopting(one, tmp_path):
    run(write(one, STORY, STORY | {"id": "2", "title": "Second"}))
    make_old()
    before = {
        pk: page.specific.body.get_prep_value()
        for pk, page in Page.objects.in_bulk().items()
        if page.depth > 3
    }
    text = run_to_error(one, "--source-name", "police.example")
    assert (
        "id: '1' is known from an import that gave its source no name. Allowed: --adopt 'police.example'"
        in text
    )
    assert "2 known stories would now be stories of “police.example”" in run(
        one, "--adopt", "police.example", "--dry-run"
    )
    assert ImportedStory.objects.filter(source_name="").count() == 2
    text = run(one, "--adopt", "police.example")
    assert "2 known stories are now stories of “police.example”" in text
    assert "0 made, 0 changed, 2 unchanged" in text
    assert "0 made, 0 changed, 2 unchanged" in run(one, "--source-name", "police.example")
    after = {
        pk: page.specific.body.get_prep_value()
        for pk, page in Page.objects.in_bulk().items()
        if page.depth > 3
    }
    assert after == before
    write(one, STORY | {"body": f"{STORY['body']}<p>Third.</p>"})
    run(one, "--source-name", "police.example")
    ids = [block["id"] for block in page_of("1", "police.example").body.get_prep_value()]
    assert ids[:2] == [block["id"] for block in before[page_of("1", "police.example").pk]][:2]


def test_adopting_leaves_another_sources_story(one, two):
    run(one)
    make_old()
    assert "1 made" in run(two, "--adopt", "council.example")
    assert page_of("1").title == STORY["title"]
    assert page_of("1", "council.example").title == OTHER["title"]


def test_adopted_translations_are_found_in_a_dry_run(one):
    welsh = {"id": "2", "language": "cy", "title": "Carcharu gang", "translation_of": "1"}
    run(write(one, STORY, STORY | welsh))
    make_old()
    assert "0 made, 0 changed, 2 unchanged" in run(one, "--adopt", "police.example", "--dry-run")


@pytest.mark.parametrize("name", ["", "police.example"])
def test_what_an_earlier_version_imported_is_not_taken_by_another_source(one, two, name):
    run(one)
    make_old()
    args = ["--source-name", name] if name else []
    assert "0 made, 0 changed, 1 unchanged" in run(one)
    make_old()
    if name:
        run(two, *args)
    else:
        assert "is known from an earlier import with another date and slug" in run_to_error(two)
    assert page_of("1").title == STORY["title"]


def test_a_deleted_page_is_not_made_again_under_a_new_name(one):
    run(one)
    make_old()
    page_of("1").delete()
    assert "--adopt" in run_to_error(one, "--source-name", "police.example")
    assert "1 skipped" in run(one, "--adopt", "police.example")


def test_adopt_and_source_name_are_one_name(one):
    assert "are two names" in run_to_error(one, "--adopt", "a", "--source-name", "b")
    assert "at most 100 characters" in run_to_error(one, "--source-name", "x" * 101)


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository")
@pytest.mark.parametrize("names", [[], ["police.example", "council.example"]])
def test_the_cases(names):
    files = sorted(CASES.glob("12*.jsonl"))
    args = [["--source-name", name] for name in names] or [[], []]
    run(files[0], *args[0])
    if names:
        run(files[1], *args[1])
    else:
        run_to_error(files[1])
    titles = [json.loads(file.read_text())["title"] for file in files]
    assert story_titles() == sorted(titles if names else titles[:1])
