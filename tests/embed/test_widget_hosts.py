"""The widget on all sorts of pages: strict, hostile, busy, old, single-page."""

import pytest

from tests.browser import FETCHES, listen, settle, wait_for_frames, wait_until
from tests.publisher import STRICT, story, texts, until

pytestmark = pytest.mark.browser


def element(publisher, attributes="", text="All the news"):
    return f'<cps-news src="{publisher.mount}" {attributes}><p><a href="/list/">{text}</a></p></cps-news>'


def test_strict_policy_without_a_message(publisher, site, show, tab):
    messages = []
    listen(tab, messages)
    publisher.stories[0] = story(
        1, image={"url": f"{publisher.url}no.png", "width": 600, "height": 400, "alt": ""}
    )
    site.policy = STRICT.format(p=publisher.url.rstrip("/")).replace("img-src", "font-src")
    tab = show('summary="yes" filters="area" search paging="more" page-size="3" theme="dark" heading="News"')
    tab.get_by_role("button", name="Show more stories").click()
    until(tab, "querySelectorAll('li').length == 6")
    assert messages == []
    assert tab.evaluate("document.querySelectorAll('style, [style]').length") == 0
    assert (
        tab.evaluate(
            "document.querySelector('cps-news').shadowRoot.querySelectorAll('style, [style]').length"
        )
        == 0
    )


def test_a_page_that_isolates_itself(publisher, site, show):
    site.headers = {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    tab = show()
    assert tab.evaluate("crossOriginIsolated") is True
    assert tab.problems == []


def test_a_sandboxed_frame_without_storage(publisher, site, tab):
    """As content management systems frame other people's HTML: no storage, no origin."""
    site.pages["/frame/"] = (
        f'<!doctype html><title>Frame</title><script type="module" src="{publisher.mount}embed/v1.js"></script>'
        + element(publisher)
    )
    site.pages["/"] = (
        '<!doctype html><title>Host</title><iframe sandbox="allow-scripts" src="/frame/"></iframe>'
    )
    tab.goto(site.url)
    tab.frames[1].wait_for_selector("cps-news:state(ready)")
    assert publisher.requests[0][2]["Origin"] == "null"
    assert tab.problems == []


def test_nothing_is_stored_and_no_link_is_decorated(publisher, show):
    tab = show()
    assert tab.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert tab.evaluate("caches.keys()") == []
    assert tab.eval_on_selector("cps-news", "e => e.shadowRoot.querySelector('li a').search") == ""
    assert tab.context.cookies() == []


def test_hostile_css(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline'"
    tab = show(
        head="<style>* { display: none !important; color: red !important; font-size: 90px !important }"
        "html, body, main, cps-news { display: block !important } a, li, ol, p, button { all: unset; float: left }</style>"
    )
    assert len(texts(tab)) == 10
    height = tab.eval_on_selector(
        "cps-news", "e => e.shadowRoot.querySelector('li a').getBoundingClientRect().height"
    )
    assert height >= 44


def test_script_twice_two_publishers_two_versions(publisher, another_publisher, site, show):
    site.policy = STRICT.format(p=f"{publisher.url} {another_publisher.url}")
    another_publisher.script += b"\n// another version"
    again = f'<script type="module" src="{publisher.mount}embed/v1.js?again"></script>'
    other = f'<script type="module" src="{another_publisher.mount}embed/0.0.9/widget.js"></script>'
    tab = show('id="first" page-size="2"', after=element(another_publisher, 'id="second"') + again + other)
    tab.wait_for_selector("#second:state(ready)")
    assert texts(tab, element="#first") == ["Story 1", "Story 2"]
    assert texts(tab, element="#second") == ["Other 1", "Other 2"]
    wait_until(tab, lambda: (publisher.scripts, another_publisher.scripts) == (2, 1))
    assert tab.problems == []


def test_late_moved_and_removed(publisher, show, tab):
    tab.add_init_script(FETCHES)
    show()
    tab.evaluate(
        """mount => { const e = document.createElement('cps-news'); e.id = 'late'; e.setAttribute('src', mount);
        e.append(document.createElement('a')); e.firstChild.href = '/x'; document.querySelector('main').append(e); }""",
        publisher.mount,
    )
    tab.wait_for_selector("#late:state(ready)")
    assert texts(tab, "[part=more]", "#late") == [tab.url + "x"]
    before = len(publisher.requests)
    # A single-page application takes it out and puts it back: listed at once, and asked again.
    tab.evaluate(
        "() => { window.kept = document.querySelector('#late'); kept.remove(); dispatchEvent(new Event('online')) }"
    )
    settle(tab)
    publisher.wait_for(before + 1)  # only the one that stayed is told that the network is back
    there = tab.evaluate(
        "() => { document.querySelector('main').append(kept); return kept.shadowRoot.querySelectorAll('li').length }"
    )
    assert there == 10
    publisher.wait_for(before + 2)
    assert tab.problems == []


def test_far_down_and_hidden_wait_until_they_are_near(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline'"
    tab = show(before='<div style="height: 5000px"></div>', state="loading")
    wait_for_frames(tab)
    assert publisher.requests == []
    tab.evaluate("scrollTo(0, 4000)")
    tab.wait_for_selector("cps-news:state(ready)")
    assert len(publisher.requests) == 1
    tab = show(before='<section id="fold" hidden>' + element(publisher, 'id="in"') + "</section>", state=None)
    tab.wait_for_selector("main > cps-news:state(ready)")
    assert tab.eval_on_selector("#in", "e => e.state") == "loading"
    tab.evaluate("fold.hidden = false")
    tab.wait_for_selector("#in:state(ready)")


REMOVED = {
    "adoptable sheets": "window.CSSStyleSheet = class { constructor() { throw TypeError() } }",
    "the observer": "delete window.IntersectionObserver",
    "internals": "delete HTMLElement.prototype.attachInternals",
}
UNUSABLE = {
    "elements": "Object.defineProperty(window, 'customElements', {value: undefined})",
    "shadows": "delete Element.prototype.attachShadow",
}


@pytest.mark.parametrize("name", REMOVED)
def test_the_list_shows_without(show, tab, name):
    tab.add_init_script(REMOVED[name])
    show()
    assert len(texts(tab)) == 10
    assert tab.problems == []


@pytest.mark.parametrize("name", UNUSABLE)
def test_the_link_stays_without(publisher, show, tab, name):
    tab.add_init_script(UNUSABLE[name])
    show(state=None)
    tab.wait_for_load_state("networkidle")
    assert tab.locator("cps-news > p a").is_visible()
    assert publisher.requests == []
    assert tab.problems == []


#: Each is as wide as its contents.
FITTING = (
    "display:flex",
    "display:flex;flex-direction:column;align-items:center",
    "display:grid;grid-template-columns:auto 1fr",
    "display:grid;justify-items:center",
    "float:left",
    "display:inline-block",
    "position:absolute",
    "display:table-cell",
)


def test_a_container_that_fits_its_contents_leaves_room(site, show):
    """A container query ignores the list's own width.

    It takes it out of such a container's reckoning.
    """
    site.policy = "default-src * 'unsafe-inline'"
    for style in FITTING:
        tab = show('page-size="3"', before=f'<div style="{style}"><p>Side</p>', after="</div>")
        width = tab.eval_on_selector("cps-news", "e => e.getBoundingClientRect().width")
        assert width >= 250, style


def test_without_its_publisher_the_list_goes(show):
    tab = show('page-size="2"')
    tab.eval_on_selector("cps-news", "e => e.removeAttribute('src')")
    tab.wait_for_selector("cps-news:state(error)")
    assert texts(tab) == []


def test_boxes_have_the_pages_direction_and_texts_their_own(publisher, show):
    publisher.stories[0] |= {"title": "خبر عن الميناء.", "language": "ar"}
    tab = show('heading="News" page-size="3"')

    def direction(selector):
        script = "(e, selector) => getComputedStyle(e.shadowRoot.querySelector(selector)).direction"
        return tab.eval_on_selector("cps-news", script, selector)

    assert (direction("li[lang=ar]"), direction("li[lang=en]")) == ("rtl", "ltr")
    tab.evaluate("document.documentElement.dir = 'rtl'")
    assert [direction(box) for box in ("div", "form", "ol")] == ["rtl"] * 3
    assert (direction("li[lang=en]"), direction("[part=heading]")) == ("ltr", "ltr")


def test_looks(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline'"
    tab = show(
        'theme="dark"',
        head="<style>cps-news { --cps-gap: 30px } cps-news::part(link) { color: rgb(1, 2, 3) }</style>",
    )
    style = """(e, [s, p]) => getComputedStyle(e.shadowRoot.querySelector(s))[p]"""
    assert tab.eval_on_selector("cps-news", style, ["li", "paddingTop"]) == "30px"
    assert tab.eval_on_selector("cps-news", style, ["li a", "color"]) == "rgb(1, 2, 3)"
    assert tab.eval_on_selector("cps-news", style, [".on", "backgroundColor"]) == "rgb(18, 18, 18)"
    tab.eval_on_selector("cps-news", "e => e.setAttribute('theme', 'light')")
    assert tab.eval_on_selector("cps-news", style, [".on", "backgroundColor"]) == "rgb(255, 255, 255)"
    tab.eval_on_selector("cps-news", "e => e.setAttribute('unstyled', '')")
    until(tab, "adoptedStyleSheets.length == 0")


def test_narrow_right_to_left_print_and_forced_colours(publisher, site, show):
    site.policy = "default-src * 'unsafe-inline'"
    tab = show(
        'paging="more" page-size="2" filters="area" search summary="yes"',
        lang="ar",
        head="<style>html { direction: rtl }</style>",
    )
    tab.set_viewport_size({"width": 320, "height": 600})
    tab.wait_for_function("() => document.documentElement.scrollWidth <= 320")
    sizes = tab.eval_on_selector(
        "cps-news",
        "e => [...e.shadowRoot.querySelectorAll('a, button, input[type=search], summary')].filter(n => n.checkVisibility())"
        ".map(n => n.getBoundingClientRect()).map(r => Math.min(r.width, r.height))",
    )
    assert len(sizes) == 7
    assert min(sizes) >= 44
    tab.emulate_media(forced_colors="active")
    assert texts(tab)
    tab.emulate_media(media="print", forced_colors="none")
    assert texts(tab, "button, input, summary") == []
    assert texts(tab) == ["Story 1", "Story 2"]
