"""The story that an editor has chosen to lead the news centre's front."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page

from tests.engines import by_engine
from tests.factories import draft_story
from tests.frontend.test_press_panel import (
    hide_draft,
    hide_private,
    hide_private_above,
    hide_scheduled,
    hide_under_no_site,
)
from tests.jsonpages import ask, give  # noqa: F401
from wagtail_cpsnews.catalogue.invalidation import invalidate_page
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.projection import project_pending
from wagtail_cpsnews.pages.models import NewsIndexPage
from wagtail_cpsnews.taxonomy.models import Area

WELSH = "/cy/news/"


@pytest.fixture
def stories(story):
    """Fifteen stories, the newest first: "Story 0" to "Story 14", of which 10 are on the front."""
    now = timezone.now() - datetime.timedelta(hours=1)
    return [
        story(f"Story {number}", published_at=now - datetime.timedelta(days=number)) for number in range(15)
    ]


@pytest.fixture
def choose(newsroom):
    def publish(page, **fields):
        index = NewsIndexPage.objects.get(pk=newsroom.pk)
        index.lead_story = page
        for name, value in fields.items():
            setattr(index, name, value)
        index.save_revision().publish()
        return index

    return publish


@pytest.fixture
def front(client):
    def get(path="/news/", **params):
        response = client.get(path, params, headers={"host": "localhost"})
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return get


def titles(soup):
    return [one.get_text(strip=True) for one in soup.select(".cpsnews-card :is(h3, h4)")]


def lead(soup):
    found = soup.select(".cpsnews-top :is(h3, h4)")
    assert len(found) <= 1
    return found[0].get_text(strip=True) if found else ""


def test_it_leads_and_every_other_story_keeps_its_place(stories, choose, front):
    assert lead(front()) == "Story 0"
    for chosen in (stories[3], stories[12]):  # on this page and on the next
        choose(chosen)
        found = front()
        assert lead(found) == chosen.title
        newest = [one.title for one in stories[:10] if one != chosen]
        assert titles(found) == [chosen.title, *newest]
    assert "Story 12" in titles(front(page=2))
    assert not front(q="story").select(".cpsnews-top")
    choose(None)
    assert lead(front()) == "Story 0"


def test_it_leads_a_short_list_and_before_a_newer_picture(story, choose, front):
    chosen = story("Chosen")
    picture = get_image_model().objects.create(title="P", file=get_test_image_file(filename="p.png"))
    story("Pictured", image=picture)
    choose(chosen)
    assert lead(front()) == "Chosen"


@pytest.mark.parametrize(
    "hide", [hide_draft, hide_private, hide_private_above, hide_scheduled, hide_under_no_site, Page.delete]
)
def test_one_that_is_not_public_is_nowhere(stories, choose, front, give, hide):  # noqa: F811
    chosen = stories[12]
    index = choose(chosen)
    assert (lead(front()), give("news-centre")["lead"]) == ("Story 12", item_id(chosen))
    hide(chosen)
    assert lead(front()) == "Story 0"
    assert "story-12" not in str(front()).lower().replace(" ", "-")
    assert give("news-centre")["lead"] is None
    if Page.objects.filter(pk=chosen.pk).exists():  # it leads again when it is public again
        assert NewsIndexPage.objects.get(pk=index.pk).lead_story_id == chosen.pk


def test_one_that_expires_leads_no_longer(stories, choose, front):
    chosen = stories[12]
    chosen.expire_at = timezone.now() + datetime.timedelta(hours=2)
    chosen.save_revision().publish()
    choose(chosen)
    assert lead(front()) == "Story 12"
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=3)):
        assert lead(front()) == "Story 0"


def test_a_draft_an_embargo_and_a_rule(newsroom, story, choose, front, rule):
    story("Newest")
    draft = draft_story(parent=newsroom, title="Secret draft")
    for page in (draft, scheduled(newsroom, "Secret embargo")):
        choose(page)
        found = front()
        assert not lead(found)
        assert "secret" not in str(found).lower()
    held = story("Secret held")
    choose(held)
    assert lead(front()) == "Secret held"
    rule(lambda page: "held" if page.slug == held.slug else "")
    invalidate_page(held.pk)
    project_pending()
    assert "secret" not in str(front()).lower()


def test_a_template_of_the_hosts_gets_nothing_of_it(stories, choose, client):
    index = choose(stories[12])
    response = client.get("/news/", headers={"host": "localhost"})
    assert response.context_data["page"].lead_story is None
    assert index.lead_story is not None


def test_a_story_that_the_page_does_not_list_does_not_lead(story, choose, front):
    other, own = story("Elsewhere", areas=["south-west"]), story("Here", areas=["wessex"])
    choose(other, areas=[Area.find("wessex")])
    assert titles(front()) == ["Here"]
    assert not lead(front())
    choose(own)
    assert lead(front()) == "Here"


def test_a_translated_front_shows_the_version_in_its_language(newsroom, stories, choose, front):
    index = choose(stories[12])
    welsh = index.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.save_revision().publish()
    # No version in Welsh: the story in English, as in the list.
    assert lead(front(WELSH)) == "Story 12"
    twin = stories[12].copy_for_translation(welsh.locale)
    twin.title = "Stori 12"
    twin.save_revision().publish()
    assert lead(front(WELSH)) == "Stori 12"
    assert lead(front()) == "Story 12"
    type(twin).objects.get(pk=twin.pk).unpublish()
    assert lead(front(WELSH)) == "Story 12"


def test_it_costs_no_statement(stories, choose, front):
    def statements():
        front()
        with CaptureQueriesContext(connection) as queries:
            front()
        return len(queries)

    choose(None)
    without = statements()
    choose(stories[3])
    assert statements() == without
    choose(stories[12])  # SQL reads a story of another page on its own
    assert statements() == without + by_engine(bitmaps=0, sql=1)


def test_its_changes_are_seen_at_once(stories, choose, front):
    choose(stories[12])
    assert lead(front()) == "Story 12"
    stories[12].title = "Renamed"
    stories[12].save_revision().publish()
    assert lead(front()) == "Renamed"
    choose(stories[11])
    assert lead(front()) == "Story 11"


def test_only_a_story_can_be_chosen(newsroom):
    newsroom.lead_story = newsroom.get_parent()
    with pytest.raises(ValidationError) as raised:
        newsroom.clean()
    assert raised.value.message_dict == {"lead_story": ["This page is not a story. Choose a story."]}


def item_id(page):
    return str(Entry.objects.get(page_pk=page.pk).pk)


def scheduled(parent, title):
    page = draft_story(parent=parent, title=title)
    page.go_live_at = timezone.now() + datetime.timedelta(days=1)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)
