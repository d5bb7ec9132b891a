"""What a story's page asks the database beyond Wagtail's routing, and that what it remembers changes with the story."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page

from tests.factories import make_contact, publish_story
from wagtail_cpsnews.catalogue import counting
from wagtail_cpsnews.catalogue.counting.sql import SQLCounter
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area, Topic


@pytest.fixture(params=["bitmaps", "sql"])
def counter(request, monkeypatch):
    """The way in which stories are counted."""
    if request.param == "bitmaps":
        pytest.importorskip("pyroaring")
    else:
        monkeypatch.setattr(counting, "_COUNTER", SQLCounter)
    return request.param


@pytest.fixture
def get(client):
    return lambda page: client.get(page.get_url(), headers={"host": "localhost"})


def test_queries_of_a_story_page(newsroom, get, counter, target, document, picture):
    make_contact("Duty desk", areas=["wessex"])
    link = f'<p><a linktype="page" id="{target.pk}">Page</a> <a linktype="document" id="{document.pk}">File</a></p>'
    plain = publish_story(
        parent=newsroom, title="Plain", kind="news", areas=["wessex", "south-west"], topics=["statistics"]
    )
    full = publish_story(
        parent=newsroom, title="Full", kind="news", areas=["wessex"], image=picture, body=[("text", link)]
    )
    for page, asked in ((plain, 0), (full, 4)):
        get(page)  # makes the picture's renditions
        get(page)
        with CaptureQueriesContext(connection) as all_queries:
            response = get(page)
        assert b"Duty desk" in response.content
        with CaptureQueriesContext(connection) as wagtails:
            request = RequestFactory().get(page.get_url(), headers={"host": "localhost"})
            found = Page.route_for_request(request, request.path.strip("/"))
            list(found.page.get_view_restrictions())
        statements = [query["sql"] for query in all_queries]
        assert len(statements) - len(wagtails) == asked, "\n".join(
            q[:60] + "…" + q[-160:] for q in statements
        )


def test_a_page_from_memory_changes_with_its_story(newsroom, get, counter):
    make_contact("Desk in Wessex", areas=["wessex"])
    other = make_contact("Desk elsewhere", areas=["south-west"])
    page = publish_story(parent=newsroom, title="A story", kind="news", areas=["wessex"])
    welsh = Locale.objects.get(language_code="cy")

    def publish(**fields):
        story = NewsItemPage.objects.get(pk=page.pk)
        for name, value in fields.items():
            setattr(story, name, value)
        story.save_revision().publish()

    def rename():
        area = Area.objects.get(slug="wessex", locale__language_code="en")
        area.name = "The West"
        area.save()

    def translate():
        newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
        page.copy_for_translation(welsh).save_revision().publish()

    def change_language():
        Locale.objects.filter(language_code="en").update(language_code="en-gb")
        Locale.objects.get(language_code="en-gb").save()

    steps = [
        (rename, "The West", True),
        (lambda: publish(areas=[Area.find("south-west")]), "Desk elsewhere", True),
        (lambda: publish(topics=[Topic.find("statistics")]), "topic=statistics", True),
        (lambda: publish(kind=None), "kind=news", False),
        (other.delete, "Desk elsewhere", False),
        (translate, "/cy/news/a-story", True),
        (change_language, '<html lang="en-gb"', True),
    ]
    for change, words, appear in steps:
        assert (words in get(page).content.decode()) is not appear, words
        change()
        assert (words in get(page).content.decode()) is appear, words


def test_a_draft_has_its_own_terms(newsroom, get):
    page = publish_story(parent=newsroom, title="A story", areas=["wessex"])
    get(page)
    draft = NewsItemPage.objects.get(pk=page.pk)
    draft.areas = [Area.find("south-west")]
    draft.save_revision()
    page.refresh_from_db()
    preview = page.get_latest_revision_as_object().make_preview_request().content.decode()
    assert "area=south-west" in preview
    assert "area=wessex" not in preview
    assert "area=wessex" in get(page).content.decode()
