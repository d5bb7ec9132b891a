"""A real Chromium for tests, and a newsroom that it can reach."""

import os
import shutil

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
    page.on(
        "console", lambda message: page.problems.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def served_newsroom(transactional_db, live_server, settings, tmp_path):
    """A newsroom with real commits, served on a port: ``.url`` is its origin, ``.index`` its news index."""
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
    """What migrations make and a flush of the database takes away: the root page, a site, a locale."""
    from wagtail.models import Locale, Page, Site

    locale, _ = Locale.objects.get_or_create(language_code="en")
    if not Page.objects.exists():
        root = Page.add_root(title="Root", slug="root", locale=locale)
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    from wagtail.models import Collection

    if not Collection.objects.exists():
        Collection.add_root(name="Root")
