"""The example's robots.txt and sitemaps."""

import re
from xml.etree import ElementTree

from wagtail.models import Locale

from tests.factories import draft_story
from tests.pointing import restrict
from wagtail_cpsnews.feeds import sitemap as stories
from wagtail_cpsnews.pages.models import NewsIndexPage, PressOfficePage


def _get(client, path):
    response = client.get(path, headers={"host": "localhost"})
    assert response.status_code == 200, path
    return response.content.decode()


def _addresses(xml):
    return [element.text for element in ElementTree.fromstring(xml).iter() if element.tag.endswith("}loc")]


def test_robots_find_every_public_page_once(newsroom, story, client, monkeypatch):
    pages = [story("One"), story("Two"), newsroom, newsroom.get_parent()]
    pages.append(newsroom.add_child(instance=PressOfficePage(title="Office", slug="office")))
    welsh = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.save_revision().publish()
    pages += [NewsIndexPage.objects.get(pk=welsh.pk)]
    restrict(newsroom.add_child(instance=PressOfficePage(title="Secret", slug="secret")))
    draft_story(parent=newsroom, title="Draft")
    pages[0].create_alias(parent=newsroom.get_parent())
    monkeypatch.setattr(stories, "PART", 1)
    index = re.search(r"^Sitemap: (.*)$", _get(client, "/robots.txt"), re.MULTILINE)[1]
    found = []
    for address in _addresses(_get(client, index)):
        xml = _get(client, address)
        assert "<sitemapindex" not in xml  # an index may not name another
        found += _addresses(xml)
    assert sorted(found) == sorted(f"http://localhost{page.get_url()}" for page in pages)
