"""The news centre's front day by day, and a list's summary row."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Locale

from wagtail_cpsnews.frontend.days import by_day, lead_of, when
from wagtail_cpsnews.taxonomy.models import Area

NOW = datetime.datetime.fromisoformat("2026-11-27T18:00:00+00:00")


def card(published, image=False, pk=0):
    return {"id": pk or published, "published": published, "image": {"url": "x"} if image else None}


@pytest.fixture
def page(client, newsroom):
    def get(path="/news/", **params):
        response = client.get(path, params, headers={"host": "localhost"})
        return BeautifulSoup(response.content, "html.parser")

    return get


def test_days_are_named_and_have_times():
    cards = [
        card("2026-11-27T15:15:00+00:00"),
        card("2026-11-27T00:00:00+00:00"),
        card("2026-11-26T16:05:00+00:00"),
        card("2026-11-24T09:30:00+00:00"),
        card("2026-11-20T09:30:00+00:00"),
        card("2026-12-24T09:30:00+00:00"),
    ]
    days = by_day(cards, NOW)
    assert [(day["label"], day["detail"]) for day in days] == [
        ("Today", "Friday 27 November"),
        ("Yesterday", "Thursday 26 November"),
        ("Tuesday", "24 November"),
        ("20 November", "2026"),
        ("24 December", "2026"),  # a preview of what is to come
    ]
    assert [one["time"] for one in days[0]["cards"]] == ["3:15pm", ""]
    assert [when(one, NOW) for one in cards[:4]] == ["Today, 3:15pm", "Today", "Yesterday", ""]


def test_the_newest_picture_leads_and_without_one_the_newest_story():
    plain = [card(f"2026-11-{day}T10:00:00+00:00") for day in (27, 26, 25, 10)]
    assert lead_of(plain) is plain[0]
    pictured = [*plain[:2], card("2026-11-25T09:00:00+00:00", image=True), plain[3]]
    assert lead_of(pictured) is pictured[2]
    assert lead_of([*plain[:3], card("2026-11-10T09:00:00+00:00", image=True)]) is plain[0]
    assert lead_of(plain[:3]) is None
    assert lead_of([]) is None


def test_the_front_has_each_story_once_and_filters_lead_to_a_list(page, story, contacts):
    now = timezone.now() - datetime.timedelta(hours=1)
    for number in range(5):
        story(f"Story {number}", published_at=now - datetime.timedelta(days=number))
    front = page()
    titles = [one.get_text(strip=True) for one in front.select(".cpsnews-card :is(h3, h4)")]
    assert titles == [f"Story {number}" for number in range(5)]
    assert len(front.select(".cpsnews-top")) == 1
    assert front.select_one("#cpsnews-media .cpsnews-tel, .cpsnews-media .cpsnews-tel")["href"].startswith(
        "tel:"
    )
    assert front.select_one("#cpsnews-q")["form"] == front.select_one("form.cpsnews-filters")["id"]
    # One tap from a narrow front, above the search; on a wide one the desk says it.
    number = front.select_one(".cpsnews-opening .cpsnews-desk-line a")
    assert number["href"] == front.select_one(".cpsnews-tel")["href"]
    found = page(q="story")
    assert (
        found.select_one(".cpsnews-paper:-soup-contains('http')")
        .get_text(strip=True)
        .endswith("http://localhost/news/?q=story")
    )
    assert not found.select(".cpsnews-top, .cpsnews-media")
    assert found.select_one(".cpsnews-desk-line a[href^='tel:']")


def test_at_midnight_today_is_yesterday(page, story):
    with time_machine.travel(NOW, tick=False):
        for number in range(3):
            story(f"Story {number}", published_at=NOW - datetime.timedelta(hours=number + 1))
        assert page().select_one(".cpsnews-day h3").get_text(" ", strip=True) == "Today Friday 27 November"
    with time_machine.travel(NOW + datetime.timedelta(hours=7), tick=False):
        assert (
            page().select_one(".cpsnews-day h3").get_text(" ", strip=True) == "Yesterday Friday 27 November"
        )


def test_an_older_lead_has_its_date(page, story):
    with time_machine.travel(NOW, tick=False):
        for number in range(5):
            story(f"Story {number}", published_at=NOW - datetime.timedelta(days=7 + number))
        assert page().select_one(".cpsnews-top time").get_text(strip=True) == "20 November 2026"


def test_filters_without_stories_are_folded(page, story):
    story("Here", areas=["wessex"])
    group = page(area="wessex").select_one("#cpsnews-group-area").parent
    assert [one["value"] for one in group.select("fieldset > label input")] == ["wessex"]
    assert len(group.select(".cpsnews-rest label")) > 3
    assert group.select_one(".cpsnews-set").get_text(strip=True) == "1 set"


def test_an_empty_list_names_the_filter_that_hides_most(page, story):
    for number in range(3):
        story(f"Wessex {number}", areas=["wessex"])
    story("Crime", areas=["cps"], crime_types=["hate-crime"])
    empty = page(area="wessex", crime_type="hate-crime").select_one(".cpsnews-empty")
    assert "see 3 stories" in empty.get_text()
    assert empty.select_one(".cpsnews-button")["href"] == "/news/?area=wessex"
    assert not page(area="cymru-wales").select(".cpsnews-empty .cpsnews-button")


def test_a_welsh_list_leads_to_the_welsh_stories(page, newsroom, story):
    welsh = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.save_revision().publish()
    for number in range(3):
        page_ = story(f"Story {number}")
        if number:
            twin = page_.copy_for_translation(welsh.locale)
            twin.save_revision().publish()
    link = page("/cy/news/", area="", order="published").select_one(".cpsnews-only a")
    assert "2" in link.get_text()
    assert link["href"] == "/cy/news/?language_only=1&order=published"
    assert not page("/cy/news/", language_only="1").select(".cpsnews-only")
    assert not page("/news/", order="published").select(".cpsnews-only")


def test_a_retired_term_is_no_filter_unless_it_is_set(page, story):
    story("Old", areas=["south-west", "wessex"])
    Area.objects.filter(slug="south-west").update(retired=True)
    Area.objects.get(slug="south-west", locale=Locale.get_default()).save()

    def offered(found):
        return {one["value"] for one in found.select("#cpsnews-group-area ~ fieldset input")}

    plain = page(area="wessex")
    assert offered(plain) >= {"wessex", "cps"}
    assert "south-west" not in offered(plain)
    assert not plain.select(".cpsnews-retired")
    found = page(area="south-west")
    assert found.select_one("#filter-area-south-west").has_attr("checked")
    assert [one.get_text(strip=True) for one in found.select(".cpsnews-card h3")] == ["Old"]
    assert (
        found.select_one(".cpsnews-retired").get_text() == "“South West” is no longer used for new stories."
    )


def test_a_reader_who_comes_by_an_old_name_is_told(page, story):
    def rename(old, **fields):
        term = Area.objects.get(slug=old, locale=Locale.get_default())
        for name, value in fields.items():
            setattr(term, name, value)
        term.save()
        return term

    def told(area):
        found = page(area=area)
        assert found.select(".cpsnews-card")
        return [one.get_text() for one in found.select(".cpsnews-retired")]

    story("Here", areas=["south-west", "wessex"])
    rename("wessex", slug="the-west", name="The West")
    assert told("wessex") == ["“The West” was formerly “Wessex”."]
    assert told("the-west") == told("The West") == []
    rename("the-west", aliases="WESSEX\nWiltshire")
    assert told("wessex") == ["“The West” was formerly “WESSEX”."]
    assert told("Wiltshire") == []  # a police force in it, not its old name
    rename("south-west").merge_into(Area.objects.get(slug="the-west", locale=Locale.get_default()))
    assert told("south-west") == ["“The West” was formerly “South West”."]
    assert told("South West") == ["“The West” was formerly “South West”."]
    assert told("the-west") == []  # after the same list with a sentence
    assert page(area="south-west").select_one("link[rel=canonical]")["href"].endswith("?area=the-west")


def test_a_date_that_is_none_is_explained_in_the_readers_words(page, story):
    story("Here")
    found = page(published_after_day="soon")
    assert found.title.get_text(" ", strip=True).startswith("Error:")
    message = "“soon” is not a date."
    assert message in found.select_one(".cpsnews-problems a[href='#cpsnews-published_after_day']").get_text()
    assert message in found.select_one("#cpsnews-published_after-problem").get_text()
    assert found.select_one("#cpsnews-published_after_day")["value"] == "soon"
    # A parameter’s name is only for those who wrote one.
    assert "published_after" not in found.select_one(".cpsnews-problems").get_text()
    assert "area=nowhere" in page(area="nowhere").select_one(".cpsnews-problems").get_text()
