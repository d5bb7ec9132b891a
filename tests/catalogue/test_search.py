"""Searching text: what a search means, and what it finds, the same on SQLite and PostgreSQL."""

import pytest
from bs4 import BeautifulSoup

from tests.worlds import ROOT
from wagtail_cpsnews.catalogue.text import parse
from wagtail_cpsnews.catalogue.text.words import fold, split, stem


def said(expression):
    """Write an expression in short: groups joined by "+", terms by "|", other forms after "~"."""

    def term(one):
        forms = f"~{' '.join(one.forms)}" if one.forms and one.forms != one.words else ""
        return " ".join(one.words) + ("" if one.forms else "!") + forms

    required = [" | ".join(map(term, group)) for group in expression.required]
    return " + ".join([*required, *(f"-{' '.join(one.words)}" for one in expression.excluded)])


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("fraud", "fraud"),
        ("hate Crimes", "hate + crimes~crime"),
        ('"hate crime" trial', "hate crime! + trial"),
        ("“hate crime”", "hate crime!"),
        ('"hate crime', "hate + crime"),
        ('hate crime"', "hate + crime"),
        ('"news"', "news!"),
        ("-jailed", "-jailed"),
        ('court -"hate crime" --jailed', "court + -hate crime + -jailed"),
        ("COVID-19", "covid 19"),
        ("re-opened -not", "re opened~re open + -not"),
        ("heroin OR cocaine", "heroin | cocaine~cocain"),
        ('a OR b OR "c d" e', "a | b | c d! + e"),
        ("OR b", "or + b"),
        ("Portland OR", "portland + or"),
        ("a OR OR b", "a | or + b"),
        ("a OR -b", "a + or + -b"),
        ("a or b", "a + or + b"),
        ("NEAR(a b, 2) NOT c*", "near a + b + 2 + not + c"),
        ("O’Neill", "o'neill~o'neil"),
        ("Ngŵyr Tŷ CAFÉ Łódź Straße", "ngwyr + ty + cafe + lodz + strasse~strass"),
        ("£318,000 1,234,567.50", "318000 + 1234567 50"),
        ("12,34 2019,2020", "12 34 + 2019 2020"),
        ("snake_case", "snake case"),
        ("word word", "word"),
        ('"" !? - -- ""', ""),
        ("", ""),
    ],
)
def test_what_a_search_means(text, meaning):
    assert said(parse(text)) == meaning


def test_words_of_other_scripts():
    assert split("co\u00adoperate zero\u200dwidth ﬁre") == ["cooperate", "zerowidth", "fire"]
    assert split("東京の警察") == list("東京の警察")
    assert split("شُرْطَة") == split("شرطة")
    assert split("ガ") != split("カ")
    assert fold("İSTANBUL ŉ ™") == "istanbul 'n tm"


def test_forms_of_a_word_are_its_inflections():
    """No derivation: "important" is nothing that is imported."""
    same = [
        "prosecute prosecuted prosecuting prosecutes",
        "importer importers",
        "robbery robberies",
        "women women's",
    ]
    for words in same:
        assert len({stem(word) for word in words.split()}) == 1
    for words in [
        "importer important import",
        "universe university",
        "herring her",
        "news new",
        "police policy",
    ]:
        assert len({stem(word) for word in words.split()}) == len(words.split())
    assert stem("ngŵyr") == "ngŵyr"


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
    for word in ("café", "cafe", "CAFÉ"):
        assert titles(q=word) == ["Crime of the century"]
    for word in ("tŷ", "ty"):
        assert titles(q=word) == ["Tŷ newydd"]


def test_words_as_typed_come_before_other_forms(api, stories):
    """“court” is in the text of one story, and only its plural in the title of the other."""
    for order in ({}, {"order": "relevance"}):
        ordered = [item["title"] for item in api(q="court", **order)["results"]]
        assert ordered == ["A letter", "Courts are reopening"]
        ordered = [item["title"] for item in api(q="courts", **order)["results"]]
        assert ordered == ["Courts are reopening", "A letter"]


def test_the_api_lists_by_date_where_that_is_chosen(api, client, stories):
    """Pages by cursor, feeds and embeds are always by date."""
    newest = ["A letter", "Courts are reopening"]
    first = api(q="courts", order="-published", page_size=1)
    second = client.get(first["next"], headers={"host": "localhost"}).json()
    assert [item["title"] for item in (*first["results"], *second["results"])] == newest
    first = api(q="courts", page_size=1)
    second = client.get(first["next"], headers={"host": "localhost"}).json()
    assert [item["title"] for item in (*first["results"], *second["results"])] == newest[::-1]
    assert first["query"]["order"] == second["query"]["order"] == "relevance"
    first = api(q="courts", cursor="start", page_size=1)
    second = client.get(first["next"], headers={"host": "localhost"}).json()
    assert [item["title"] for item in (*first["results"], *second["results"])] == newest
    assert api()["query"]["order"] == "-published"
    for address in ("/newsroom/feeds/news.json?q=courts", "/newsroom/embed/list/?q=courts"):
        answer = client.get(address, headers={"host": "localhost"}).content.decode()
        assert -1 < answer.index("A letter") < answer.index("Courts are reopening")


def read(client, **params):
    page = BeautifulSoup(client.get("/news/", params, headers={"host": "localhost"}).content, "html.parser")
    return page.select_one("main") or page


def titles_of(page):
    return [heading.get_text().strip() for heading in page.select(".cpsnews-cards h3")]


def test_on_a_page_the_best_match_comes_first_unless_another_order_is_chosen(client, stories):
    page = read(client, q="courts")
    assert titles_of(page) == ["Courts are reopening", "A letter"]
    orders = [(one["href"], one.has_attr("aria-current")) for one in page.select(".cpsnews-sort a")]
    assert orders == [
        ("/news/?q=courts", True),
        ("/news/?q=courts&order=-published", False),
        ("/news/?q=courts&order=published", False),
    ]
    assert titles_of(read(client, q="courts", order="-published")) == ["A letter", "Courts are reopening"]
    assert titles_of(read(client, q="courts", order="published")) == ["Courts are reopening", "A letter"]
    orders = [one["href"] for one in read(client, order="published").select(".cpsnews-sort a")]
    assert orders == ["/news/", "/news/?order=published"]
    # The form's addresses keep a choice, and nothing else.
    form = {"q": "courts", "published_after_day": "", "order": "-published"}
    assert client.get("/news/", form, headers={"host": "localhost"})["Location"].endswith(
        "?q=courts&order=-published"
    )
    form |= {"q": ""}
    assert client.get("/news/", form, headers={"host": "localhost"})["Location"].endswith("/news/")
    # Taking the words off leaves no order that only a search has.
    chips = [link["href"] for link in read(client, q="courts").select(".cpsnews-chips a")]
    assert "/news/" in chips
    assert not [link for link in chips if "order" in link]


def test_the_data_of_a_page_are_in_its_order(client, stories):
    for order in ({}, {"order": "-published"}, {"order": "published"}):
        page = read(client, q="courts", **order)
        [address] = [link["href"] for link in page.select(".cpsnews-follow a") if "/items/" in link["href"]]
        data = client.get(address, headers={"host": "localhost"}).json()
        assert [item["title"] for item in data["results"]] == titles_of(page)


def test_other_forms_are_named_as_such(client, api, stories):
    answer = api(q="courts", order="relevance")
    assert (answer["count"], answer["as_typed"]) == (2, 1)
    assert api(q="courting", order="relevance")["as_typed"] == 0
    assert api(q="-courts", order="relevance")["as_typed"] == api(q="-courts")["count"]
    assert "as_typed" not in api(q="courts", order="-published")
    assert "as_typed" not in api()
    lists = read(client, q="courts").select(".cpsnews-cards")
    assert [titles_of(BeautifulSoup(f"{one}", "html.parser")) for one in lists] == [
        ["Courts are reopening"],
        ["A letter"],
    ]
    assert len(read(client, q="courts").select(".cpsnews-other-forms")) == 1
    assert len(read(client, q="courting").select(".cpsnews-cards, .cpsnews-other-forms")) == 2
    assert not read(client, q="reopening").select(".cpsnews-other-forms")
    assert not read(client, q="courts", order="-published").select(".cpsnews-other-forms")


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


UNPAIRED, ALONE, LEFT_OUT = "A quotation mark on its own", "“OR” joins the words", "only leaves stories out"


#: Searches with odd signs, how many stories they find, and what a page says of the signs.
ODD = [
    ('"hate crime', 2, [UNPAIRED]),
    ('hate "" crime"', 2, ['“""” does not count', UNPAIRED]),
    ("“hate crime”", 1, []),
    ("OR", 0, [ALONE]),
    ("court OR", 0, [ALONE]),
    ("court OR -monday", 0, [ALONE]),
    ("zebra OR OR monday", 0, [ALONE]),
    ("court OR café", 3, []),
    ("-courts", 3, [LEFT_OUT]),
    ('-"hate crime" -monday "', 2, [UNPAIRED, LEFT_OUT]),
    ("- court -- & -", 2, ["“-” does not count", "“--” does not count", "“&” does not count"]),
    ("court ! ? * + / =", 2, [f"“{sign}” does not count" for sign in "!?*+/"]),
]
NO_WORDS = ('"', '""', "- -", "“", "£", '-""', "\u0301", "...")


def test_odd_signs_have_an_answer_and_page_and_api_say_what_they_mean(client, api, stories):
    for search, count, notes in ODD:
        page = read(client, q=search)
        assert len(titles_of(page)) == count, search
        said = [
            note.get_text()
            for note in page.select(".cpsnews-note:not(.cpsnews-suggestion, .cpsnews-other-forms)")
        ]
        assert len(said) == len(notes), search
        assert all(start in note for start, note in zip(notes, said, strict=True)), search
        answer = api(q=search)
        assert [note["message"] for note in answer.get("search_notes", [])] == said, search
        assert ("search_notes" in answer) == bool(notes), search
        assert answer["count"] == count, search


def test_the_api_names_the_signs_in_the_language_of_labels(api, stories):
    notes = api(q='court OR - "', facets="none")["search_notes"]
    assert [note["part"] for note in notes] == ["OR", "-", '"']
    assert [note["part"] for note in api(q="-courts")["search_notes"]] == [""]
    welsh = api(q='court OR - "', lang="cy")["search_notes"]
    assert [note["part"] for note in welsh] == ["OR", "-", '"']
    assert welsh[0]["message"] != notes[0]["message"]


def test_a_search_without_a_word_is_explained(api, client, stories):
    for search in NO_WORDS:
        assert api(status=400, q=search)["errors"][0]["message"] == "Enter at least one word.", search
        page = client.get("/news/", {"q": search}, headers={"host": "localhost"})
        assert page.status_code == 200
        assert "Enter at least one word." in page.content.decode(), search


def test_a_list_explains_how_to_search(client, stories):
    [tips] = read(client, q="courts").select("details.cpsnews-tips")
    assert [code.get_text() for code in tips.select("code")] == [
        "annual report",
        "“annual report”",
        "report -annual",
        "report OR figures",
    ]
    assert not tips.has_attr("open")


def test_a_stem_has_the_first_letter_of_its_word():
    """What marks words in a text stems those alone that begin like a word of the search."""
    words = {"skis", "skies", "dying", "lying", "tying", "idly", "ugly", "early", "singly", "y's", "yes"}
    for page in (ROOT / "docs").glob("*.md"):
        words |= set(split(page.read_text()))
    assert len(words) > 2000
    assert all(stem(word)[0] == word[0] for word in words)
