"""The sitemap of stories."""

import datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Locale, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from wagtail_cpsnews.catalogue import counting
from wagtail_cpsnews.catalogue.counting.sql import SQLCounter
from wagtail_cpsnews.feeds import sitemap

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"
N = "{http://www.google.com/schemas/sitemap-news/0.9}"
NEWS_PATH = "/newsroom/sitemap-news.xml"


@pytest.fixture
def read(client):
    """A function that reads the sitemap.

    Rows of address, lastmod, {language: address}, news tag as (name, …).
    """

    def ask(query="", host="localhost"):
        response = client.get(f"{NEWS_PATH}{query}", headers={"host": host})
        assert response.status_code == 200, response.content
        rows = {}
        for url in ElementTree.fromstring(response.content):
            address = url.find(f"{S}loc").text
            assert address not in rows
            assert address.isascii()
            rows[address] = {
                "lastmod": datetime.datetime.fromisoformat(url.find(f"{S}lastmod").text),
                "versions": {link.get("hreflang"): link.get("href") for link in url.findall(f"{X}link")},
                "news": [
                    element.text for element in url.iter() if element.tag.startswith(N) and element.text
                ],
            }
        return rows

    return ask


def at(text):
    return datetime.datetime.fromisoformat(f"{text}+00:00")


def test_every_public_story_with_its_versions(read, story, newsroom):
    both = story("Gŵyr", slug="gŵyr", published_at=at("2026-03-01T10:00"))
    story(
        "Corrected",
        slug="corrected",
        published_at=at("2026-03-02T10:00"),
        updates=[("update", {"date": at("2026-03-09T10:00"), "kind": "update", "text": "More."})],
    )
    story("Gone", slug="gone").unpublish()
    welsh = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
    twin = both.copy_for_translation(welsh)
    twin.slug = "y-gwyr"
    twin.save_revision().publish()
    rows = read()
    english, other = "http://localhost/news/g%C5%B5yr/", "http://localhost/cy/news/y-gwyr/"
    assert set(rows) == {english, other, "http://localhost/news/corrected/"}
    assert rows["http://localhost/news/corrected/"]["lastmod"] == at("2026-03-09T10:00")
    assert rows["http://localhost/news/corrected/"]["versions"] == {}
    assert rows[english]["versions"] == rows[other]["versions"] == {"en": english, "cy": other}
    assert rows[english]["news"] == []


@pytest.mark.parametrize("counter", ["bitmaps", "sql"])
def test_a_story_that_is_kept_from_search_engines(read, story, newsroom, client, monkeypatch, counter):
    if counter == "sql":
        monkeypatch.setattr(counting, "_COUNTER", SQLCounter)
    kept, both = story("Kept", slug="kept", noindex=True), story("Both", slug="both")
    welsh = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
    twin = both.copy_for_translation(welsh)
    twin.slug = "y-ddau"
    twin.save_revision().publish()
    english, other = "http://localhost/news/both/", "http://localhost/cy/news/y-ddau/"
    assert set(read()) == {english, other}
    twin.noindex = True
    twin.save_revision().publish()
    rows = read()
    assert set(rows) == {english}
    assert rows[english]["versions"] == {}  # an address that they shall not list is not given
    # It is in everything that is for readers.
    for path in ("news/", "newsroom/api/v1/items/", "newsroom/feeds/news.rss", "newsroom/embed/list/"):
        assert "/news/kept/" in client.get(f"/{path}", headers={"host": "localhost"}).content.decode(), path
    kept.noindex = False
    kept.save_revision().publish()
    assert set(read()) == {english, "http://localhost/news/kept/"}


def test_news_is_what_came_since_yesterday(read, story, monkeypatch):
    site = Site.objects.get()
    site.site_name = "Fictional Prosecutions"
    site.save()
    now = timezone.now().replace(microsecond=0)
    for name, age in (("now", 0), ("earlier", 1), ("old", 72)):
        story(f"Said <{name}>", slug=name, published_at=now - datetime.timedelta(hours=age))
    rows = read()
    assert rows["http://localhost/news/old/"]["news"] == []
    name, language, when, title = rows["http://localhost/news/now/"]["news"]
    assert (name, language, title) == ("Fictional Prosecutions", "en", "Said <now>")
    assert datetime.datetime.fromisoformat(when) == now
    assert rows["http://localhost/news/earlier/"]["news"]
    monkeypatch.setattr(sitemap, "MOST_NEWS", 1)
    assert [address for address, row in read().items() if row["news"]] == ["http://localhost/news/now/"]


def test_addresses_of_the_site_that_is_asked(read, story, newsroom, settings):
    story("Here", slug="here")
    home = HomePageFactory(parent=newsroom.get_root(), title="Other", slug="other-home")
    Site.objects.create(hostname="other.example", root_page=home)
    index = NewsIndexPageFactory(parent=home, title="News", slug="news")
    publish_story(parent=index, title="There", slug="there")
    assert list(read()) == ["http://localhost/news/here/"]
    assert list(read(host="other.example")) == ["http://other.example/news/there/"]
    settings.WAGTAIL_CPSNEWS = {"SITES": "all"}
    assert list(read()) == ["http://localhost/news/here/"]
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": "https://front.example.org"}
    assert list(read()) == ["https://front.example.org/news/here/"]


def test_parts(read, client, story, monkeypatch):
    for number in range(5):
        story(f"Story {number}", slug=f"story-{number}")
    assert len(read()) == len(read("?page=1")) == 5
    monkeypatch.setattr(sitemap, "PART", 2)
    response = client.get(f"{NEWS_PATH}?utm_source=x", headers={"host": "localhost"})
    index = ElementTree.fromstring(response.content)
    assert index.tag == f"{S}sitemapindex"
    parts = [element.text for element in index.iter(f"{S}loc")]
    assert parts == [f"http://localhost{NEWS_PATH}?page={number}" for number in (1, 2, 3)]
    found = [list(read(part.removeprefix(f"http://localhost{NEWS_PATH}"))) for part in parts]
    assert [len(rows) for rows in found] == [2, 2, 1]
    assert len({address for rows in found for address in rows}) == 5
    # The oldest come first, so that a part that is full stays as it is.
    story("Story 5", slug="story-5")
    assert list(read("?page=1")) == found[0]


def test_a_part_from_memory_changes_with_its_stories(client, story, monkeypatch):
    pytest.importorskip("pyroaring")
    monkeypatch.setattr(sitemap, "PART", 2)
    now = timezone.now()
    pages = [
        story(
            f"Story {number}", slug=f"story-{number}", published_at=now - datetime.timedelta(days=9 - number)
        )
        for number in range(4)
    ]

    def ask(query, tag=""):
        return client.get(f"{NEWS_PATH}{query}", headers={"host": "localhost", "if-none-match": tag})

    def read_parts():
        """Return the bytes of the parts, each as memory has it, as it is made now and as SQL has it."""
        found = []
        for query in ("?page=1", "?page=2"):
            answer = ask(query)
            sitemap._parts.clear()
            assert ask(query).content == answer.content
            with monkeypatch.context() as patch:
                patch.setattr(counting, "_COUNTER", SQLCounter)
                assert ask(query).content == answer.content
            found.append(answer.content)
        return found

    def edit():
        page = pages[0]
        page.title = "Changed"
        page.updates = [("update", {"date": now, "kind": "update", "text": "More."})]
        page.save_revision().publish()

    changes = [
        (lambda: story("New", slug="new", published_at=now), False),
        (edit, True),
        (pages[1].unpublish, True),
    ]
    for change, is_of_the_first in changes:
        tag, (first, second) = ask("?page=1")["ETag"], read_parts()
        assert ask("?page=1", tag).status_code == 304
        change()
        assert (ask("?page=1", tag).status_code == 200) is is_of_the_first
        assert (read_parts()[0] != first) is is_of_the_first
    before, tag = read_parts()[1], ask("?page=2")["ETag"]
    assert before != second
    assert b"<news:title>New</news:title>" in before
    with time_machine.travel(now + datetime.timedelta(days=3)):
        later = ask("?page=2", tag).content
        assert b"<loc>" in later
        assert b"<news:title>" not in later


def test_what_is_asked_wrongly_is_said(client, newsroom):
    for query, status in {
        "page=0": 400,
        "page=1x": 400,
        "page=%C2%B2": 400,
        "page=1&page=2": 400,
        "page=%00": 400,
        "area=wessex": 400,
        "page=2": 404,
        "page=999999999": 404,
        "&".join(f"a{number}=1" for number in range(2000)): 400,
    }.items():
        response = client.get(f"{NEWS_PATH}?{query}", headers={"host": "localhost"})
        assert response.status_code == status, query
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
