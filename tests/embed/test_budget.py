"""What the widget costs its host.

Requests, layout shift, the largest paint; the back button; accessibility.
"""

from pathlib import Path

import pytest

from tests.browser import FLAGS, executable, listen, wait_for_frames
from tests.publisher import texts, until, update
from wagtail_cpsnews.embed.snippet import list_address

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "widget/node_modules/axe-core/axe.min.js"

#: Keeps what the browser measured before the page could ask.
MEASURE = """window.shifts = []; window.paints = [];
  new PerformanceObserver(list => shifts.push(...list.getEntries().map(e => e.value))).observe({type: 'layout-shift', buffered: true});
  new PerformanceObserver(list => paints.push(...list.getEntries().map(e => [e.element?.id, e.startTime])))
    .observe({type: 'largest-contentful-paint', buffered: true});"""


def test_two_requests_in_parallel_with_preload(publisher, show, tab):
    given = {"page-size": "5", "lang": "en", "area": "wessex", "q": "~story *", "summary": "yes"}
    given["filter"] = "court=leeds crown_bench=one court=hull"
    publisher._fits = lambda story, query: True
    publisher.script_gate.clear()  # the list is asked for before the script has come
    address = list_address(publisher.mount, given).replace("&", "&amp;")
    head = f'<link rel="preload" as="fetch" crossorigin href="{address}">'
    attributes = " ".join(f'{name}="{value}"' for name, value in given.items())
    warnings = []
    listen(tab, warnings)
    with tab.expect_response("**/api/v1/items/**"):
        show(attributes, head=head, state=None)
    publisher.script_gate.set()
    tab.wait_for_selector("cps-news:state(ready)")
    assert len(texts(tab)) == 5
    assert len(publisher.requests) == 1
    assert "&court=leeds&court=hull&crown_bench=one&facets=" in address.replace("&amp;", "&")
    assert publisher.scripts == 1
    assert warnings == []
    # And from then on the network is asked again.
    tab.eval_on_selector("cps-news", "e => e.refresh()")
    assert len(publisher.requests) == 2


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param('loading="eager"', marks=pytest.mark.slow),
        'summary="yes" paging="more" filters="area" search',
    ],
)
def test_no_layout_shift_and_the_hosts_largest_paint_is_its_own(publisher, site, show, tab, attributes):
    site.policy = "default-src * 'unsafe-inline'"
    tab.add_init_script(MEASURE)
    publisher.gate.clear()
    publisher.script_gate.clear()
    hero = '<p id="hero" style="font-size: 60px">The largest text that there is on the page of the host</p>'
    show(
        f'page-size="3" {attributes}',
        before=hero,
        after='<p id="after">Below the list</p>',
        head="<style>cps-news { display: block; min-block-size: 36rem }</style>",
        state=None,
    )
    tab.wait_for_function("() => paints.at(-1)?.[0] === 'hero'")
    wait_for_frames(tab)
    painted = tab.evaluate("paints")
    assert [name for name, _ in painted][-1] == "hero"
    place = tab.evaluate("after.getBoundingClientRect().top")
    publisher.script_gate.set()
    tab.wait_for_selector("cps-news:state(loading)")
    wait_for_frames(tab)
    publisher.gate.set()
    tab.wait_for_selector("cps-news:state(ready)")
    wait_for_frames(tab)
    assert tab.evaluate("after.getBoundingClientRect().top") == place
    assert tab.evaluate("shifts") == []
    assert tab.evaluate("paints") == painted


def test_shifts_are_seen_where_no_place_is_reserved(publisher, site, show, tab):
    """The measurement above can fail."""
    site.policy = "default-src * 'unsafe-inline'"
    tab.add_init_script(MEASURE)
    publisher.gate.clear()
    show(after='<p style="font-size: 60px">Below the list</p>', state="loading")
    wait_for_frames(tab)
    publisher.gate.set()
    tab.wait_for_selector("cps-news:state(ready)")
    tab.wait_for_function("() => shifts.length")


def test_the_back_button_brings_a_page_that_asks_again(publisher, site, chromium):
    """Playwright switches the back/forward cache off: a browser of its own."""
    browser = chromium.browser_type.launch(
        executable_path=executable(), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        tab = browser.new_page()
        site.pages["/"] = (
            f'<!doctype html><html lang="en"><title>Host</title><script type="module" src="{publisher.mount}embed/v1.js"></script>'
            f'<script>addEventListener("pageshow", e => window.kept = e.persisted)</script>'
            f'<cps-news src="{publisher.mount}"><a href="/list/">All</a></cps-news>'
        )
        site.pages["/list/"] = "<!doctype html><title>List</title>"
        tab.goto(site.url)
        tab.wait_for_selector("cps-news:state(ready)")
        tab.evaluate("window.mine = 1")
        tab.goto(f"{site.url}list/")
        gone = publisher.stories.pop(0)
        tab.go_back(wait_until="commit")
        tab.wait_for_function("() => window.mine === 1 && window.kept")
        until(tab, "querySelector('li a')?.textContent == 'Story 2'")
        assert gone["title"] not in texts(tab)
        assert len(publisher.requests) == 2
    finally:
        browser.close()


@pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is not installed: `make widget-tools`, which needs npm"
)
def test_axe_finds_nothing_in_any_state(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline' data:"

    def check(tab, state):
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
            ".map(v => [v.id, v.nodes.map(n => n.target.join() + n.failureSummary)])"
        )
        assert found == [], state

    publisher.stories[0]["latest_updates"] = [
        update("outcome", "One of three defendants: not guilty"),
        update("outcome", "Un o dri: dieuog", language="cy"),
    ]
    publisher.stories[1]["latest_updates"] = [update()]
    everything = 'heading="News" summary="yes" filters="area crime-type" search page-size="4"'
    for theme in ("", ' theme="light"', ' theme="dark"'):
        tab = show(f'{everything} paging="more"{theme}')
        check(tab, f"ready{theme}")
    tab.locator("cps-news summary").click()
    tab.get_by_role("button", name="Show more stories").click()
    until(tab, "querySelectorAll('li').length == 8")
    check(tab, "more")
    tab = show(f'{everything} paging="pages"', lang="cy")
    check(tab, "Welsh")
    publisher.stories = []
    check(show(everything, state="empty"), "empty")
    publisher.gate.clear()
    check(show(everything, state="loading"), "loading")
    publisher.gate.set()
    publisher.status = 500
    check(show(everything, state="error"), "error")
