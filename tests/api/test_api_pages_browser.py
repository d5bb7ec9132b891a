"""The API's pages for people: its documentation, and an answer to look at."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import publish_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

API = "/newsroom/api/v1/"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_narrow_screens_and_dark_colours(served_newsroom, tab, width, scheme):
    publish_story(parent=served_newsroom.index, title="Harbour fraud", areas=["wessex"])
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    for path in (
        "docs/",
        "items/?format=html",
        "items/?format=html&lang=cy&area=nope",
        "nothing/?format=html",
    ):
        tab.goto(f"{served_newsroom.url}{API}{path}")
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(tab).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
    expected = "Failed to load resource"  # the last two are errors
    assert [each for each in tab.problems if not each.startswith(expected)] == []
