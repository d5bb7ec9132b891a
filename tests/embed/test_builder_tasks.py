"""What a webmaster does with the builder, in a browser: one choice, one click on Copy, and the list is there."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import listen, wait_for_frames
from tests.embed.test_budget import MEASURE
from tests.factories import publish_story
from tests.publisher import texts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = '<!doctype html><html lang="en"><title>Council</title>{}<p>Below the list.</p>'


@pytest.fixture
def newsroom_url(served_newsroom):
    for area in ("london-north", "london-south", "south-east", "cymru-wales", "north-east", "west-midlands"):
        publish_story(parent=served_newsroom.index, title=f"News of {area}", areas=[area])
    return served_newsroom.url


@pytest.fixture
def builder(newsroom_url, tab):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=newsroom_url)
    tab.said = []
    listen(tab, tab.said)
    tab.add_init_script(MEASURE)
    tab.goto(f"{newsroom_url}/newsroom/embed/builder/")
    return tab


def copied(builder, scope="#builder-result"):
    """Click on the first Copy button, and return what is on the clipboard."""
    place = builder.locator(scope)
    place.get_by_role("button", name="Copy").first.click()
    place.get_by_text("Copied.").first.wait_for()
    return builder.evaluate("navigator.clipboard.readText()")


#: The methods that a policy is answered for, as the answer names them.
DOORS = {"element": "element", "iframe": "frame"}

NAMES = [
    ("Camden", "", ["london-north"]),
    ("Kent Police", "", ["south-east"]),
    ("Caerdydd", "", ["cymru-wales"]),
    ("Met Police", "", ["london-north", "london-south"]),
    ("Newcastle", "West Midlands", ["west-midlands"]),
]


def test_a_name_and_one_click_give_the_right_list(builder, site, newsroom_url):
    for name, choice, areas in NAMES:
        builder.goto(f"{newsroom_url}/newsroom/embed/builder/")
        builder.get_by_label("Find your area").fill(name)
        if choice:
            builder.get_by_role("button", name=choice).click()
        expect(builder.locator(".cpsnews-shows")).to_contain_text('area "')
        builder.locator("cps-news:state(ready)").wait_for()
        wait_for_frames(builder)
        code = copied(builder)
        site.policy = f"default-src 'none'; script-src {newsroom_url}; connect-src {newsroom_url}"
        site.pages["/"] = PAGE.format(code)
        builder.goto(site.url)
        builder.locator("cps-news:state(ready)").wait_for()
        wait_for_frames(builder)
        assert sorted(texts(builder)) == [f"News of {area}" for area in areas]
        assert builder.evaluate("shifts") == []
    assert builder.said == []


def test_a_policy_with_the_sources_of_the_answer_shows_the_list(builder, site, newsroom_url):
    codes = {}
    for door in ("iframe", "element"):
        builder.goto(f"{newsroom_url}/newsroom/embed/builder/?door={door}&area=south-east")
        codes[door] = copied(builder)
    policy = builder.get_by_label("Your policy")
    policy.fill("hello")
    builder.get_by_role("button", name="Check").click()
    expect(policy).to_be_focused()
    expect(policy).to_have_accessible_description(re.compile("This is not a Content-Security-Policy"))
    policy.fill("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'")
    builder.get_by_role("button", name="Check").click()
    expect(builder.locator("#policy-error")).to_have_count(0)
    answer = builder.locator("#policy-answer")
    expect(answer).to_contain_text("Add to script-src:")
    assert "policy" not in builder.url
    policies = {door: builder.locator(f"#policy-{name}-1").text_content() for door, name in DOORS.items()}
    for door, code in codes.items():
        site.policy = policies[door]
        assert site.policy.startswith("default-src 'none'; script-src 'self'")
        site.pages["/"] = PAGE.format(code)
        builder.goto(site.url)
        place = builder.locator("cps-news") if door == "element" else builder.frame_locator("iframe")
        expect(place.locator("li > a")).to_have_text(["News of south-east"])
    assert builder.said == []


def test_code_and_preview_stay_in_view(builder):
    builder.locator("cps-news:state(ready)").wait_for()
    last = builder.get_by_label("A fixed version of the script, with its checksum")
    last.evaluate("node => node.scrollIntoView({ block: 'end' })")
    for part in (".cpsnews-result .cpsnews-sentence", ".cpsnews-result .cpsnews-copy", ".cpsnews-preview h3"):
        expect(builder.locator(part).first).to_be_in_viewport()
    # A narrow window has one column: what the choices lead to is one tap away.
    builder.set_viewport_size({"width": 320, "height": 640})
    last.scroll_into_view_if_needed()
    way = builder.get_by_role("link", name="Code and preview")
    expect(way).to_be_in_viewport()
    way.click()
    expect(builder.locator(".cpsnews-result .cpsnews-sentence")).to_be_in_viewport()
    expect(builder.locator("#builder-result")).to_be_focused()


def test_the_page_for_it_departments(builder, newsroom_url):
    """Its text for a privacy notice is copied with its paragraphs, and axe finds nothing, whatever it answers."""
    for width, lang, policy in ((1280, "en", "default-src 'none'"), (320, "cy", "hello")):
        builder.set_viewport_size({"width": width, "height": 800})
        builder.goto(f"{newsroom_url}/newsroom/embed/it/?lang={lang}")
        builder.locator("#policy-text").fill(policy)
        builder.locator("#policy button").first.click()
        builder.locator("#policy-error, #policy-answer h3").first.wait_for()
        assert builder.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        found = Axe().run(builder).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], lang
    builder.goto(f"{newsroom_url}/newsroom/embed/it/?lang=en")
    text = copied(builder, "section[aria-labelledby=it-privacy]")
    assert text.startswith("Some of our pages show a list of news from localhost")
    assert text.count("\n\n") == 2
    assert builder.said == []
