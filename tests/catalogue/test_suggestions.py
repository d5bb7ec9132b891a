""" "Did you mean …": only words that three public stories have, and gone when they are."""

import datetime
import json

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connections
from django.utils import timezone

from tests.factories import draft_story, publish_story
from tests.pointing import TITLE, leave_the_site, restrict, restrict_above, unpublish
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
        "trafficking police they don’t polcie": "trafficking police they don’t police",
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


SOON = datetime.timedelta(hours=1)


def ways_to_find_out(api, client):
    """Return all that pages and the API say of a search for a slip of the name, and of two more."""
    said = []
    for search in ("Pelingham", "Pellinghan", "Rowan Pelingham", '"Rowan Pelingham"', "polcie OR Pelingham"):
        said.append(json.dumps([api(q=search), api("facets/", q=search)]))
        for address in ("/news/", "/newsroom/"):
            page = client.get(address, {"q": search}, headers={"host": "localhost"}, follow=True)
            said.append(page.content.decode())
    return "".join(said)


def test_engines_count_many_spellings_as_few(three, story):
    """A database may look for many together; what it counts is the same, and only what is there now."""
    pages = three("Trafficking’s traffic: trafficked, ngŵyr, o’neill, tŷ")
    current()
    words = {"trafficking's", "traffic", "trafficked", "ngwyr", "o'neill", "ty"}
    asked = sorted(words.union(*map(one_slip, words), *map(two_slips, words), {"traffick", "tr", "t"}))
    expected = dict.fromkeys(words, 3)
    assert engine(using()).count_words(asked) == PlainEngine(using()).count_words(asked) == expected
    for page in pages[:2]:
        page.unpublish()
    current()
    assert engine(using()).count_words(asked) == dict.fromkeys(words, 1)
    pages[2].unpublish()
    current()
    assert engine(using()).count_words(asked) == {}


@pytest.mark.slow
def test_words_of_drafts_embargoes_and_private_stories_are_never_suggested(api, client, three, newsroom):
    words = "Rowan Pellingham charged"
    now = timezone.now()
    for number in range(3):
        draft_story(parent=newsroom, title=f"{words} {number}").save_revision()
        embargoed = draft_story(parent=newsroom, title=f"{words} later {number}", go_live_at=now + SOON)
        embargoed.save_revision().publish()
        changed = publish_story(parent=newsroom, title=f"Someone charged {number}")
        changed.title = f"{words} in a revision {number}"
        changed.body = [("text", f"<p>{words}</p>")]
        changed.save_revision()
    for page in three(f"{words} privately"):
        restrict(page)
    for page in three(f"{words} once"):
        page.delete()
    for page in three("Corrected", body=[("text", f"<p>{words}</p>")]):
        page.body = [("text", "<p>A man was charged</p>")]
        page.save_revision().publish()
    assert "Pellingham" not in ways_to_find_out(api, client)
    # The test can see it where it is public.
    three(words)
    assert "Pellingham" in ways_to_find_out(api, client)


def test_words_of_an_expired_story_are_not_suggested(api, client, three):
    """Nobody tells that the time has come, and the list that is kept has another answer."""
    now = timezone.now()
    pages = three("Rowan Pellingham charged", expire_at=now + SOON)
    pointing = "".join(f'<a linktype="page" id="{page.pk}">{page.title}</a>' for page in pages)
    three("Notes", body=[("text", f"<p>{pointing}</p>")])
    assert "Pellingham" in ways_to_find_out(api, client)
    with time_machine.travel(now + SOON + datetime.timedelta(seconds=1), tick=False):
        assert "Pellingham" not in ways_to_find_out(api, client)


@pytest.mark.parametrize("hide", [unpublish, restrict_above, leave_the_site])
def test_a_withdrawn_name_is_not_suggested_by_stories_that_point_to_it(api, client, three, target, hide):
    three("Notes", body=[("text", f'<p>On: <a linktype="page" id="{target.pk}">{TITLE}</a></p>')])
    assert suggested(api, q="Rowen") == "Rowan"
    hide(target)
    assert suggested(api, q="Rowen") is None
    assert "Rowan" not in client.get("/news/?q=Rowen", headers={"host": "localhost"}).content.decode()
