"""The widget with answers that are no lists, with too much in them, or that do not come."""

import pytest

from tests.browser import FETCHES, stop_clock
from tests.publisher import focused, texts, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROKEN = (
    "",
    "null",
    "[]",
    "<!doctype html>",
    '{"results": []}',
    '{"results": [{"id": "1"}], "query": {"lang": "en"}}',
    '{"results": [{"id": "1", "title": "A", "latest_updates": 7}], "query": {"lang": "en"}}',
)
COUNT = """window.failures = [];
    addEventListener('cps-news:error', event => failures.push([event.detail.status, !!event.detail.error]))"""


def style(tab, selector, name):
    script = "(e, [selector, name]) => getComputedStyle(e.shadowRoot.querySelector(selector))[name]"
    return tab.eval_on_selector("cps-news", script, [selector, name])


def top(tab, selector):
    script = "(e, selector) => e.shadowRoot.querySelector(selector).getBoundingClientRect().top"
    return tab.eval_on_selector("cps-news", script, selector)


def test_an_answer_that_is_no_list_is_an_error(publisher, show, tab):
    tab.add_init_script(COUNT)
    publisher.raw = BROKEN[0]
    show(state="error")
    for body in BROKEN[1:]:
        publisher.raw = body
        assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "error", body
    assert tab.evaluate("failures") == [[200, True]] * len(BROKEN)
    assert tab.locator("cps-news > p a").is_visible()
    # A list that is there stays, but for an answer that was drawn in part.
    publisher.raw = None
    assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "ready"
    for body in BROKEN[:-1]:
        publisher.raw = body
        assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "ready", body
        assert len(texts(tab)) == 10
    publisher.raw = BROKEN[-1]
    assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "error"
    assert texts(tab) == []
    assert tab.problems == []


def test_no_more_stories_and_filters_than_a_page_can_carry(publisher, show):
    publisher.stories *= 1000
    for number, story in enumerate(publisher.stories):
        publisher.stories[number] = story | {"id": str(number)}
    usual = publisher._answer

    def answer(query):
        terms = [{"slug": f"a{n}", "label": "A", "count": 1, "selected": False} for n in range(5000)]
        return usual(query) | {"facets": {"area": terms}}

    publisher._answer = answer
    tab = show('page-size="12000" filters="area"')
    shadow = "document.querySelector('cps-news').shadowRoot"
    count = f"['li', 'input[name=area]'].map(each => {shadow}.querySelectorAll(each).length)"
    assert tab.evaluate(count) == [100, 500]


def test_a_reader_sees_at_once_that_it_is_working_and_is_told_after_a_second(publisher, show, tab):
    stop_clock(tab)
    show('paging="more" page-size="5" filters="area" search')
    said = ""
    for act, below, shown in ((more, True, 5), (choose, False, 10), (search, False, 5)):
        publisher.gate.clear()
        act(tab)
        assert float(style(tab, ".busy", "opacity")) < 1
        assert texts(tab, "[part=status]") == [said]
        tab.clock.fast_forward(1100)
        assert texts(tab, "[part=status]") == ["Loading…"]
        assert (top(tab, "[part=status]") > top(tab, "ol")) == below
        assert len(texts(tab)) == shown
        publisher.gate.set()
        until(tab, "querySelector('.busy') == null")
        (said,) = texts(tab, "[part=status]")
        assert said != "Loading…"
        if act is more:
            assert focused(tab) == "Story 6"
    assert tab.problems == []


def more(tab):
    tab.get_by_role("button", name="Show more stories").click()


def choose(tab):
    tab.locator("cps-news summary").click()
    tab.get_by_label("Wessex").click()


def search(tab):
    tab.get_by_role("searchbox").fill("Story 12")
    tab.keyboard.press("Enter")


def test_a_check_for_changes_shows_no_sign(publisher, show, tab):
    stop_clock(tab)
    show()
    publisher.gate.clear()
    tab.eval_on_selector("cps-news", "e => { e.refresh() }")
    tab.clock.fast_forward(5000)
    assert texts(tab, ".busy") == []
    assert texts(tab, "[part=status]") == [""]


def test_the_same_list_in_several_elements_is_asked_for_once(publisher, show, tab):
    tab.add_init_script(FETCHES)
    second = f'<cps-news id="second" src="{publisher.mount}" page-size="3"><a href="/l/">All</a></cps-news>'
    show('page-size="3"', after=second)
    tab.wait_for_selector("#second:state(ready)")
    assert texts(tab) == texts(tab, element="#second") == ["Story 1", "Story 2", "Story 3"]
    assert len(publisher.requests) == 1
    publisher.stories.pop(0)
    assert (
        tab.evaluate("Promise.all([...document.querySelectorAll('cps-news')].map(e => e.refresh()))")
        == ["ready"] * 2
    )
    assert texts(tab)[0] == texts(tab, element="#second")[0] == "Story 2"
    assert len(publisher.requests) == 2


def test_the_pages_text_style_and_direction_stay_outside(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline'"
    publisher.stories[0] |= {"title": "Story  1\n of two rows"}
    tab = show(
        'summary="yes" heading="News"',
        head="<style>main { white-space: pre; text-align: right; direction: rtl }</style>",
    )
    for selector in ("li", "li a", "[part=meta]", "[part=summary]", "[part=heading]"):
        assert style(tab, selector, "whiteSpace") == "normal"
        assert style(tab, selector, "textAlign") == "start"
    assert style(tab, "li", "direction") == "ltr"


def test_the_element_leaves_its_own_attributes_alone(publisher, show):
    """A framework that takes over markup from a server compares them."""
    tab = show('area="wessex"')
    assert tab.eval_on_selector("cps-news", "e => e.getAttributeNames()") == ["src", "area"]
    assert tab.eval_on_selector("cps-news", "e => [e.state, e.matches(':state(ready)')]") == ["ready", True]


def test_a_link_that_is_not_to_be_followed_is_repeated_as_text(show):
    tab = show(inner='<a href="javascript:alert(1)">All the news</a>')
    assert texts(tab, "[part=more]") == ["All the news"]
    assert texts(tab, "[part=more][href]") == []
