"""“More by this speaker” on the page of a speech."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from tests.factories import draft_story
from tests.stories.test_story_blocks import WAYS_OUT
from wagtail_cpsnews.stories.speakers import person

NAME = "Rosalind Ackerley KC"


@pytest.fixture
def speech(story):
    now = timezone.now()

    def make(title, age=1, speaker=NAME, **fields):
        when = now - datetime.timedelta(days=age)
        return story(title, speech=True, speaker=speaker, published_at=when, **fields)

    return make


@pytest.fixture
def more(client):
    def read(page):
        html = client.get(page.get_url(), headers={"host": "localhost"}).content
        found = BeautifulSoup(html, "html.parser").select_one(".cpsnews-beside .cpsnews-related")
        if found is None:
            return None
        assert found.h2.get_text() == found["aria-label"]
        return [link.get_text() for link in found.select("a")]

    return read


def test_the_three_newest_others_whatever_letters_followed_the_name(speech, more):
    page = speech("On harm", age=0)
    assert more(page) is None
    for age in (5, 2, 4, 3):
        speech(f"Speech {age}", age, speaker="Rosalind Ackerley QC" if age == 4 else NAME)
    speech("Another's", speaker="Rosalind Ackerley-Jones")
    speech("Nobody's", speaker="")
    assert more(page) == ["Speech 2", "Speech 3", "Speech 4"]
    assert more(speech("Without a speaker", speaker="")) is None


@pytest.mark.parametrize("way", WAYS_OUT)
def test_what_is_not_public_is_not_among_them(newsroom, speech, more, way):
    page, other = speech("On harm"), speech("Secret speech")
    draft_story(parent=newsroom, speech=True, title="Secret draft", speaker=NAME)
    assert more(page) == ["Secret speech"]
    WAYS_OUT[way](type(other).objects.get(pk=other.pk))
    assert more(page) is None


def test_the_version_for_readers_of_the_page(newsroom, speech, more):
    page, other = speech("On harm"), speech("On work")
    welsh = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
    made = {}
    for source, title in ((page, "Ar niwed"), (other, "Ar waith")):
        twin = source.copy_for_translation(welsh)
        twin.title = title
        twin.save_revision().publish()
        made[title] = type(twin).objects.get(pk=twin.pk)
    assert more(page) == ["On work"]
    assert more(made["Ar niwed"]) == ["Ar waith"]
    made["Ar waith"].unpublish()
    assert more(made["Ar niwed"]) == ["On work"]


def test_an_alias_is_not_another_speech(newsroom, speech, more):
    page = speech("On harm")
    page.create_alias(update_slug="again")
    assert more(page) is None


def test_it_costs_the_same_for_one_and_for_three(speech, client):
    page = speech("On harm", age=0)

    def statements():
        client.get(page.get_url(), headers={"host": "localhost"})
        with CaptureQueriesContext(connection) as queries:
            client.get(page.get_url(), headers={"host": "localhost"})
        return len(queries)

    alone = statements()
    speech("Speech 1", 1)
    one = statements()
    assert one == alone + 1
    speech("Speech 2", 2)
    speech("Speech 3", 3)
    assert statements() == one


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        (NAME, "Rosalind Ackerley"),
        ("Dame Mary Smith DBE, KC", "Dame Mary Smith"),
        ("MARY SMITH KC", "MARY SMITH"),
        ("Director", "Director"),
        ("", ""),
    ],
)
def test_a_name_without_the_letters_after_it(speaker, name):
    assert person(speaker) == name
