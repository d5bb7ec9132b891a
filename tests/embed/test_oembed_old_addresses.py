"""oEmbed for addresses that a story or a list had before."""

import pytest
from wagtail.contrib.redirects.models import Redirect

from tests.oembed import HEADLINE

# -- old addresses -----------------------------------------------------------------------------------------------------


def test_an_old_address_is_followed_as_a_reader_is(
    ask, story, newsroom, client, django_capture_on_commit_callbacks
):
    page = story(HEADLINE, slug="old")
    for slug in ("newer", "newest"):
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
    there = ask("http://localhost/news/newest/")
    for old in (
        "http://localhost/news/old/",
        "http://localhost/news/old",
        "http://localhost/news/newer/?a=b#c",
    ):
        assert ask(old) == there
    assert client.get("/news/old/", headers={"host": "localhost"}).status_code == 301
    page.unpublish()
    for address in ("old", "newest"):
        ask(f"http://localhost/news/{address}/", 404)


def test_an_old_address_of_an_index_page(ask, newsroom, story, django_capture_on_commit_callbacks):
    story(HEADLINE)
    newsroom.slug = "centre"
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.save_revision().publish()
    there = ask("http://localhost/centre/")
    assert ask("http://localhost/news/") == there


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("/news/there/", 200),
        ("http://localhost/news/there/", 200),
        ("https://elsewhere.example/news/there/", 404),
        ("/news/round/", 404),
        ("//elsewhere.example/", 404),
        ("javascript:alert(1)", 404),
    ],
)
def test_redirects_that_editors_make(ask, story, link, status):
    story(HEADLINE, slug="there")
    Redirect.objects.create(old_path="/news/round", redirect_link=link)
    answer = ask("http://localhost/news/round/", status)
    if status == 200:
        assert answer == ask("http://localhost/news/there/")
