"""Where feeds, embedded lists, the builder and the list at the mount lead: the site's index page, in the list's language."""

import re

import pytest
from wagtail.models import Locale, Site

from tests.answering import seconds
from tests.pointing import restrict
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.pages.models import NewsIndexPage

OUTPUTS = {
    "atom": "/newsroom/feeds/news.atom",
    "json": "/newsroom/feeds/news.json",
    "frame": "/newsroom/embed/list/",
    "builder": "/newsroom/embed/builder/",
}
LINKS = {
    "atom": r'<link (?=[^>]*rel="alternate")[^>]*href="([^"]*)"',
    "json": r'"home_page_url": ?"([^"]*)"',
    "frame": r'<a href="([^"]*)"[^>]*>(?:See the full list|Gweld)',
    "builder": r"&lt;a href=&quot;([^&]*(?:&amp;[^&]*)*?)&quot;",
}


@pytest.fixture
def links(client):
    """Returns where each output leads for a list."""

    def read(**params):
        found = {}
        for name, path in OUTPUTS.items():
            response = client.get(path, params, headers={"host": "localhost"})
            assert response.status_code == 200, name
            text = response.content.decode().replace("&#x27;", "'")
            match = re.search(LINKS[name], text)
            assert match, (name, text)
            found[name] = match[1].replace("amp;", "").removeprefix("http://localhost")
        return found

    return read


def test_they_lead_to_the_index_page_of_the_language(newsroom, story, links):
    story("One", areas=["wessex"])
    welsh = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.title, welsh.slug = "Canolfan newyddion", "newyddion"
    welsh.save_revision().publish()
    there = NewsIndexPage.objects.get(pk=welsh.pk).url
    assert set(links().values()) == {"/news/"}
    assert set(links(area="wessex").values()) == {"/news/?area=wessex"}
    assert {**links(language="cy"), "frame": there} == dict.fromkeys(OUTPUTS, there)
    NewsIndexPage.objects.get(pk=welsh.pk).unpublish()
    found = links(language="cy", area="wessex").values()  # some name the language of labels, too
    assert {url.removesuffix("&lang=cy") for url in found} == {"/news/?area=wessex&language=cy"}


def test_they_lead_to_the_list_at_the_mount_where_there_is_none(newsroom, story, links):
    story("One", areas=["wessex"])
    assert set(links().values()) == {"/news/"}  # kept, with its ETag
    restrict(newsroom)
    assert set(links().values()) == {"/newsroom/"}
    assert set(links(area="wessex").values()) == {"/newsroom/?area=wessex"}


# -- the list at the mount ------------------------------------------------------------------------------------------


@pytest.fixture
def leads_to(client):
    """A function that returns where the list at the mount leads, "" where it is shown."""

    def ask(query="", host="localhost"):
        response = client.get(f"/newsroom/{query}", headers={"host": host})
        if response.status_code == 200:
            assert '<link rel="canonical"' in response.content.decode()
            return ""
        assert response.status_code == 301
        return response["Location"]

    return ask


@pytest.fixture
def welsh(newsroom):
    """The index page's Welsh version."""
    page = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    page.title, page.slug = "Canolfan newyddion", "newyddion"
    page.save_revision().publish()
    return NewsIndexPage.objects.get(pk=page.pk)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("", ""),
        ("?area=wessex&area=cps&page=2&page_size=5&order=published", None),
        ("?q=court&lang=cy", None),
        ("?utm_source=letter&fbclid=1", None),
        ("?colour=red&area=nowhere", None),
        ("?language=en&lang=en&area=wessex", "?area=wessex"),
        ("?language=xx", None),
        # A legacy address, a broken one, both, and the form of the list that was here: one step.
        ("?keys=fraud&area=11&crime_type=All&page=0", "?q=fraud&area=wessex"),
        ("?amp%3Barea=wessex", "?area=wessex"),
        ("?amp%3Blanguage=en&crime_type=21&amp%3Barea=11", "?crime_type=hate-crime&area=wessex"),
        ("?area=9999&q=x", None),  # explained there
    ],
)
def test_the_list_at_the_mount_leads_to_the_index_page(welsh, leads_to, client, asked, there):
    address = f"/news/{asked if there is None else there}"
    assert leads_to(asked) == address
    assert client.get(address, headers={"host": "localhost"}).status_code in (200, 404)


def test_typed_dates_are_tidied_on_the_way(newsroom, client):
    response = client.get("/newsroom/?published_after_year=2026&q=", headers={"host": "localhost"})
    assert (response.status_code, response["Location"]) == (302, "/news/?published_after=2026-01-01")


def test_it_leads_to_the_page_of_the_language(newsroom, welsh, leads_to):
    assert leads_to("?language=cy") == leads_to("?language=cy&lang=cy") == welsh.url
    assert leads_to("?area=wessex&language=cy&lang=en") == f"{welsh.url}?area=wessex&lang=en"
    assert leads_to("?keys=llys&language=cy") == f"{welsh.url}?q=llys"
    welsh.unpublish()
    assert leads_to("?language=cy&area=wessex") == "/news/?language=cy&area=wessex"


def test_it_says_all_or_stays(newsroom, leads_to, client):
    """An address that is too long for a redirect, and one with too many parameters, are answered here."""
    assert leads_to("?" + "&".join(f"area=x{number}" for number in range(300))) == ""
    many = client.get("/newsroom/?" + "&".join(f"a{number}=1" for number in range(1500)))
    assert many.status_code == 200
    assert "too many parameters" in many.content.decode()


def test_it_is_there_again_without_the_page(newsroom, story, leads_to, client):
    story("One")
    first = client.get("/newsroom/", headers={"host": "localhost"})
    assert seconds(first) <= get_settings().MAX_AGE  # browsers would keep it for good
    newsroom.unpublish()
    assert leads_to() == leads_to("?area=wessex") == ""
    assert ">One<" in client.get("/newsroom/", headers={"host": "localhost"}).content.decode()


def test_it_leads_nobody_to_a_hidden_page_or_another_site(newsroom, leads_to, settings):
    second = (
        newsroom.get_parent()
        .get_parent()
        .add_child(instance=type(newsroom.get_parent())(title="Two", slug="two"))
    )
    Site.objects.create(hostname="second.example", port=80, root_page=second)
    assert leads_to(host="second.example") == ""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SITES": "all"}
    assert leads_to() == ""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SITES": "request"}
    assert leads_to() == "/news/"
    restrict(newsroom)
    assert leads_to() == ""
