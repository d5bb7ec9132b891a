"""A feed in a browser: readable, and its links can be followed."""

import pytest

from tests.factories import publish_story

pytestmark = pytest.mark.browser


def test_rss_and_atom_are_pages_to_people(served_newsroom, tab):
    publish_story(parent=served_newsroom.index, title="Fly-tipper fined", slug="fined", areas=["wessex"])
    for form in ("rss", "atom"):
        tab.goto(f"{served_newsroom.url}/newsroom/feeds/news.{form}?area=wessex")
        assert tab.title() == 'News from localhost: area "Wessex"'
        assert tab.get_by_role("heading", level=1).inner_text() == 'News from localhost: area "Wessex"'
        # Only the page for people: nothing of the feed beside it.
        text = tab.evaluate("document.documentElement.innerText ?? document.documentElement.textContent")
        shown = tab.locator("css=div").inner_text()
        assert "Fly-tipper fined" in shown
        assert "urn:uuid" not in shown
        assert "urn:uuid" in text
        assert not tab.locator("css=guid, entry, item").first.is_visible()
        tab.set_viewport_size({"width": 320, "height": 700})
        tab.wait_for_function("document.documentElement.scrollWidth === 320")
        tab.get_by_role("link", name="Fly-tipper fined").click()
        tab.wait_for_url(f"{served_newsroom.url}/news/fined/")
    assert tab.problems == []
