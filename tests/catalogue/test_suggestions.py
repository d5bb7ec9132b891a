""" "Did you mean …": only words that three public stories have, and gone when they are."""

import pytest
from bs4 import BeautifulSoup
from django.db import connections

from tests.pointing import restrict, unpublish
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.catalogue.text import PlainEngine, engine
from wagtail_cpsnews.catalogue.text.spelling import is_correctable, one_slip, two_slips


@pytest.fixture
def three(story):
    """A function that publishes three stories with these words."""

    def publish(words, **kwargs):
        return [story(f"{words} {number}", **kwargs) for number in ("one", "two", "three")]

    return publish


def suggested(api, **params):
    return api(facets="none", **params).get("suggestion")


def test_slips():
    assert "police" in one_slip("polcie")
    assert "trafficking" in one_slip("traficking") & two_slips("trafiking")
    assert "ngŵyr" in one_slip("ngŵŵyr")
    assert {"embezzlement", "committee", "separately"} <= (
        two_slips("embezlment") | two_slips("comitee") | two_slips("seperatly")
    )
    assert not any(is_correctable(word) for word in ("her", "2019", "covid19", "a" * 21, "東京"))
    # However long a word is, so many are asked for and no more.
    assert len(one_slip("abcdefghijklmnopqrst")) < 1_200
    assert len(two_slips("aeioucksaeiouck")) < 6_000


def test_a_search_with_a_slip(api, three):
    three("Trafficking by police, they don’t")
    for typed, meant in {
        "trafiking": "trafficking",
        "Polcie": "Police",
        "POLCIE": "POLICE",
        "polise -gang": "police -gang",
        '"by polcie" trafiking': '"by police" trafficking',
        "polcie OR trafiking": "police OR trafficking",
        "dont’t": "don't",
    }.items():
        answer = api(q=typed)
        assert (answer["count"], answer.get("suggestion")) == (0, meant)
        assert api(q=meant)["count"] == 3
    for typed in ("police", "police zebra", "-polcie", "-police", "zebra", "pol", "polcie zebra", "318001"):
        assert suggested(api, q=typed) is None


def test_the_word_of_most_stories_comes_first_and_then_the_alphabet(api, three, story):
    three("Bakers bikers")
    assert suggested(api, q="bokers") == "bakers"
    story("Bikers")
    assert suggested(api, q="bokers") == "bikers"
    three("Cokers cokers cokers")
    assert suggested(api, q="bokers") == "bikers"


def test_a_few_hits_leave_room_for_a_suggestion(api, three, story):
    story("A trafiking story")
    three("Trafficking")
    assert suggested(api, q="trafiking") == "trafficking"
    story("A trafiking story again")
    story("The third")
    story("Its trafiking")
    assert suggested(api, q="trafiking") is None


@pytest.mark.parametrize("hide", [unpublish, restrict])
def test_the_word_of_a_hidden_story_is_never_suggested(api, client, three, hide):
    pages = three("Rowan Pellingham charged")
    assert suggested(api, q="Pelingham") == "Pellingham"
    assert "Pellingham" in client.get("/news/?q=Pelingham", headers={"host": "localhost"}).content.decode()
    undo = hide(pages[0])
    assert suggested(api, q="Pelingham") is None
    assert (
        "Pellingham" not in client.get("/news/?q=Pelingham", headers={"host": "localhost"}).content.decode()
    )
    undo()
    assert suggested(api, q="Pelingham") == "Pellingham"


def test_a_suggestion_goes_by_the_filter(api, three):
    three("Trafficking", areas=["wessex"])
    assert suggested(api, q="trafiking", area="wessex") == "trafficking"
    assert suggested(api, q="trafiking", area="cps") is None


def test_it_is_a_link_on_the_page(client, three):
    three("Police & <b>press</b>")
    page = client.get("/news/", {"q": "polcie & pres", "page_size": 1}, headers={"host": "localhost"})
    line = BeautifulSoup(page.content, "html.parser").select_one(".cpsnews-suggestion")
    assert line.get_text() == "Did you mean police & press?"
    shown = BeautifulSoup(client.get(line.a["href"], headers={"host": "localhost"}).content, "html.parser")
    assert len(shown.select(".cpsnews-card")) == 1
    assert not shown.select(".cpsnews-suggestion")
    page = client.get("/news/", {"q": '<b>"x polcie'}, headers={"host": "localhost"}).content.decode()
    assert "<b>&quot;x" not in page


def test_engines_count_words_alike(three):
    three("Don’t repeat repeat", summary="repeat", body=[("text", "<p>Ngŵyr café</p>")])
    alias = using()
    current()
    words = ["don't", "repeat", "ngwyr", "cafe", "repeats", "one", "nothing"]
    expected = {"don't": 3, "repeat": 3, "ngwyr": 3, "cafe": 3, "one": 1}
    assert PlainEngine(alias).count_words(words) == expected
    assert engine(alias).count_words(words) == expected
    assert connections[alias].vendor in ("sqlite", "postgresql")
