"""Outcomes as readers see them.

Nothing that axe-core finds, narrow screens, forced colours.
"""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import publish_story
from tests.telling import telling
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

pytestmark = pytest.mark.browser

NOON = datetime.datetime(2026, 3, 14, 12, 0, tzinfo=datetime.UTC)


def update(kind, text, label="", concerns="", days=0):
    key = str(OutcomeLabel.objects.get(name=label).translation_key) if label else ""
    date = NOON + datetime.timedelta(days=days)
    return ("update", {"kind": kind, "outcome": key, "concerns": concerns, "text": text, "date": date})


@pytest.fixture
def pages(served_newsroom):
    """The addresses of everything that shows the story, by what surrounds it."""
    long = (
        "The jury returned its verdict after four days and found that he had not known what the boxes held. "
        * 3
    )
    charged = publish_story(
        parent=served_newsroom.index,
        title="Three will be charged over a harbour fraud",
        summary="Three people will be charged with conspiracy to defraud the harbour board.",
        areas=["wessex"],
        kind="press-release",
        updates=[
            update("outcome", long, "Not guilty", "One of three defendants", 1),
            update(
                "outcome",
                "Proceedings against her have ended.",
                "Discontinued",
                "Another of three defendants",
            ),
            update("correction", "The board lost £40,000, not £400,000.", days=3),
        ],
    )
    publish_story(
        parent=served_newsroom.index,
        title="Landlord fined",
        updates=[update("correction", "The flat had two rooms.")],
    )
    linking = publish_story(
        parent=served_newsroom.index,
        title="How we decide",
        body=[
            ("related_stories", {"heading": "", "stories": [charged.pk]}),
            ("live_list", {"heading": "", "q": "", "page_size": 5}),
        ],
    )
    url = served_newsroom.url
    return {
        "list": f"{url}/news/?order=published",
        "story": f"{url}{charged.url.removeprefix(url)}",
        "blocks": f"{url}{linking.url.removeprefix(url)}",
        "frame": f"{url}/newsroom/embed/list/?summary=yes&heading=News&theme=",
    }


@pytest.mark.parametrize("theme", telling(["light", "dark"], "dark"))
def test_axe_narrow_screens_and_forced_colours(pages, tab, theme):
    width = {"light": 1280, "dark": 320}[theme]
    tab.set_viewport_size({"width": width, "height": 900})
    for name, url in pages.items():
        tab.emulate_media(color_scheme=theme, forced_colors="none")
        tab.goto(f"{url}{theme}" if name == "frame" else url)
        assert "One of three defendants: not guilty" in tab.locator("main").inner_text()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        rules = {"page-has-heading-one": {"enabled": name != "frame"}}
        found = Axe().run(tab, options={"rules": rules}).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], name
        tab.emulate_media(forced_colors="active")
        bar = tab.locator(".cpsnews-outcome, .cps-outcome").first.evaluate(
            "e => [getComputedStyle(e).borderInlineStartStyle, getComputedStyle(e).borderInlineStartWidth]"
        )
        assert bar == ["solid", "4px"], name
