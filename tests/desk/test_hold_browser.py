"""Hold a story on a telephone, by keyboard and without JavaScript: two steps, and the answer is announced."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.editors import make_editor
from tests.factories import publish_story
from wagtail_cpsnews.catalogue.models import PublicationStop

pytestmark = [pytest.mark.browser, pytest.mark.slow]

A_HOLD = re.compile(r"/admin/newsroom/holds/\w{4}-\w{4}/$")
PHONE = {"width": 320, "height": 640}


@pytest.fixture
def page(served_newsroom):
    """A public story, and an editor who may hold and not publish."""
    editor = make_editor("officer", rights=("hold_story",))
    editor.save()
    return publish_story(parent=served_newsroom.index, title="Rowan Pell charged")


def log_in(tab, origin, path):
    tab.goto(f"{origin}/admin/login/?next={path}")
    tab.fill("[name=username]", "officer")
    tab.fill("[name=password]", "officer")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{origin}{path}")


def assert_fits(tab):
    """Check that nothing of the page's own is wider than the screen."""
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def findings(tab):
    """What axe-core says against the content; Wagtail's frame is Wagtail's."""
    results = Axe().run(tab, context="main .nice-padding, main .w-field__wrapper")
    return [(one["id"], one["nodes"][0]["html"]) for one in results.response["violations"]]


def test_two_steps_by_keyboard_on_a_phone(tab, page, served_newsroom):
    tab.set_viewport_size(PHONE)
    log_in(tab, served_newsroom.url, f"/admin/newsroom/holds/hold/{page.pk}/")
    assert_fits(tab)
    assert findings(tab) == []
    button = tab.get_by_role("button", name="Hold this story")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] <= PHONE["height"]  # no scrolling
    assert button.bounding_box()["height"] >= 44
    button.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(A_HOLD)
    stop = PublicationStop.objects.get()
    status = tab.get_by_role("status").first
    assert f"The story is on hold. Reference: {stop.reference}." in status.inner_text()
    assert tab.evaluate("document.activeElement.textContent.trim()") == f"Hold {stop.reference}"
    assert_fits(tab)
    assert findings(tab) == []
    assert tab.request.get(page.get_full_url()).status == 410
    undo = tab.get_by_role("button", name="Undo the hold")
    undo.focus()
    tab.keyboard.press("Enter")
    tab.get_by_text("The story is public again").wait_for()
    assert tab.request.get(page.get_full_url()).status == 200


def test_without_javascript(chromium, page, served_newsroom):
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    tab = context.new_page()
    log_in(tab, served_newsroom.url, f"/admin/newsroom/holds/hold/{page.pk}/")
    tab.get_by_role("button", name="Hold this story").click()
    tab.wait_for_url(A_HOLD)
    assert "Where it is gone" in tab.inner_text("main")
    assert PublicationStop.objects.get().is_in_force
    context.close()
