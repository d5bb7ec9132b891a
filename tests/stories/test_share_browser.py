"""Copying and printing a story, with the page's own policy; without scripts the address alone."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect
from wagtail.images import get_image_model

from tests import pictures
from tests.factories import make_contact, publish_story
from tests.frontend.test_story_page import table_of
from tests.stories.test_outcomes_browser import update

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTE = """(() => {
  window.printed = 0;
  window.print = () => { printed++; };
  window.copied = [];
  navigator.clipboard.writeText = async (text) => { copied.push(text); };
})()"""


def test_buttons_copy_and_print(served_newsroom, tab):
    outcome = update("outcome", "The jury found so.", concerns="One of three")
    page = publish_story(
        parent=served_newsroom.index, title="A headline", summary="A wage and a room.", updates=[outcome]
    )
    tab.add_init_script(NOTE)
    address = page.get_full_url()
    tab.goto(address)
    tab.get_by_role("button", name="Copy link").click()
    expect(tab.get_by_role("status")).to_have_text("Link copied")
    tab.get_by_role("button", name="Copy as quotation").click()
    expect(tab.get_by_role("status")).to_have_text("Quotation copied")
    link, quotation = tab.evaluate("copied")
    assert link == address
    first, said, title, last = quotation.split("\n")
    assert first == "“A wage and a room.”"
    assert "The jury found so." in said  # nobody quotes the accusation without how it ended
    assert title.startswith("A headline, ")
    assert last == address
    tab.get_by_role("button", name="Print").click()
    assert tab.evaluate("printed") == 1
    tab.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }")
    tab.get_by_role("button", name="Copy link").click()
    expect(tab.get_by_role("status")).to_contain_text("Select the address above")


def test_without_scripts_the_address_is_there_and_no_button(served_newsroom, chromium):
    page = publish_story(parent=served_newsroom.index, title="A headline")
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page.get_full_url())
    expect(tab.get_by_text("Address of this page:")).to_be_visible()
    expect(tab.locator(".cpsnews-share code")).to_have_text(page.get_full_url())
    expect(tab.locator(".cpsnews-share button:visible")).to_have_count(0)
    context.close()


def test_on_paper_are_the_address_and_all_numbers_but_not_what_holds_only_now(served_newsroom, tab, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LICENCE": {"name": "Free"}}
    make_contact("Duty desk", national=True, hours=[("0 1 2 3 4 5 6", "00:00", "00:00")])
    image = get_image_model().objects.create(
        title="Harbour", file=ContentFile(pictures.jpeg(size=(300, 200)), "harbour.jpg")
    )
    page = publish_story(parent=served_newsroom.index, title="A headline", image=image)
    tab.goto(page.get_full_url())
    only_now = [
        *("Working with the media", "Answers now", "Download picture", "Copy link", "Report a mistake"),
        "All stories",
    ]
    for words in only_now:
        expect(tab.get_by_text(words).first).to_be_visible()
    tab.emulate_media(media="print")
    for words in only_now:
        expect(tab.get_by_text(words).first).to_be_hidden()
    expect(tab.locator(".cpsnews-share code")).to_have_text(page.get_full_url())
    expect(tab.locator(".cpsnews-share code")).to_be_visible()
    expect(tab.locator(".cpsnews-desk .cpsnews-tel")).to_be_visible()


def test_a_wide_table_scrolls_on_a_telephone_and_is_whole_on_paper(served_newsroom, tab):
    rows = [[f"Area {number}", *["1,204"] * 10] for number in range(3)]
    page = publish_story(
        parent=served_newsroom.index,
        title="Figures",
        body=[table_of(rows, ["Area", *map(str, range(2016, 2026))], total_row=True)],
    )
    tab.goto(page.get_full_url())
    sizes = "box => [box.clientWidth, box.scrollWidth, document.documentElement.scrollWidth]"
    tab.set_viewport_size({"width": 320, "height": 800})
    width, needed, of_page = tab.locator(".cpsnews-scroll").evaluate(sizes)
    assert width < needed
    assert of_page == 320
    tab.set_viewport_size({"width": 680, "height": 800})  # about the width of A4
    overflow = "box => getComputedStyle(box).overflowX"
    assert tab.locator(".cpsnews-scroll").evaluate(overflow) == "auto"
    tab.emulate_media(media="print")
    assert tab.locator(".cpsnews-scroll").evaluate(overflow) == "visible"
    width, needed, of_page = tab.locator(".cpsnews-scroll").evaluate(sizes)
    assert (needed, of_page) == (width, 680)
