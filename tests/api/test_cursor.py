"""A list by cursor: every story exactly once, whatever comes and goes meanwhile."""

import base64
import datetime
import json
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import Signer

from wagtail_cpsnews.catalogue.cursor import BadCursor, Cursor
from wagtail_cpsnews.catalogue.models import State

DAY = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def walk(api, client):
    def pages(**params):
        """Yield the titles of each page.

        What the caller does in between happens between two requests.
        """
        answer = api(cursor="start", page_size=2, **params)
        while True:
            yield [item["title"] for item in answer["results"]]
            if answer["next"] is None:
                return
            answer = client.get(answer["next"], headers={"host": "localhost"}).json()

    return pages


def at(story, hour, title=None):
    return story(title or f"Hour {hour}", published_at=DAY + datetime.timedelta(hours=hour))


@pytest.mark.parametrize("order", ["-published", "published"])
def test_every_story_once_while_others_come_and_go(walk, story, order):
    pages = {hour: at(story, hour) for hour in range(7)}
    seen = []
    for number, titles in enumerate(walk(order=order)):
        seen += titles
        if number == 0:
            at(story, 10, "Newest")
            at(story, -1, "Oldest")
            pages[0 if order == "published" else 6].unpublish()  # already seen
        if number == 1:
            pages[4 if order == "published" else 2].unpublish()  # not seen yet
    assert len(seen) == len(set(seen))
    expected = {f"Hour {hour}" for hour in range(7)} - {"Hour 4" if order == "published" else "Hour 2"}
    assert set(seen) - {"Newest", "Oldest"} == expected
    assert ("Newest" in seen, "Oldest" in seen) == ((True, False) if order == "published" else (False, True))


def test_stories_of_one_time(walk, story):
    for number in range(5):
        at(story, 0, f"Same {number}")
    assert sorted(title for titles in walk() for title in titles) == [f"Same {number}" for number in range(5)]


def test_a_cursor_goes_with_filters_and_says_how_many_there_are(api, client, story):
    for hour in range(3):
        at(story, hour)
        story(f"In Wessex {hour}", areas=["wessex"])
    answer = api(cursor="start", page_size=2, area="wessex", fields="title")
    assert answer["summary"] == '3 results for area "Wessex"'
    assert "page" not in answer["query"]
    assert answer["previous"] is None
    for part in ("area=wessex", "fields=title", "page_size=2", "cursor="):
        assert part in answer["next"]
    assert len(client.get(answer["next"], headers={"host": "localhost"}).json()["results"]) == 1


def test_a_cursor_of_another_epoch_is_gone(api, client, story):
    for hour in range(3):
        at(story, hour)
    link = api(cursor="start", page_size=2)["next"]
    State.objects.update(epoch=uuid.uuid4())
    response = client.get(link, headers={"host": "localhost"})
    assert response.status_code == 410
    (error,) = response.json()["errors"]
    assert (error["parameter"], error["example"]) == ("cursor", "?cursor=start")


def test_a_cursor_belongs_to_its_order_and_to_no_page(api, story):
    for hour in range(3):
        at(story, hour)
    cursor = api(cursor="start", page_size=2)["next"].split("cursor=")[1].split("&")[0]
    for more in ({"order": "published"}, {"page": 2}, {"order": "relevance", "q": "hour"}):
        assert api(status=400, cursor=cursor, **more)["errors"][0]["parameter"] == "cursor"


def unsigned(parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def cursor_of(link):
    return parse_qs(urlsplit(link).query)["cursor"][0]


def test_a_cursor_of_the_first_version_still_works(api, story):
    for hour in range(3):
        at(story, hour)
    now = Cursor.parse(cursor_of(api(cursor="start", page_size=2)["next"]))
    before = unsigned([now.epoch.hex, now.order, now.published.isoformat(), now.pk.hex])
    assert [item["title"] for item in api(cursor=before)["results"]] == ["Hour 0"]


def test_a_cursor_under_another_key_is_gone(api, story, settings):
    for hour in range(3):
        at(story, hour)
    cursor = cursor_of(api(cursor="start", page_size=2)["next"])
    settings.SECRET_KEY = "another"
    assert api(status=410, cursor=cursor)["errors"][0]["example"] == "?cursor=start"
    settings.SECRET_KEY_FALLBACKS = ["only for tests"]
    assert len(api(cursor=cursor)["results"]) == 1


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        {"a": 1, "b": 2, "c": 3, "d": 4},
        [1, 2, 3, 4],
        ["x", "published", "2026-01-01T00:00:00+00:00", uuid.uuid4().hex],
        [uuid.uuid4().hex, "relevance", "2026-01-01T00:00:00+00:00", uuid.uuid4().hex],
        [uuid.uuid4().hex, ["published"], "2026-01-01T00:00:00+00:00", uuid.uuid4().hex],
        [uuid.uuid4().hex, "published", "2026-01-01", uuid.uuid4().hex],
        [uuid.uuid4().hex, "published", "0001-01-01T00:00:00+14:00", uuid.uuid4().hex],
        [uuid.uuid4().hex, "published", "9999-12-31T23:59:59-14:00", uuid.uuid4().hex],
        [uuid.uuid4().hex, "published", "2026-01-01T00:00:00+00:00", "' OR 1=1"],
    ],
)
def test_a_forged_cursor_is_no_cursor(parts):
    value = unsigned(parts)
    for cursor in (value, f"{value}.{'x' * 43}", Signer(salt="cpsnews.cursor", sep=".").sign(value)):
        with pytest.raises(BadCursor):
            Cursor.parse(cursor)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_forged_time_finds_its_place(api, story, when):
    at(story, 0)
    epoch = State.objects.get().epoch
    cursor = Cursor(epoch, "-published", datetime.datetime.fromisoformat(when), uuid.uuid4())
    assert len(api(cursor=str(cursor))["results"]) == (1 if when.startswith("9") else 0)
