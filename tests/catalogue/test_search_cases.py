"""Searches that once found the wrong stories, line by line of ``search_cases.jsonl``, in every output and engine."""

import json
from pathlib import Path

import pytest

from tests.catalogue.test_search_contract import Stories
from wagtail_cpsnews.catalogue import text
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import refresh_at_next_request

CASES = [json.loads(line) for line in Path(__file__).with_name("search_cases.jsonl").open()]

#: Stories with one word each, and what else the cases name. Words that a suggestion has are in three.
WORDS = [
    *dict.fromkeys(
        word for case in CASES for name in ("finds", "never") for word in case.get(name, ()) if word != "her"
    ),
    "her", "news", "universe", "jailed", "heroin", "cocaine", "don’t", "don't", "dont", "19", "Covid",
    "hate crime", "hate crimes", "crime of hate", "trafficking 1", "trafficking 2", "trafficking 3",
    "police 1", "police 2", "police 3",
]  # fmt: skip
#: What the cases that say it in words expect, of these stories.
SAID = {
    '"hate crime"': {"hate crime"},
    "heroin OR cocaine": {"heroin", "cocaine"},
    "don't": {"don’t", "don't"},
    "universe": {"universe"},
    "news": {"news"},
    "herring": set(),
}


@pytest.fixture
def stories(newsroom):
    """One story for each of the words, in its text; made as a projection leaves them."""
    Stories().write([(f"Title {number}", "", word) for number, word in enumerate(WORDS)])
    Entry.objects.update(site_id=newsroom.get_site().pk)
    refresh_at_next_request()


def test_the_cases_are_those_of_the_file():
    assert len(CASES) == 17
    known = {"q", "must_find", "never", "why", "same_as", "finds", "phrase", "means", "suggestion"}
    assert {name for case in CASES for name in case} <= known


def test_every_case(api, client, stories):
    texts = {str(entry.pk): entry.text for entry in Entry.objects.all()}
    assert sorted(texts.values()) == sorted(WORDS)
    for case in CASES:
        answer = api(q=case["q"], page_size=100, facets="none")
        found = {texts[item["id"]] for item in answer["results"]}
        assert len(found) == answer["count"] == len(answer["results"])
        pages = text.PlainEngine(using()).search(text.parse(case["q"]), text.ALL)
        if pages.groups is not None:
            right = Entry.objects.filter(page_pk__in=pages.ranks())
            assert found == {entry.text for entry in right}, case
        assert not found & set(case.get("never", ())), case
        assert found >= set(case.get("finds", ())), case
        assert found == SAID.get(case["q"], found), case
        assert answer.get("suggestion") == case.get("suggestion"), case
        if "must_find" in case:
            assert answer["count"] == case["must_find"]
        if "same_as" in case:
            assert answer["results"] == api(q=case["same_as"], page_size=100, facets="none")["results"]
        if case["q"] == "-jailed":
            assert found == set(WORDS) - {"jailed"}
        page = client.get("/news/", {"q": case["q"], "page_size": 100}, headers={"host": "localhost"})
        assert page.content.decode().count('<li class="cpsnews-card') == len(found), case
