"""The widget on somebody else's site.

Another origin, a strict policy, a real browser.
"""

import socket

import pytest

from demo import partner
from tests.factories import publish_story

pytestmark = pytest.mark.browser

WESSEX, CRIME = "cps-news[area=wessex]", "cps-news[crime-type]"


@pytest.fixture
def partner_url(served_newsroom):
    """The partner's page, on an origin of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = partner.serve(port, served_newsroom.url)
    yield f"http://127.0.0.1:{port}/"
    server.shutdown()


def headlines(tab, element):
    tab.wait_for_function("e => document.querySelector(e).state !== 'loading'", arg=element)
    return tab.eval_on_selector(
        element, "e => [...e.shadowRoot.querySelectorAll('li a')].map(a => a.textContent)"
    )


def test_two_lists_fill_on_another_origin(served_newsroom, partner_url, tab):
    parent = served_newsroom.index
    publish_story(parent=parent, title="Fly-tipper fined in Dorset", areas=["wessex"])
    publish_story(
        parent=parent,
        title="Smuggling ring broken",
        areas=["cps"],
        crime_types=["international-and-organised-crime"],
    )
    publish_story(parent=parent, title="Told in London only", areas=["london-north"])
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(ready)")
    tab.wait_for_selector(f"{CRIME}:state(ready)")
    assert headlines(tab, WESSEX) == ["Fly-tipper fined in Dorset"]
    assert headlines(tab, CRIME) == ["Smuggling ring broken"]
    assert tab.problems == []


def test_a_story_that_comes_down_leaves_the_list(served_newsroom, partner_url, tab):
    kept = publish_story(parent=served_newsroom.index, title="Kept", areas=["wessex"])
    gone = publish_story(parent=served_newsroom.index, title="Withdrawn", areas=["wessex"])
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(ready)")
    assert headlines(tab, WESSEX) == ["Withdrawn", "Kept"]
    gone.unpublish()
    tab.eval_on_selector(WESSEX, "e => e.refresh()")
    assert headlines(tab, WESSEX) == ["Kept"]
    kept.unpublish()
    tab.eval_on_selector(WESSEX, "e => e.refresh()")
    assert headlines(tab, WESSEX) == []


def test_yesterdays_embed_still_fills_after_a_merger(served_newsroom, partner_url, tab):
    from wagtail_cpsnews.taxonomy.models import Area

    publish_story(parent=served_newsroom.index, title="From Wessex", areas=["wessex"])
    publish_story(parent=served_newsroom.index, title="From the South West", areas=["south-west"])
    Area.find("wessex").merge_into(Area.find("south-west"))
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(ready)")
    assert headlines(tab, WESSEX) == ["From the South West", "From Wessex"]


def test_the_link_stays_when_there_is_no_publisher(partner_url, tab, served_newsroom):
    tab.route("**/api/v1/items/**", lambda route: route.abort())
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(error)")
    assert tab.locator(f"{WESSEX} > p a").is_visible()


def test_markup_in_a_headline_stays_text(served_newsroom, partner_url, tab):
    title = "<img src=x onerror=alert(1)> & 'quotes'"
    publish_story(parent=served_newsroom.index, title=title, slug="markup", areas=["wessex"])
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(ready)")
    assert headlines(tab, WESSEX) == [title]
    assert tab.problems == []


def test_a_list_fills_where_a_taxonomy_is_off(served_newsroom, partner_url, tab, settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False, "area": {"en": ("ward", "wards")}}}
    publish_story(parent=served_newsroom.index, title="Library opens", areas=["wessex"])
    tab.goto(partner_url)
    tab.wait_for_selector(f"{WESSEX}:state(ready)")
    assert headlines(tab, WESSEX) == ["Library opens"]
