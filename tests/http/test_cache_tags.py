"""Cache tags: which answers have which.

And that they tell of nothing that is hidden.
"""

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from tests.outputs import list_questions, story_questions
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.http.checks import check_cache_settings

API = "/newsroom/api/v1"


@pytest.fixture
def tagged(settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "CACHE_TAG_HEADERS": ["xkey", "Cache-Tag"]}

    def get(path, **headers):
        response = Client().get(path, headers={"host": "localhost", **headers})
        xkey, cache_tag = response.headers.get("xkey", ""), response.headers.get("Cache-Tag", "")
        assert xkey.split() == [tag for tag in cache_tag.split(",") if tag]
        return response, set(xkey.split())

    return get


def id_of(page):
    snapshots.current()
    return Entry.objects.get(page_pk=page.pk).pk


def test_without_the_setting_there_is_no_header(client, story):
    story("A story")
    response = client.get(f"{API}/items/", headers={"host": "localhost"})
    assert not {"xkey", "cache-tag", "surrogate-key"} & {name.lower() for name in response.headers}


def test_every_list_has_the_tag_of_lists(tagged, story):
    story("A story")
    paths = [*list_questions().values(), "/news/", "/newsroom/", f"{API}/facets/", f"{API}/areas/"]
    for path in paths:
        response, tags = tagged(path)
        assert response.status_code == (301 if path == "/newsroom/" else 200), path
        assert tags == {"news", "news-list"}, path


def test_every_answer_about_a_story_has_its_tag(tagged, story):
    page = story("A story", slug="a-story")
    pk = id_of(page)
    url = f"http://localhost{page.get_url()}"
    paths = [*story_questions(str(pk), url).values(), page.get_url()]
    for path in paths:
        response, tags = tagged(path)
        assert response.status_code == 200, path
        assert tags >= {"news", f"news-{pk}"}, path
    for path in (f"{API}/items/{pk}/", page.get_url(), f"/newsroom/embed/list/?id={pk}"):
        assert tagged(path)[1] == {"news", f"news-{pk}"}, path


def test_a_story_that_shows_others_changes_with_lists(tagged, story):
    other = story("Another story")
    link = f'<p><a linktype="page" id="{other.pk}">another</a></p>'
    linking = story("A story with a link", notes_to_editors=link)
    related = story("A story with a list", body=[("live_list", {"heading": "News"})])
    for page in (linking, related):
        pk = id_of(page)
        for path in (f"{API}/items/{pk}/", page.get_url()):
            assert tagged(path)[1] == {"news", "news-list", f"news-{pk}"}, path


def test_what_is_hidden_is_not_told(tagged, story):
    page = story("A story", slug="a-story")
    pk = id_of(page)
    url = f"http://localhost{page.get_url()}"
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    for path in [*story_questions(str(pk), url).values(), *list_questions().values(), page.get_url()]:
        response, tags = tagged(path)
        assert str(pk) not in " ".join(tags), path
        assert response.status_code in (200, 301) or not tags, path


def test_only_what_caches_keep_has_tags(tagged, story):
    story("A story")
    response, tags = tagged(f"{API}/items/?page=0")
    assert (response.status_code, tags) == (400, set())
    response, tags = tagged(f"{API}/items/")
    again, none = tagged(f"{API}/items/", if_none_match=response["ETag"])
    assert (again.status_code, none) == (304, set())
    assert tagged("/newsroom/feeds/feed.css")[1] == set()
    assert tagged("/newsroom/embed/v1.js")[1] == set()


def no_argument():
    """A hook that can't be called with tags."""


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ({"CACHE_TAG_HEADERS": ("Surrogate-Key",)}, []),
        ({"CACHE_TAG_HEADERS": "xkey"}, ["cpsnews.E065"]),
        ({"CACHE_TAG_HEADERS": ["x key"]}, ["cpsnews.E065"]),
        ({"PURGE_TAGS": "tests.http.nothing.purge"}, ["cpsnews.E066"]),
        ({"PURGE_TAGS": "tests.http.test_cache_tags.no_argument"}, ["cpsnews.E066"]),
        ({"PURGE_TAGS": "wagtail_cpsnews.http.varnish.purge"}, ["cpsnews.E067"]),
        ({"PURGE_TAGS": "wagtail_cpsnews.http.varnish.purge", "VARNISH_URLS": ["http://a:6081/"]}, []),
        ({"VARNISH_URLS": ["127.0.0.1:6081"]}, ["cpsnews.E067"]),
    ],
)
def test_settings_that_are_wrong(settings, value, ids):
    settings.WAGTAIL_CPSNEWS = value
    assert [message.id for message in check_cache_settings(None)] == ids
