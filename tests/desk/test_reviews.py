"""Stories to review: what is due, for the people who may change it."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from tests.editors import make_editor
from tests.factories import draft_story
from wagtail_cpsnews.admin.reviews import due_stories
from wagtail_cpsnews.pages.models import NewsItemPage

LIST, HOME = "/admin/newsroom/reviews/", "/admin/"


def day(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def three(newsroom, story):
    story("Overdue", review_by=day(-3))
    draft_story(parent=newsroom, title="Today", review_by=day(0))
    story("Next week", review_by=day(7))
    story("Next year", review_by=day(365))
    story("Never")


def as_user(user):
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def read(client, path):
    return BeautifulSoup(client.get(path).content.decode(), "html.parser")


def test_the_list_and_the_home_page(three, newsroom):
    client = as_user(make_editor("editor", newsroom))
    due, to_come = (heading.find_next_sibling("ul") for heading in read(client, LIST).select("main h3"))
    assert [link.text for link in due.select("a")] == ["Overdue", "Today"]
    assert [link.text for link in to_come.select("a")] == ["Next week"]
    assert "(draft)" in due.text
    panel = read(client, HOME).select_one("#cpsnews-reviews-section")
    assert [link.text for link in panel.select("li a")] == ["Overdue", "Today"]


def test_nothing_is_shown_where_nothing_is_due(newsroom, story):
    story("Next week", review_by=day(7))
    assert not read(as_user(make_editor("editor", newsroom)), HOME).select("#cpsnews-reviews-section")


def test_people_see_what_they_may_change(three, stories, sections):
    theirs = NewsItemPage.objects.get(title="Theirs secret")
    NewsItemPage.objects.filter(pk=theirs.pk).update(review_by=day(-1))
    editor = make_editor("of one section", sections[0])
    assert due_stories(editor, day(0), 10) == []
    assert "Theirs" not in read(as_user(editor), LIST).text
    assert as_user(make_editor("reader")).get(LIST)["Location"] == "/admin/"


def test_a_copy_starts_without_it(three, newsroom):
    page = NewsItemPage.objects.get(title="Overdue")
    copy = page.copy(to=newsroom, update_attrs={"slug": "copy", "title": "Copy"})
    assert copy.review_by is None
    assert NewsItemPage.objects.get(pk=page.pk).review_by == day(-3)
