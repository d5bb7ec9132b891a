"""Every engine finds the same stories in the same order: compared with one that reads all texts in Python.

The engines: the database's own, one over Wagtail's search backend in this database, and one over OpenSearch or
Elasticsearch where ``OPENSEARCH_URL`` is set (``OPENSEARCH_BACKEND`` names another module of Wagtail's).
"""

import datetime
import os
import random
import uuid

import pytest
from django.db import connection

from wagtail_cpsnews.catalogue import text
from wagtail_cpsnews.catalogue.counting import get_counter
from wagtail_cpsnews.catalogue.counting.sql import SQLCounter
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.catalogue.query import NEWEST, RELEVANCE, Query
from wagtail_cpsnews.catalogue.snapshots import current, refresh_at_next_request
from wagtail_cpsnews.catalogue.state import save_sequence
from wagtail_cpsnews.catalogue.text import feeding
from wagtail_cpsnews.catalogue.text.outside import OutsideEngine

NOW = datetime.datetime(2026, 3, 14, 12, tzinfo=datetime.UTC)

#: Titles with summary and text, and for searches the titles that they find, best first. One letter a story.
CASES = [
    ("a", "Herring quota", "", "She kept her boat."),
    ("b", "Her boat", "", "Nothing."),
    ("c", "Old news", "", "Nothing new."),
    ("d", "New court", "", "A universe of courts."),
    ("e", "Importers fined", "An importer.", "It was important to import."),
    ("f", "Important", "", "Imported."),
    ("g", "University", "", "It was prosecuted."),
    ("h", "Prosecuting", "", "They prosecute crime of hate. It is prosecuted."),
    ("i", "Hate crime", "", "Jailed for £318,000, don’t."),
    ("j", "Ngŵyr", "A café.", "COVID-19, heroin and 19 men."),
    ("k", "Cocaine", "Heroin.", "Covid 2019; jail in 3,180,00."),
]
SEARCHES = [
    ("herring", "a"),
    ("her", "ba"),
    ("news", "c"),
    ('"news"', "c"),
    ("importer", "e"),
    ("importers", "e"),
    ("important", "fe"),
    ("import", "ef"),
    ("universe", "d"),
    ("prosecuting", "hg"),
    ("prosecuted", "hg"),
    ('"prosecuting"', "h"),
    ('"hate crime"', "i"),
    ("hate crime", "ih"),
    ("-jailed", "kjhgfedcba"),
    ("-jailed -her", "kjhgfedc"),
    ("jailed", "ik"),
    ("jailed -jail", "i"),
    ("heroin OR cocaine", "kj"),
    ("heroin OR boat -cocaine", "bja"),
    ("318000", "i"),
    ("£318,000", "i"),
    ("Ngwyr", "j"),
    ("ngŵyr", "j"),
    ("don't", "i"),
    ("DON’T", "i"),
    ("cafe", "j"),
    ("COVID-19", "j"),
    ("19", "j"),
    ("nowhere", ""),
    ('"crime hate"', ""),
    ('"court a"', ""),  # not from one part of a story into the next
]


class Stories:
    """Entries and their index, as a projection would leave them."""

    def __init__(self):
        self.number = State.objects.get(pk=1).sequence + 1

    def write(self, texts, language="en"):
        entries = []
        for title, summary, body in texts:
            known = Entry.objects.count()
            entries.append(
                Entry(
                    pk=uuid.UUID(int=10_000 + known),
                    page_pk=10_000 + known,
                    number=self.number,
                    public=True,
                    page_type="cpsnews_pages.NewsItemPage",
                    site_id=901,
                    language=language,
                    versions=f"|{language}|",
                    primary=True,
                    # Some have the same time.
                    published=NOW + datetime.timedelta(minutes=known // 2),
                    title=title,
                    summary=summary,
                    text=body,
                )
            )
            entries[-1].save()
        for engine in text.engines(using()):
            engine.write(entries)
        feeding.feed(using())
        save_sequence(State.objects.get(pk=1), self.number, using())
        self.number += 1
        return entries


#: Search backends of Wagtail's by the name of the engine over them.
BACKENDS = {
    "wagtail": {"BACKEND": "wagtail.search.backends.database"},
    "opensearch": {
        "BACKEND": os.environ.get("OPENSEARCH_BACKEND", "wagtail.search.backends.opensearch2"),
        "URLS": [os.environ.get("OPENSEARCH_URL", "")],
        "INDEX_PREFIX": f"newsroom_tests_{os.getpid()}_",
        "AUTO_UPDATE": False,
    },
}

no_service = pytest.mark.skipif("OPENSEARCH_URL" not in os.environ, reason="OPENSEARCH_URL is not set")


@pytest.fixture(params=["database", "wagtail", pytest.param("opensearch", marks=no_service)])
def stories(request, newsroom, settings, monkeypatch):
    """Write stories for one of the engines, which then has to answer alone."""
    if request.param in BACKENDS:
        use_backend(settings, BACKENDS[request.param])
        monkeypatch.setattr(type(text.database_engine(using())), "search", None)
    yield Stories()
    if request.param == "opensearch":
        text.engine(using()).backend.get_index_for_model(feeding.SearchDocument).delete()


def use_backend(settings, backend):
    """Have stories searched in a backend of Wagtail's, and fill it."""
    default = {"BACKEND": "wagtail.search.backends.database"}
    settings.WAGTAILSEARCH_BACKENDS = {"default": default, "newsroom": backend}
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SEARCH_BACKEND": "newsroom"}
    feeding.reset(using(), "newsroom")
    assert not State.objects.get(pk=1).search_backend
    State.objects.update(search_backend="newsroom")


def found(search, order=RELEVANCE, counter=None):
    """Return the titles that a search finds, as a list of a counter has them."""
    refresh_at_next_request()
    query = Query(q=search, language="en", lang="en", order=order)
    selection = (counter or get_counter(using())).select(query, current())
    total = selection.counts(facets=False).total
    keys = [key for start in range(0, total, 3) for key in selection.keys(start, 3)]
    assert len(keys) == total
    return [entry.title for entry in selection.entries(keys)]


def expected(search, order=RELEVANCE):
    """Return what an engine without an index says, in the order that the documentation gives."""
    answer = text.PlainEngine(using()).search(text.parse(search))
    entries = Entry.objects.filter(public=True)
    ranks = answer.ranks()
    if answer.groups is None:
        ranks = {entry.page_pk: 0 for entry in entries if entry.page_pk not in answer.excluded}
    newest = sorted(entries, key=lambda entry: (entry.published, entry.pk), reverse=True)
    listed = [entry for entry in newest if entry.page_pk in ranks]
    if order == RELEVANCE:
        listed.sort(key=lambda entry: ranks[entry.page_pk])
    return [entry.title for entry in listed]


@pytest.mark.parametrize("counter", [None, SQLCounter])
def test_what_searches_find(stories, counter):
    letters = {title: letter for letter, title, _summary, _body in CASES}
    stories.write([case[1:] for case in CASES])
    counter = counter and counter(using())
    for search, best_first in SEARCHES:
        assert "".join(letters[title] for title in found(search, counter=counter)) == best_first, search
        assert expected(search) == found(search, counter=counter), search
        newest = found(search, NEWEST, counter)
        assert "".join(letters[title] for title in newest) == "".join(sorted(best_first, reverse=True)), (
            search
        )


#: Words that differ in case, accents, ending and sign, and some that are put together.
WORDS = [
    "court",
    "Courts",
    "courts'",
    "COURT",
    "importer",
    "imported",
    "café",
    "cafe",
    "CAFÉ",
    "don't",
    "don’t",
    "O’Neill",
    "jail",
    "jailed",
    "jailing",
    "£318,000",
    "318000",
    "COVID-19",
    "covid",
    "19",
    "hate",
    "crime",
    "crimes",
    "Tŷ",
    "ty",
    "the",
    "the",
    "the",
    "a",
    "I",
    "東京",
    "東",
    "snake_case",
    "x/y",
    "|",
    "&",
    "'",
    "'",
    "!",
    ":",
    "*",
]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_engines_agree_on_random_texts(stories, seed):
    chance = random.Random(seed)

    def words(most):
        return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(most)))

    for language in ("en", "cy", "en-gb"):
        stories.write(
            [(f"{words(3)} {number} {language}", words(5), words(12)) for number in range(10)], language
        )
    hits = 0
    rounds = 20 if isinstance(text.engine(using()), type(text.database_engine(using()))) else 8
    for _round in range(rounds if seed == 1 else 6 * rounds):
        parts = []
        for _part in range(chance.randrange(1, 4)):
            phrase = words(4)
            parts.append(
                chance.choice(("{}", "{}", '"{}"', "-{}", '-"{}"', "OR {}", "{} OR", '{}"')).format(phrase)
            )
        search = " ".join(parts)
        if not text.parse(search):
            continue
        order = chance.choice((RELEVANCE, NEWEST))
        right = expected(search, order)
        hits += 0 < len(right) < 30
        assert found(search, order) == right, search
        assert found(search, order, SQLCounter(using())) == right, search
    assert hits > rounds / 4


def forgets_places():
    """Whether words after the 16,383rd of a text have no place: in Wagtail's index in PostgreSQL, see docs/search.md."""
    is_outside = isinstance(text.engine(using()), OutsideEngine)
    return is_outside and ".postgres" in type(text.engine(using()).backend).__module__


@pytest.mark.slow
def test_long_texts_are_searchable_as_far_as_the_limit(stories):
    """More positions than a tsvector takes, and more distinct words."""
    body = (
        "start "
        + "the hate " * 20_000
        + "crime mid-way "
        + " ".join(f"w{number}q" for number in range(40_000))
    )
    stories.write([("Long", "", body), ("Letter", "\U0001d4b3" * 30_000, "z" * 400_000)])
    words, phrases = ["start", "w39999q", "z" * 100], ['"hate crime"', "mid-way", '"w1q w2q"']
    if forgets_places():
        phrases = ['"start the"']
    else:
        assert found('"hate crime"') == ["Long"]
    for search in words + phrases:
        assert found(search) == expected(search), search
    assert found("w39999q") == []


def test_signs_of_the_engines_mean_nothing(stories):
    stories.write([("Plain", "", "it's a{b} c:d (e) title near")])
    for search in (
        "{title} : it's",
        "it's*",
        "^a",
        "NEAR(a b)",
        "a + b",
        "title:near",
        "a & !b",
        "'a' | b:*",
        "\\a",
        "a <-> b",
    ):
        assert found(search) == expected(search), search


def test_more_ids_than_a_statement_takes_parameters(stories, monkeypatch):
    monkeypatch.setattr(connection.features, "max_query_params", 5)
    stories.write([(f"Same {number}", "", "word") for number in range(12)])
    for search in ("word", "-nothing"):
        assert len(found(search, counter=SQLCounter(using()))) == 12


def test_an_index_of_another_version_is_told_and_written_again(stories):
    from django.core.checks import run_checks

    from wagtail_cpsnews.catalogue import maintenance

    entries = stories.write([("Old words", "", "prosecuted")])
    assert not [message for message in run_checks() if message.id == "cpsnews.W044"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cpsnews_words SET version = '0-1', mark = 'another'")
    assert [message for message in run_checks() if message.id == "cpsnews.W044"]
    assert maintenance._check_text(using(), repair=True)
    assert not maintenance._check_text(using(), repair=False)
    assert not [message for message in run_checks() if message.id == "cpsnews.W044"]
    Entry.objects.filter(pk=entries[0].pk).update(text="changed by hand")
    engines = len(text.engines(using()))
    lacking = ["not searchable"] * engines
    assert [found.what for found in maintenance._check_text(using(), repair=True)] == lacking
    assert found("hand") == ["Old words"]
    Entry.objects.filter(pk=entries[0].pk).update(public=False)
    strays = ["searchable"] * engines
    assert [found.what for found in maintenance._check_text(using(), repair=True)] == strays
    assert not maintenance._check_text(using(), repair=False)
