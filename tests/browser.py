"""A real Chromium for tests, and a newsroom that it can reach."""

import os
import shutil
import time

import pytest

#: Flags for a browser without a screen, a graphics card or a way to the internet.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Counts in a page what it has asked for and not yet dealt with; `settled()` resolves when that is nothing.
FETCHES = """{
  const ask = fetch, channel = new MessageChannel(), waiting = [];
  let asking = 0;
  window.settled = () => new Promise(done => asking ? waiting.push(done) : done());
  // A task of its own: the code that waited for the text goes on first.
  channel.port1.onmessage = () => { if (!--asking) for (const done of waiting.splice(0)) done(); };
  const over = () => channel.port2.postMessage(0);
  window.fetch = async (...given) => {
    asking++;
    try {
      const response = await ask(...given), read = response.text.bind(response);
      response.text = () => read().finally(over);
      return response;
    } catch (error) {
      over();
      throw error;
    }
  };
}"""


def executable():
    """The path of Chromium on this machine, or ``None``."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    path = executable()
    assert path, "The browser tests need Chromium; `make test` installs it."
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def tab(chromium):
    """A page in a fresh profile; fails the test when the page logged an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.problems = []
    listen(page, page.problems, "error")
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def listen(tab, said, *kinds):
    """Add what the page's console says from now on to a list.

    All or some kinds of messages.

    Except of a missing icon, which a browser looks for when it gets round to it.
    """

    def hear(message):
        if (not kinds or message.type in kinds) and "favicon" not in str(message.location) + message.text:
            said.append(message.text)

    tab.on("console", hear)


def stop_clock(tab):
    """Stop the clock of the pages that the tab opens from now on.

    ``forward()`` alone moves it.
    """
    tab.add_init_script(FETCHES)
    now = time.time()
    tab.clock.install(time=now)
    tab.clock.pause_at(now + 3600)  # later than this machine, however slow it is, gets here


def forward(tab, seconds):
    """Move the page's clock, and wait for what the page then asked for.

    Until it has been dealt with.
    """
    tab.clock.fast_forward(seconds * 1000)
    settle(tab)


def settle(tab):
    """Wait until the page has dealt with all answers."""
    tab.evaluate("settled()")


def wait_until(tab, condition):
    """Wait until a condition holds that events of the browser bring about.

    A console message for example.
    """
    for _ in range(600):
        if condition():
            return
        tab.wait_for_timeout(50)
    raise AssertionError("It did not come about within 30 seconds.")


def wait_for_frames(tab):
    """Wait until the page has drawn what it has now."""
    tab.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


@pytest.fixture
def served_newsroom(transactional_db, live_server, settings, tmp_path):
    """A newsroom with real commits, served on a port.

    ``.url`` is its origin, ``.index`` its news index.
    """
    from types import SimpleNamespace
    from urllib.parse import urlsplit

    from django.core.management import call_command

    from tests.factories import build_newsroom
    from wagtail_cpsnews.catalogue import snapshots
    from wagtail_cpsnews.pages.models import NewsIndexPage

    settings.MEDIA_ROOT = tmp_path / "media"
    snapshots.reset()
    parts = urlsplit(live_server.url)
    index = NewsIndexPage.objects.first()
    if index is None:
        _restore_tree()
        index = build_newsroom(port=parts.port)
        call_command("rebuild_catalogue", verbosity=0)
    else:
        site = index.get_site()
        site.port = parts.port
        site.save()
    yield SimpleNamespace(url=f"http://localhost:{parts.port}", index=index, port=parts.port)
    snapshots.reset()


def _restore_tree():
    """Restore what migrations make and a flush of the database removes.

    The root page, a site, a locale.
    """
    from wagtail.models import Locale, Page, Site

    locale, _ = Locale.objects.get_or_create(language_code="en")
    if not Page.objects.exists():
        root = Page.add_root(title="Root", slug="root", locale=locale)
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    from wagtail.models import Collection

    if not Collection.objects.exists():
        Collection.add_root(name="Root")
