"""Pasted code does no harm.

Nothing moves when the list comes, no frame is wider than its column or cuts its list.
"""

import itertools
import re

import pytest

from tests.browser import wait_for_frames
from tests.embed.test_budget import MEASURE
from tests.factories import publish_story
from tests.publisher import STRICT
from tests.telling import telling

pytestmark = pytest.mark.browser

TITLES = (
    "Man who ran a county line between Southampton and Salisbury is jailed for nine years",
    "Former solicitor sentenced for defrauding elderly clients of their savings",
    "Driver jailed after fatal collision on the A303",
    "Two convicted of conspiracy to supply cocaine across the south coast of England",
    "Prosecutors meet victims’ groups in Winchester",
)

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Council</title>{before}{code}<p id="after">Below the list there is more of the page.</p>{after}"""


@pytest.fixture
def newsroom_url(served_newsroom):
    for title in TITLES:
        publish_story(
            parent=served_newsroom.index,
            title=title,
            areas=["wessex"],
            crime_types=["fraud-and-economic-crime"],
            summary=f"{title}, the court was told on Thursday, in a case that took the police three years.",
        )
    return served_newsroom.url


@pytest.fixture
def code(newsroom_url, client):
    """The builder's code for a list."""

    def get(name="element", **params):
        import html

        page = client.get("/newsroom/embed/builder/", params, headers={"host": newsroom_url[7:]})
        return html.unescape(
            re.search(rf'<code id="builder-lines-{name}">(.*?)</code>', page.content.decode(), re.S)[1]
        )

    return get


LOOKS = [{}, {"summary": "yes"}, {"heading": "News", "paging": "more"}]


@pytest.mark.parametrize("look", telling(LOOKS, LOOKS[2]))
def test_nothing_moves_when_the_list_comes(code, site, tab, newsroom_url, look):
    tab.add_init_script(MEASURE)
    site.policy = STRICT.format(p=newsroom_url)
    surroundings = (("", ""), ("<p>One paragraph stands above the list.</p>", "<p>More</p>" * 20))
    for width, (before, after) in itertools.product((360, 1280), surroundings):
        tab.set_viewport_size({"width": width, "height": 900})
        site.pages["/"] = PAGE.format(before=before, code=code(**look), after=after)
        tab.goto(site.url)
        tab.locator("cps-news:state(ready)").wait_for()
        wait_for_frames(tab)
        assert tab.evaluate("shifts") == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # It is kept free for this list and not for another.
        spare = tab.evaluate(
            """() => { const host = document.querySelector("cps-news");
            return host.offsetHeight / host.shadowRoot.querySelector("div").offsetHeight }"""
        )
        assert 1 <= spare < 2, spare  # the page has no style: its lines are low


@pytest.mark.parametrize("look", telling(LOOKS, LOOKS[1]))
def test_a_frame_is_as_wide_as_its_column_and_shows_its_list_whole(code, site, tab, look):
    site.policy = "default-src *"
    site.pages["/"] = PAGE.format(before="", code=code("iframe", door="iframe", **look), after="")
    for width in (320, 360, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(site.url)
        frame = tab.frame_locator("iframe")
        frame.locator("li > a").first.wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert tab.evaluate("getComputedStyle(document.querySelector('iframe')).borderTopWidth") == "0px"
        # A frame has a process of its own, which learns of its size late.
        inside = tab.frames[1]
        inside.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        if width >= 360:
            inside.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
