"""Where feeds, embedded lists and the builder lead: the site's own index page, in the list's language."""

import re

import pytest
from wagtail.models import Locale

from tests.pointing import restrict
from wagtail_cpsnews.pages.models import NewsIndexPage

OUTPUTS = {
    "atom": "/newsroom/feeds/news.atom",
    "json": "/newsroom/feeds/news.json",
    "frame": "/newsroom/embed/list/",
    "builder": "/newsroom/embed/builder/",
    "canonical": "/newsroom/",
}
LINKS = {
    "atom": r'<link (?=[^>]*rel="alternate")[^>]*href="([^"]*)"',
    "json": r'"home_page_url": ?"([^"]*)"',
    "frame": r'<a href="([^"]*)"[^>]*>(?:See the full list|Gweld)',
    "builder": r"&lt;a href=&quot;([^&]*(?:&amp;[^&]*)*?)&quot;",
    "canonical": r'<link rel="canonical" href="([^"]*)"',
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


def test_the_list_at_the_mount_is_for_sites_without_one(newsroom, story, links):
    story("One", areas=["wessex"])
    assert set(links().values()) == {"/news/"}  # kept, with its ETag
    restrict(newsroom)
    assert set(links().values()) == {"/newsroom/"}
    assert set(links(area="wessex").values()) == {"/newsroom/?area=wessex"}
