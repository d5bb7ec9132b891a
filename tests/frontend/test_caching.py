"""How long a host's cache and a browser may keep the package's pages.

Never beyond what they show, and never for editors.
"""

import datetime

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.answering import seconds
from tests.factories import publish_story
from tests.telling import telling
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.pages.models import MediaProtocolPage, PressOfficePage

PATHS = ["/news/", "/news/?area=wessex", "/newsroom/", "/news/a-story/", "/news/office/", "/news/protocol/"]


@pytest.fixture
def pages(newsroom, request):
    """All sorts of our pages, by path; the list at the mount has no index page to lead to."""
    story = publish_story(parent=newsroom, title="A story", slug="a-story", areas=["wessex"])
    office = newsroom.add_child(instance=PressOfficePage(title="Press office", slug="office"))
    protocol = newsroom.add_child(instance=MediaProtocolPage(title="Protocol", slug="protocol"))
    if "path" in request.fixturenames and request.getfixturevalue("path") == "/newsroom/":
        newsroom.unpublish()
    return dict(zip(PATHS, (newsroom, newsroom, None, story, office, protocol), strict=True))


@pytest.fixture
def ask(client):
    return lambda path: client.get(path, headers={"host": "localhost"})


@pytest.mark.parametrize("path", PATHS)
def test_everybodys_answer_is_short_lived_and_ends_with_the_page(pages, ask, path):
    assert 0 < seconds(ask(path)) <= get_settings().MAX_AGE
    page = pages[path]
    if page is None:
        return
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() + datetime.timedelta(seconds=20))
    assert seconds(ask(path)) <= 20


@pytest.mark.parametrize("path", PATHS)
def test_a_reader_with_a_session_gets_it_again(pages, ask, client, admin_user, path):
    client.force_login(admin_user)
    said = ask(path)["Cache-Control"]
    assert "private" in said
    assert "no-cache" in said


@pytest.mark.parametrize("path", telling(["/news/", "/news/?area=wessex", "/newsroom/"], "/news/"))
@pytest.mark.parametrize("how", ["unpublished", "restricted", "deleted"])
def test_a_hosts_cache_forgets_what_came_down(pages, kept_answers, ask, path, how):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert b"A story" in ask(path).content
        page = pages["/news/a-story/"]
        if how == "unpublished":
            page.unpublish()
        elif how == "deleted":
            page.delete()
        else:
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        clock.shift(get_settings().MAX_AGE + 1)
        assert b"A story" not in ask(path).content


@pytest.mark.parametrize("path", ["/news/", "/news/protocol/"])
def test_a_status_that_depends_on_the_date_ends_at_midnight(pages, ask, path):
    before = datetime.datetime.fromisoformat("2026-06-30T23:59:30+01:00")
    with time_machine.travel(before, tick=False):
        assert seconds(ask(path)) <= 15


@pytest.mark.parametrize("path", telling(PATHS, "/news/", "/news/a-story/"))
def test_a_page_that_is_as_it_was_is_not_sent_again(pages, ask, client, admin_user, path):
    def again(tag, **more):
        return client.get(path, headers={"host": "localhost", "if-none-match": tag, **more})

    tag = ask(path)["ETag"]
    assert tag.startswith('W/"')
    for given in (tag, tag.removeprefix("W/"), f'"another", {tag}'):
        same = again(given)
        assert (same.status_code, same.content) == (304, b"")
        assert same["ETag"] == tag
        assert seconds(same) > 0
    assert again('"another"').status_code == again("*").status_code == 200
    page = pages[path] or pages["/news/a-story/"]
    page.title = "Changed since"
    page.save_revision().publish()
    assert again(tag).status_code == 200
    assert ask(path)["ETag"] != tag
    tag = ask(path)["ETag"]
    client.force_login(admin_user)
    assert "ETag" not in again(tag)
    assert again(tag).status_code == 200


def test_a_page_by_another_policy_is_sent_again(pages, ask, client, settings):
    tag = ask("/news/office/")["ETag"]
    settings.STATIC_URL = "https://static.example/"
    settings.WAGTAIL_CPSNEWS = {"STYLESHEET": False}
    first = ask("/news/office/")["ETag"]
    settings.STATIC_URL = "https://elsewhere.example/"
    assert len({tag, first, ask("/news/office/")["ETag"]}) == 3


@pytest.mark.parametrize("path", PATHS)
def test_no_page_of_ours_touches_a_session(pages, ask, path):
    response = ask(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
