"""Pages for addresses that have no page (404), or no longer have their story (410)."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from tests.answering import OFFICE
from tests.factories import draft_story, make_contact
from tests.pointing import restrict
from wagtail_cpsnews.pages.models import NewsIndexPage, PressOfficePage

MISSING = "/news/no-such-page/"


@pytest.fixture
def welsh(newsroom):
    page = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    page.title, page.slug = "Canolfan newyddion", "newyddion"
    page.save_revision().publish()
    return NewsIndexPage.objects.get(pk=page.pk)


@pytest.fixture
def read(client):
    def get(path, status):
        response = client.get(path, headers={"host": "localhost"})
        assert response.status_code == status
        return BeautifulSoup(response.content.decode(), "html.parser")

    return get


def test_both_languages_have_search_stories_and_the_press_office(newsroom, welsh, story, read):
    make_contact("Duty press officer", national=True, hours=[("0 1 2 3 4 5 6", "00:00", "00:00")])
    newsroom.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    gone = story("Withdrawn")
    for number in range(5):
        story(f"Story {number}", published_at=timezone.now() - datetime.timedelta(days=number + 1))
    assert read(gone.url, 200).h1.text == "Withdrawn"
    gone.unpublish()
    for path, status, heading in (
        (MISSING, 404, "Page not found"),
        (gone.url, 410, "This story is no longer available"),
    ):
        page = read(path, status)
        english, cymraeg = page.select(".cpsnews-missing > section")
        assert (english["lang"], cymraeg["lang"]) == ("en", "cy")
        assert page.h1.text == heading
        assert cymraeg.h2.text != heading or status == 404  # its translation is made later
        assert [form["action"] for form in page.select("form")] == ["/news/", welsh.url]
        assert [link.text for link in english.select(".cpsnews-links a")] == ["Story 0", "Story 1", "Story 2"]
        assert english.select_one(".cpsnews-button")["href"] == "/news/"
        assert cymraeg.select_one(".cpsnews-button")["href"] == welsh.url
        line = english.select_one(".cpsnews-desk-line")
        assert [link["href"] for link in line.select("a")][1] == "http://localhost/news/press-office/"
        assert page.select("meta[name=robots]")[0]["content"] == "noindex"
        assert "Withdrawn" not in page.text
        assert len({tag["id"] for tag in page.select("[id]")}) == len(page.select("[id]"))
    page = read("/cy/dim-yma/", 404)
    assert [part["lang"] for part in page.select(".cpsnews-missing > section")] == ["cy", "en"]
    assert page.html["lang"] == "cy"


def test_nothing_hidden_is_on_it(newsroom, story, read):
    draft_story(parent=newsroom, title="Secret draft")
    restrict(story("Secret story"))
    office = newsroom.add_child(instance=PressOfficePage(title="Secret office", slug="office"))
    restrict(office)
    make_contact("Secret contact", national=True, hours=OFFICE, channels=[
        {"kind": "phone", "value": "020 7946 0009", "label": "", "public": False}])  # fmt: skip
    restrict(newsroom)
    text = read(MISSING, 404).prettify()
    assert "Secret" not in text
    assert "0009" not in text
    assert 'action="/newsroom/"' in text  # the only list that everybody may read


def test_an_index_of_some_stories_is_not_the_list(newsroom, story, read):
    section = newsroom.get_parent().add_child(
        instance=NewsIndexPage(title="Wessex", slug="wessex", preset={})
    )
    newsroom.areas.set(newsroom.areas.model.objects.filter(slug="wessex"))
    newsroom.save_revision().publish()
    assert read(MISSING, 404).form["action"] == "/wessex/"
    section.delete()
    assert read(MISSING, 404).form["action"] == "/newsroom/"


def test_a_hidden_page_behind_a_redirect_answers_as_any_other(newsroom, client):
    page = draft_story(parent=newsroom, title="To come")
    Redirect.objects.create(old_path="/old", redirect_page=page)
    first, second = (client.get(path, headers={"host": "localhost"}) for path in ("/old/", "/nothing/"))
    assert first.status_code == second.status_code == 404
    assert first.content == second.content


def test_what_it_shows_is_looked_for_once(newsroom, story, client):
    """Robots ask for thousands of addresses without a page."""
    story("One")
    looked_for = []
    for path in (MISSING, "/news/another/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path, headers={"host": "localhost"})
        looked_for.append([query for query in queries if 'content_type_id" IN' in query["sql"]])
    assert looked_for[0]
    assert not looked_for[1]


def test_without_its_tables_it_says_what_it_is(newsroom, client, monkeypatch):
    def fail():
        raise OperationalError("could not connect")

    monkeypatch.setattr("wagtail_cpsnews.stories.missing_pages.current", fail)
    response = client.get(MISSING, headers={"host": "localhost"})
    assert response.status_code == 404
    assert b"Page not found" in response.content
