"""Searching text, on whichever database the tests run: SQLite's FTS5 or PostgreSQL."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.engines import by_engine
from wagtail_cpsnews.catalogue.text import parse


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("fraud", [("fraud",)]),
        ("hate crime", [("hate",), ("crime",)]),
        ('"hate crime" trial', [("hate", "crime"), ("trial",)]),
        ("“hate crime”", [("hate", "crime")]),
        ('"hate crime', [("hate",), ("crime",)]),
        ("NEAR(a b, 2) OR c*", [("NEAR",), ("a",), ("b",), ("2",), ("OR",), ("c",)]),
        ("O’Neill o'neill", [("O’Neill",), ("o'neill",)]),
        ("snake_case", [("snake",), ("case",)]),
        ('"" !? -', []),
        ("", []),
    ],
)
def test_words_and_phrases(text, phrases):
    assert parse(text) == phrases


@pytest.fixture
def stories(story):
    story("Courts are reopening", summary="Hearings begin on Monday.", areas=["wessex"])
    story(
        "A letter",
        summary="Nothing of note.",
        body=[("text", "<p>The court sat in Wrexham, and the hearing of a hate crime went on.</p>")],
        areas=["cps"],
    )
    story(
        "Crime of the century",
        summary="Much hate for a café in Fishguard.",
        areas=["cps"],
        crime_types=["hate-crime"],
    )
    story("Tŷ newydd", summary="Rhywbeth o’r newydd.")


def test_endings_are_cut(titles, stories):
    assert titles(q="court") == ["A letter", "Courts are reopening"]
    assert titles(q="hearing") == ["A letter", "Courts are reopening"]
    assert titles(q="REOPENED") == ["Courts are reopening"]


def test_all_words_must_be_there_and_phrases_side_by_side(titles, stories):
    assert titles(q="hate crime") == ["A letter", "Crime of the century"]
    assert titles(q='"hate crime"') == ["A letter"]
    assert titles(q='"crime hate"') == []
    assert titles(q="court monday") == ["Courts are reopening"]
    assert titles(q="court NOT monday zebra") == []


def test_notes_and_markup_are_no_words(titles, stories):
    assert titles(q="p") == []
    assert titles(q="rich-text") == []


def test_accents(titles, stories):
    from django.db import connection

    assert titles(q="café") == ["Crime of the century"]
    assert titles(q="tŷ") == ["Tŷ newydd"]
    if connection.vendor == "sqlite":
        assert titles(q="cafe") == ["Crime of the century"]
        assert titles(q="ty") == ["Tŷ newydd"]


def test_the_best_match_comes_first_when_asked_for(api, stories):
    ordered = [item["title"] for item in api(q="court", order="relevance")["results"]]
    assert ordered == ["Courts are reopening", "A letter"]
    newest = [item["title"] for item in api(q="court")["results"]]
    assert newest == ["A letter", "Courts are reopening"]


def test_facets_count_what_the_search_finds(api, stories):
    answer = api(q="court")
    areas = {facet["slug"]: facet["count"] for facet in answer["facets"]["area"] if facet["count"]}
    assert areas == {"wessex": 1, "cps": 1}
    assert not any(facet["count"] for facet in answer["facets"]["crime_type"])
    assert api(q="court", area="cps")["summary"] == 'Showing 1 result for area "CPS" & search term "court"'


def test_the_search_follows_the_stories(titles, story):
    page = story("Zebra crossing")
    assert titles(q="zebra") == ["Zebra crossing"]
    page.title = "Pelican crossing"
    page.save_revision().publish()
    assert titles(q="zebra") == []
    assert titles(q="pelican") == ["Pelican crossing"]
    page.unpublish()
    assert titles(q="pelican") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="FTS5 is SQLite's")
def test_relevance_ranks_all_hits_in_one_pass_of_the_index(api, story):
    for number in range(12):
        story(f"Police statement {number}", summary="Police " * (1 + number % 3))
    with CaptureQueriesContext(connection) as queries:
        api(q="police", order="relevance")
    (sql,) = [query["sql"] for query in queries if "bm25" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[-1] for row in cursor.fetchall()]
    scans = [step for step in plan if re.search(r"cpsnews_text\b.* VIRTUAL TABLE", step)]
    assert scans, plan
    # "0:=M3" would be a search of the whole index for each row of the outer query.
    assert not [step for step in scans if "=" in step], plan
    # With bitmaps the ranks alone; with SQL the entries, beside one scan for the ranks and one for the hits.
    assert len(scans) == by_engine(bitmaps=1, sql=2), plan
    joins = [step for step in plan if "ranked" in step or "AUTOMATIC" in step]
    assert bool(joins) is by_engine(bitmaps=False, sql=True), plan
    assert len(plan) == 1 or joins, plan
