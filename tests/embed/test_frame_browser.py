"""The frame on somebody else's page.

Its height, WordPress's messages, freshness, keyboard, policy, axe.
"""

import http.server
import threading
from itertools import pairwise
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import wait_for_frames, wait_until
from tests.factories import publish_story
from wagtail_cpsnews.catalogue.models import Entry

pytestmark = pytest.mark.browser

#: Keeps every message with the window that sent it.
LISTENER = (
    "<script>got = []; addEventListener('message', e => got.push({...e.data, origin: e.origin}))</script>"
)


class Host:
    """A page on another port, with a frame in it."""

    def __init__(self):
        self.html = ""
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(owner.html.encode())

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, tab, src, attributes="", width=400, height=300):
        """Opens the page; returns its frame when that has loaded."""
        self.html = (
            f"<!doctype html><html lang=en><title>Council</title><meta name=viewport content='width=device-width'>"
            f"{LISTENER}<h1>Council</h1><button>Before</button>"
            f'<iframe title="News" width="{width}" height="{height}" {attributes} src="{src}"></iframe>'
        )
        tab.goto(self.url)
        frame = tab.frames[1]
        frame.wait_for_load_state("load")
        frame.wait_for_selector("main", state="attached")
        return frame


@pytest.fixture
def host():
    host = Host()
    yield host
    host.server.shutdown()


@pytest.fixture
def src(served_newsroom):
    for number in range(4):
        publish_story(
            parent=served_newsroom.index,
            title=f"Story {number} about a harbourmaster and incomprehensibilities",
            summary="What happened, in one sentence that is long enough to be broken.",
            areas=["wessex"],
        )
    publish_story(parent=served_newsroom.index, title="خبر عن الميناء.", summary="نص قصير.", language="ar")
    return f"{served_newsroom.url}/newsroom/embed/list/"


def told(tab, frame, width):
    """Return the height that the frame tells once it has this width.

    Its own process learns of the width late.
    """
    frame.wait_for_function("width => innerWidth === width", arg=width)
    height = frame.evaluate("document.body.offsetHeight + 1")
    tab.wait_for_function("height => got.at(-1)?.value === height", arg=height)
    return height


def titles(frame):
    return frame.eval_on_selector_all("li > a", "links => links.map(link => link.textContent)")


def come_back(frame):
    """What the browser says when the reader comes back to the tab."""
    frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_height_is_told_on_load_and_on_every_change(tab, host, src):
    frame = host.show(tab, f"{src}?theme=light&summary=yes&heading=News")
    first = told(tab, frame, 400)
    assert first > 500
    assert tab.evaluate("got[0].origin") == src.split("/newsroom")[0]
    tab.eval_on_selector("iframe", "(frame, height) => frame.height = height", first)
    frame.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
    tab.eval_on_selector("iframe", "frame => frame.width = 220")
    assert told(tab, frame, 220) > first + 60
    heights = tab.evaluate("got.map(each => each.value)")
    assert all(one != other for one, other in pairwise(heights))  # told when it changed, no more often
    assert tab.problems == []

    # One that was hidden tells it when it is shown: no ResizeObserver speaks in a hidden frame.
    host.show(tab, src, attributes="hidden")
    tab.eval_on_selector("iframe", "frame => frame.hidden = false")
    tab.wait_for_function("got.some(each => each.value > 300)")
    assert tab.problems == []


WORDPRESS = 'sandbox="allow-scripts" security="restricted" scrolling="no" data-secret="aB3dE5gH7i"'


def test_in_wordpress(tab, host, src, served_newsroom):
    frame = host.show(tab, f"{src}?theme=light#?secret=aB3dE5gH7i", WORDPRESS)
    tab.wait_for_function("got.length")
    told = tab.evaluate("got[0]")
    assert (told["message"], told["secret"], told["origin"]) == ("height", "aB3dE5gH7i", "null")
    assert isinstance(told["value"], int)
    # It answers its own secret, and nobody else's message.
    tab.evaluate("got = []")
    ask = "(frame, data) => frame.contentWindow.postMessage(data, '*')"
    for data in (
        None,
        "ready",
        {"message": "ready"},
        {"message": "ready", "secret": "another"},
        {"secret": 0},
    ):
        tab.eval_on_selector("iframe", ask, data)
    tab.eval_on_selector("iframe", ask, {"message": "ready", "secret": "aB3dE5gH7i"})
    tab.wait_for_function("got.length")
    wait_for_frames(tab)
    assert [each["value"] for each in tab.evaluate("got")] == [told["value"]]
    frame.click("li > a")
    tab.wait_for_function("got.some(each => each.message === 'link')")
    link = tab.evaluate("got.find(each => each.message === 'link')")
    assert (
        link["value"] == f"{served_newsroom.url}/news/" + link["value"].rstrip("/").rpartition("/")[2] + "/"
    )
    assert link["secret"] == "aB3dE5gH7i"
    assert tab.url == host.url
    # A sandboxed frame, of no origin, renews its list all the same.
    entry = Entry.objects.filter(public=True).order_by("-published").first()
    served_newsroom.index.get_children().get(pk=entry.page_pk).specific.unpublish()
    come_back(frame)
    frame.wait_for_function("title => !document.body.textContent.includes(title)", arg=entry.title)
    assert tab.problems == []

    # A link that stays in the frame keeps the secret.
    frame = host.show(tab, f"{src}?page_size=2&paging=more#?secret=aB3dE5gH7i", WORDPRESS)
    with tab.expect_event("framenavigated"):
        frame.click("nav a[target]")
    frame.wait_for_function("() => document.querySelectorAll('li').length > 2")
    tab.wait_for_function("got.filter(each => each.secret === 'aB3dE5gH7i').length > 1")
    assert tab.problems == []


def test_without_scripts_all_is_there_and_links_lead_out(tab, host, src, served_newsroom):
    frame = host.show(tab, src, 'sandbox="allow-top-navigation-by-user-activation"')
    assert len(titles(frame)) == 5
    frame.click("nav a")
    tab.wait_for_url(f"{served_newsroom.url}/news/")


def test_the_list_is_renewed_in_one_conditional_request(tab, host, src, served_newsroom):
    frame = host.show(tab, f"{src}?summary=yes")
    answers = []
    tab.on("response", lambda response: answers.append(response) if "/embed/list/" in response.url else None)
    shown = titles(frame)
    frame.focus("li:nth-child(3) > a")
    frame.evaluate("mark = document.querySelector('li')")
    for number in (1, 2):
        come_back(frame)
        wait_until(tab, lambda number=number: len(answers) == number)
        answers[-1].finished()
    assert [bool(answer.request.all_headers().get("if-none-match")) for answer in answers] == [False, True]
    assert titles(frame) == shown
    assert frame.evaluate("mark.isConnected")  # nothing changed, so nothing was touched
    focused = frame.evaluate("document.activeElement.href")
    entry = Entry.objects.get(title=shown[0])
    served_newsroom.index.get_children().get(pk=entry.page_pk).specific.unpublish()
    come_back(frame)
    frame.wait_for_function("title => !document.body.textContent.includes(title)", arg=shown[0])
    assert titles(frame) == shown[1:]
    assert frame.evaluate("document.activeElement.href") == focused
    assert tab.problems == []

    # Without an answer three times over, the list gives way to the link.
    shown = titles(frame)
    tab.route("**/embed/list/**", lambda route: route.fulfill(status=503, body="down"))
    for _ in range(2):
        with tab.expect_response("**/embed/list/**"):
            come_back(frame)
    assert titles(frame) == shown
    come_back(frame)
    frame.wait_for_selector("li", state="detached")
    assert frame.inner_text("nav") == "See the full list"
    assert all("503" in problem for problem in tab.problems)


def test_keyboard_and_one_story(tab, host, src, served_newsroom):
    frame = host.show(tab, f"{src}?summary=yes", height=200)
    tab.focus("button")
    tab.keyboard.press("Tab")
    frame.wait_for_function("document.activeElement !== document.body || document.hasFocus()")
    tab.keyboard.press("PageDown")
    frame.wait_for_function("() => scrollY > 50")
    tab.keyboard.press("End")
    frame.wait_for_function("() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
    # One story's card.
    entry = Entry.objects.filter(public=True, language="en").first()
    frame = host.show(tab, f"{src}?id={entry.pk}&summary=yes")
    assert titles(frame) == [entry.title]
    served_newsroom.index.get_children().get(pk=entry.page_pk).specific.unpublish()
    come_back(frame)
    frame.wait_for_selector("text=This story is no longer available.")
    assert entry.title not in frame.content()


def test_axe_narrow_columns_and_direction(tab, src):
    # The page around a frame has the main heading.
    options = {"rules": {"page-has-heading-one": {"enabled": False}}}
    for theme, width in (("light", 1280), ("dark", 320), ("light", 200)):
        tab.set_viewport_size({"width": width, "height": 700})
        tab.goto(
            f"{src}?theme={theme}&summary=yes&heading=News&paging=more&page_size=5&colour={quote('<i>')}"
        )
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        found = Axe().run(tab, options=options).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    small = tab.eval_on_selector_all("a", "links => links.filter(link => link.offsetHeight < 44).length")
    assert small == 0
    assert tab.problems == []
    tab.goto(src)
    direction = tab.eval_on_selector("li[lang=ar]", "item => getComputedStyle(item).direction")
    assert direction == "rtl"
    assert tab.eval_on_selector("li[lang=ar] .cps-meta", "p => getComputedStyle(p).direction") == "ltr"
