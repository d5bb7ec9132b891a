"""What screen readers are given in each state: Chromium's accessibility tree, as ``transcripts/`` has it.

The element’s transcripts are whole: nothing else may be there. A page’s names what must be there, in its order; more may
be there too, such as who answers now. What a tree does not say is asserted beside it: where the focus is, and that a status
is there before it is filled.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import wait_until
from tests.factories import publish_story
from tests.publisher import focused, story, update
from tests.stories.test_outcomes_browser import update as page_update

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def expect_transcript(locator, name):
    """Wait until the accessibility tree has what the transcript says."""
    expect(locator).to_match_aria_snapshot((TRANSCRIPTS / f"{name}.yml").read_text(encoding="utf-8"))


def test_every_transcript_is_used():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in TRANSCRIPTS.iterdir() if f'"{path.stem}"' not in source] == []


def test_the_element(publisher, show):
    outcome = update("outcome", "One of three: not guilty", "The jury found so.")
    publisher.stories[0] = story(1, latest_updates=[outcome, update()])
    tab = show('heading="News" page-size="2" paging="more" filters="area" search="yes" summary="yes"')
    element = tab.locator("cps-news")
    expect_transcript(element, "element-list")
    # Nothing is announced by the first load, and the status is there to be filled.
    status = element.get_by_role("status").element_handle()
    assert status.text_content() == ""
    assert not focused(tab)

    element.locator("summary").first.click()
    box = element.get_by_label("Wessex")
    box.check()
    expect_transcript(element, "element-filtered")
    assert status.text_content() == "Showing 2 of 12"
    expect(box).to_be_focused()

    element.get_by_role("button", name="Show more stories").click()
    expect_transcript(element, "element-more")
    assert status.text_content() == "Stories added: 2"
    assert focused(tab) == "Story 3"

    publisher.status = 500
    element.get_by_label("Kent").check()
    expect_transcript(element, "element-error-later")
    assert status.text_content() == "The stories could not be loaded."

    publisher.status, publisher.stories = 200, []
    element.get_by_label("Kent").uncheck()
    expect_transcript(element, "element-empty")


def test_the_element_without_its_publisher(publisher, show):
    publisher.status = 500
    tab = show('heading="News"', state="error")
    expect_transcript(tab.locator("main"), "element-error")
    assert tab.locator("cps-news").get_by_role("alert").count() == 0


@pytest.fixture
def site_url(served_newsroom):
    """The address of a newsroom with a story that has an outcome, and a dozen others."""
    index = served_newsroom.index
    for number in range(12):
        publish_story(parent=index, title=f"Theft {number}", areas=["south-east"])
    publish_story(parent=index, title="Assault", areas=["north-east"])
    publish_story(
        parent=index,
        title="Three will be charged",
        slug="three",
        summary="Three people.",
        areas=["wessex"],
        updates=[
            page_update("outcome", "The jury found so.", "Not guilty", "One of three defendants", 1),
            page_update("correction", "£40,000, not £400,000.", days=3),
        ],
    )
    return served_newsroom.url


def test_the_pages(site_url, tab):
    main = tab.get_by_role("main")
    for name, path in (
        ("page-list", "/news/?area=wessex"),
        ("page-more", "/news/?area=south-east"),
        ("page-error", "/news/?area=nope&published_after=x"),
        ("page-empty", "/news/?q=zebra"),
        ("page-story", "/news/three/"),
    ):
        tab.goto(f"{site_url}{path}")
        expect_transcript(main, name)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site_url)
    copy = tab.get_by_role("button", name="Copy link")
    copy.click()
    expect_transcript(main, "page-copied")
    expect(copy).to_be_focused()
    tab.goto(f"{site_url}/news/?area=south-east")
    expect(tab.locator("[aria-current=page]")).to_have_accessible_name("Page 1")


def test_the_builder(site_url, tab):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site_url)
    tab.goto(f"{site_url}/newsroom/embed/builder/")
    said = tab.locator("#builder-said").element_handle()
    tab.get_by_label("Find your area").fill("Newcastle")
    main = tab.get_by_role("main")
    expect_transcript(main, "builder-found")
    tab.get_by_role("button", name="North East").click()
    wait_until(tab, lambda: "North East" in said.text_content())
    expect(tab.get_by_role("checkbox", name="North East")).to_be_focused()
    code = tab.get_by_role("region", name="Embed code")
    status = code.get_by_role("status").element_handle()
    code.get_by_role("button", name="Copy").click()
    expect_transcript(main, "builder-copied")
    assert status.text_content() == "Copied."
    expect(code.get_by_role("button", name="Copy")).to_be_focused()
    field = tab.get_by_label("Your policy")
    field.fill("hello")
    tab.get_by_role("button", name="Check").click()
    expect_transcript(main, "builder-error")
    expect(field).to_be_focused()
    assert "not a Content-Security-Policy" in field.evaluate(
        "node => node.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join(' ')"
    )
