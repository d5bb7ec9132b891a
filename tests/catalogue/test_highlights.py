"""What a search marks: the words found in titles, and a passage of each story that has them."""

import random

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template

from tests.pointing import TITLE, become_a_draft_silently, restrict, unpublish
from wagtail_cpsnews.catalogue.text import parse
from wagtail_cpsnews.catalogue.text.marks import best_passage, marked, passage_html, places_in, words_in
from wagtail_cpsnews.catalogue.text.words import split


@pytest.mark.parametrize(
    ("search", "text", "shown"),
    [
        ("Ngwyr", "Yn Ngŵyr, heddiw", "Yn [Ngŵyr], heddiw"),
        ("318000", "paid £318,000 today", "paid £[318,000] today"),
        ("£318,000", "318,000.50", "[318,000].50"),
        ("don't", "they don’t", "they [don’t]"),
        ("don’t", "they don't", "they [don&#x27;t]"),
        ("COVID-19", "the COVID-19 law; covid and 19", "the [COVID-19] law; covid and 19"),
        ("prosecuting", "prosecuted, the prosecutor", "[prosecuted], the prosecutor"),
        ('"prosecuting"', "prosecuted prosecuting", "prosecuted [prosecuting]"),
        ('"hate crime"', "hate crime, hate crimes", "[hate crime], hate crimes"),
        ("heroin OR cocaine -jailed", "cocaine, jailed", "[cocaine], jailed"),
        ("cooperate", "co\u00adoperate", "[co\u00adoperate]"),
        ("cafe", "cafe\u0301 café", "[cafe\u0301] [café]"),
        ("strasse", "Straße", "[Straße]"),
        ("東京", "東京の警察", "[東京]の警察"),
        ("hate crime", "hate-crime", "[hate]-[crime]"),
        ("hate hate-crime", "hate-crime", "[hate-crime]"),
        ("b amp", "<b>b & amp;</b>", "&lt;[b]&gt;[b] &amp; [amp];&lt;/[b]&gt;"),
        ("news", "new newest", "new newest"),
        ("caerdydd", "yng Nghaerdydd", "yng Nghaerdydd"),
    ],
)
def test_what_is_marked(search, text, shown):
    html = str(marked(text, places_in(text, parse(search), stemmed=True)))
    assert html.replace("<mark>", "[").replace("</mark>", "]") == shown


def test_other_forms_are_marked_in_languages_that_have_them():
    assert places_in("courts", parse("court"), stemmed=True)
    assert not places_in("courts", parse("court"), stemmed=False)


def test_the_words_of_a_text_are_those_of_the_index():
    signs, chosen = "ab1,2.3 '’é\u0301\u00a0\u00ad東ガßﬁŉ ,123-_¨ş\u2009ñ", random.Random(7)
    for _ in range(2_000):
        text = "".join(chosen.choices(signs, k=12))
        assert [word for _start, _end, word in words_in(text)] == split(text), text


def test_a_passage_has_the_most_words_and_begins_at_a_sentence():
    text = f"{'Word of fraud here. ' * 30}The court met. A gang of fraud was sent to court. {'More. ' * 60}"
    passage = best_passage(text, places_in(text, parse("fraud gang court"), stemmed=True), 100)
    html = passage_html(text, passage)
    assert html.startswith("… The <mark>court</mark> met. A <mark>gang</mark> of <mark>fraud</mark> was")
    assert html.endswith("More. …")
    assert len(BeautifulSoup(html, "html.parser").text) <= 104


def card_of(client, **params):
    page = client.get("/news/", params, headers={"host": "localhost"})
    return BeautifulSoup(page.content, "html.parser").select_one(".cpsnews-card")


def marks_of(element):
    return [mark.get_text() for mark in element.select("mark")]


BODY = [("text", "<p>It was <b>late</b>. He paid £318,000 &amp; left &lt;i&gt;Ngŵyr&lt;/i&gt;.</p>")]


def test_a_page_marks_titles_and_shows_the_passage(client, story):
    story("Courts & “crime”", summary="A summary of crime.", body=BODY)
    card = card_of(client, q="court crime")
    assert marks_of(card.h3) == ["Courts", "crime"]
    assert card.h3.get_text() == "Courts & “crime”"
    assert marks_of(card.select_one(".cpsnews-summary")) == ["crime"]
    card = card_of(client, q="318000")
    assert (
        card.select_one(".cpsnews-summary").get_text()
        == "It was late . He paid £318,000 & left <i>Ngŵyr</i>."
    )
    assert marks_of(card) == ["318,000"]
    assert marks_of(card_of(client, q="Ngwyr")) == ["Ngŵyr"]
    for params in ({}, {"q": "-zebra"}, {"area": "wessex"}):
        card = card_of(client, **params)
        assert card is None or (
            not marks_of(card) and "summary" in card.select_one(".cpsnews-summary").get_text()
        )


@pytest.mark.parametrize("hide", [unpublish, become_a_draft_silently])
def test_a_passage_says_nothing_of_what_is_hidden(client, story, target, hide):
    """The text of a story is resolved as when it is read: nothing tells of a raw write."""
    story("Notes", body=[("text", f'<p>On: <a linktype="page" id="{target.pk}">{TITLE}</a> on Tuesday</p>')])
    assert marks_of(card_of(client, q="charged Tuesday")) == ["charged", "Tuesday"]
    hide(target)
    answer = client.get("/news/", {"q": "tuesday"}, headers={"host": "localhost"}).content.decode()
    assert "a story that is no longer available on <mark>Tuesday</mark>" in answer
    assert "Rowan" not in answer


def test_a_list_inside_a_page_marks_nothing(story, rf):
    story("Courts sit")
    html = Template("{% load cpsnews %}{% news_list q='courts' %}").render(Context({"request": rf.get("/")}))
    assert "Courts sit" in html
    assert "<mark>" not in html


def highlights(api, **params):
    return [item.get("highlight") for item in api(facets="none", **params)["results"]]


def test_the_api_marks_words(api, story):
    story("Courts & <b>“crime”</b>", summary="A summary.", body=BODY)
    story("Nothing", summary="Of one court.")
    assert highlights(api, q="court") == [
        {"title": "Nothing", "snippet": "Of one <mark>court</mark>.", "match": "as_typed"},
        {
            "title": "<mark>Courts</mark> &amp; &lt;b&gt;“crime”&lt;/b&gt;",
            "snippet": "A summary.",
            "match": "other_forms",
        },
    ]
    [found] = highlights(api, q="ngwyr", order="published")
    assert "match" not in found
    assert found["snippet"] == (
        "It was late . He paid £318,000 &amp; left &lt;i&gt;<mark>Ngŵyr</mark>&lt;/i&gt;."
    )
    [found] = api(q="courts", page=2, page_size=1)["results"]
    assert found["highlight"]["match"] == "other_forms"
    for _again in range(2):
        [found] = api(q="318000", fields="highlight,title")["results"]
        assert list(found) == ["title", "highlight"]
        assert list(api(q="318000", fields="highlight")["results"][0]) == ["highlight"]
    for params in ({}, {"q": "-zebra"}, {"q": "court", "fields": "title"}, {"area": "wessex"}):
        assert highlights(api, **params) in ([], [None, None])
    assert api(fields="highlight")["results"] == [{}, {}]


@pytest.mark.parametrize("hide", [unpublish, restrict, become_a_draft_silently])
def test_a_highlight_says_nothing_of_what_is_hidden(api, story, target, hide):
    story("Notes", body=[("text", f'<p>On: <a linktype="page" id="{target.pk}">{TITLE}</a> on Tuesday</p>')])
    [found] = highlights(api, q="charged Tuesday")
    assert "<mark>charged</mark> on <mark>Tuesday</mark>" in found["snippet"]
    hide(target)
    [found] = highlights(api, q="tuesday")
    assert found["snippet"] == "On: a story that is no longer available on <mark>Tuesday</mark>"
