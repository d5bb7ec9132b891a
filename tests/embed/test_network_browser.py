"""The widget when things change or fail.

Freshness, back-off, what is gone, slow and cut connections.
"""

from email.utils import formatdate

import pytest

from tests.browser import FETCHES, forward, listen, settle, stop_clock, wait_until
from tests.publisher import focused, story, texts, until
from tests.telling import telling

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = "cps-news > p a"
REFRESH = "e => e.refresh()"


def refresh(tab):
    return tab.eval_on_selector("cps-news", REFRESH)


def methods(publisher):
    return [method for method, _, _ in publisher.requests]


def test_nothing_changed_is_one_304_without_preflight(publisher, show):
    tab = show('page-size="3"')
    assert len(publisher.requests) == 1
    with tab.expect_response("**/api/v1/items/**") as info:
        refresh(tab)
    assert methods(publisher) == ["GET", "GET"]
    assert publisher.requests[1][2]["If-None-Match"]
    assert "Cookie" not in publisher.requests[1][2]
    assert info.value.headers.get("content-length") != "0"  # scripts see the 200 of the cache


def test_what_is_gone_leaves_on_return_and_focus_and_scroll_stay(publisher, show, tab):
    tab.add_init_script(FETCHES)
    show('page-size="12"', after="<p>" + "Text. " * 3000 + "</p>")
    tab.locator("cps-news li a").nth(7).focus()
    tab.evaluate("scrollTo(0, 200)")
    # No visit of a page that was never left asks again, and `pageshow` fires on every first load.
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: false}))")
    settle(tab)
    assert len(publisher.requests) == 1
    node = tab.evaluate_handle("document.querySelector('cps-news').shadowRoot.querySelectorAll('li')[7]")
    del publisher.stories[9]
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    until(tab, "querySelectorAll('li').length == 11")
    assert len(publisher.requests) == 2
    assert focused(tab) == "Story 8"
    assert node.evaluate("n => n.isConnected && n.matches(':focus-within')")
    assert tab.evaluate("scrollY") == 200
    for event in ("new Event('online')", "new PageTransitionEvent('pageshow', {persisted: true})"):
        publisher.stories.pop()
        left = len(publisher.stories)
        tab.evaluate(f"dispatchEvent({event})")
        until(tab, f"querySelectorAll('li').length == {left}")


def test_the_timer_asks_within_the_refresh_time(publisher, show, tab):
    stop_clock(tab)
    show('refresh="60"')
    publisher.stories.pop(0)
    forward(tab, 59)
    assert len(publisher.requests) == 1
    forward(tab, 14)  # jitter: a fifth at most
    assert len(publisher.requests) == 2
    assert texts(tab)[0] == "Story 2"
    tab.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    forward(tab, 100)
    assert len(publisher.requests) == 2  # nobody looks


def test_no_timer_when_the_page_says_so(publisher, show, tab):
    stop_clock(tab)
    show('refresh="0" max-stale="100000"')
    forward(tab, 80_000)
    assert len(publisher.requests) == 1


@pytest.mark.parametrize("status", telling([429, 503], 503))
def test_a_busy_publisher_is_left_alone(publisher, show, tab, status):
    stop_clock(tab)
    show()
    publisher.status, publisher.headers = status, {"Retry-After": "400"}
    assert refresh(tab) == "ready"
    assert len(texts(tab)) == 10
    publisher.status = 200
    publisher.stories.pop(0)
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    forward(tab, 390)
    tab.evaluate("dispatchEvent(new Event('online'))")
    settle(tab)
    assert len(publisher.requests) == 2
    forward(tab, 100)
    assert len(publisher.requests) == 3
    assert texts(tab)[0] == "Story 2"


def pass_time(tab, publisher, seconds, step=10):
    """Let time go by in small steps; return when each request came.

    After how many seconds, by the page's stopped clock.
    """
    settle(tab)
    came, known = [], len(publisher.requests)
    for passed in range(step, seconds + 1, step):
        forward(tab, step)
        came += [passed] * (len(publisher.requests) - known)
        known = len(publisher.requests)
    return came


@pytest.mark.parametrize(
    ("loaded", "status", "after"),
    [
        (True, 503, "1"),
        pytest.param(True, 429, "rubbish", marks=pytest.mark.slow),
        pytest.param(False, 503, "1", marks=pytest.mark.slow),
        (False, 503, "rubbish"),
    ],
)
def test_a_busy_publisher_is_never_asked_more_often_than_the_list_is_refreshed(
    publisher, show, tab, loaded, status, after
):
    stop_clock(tab)
    if loaded:
        show('refresh="120"')
    publisher.status, publisher.headers = status, {"Retry-After": after}
    if loaded:
        refresh(tab)
    else:
        show('refresh="120"', state="error")
    came = pass_time(tab, publisher, 600)
    assert 1 <= len(came) <= 5
    assert all(second - first >= 110 for first, second in zip([0, *came], came, strict=False))


def test_retry_after_may_be_a_date(publisher, show, tab):
    stop_clock(tab)
    show('refresh="10" max-stale="100000"')
    publisher.status = 503
    for date, least, most in ((600, 580, 760), (-600, 0, 30)):
        now = tab.evaluate("Date.now()") / 1000
        publisher.headers = {"Retry-After": formatdate(now + date, usegmt=True)}
        refresh(tab)
        came = pass_time(tab, publisher, 760, step=20)
        assert least <= came[0] <= most


@pytest.mark.parametrize("fault", telling(["cut", 500, 503], "cut"))
def test_a_first_load_that_fails_is_tried_again_with_growing_pauses(publisher, show, tab, fault):
    stop_clock(tab)
    if fault == "cut":
        publisher.cut = True
    else:
        publisher.status = fault
    show(state="error")
    came = pass_time(tab, publisher, 300, step=4)
    assert came[0] <= 12
    pauses = [second - first for first, second in zip([0, *came], came, strict=False)]
    assert pauses == sorted(pauses)
    assert 4 <= len(came) <= 7
    publisher.status, publisher.cut = 200, False
    pass_time(tab, publisher, 310)
    assert tab.eval_on_selector("cps-news", "e => e.state") == "ready"
    assert len(pass_time(tab, publisher, 310)) <= 1  # and then as usual


@pytest.mark.parametrize("status", telling([400, 410], 410))
def test_a_list_that_is_not_there_is_not_tried_again_within_seconds(publisher, show, tab, status):
    stop_clock(tab)
    publisher.status = status
    show(state="error")
    assert pass_time(tab, publisher, 280, step=10) == []


def test_without_an_answer_the_list_gives_way_in_time(publisher, show, tab):
    stop_clock(tab)
    show('max-stale="600"')
    publisher.status = 500
    assert refresh(tab) == "ready"
    forward(tab, 500)
    tab.evaluate("dispatchEvent(new Event('online'))")
    settle(tab)
    assert len(texts(tab)) == 10
    # Also while a busy publisher is left alone.
    publisher.status, publisher.headers = 503, {"Retry-After": "5000"}
    forward(tab, 101)
    assert tab.eval_on_selector("cps-news", "e => e.state") == "error"
    assert tab.locator(LINK).is_visible()
    publisher.status = 200
    assert refresh(tab) == "ready"


@pytest.mark.parametrize("status", telling([404, 410, 403], 410))
def test_a_list_that_is_gone_is_cleared_to_the_link(publisher, show, status):
    tab = show()
    tab.locator("cps-news li a").first.focus()
    publisher.status = status
    assert refresh(tab) == "error"
    assert texts(tab) == []
    assert tab.locator(LINK).is_visible()
    assert tab.evaluate("document.activeElement.textContent") == "All the news"
    assert texts(tab, "[part=status]") == ["The stories could not be loaded."]


@pytest.mark.parametrize("status", telling([400, 404, 410, 429, 500, 503], 400, 503))
def test_no_first_list_is_the_link(publisher, show, status):
    publisher.status = status
    tab = show(state="error")
    assert tab.locator(LINK).is_visible()
    # The browser itself reports the answer; the element adds what the author can mend.
    assert all("Failed to load resource" in problem for problem in tab.problems)


def test_a_mistake_is_told_to_the_author_once(publisher, show, tab):
    said = []
    tab.add_init_script(FETCHES)
    listen(tab, said, "warning")
    show(src="", state="error")
    show(src="javascript:alert(1)", state="error")
    wait_until(tab, lambda: len(said) >= 2)
    assert len(said) == 2
    assert "src" in said[0]
    publisher.status = 400
    show(state="error")
    wait_until(tab, lambda: len(said) >= 3)
    assert said[2:] == ["<cps-news> Fault 400"]
    tab.evaluate("dispatchEvent(new Event('online'))")
    settle(tab)
    assert len(publisher.requests) == 1


def test_slow_and_cut_connections(publisher, show, tab):
    stop_clock(tab)
    publisher.gate.clear()
    show(state="loading")
    publisher.wait_for(1)
    assert tab.locator(LINK).is_visible()
    tab.clock.fast_forward(21_000)
    tab.wait_for_selector("cps-news:state(error)")
    publisher.gate.set()
    publisher.cut = True
    assert refresh(tab) == "error"
    publisher.cut = False
    assert refresh(tab) == "ready"
    publisher.cut = True
    assert refresh(tab) == "ready"  # half an answer changes nothing
    assert len(texts(tab)) == 10


def test_only_the_last_question_is_answered(publisher, show):
    tab = show('page-size="2"')
    publisher.gate.clear()
    tab.eval_on_selector("cps-news", "e => { e.refresh(); e.setAttribute('page-size', '4') }")
    tab.eval_on_selector("cps-news", "e => { e.setAttribute('q', 'Story 12') }")
    publisher.gate.set()
    until(tab, "textContent.includes('Story 12')")
    assert texts(tab) == ["Story 12"]


def test_markup_and_rubbish(publisher, show):
    publisher.stories = [story(1, title="<img src=x onerror=alert(1)>", kind=None, areas=[], crime_types=[])]
    tab = show()
    assert texts(tab) == ["<img src=x onerror=alert(1)>"]
    publisher.stories = [{"id": "1", "areas": []} | {"title": 7}]
    tab.evaluate("window.problems = []")
    publisher._answer = lambda query: {"results": None}
    assert refresh(tab) == "ready"
    assert tab.problems == []
