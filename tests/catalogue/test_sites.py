"""Which site's stories a host's readers see, and where a story is read."""

import pytest
from wagtail.models import Page, Site

from wagtail_cpsnews.catalogue.sites import SiteRoot, root_of, site_for_host, site_ids


def root(number, hostname, port=80, path=None, default=False):
    return SiteRoot(
        number, path or f"/site{number}/", f"http://{hostname}", "en", hostname, port, default, number
    )


ROOTS = (
    root(1, "a.example", default=True),
    root(2, "b.example"),
    root(3, "b.example", 8080),
    root(4, "c.example", path="/site1/inner/"),
)


@pytest.mark.parametrize(
    ("hostname", "port", "site"),
    [
        ("a.example", "80", 1),
        ("a.example", "9000", 1),
        ("b.example", "8080", 3),
        ("b.example", "9", 1),
        ("c.example", "443", 4),
        ("x.example", "80", 1),
        ("", "", 1),
        ("c.example", "x", 4),
    ],
)
def test_the_site_of_a_host(hostname, port, site):
    assert site_for_host(ROOTS, hostname, port) == site


def test_without_a_default_site_an_unknown_host_has_none():
    assert site_for_host(ROOTS[1:], "x.example", "80") is None


def test_a_site_inside_another():
    assert site_ids(ROOTS, 1) == [1, 4]
    assert site_ids(ROOTS, 4) == [4]
    assert root_of(ROOTS, "/site1/inner/story/").site_id == 4
    assert root_of(ROOTS, "/site1/other/").site_id == 1
    assert root_of(ROOTS, "/nowhere/") is None


@pytest.fixture
def second_site(newsroom, story):
    from tests.factories import HomePageFactory, NewsIndexPageFactory

    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Second", slug="second")
    Site.objects.create(hostname="second.example", port=80, root_page=home)
    story("On the first")
    return story("On the second", parent=NewsIndexPageFactory(parent=home, title="News", slug="news"))


def ask(client, host, path="items/", **params):
    return client.get(f"/newsroom/api/v1/{path}", params, headers={"host": host})


def test_each_host_lists_its_own_site(client, second_site):
    listed = {
        host: [item["title"] for item in ask(client, host).json()["results"]]
        for host in ("localhost", "second.example")
    }
    assert listed == {"localhost": ["On the first"], "second.example": ["On the second"]}
    item = ask(client, "second.example").json()["results"][0]
    assert item["url"] == "http://second.example/news/on-the-second/"
    assert ask(client, "localhost", f"items/{item['id']}/").status_code == 404
    assert ask(client, "second.example", f"items/{item['id']}/").status_code == 200
    assert ask(client, "localhost").headers["ETag"] != ask(client, "second.example").headers["ETag"]
    page = client.get("/newsroom/", headers={"host": "second.example"}, follow=True).content.decode()
    assert "On the second" in page
    assert "On the first" not in page


def test_a_setting_lists_all_sites(client, second_site, settings):
    settings.WAGTAIL_CPSNEWS = {"SITES": "all"}
    assert ask(client, "localhost").json()["count"] == 2


def test_a_host_that_no_site_answers_for_lists_nothing(client, second_site):
    Site.objects.update(is_default_site=False)
    Site.objects.first().save()
    answer = ask(client, "unknown.example", q="second").json()
    assert answer["count"] == 0
    assert answer["summary"] == 'No results for search term "second"'


def test_a_new_hostname_changes_addresses_at_once(client, second_site):
    site = Site.objects.get(hostname="second.example")
    site.hostname = "renamed.example"
    site.save()
    assert (
        ask(client, "renamed.example").json()["results"][0]["url"]
        == "http://renamed.example/news/on-the-second/"
    )


def test_stories_of_another_front_end(client, story, settings):
    story("Read elsewhere")
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": "https://www.example.org/"}
    assert (
        ask(client, "localhost").json()["results"][0]["url"] == "https://www.example.org/news/read-elsewhere/"
    )
