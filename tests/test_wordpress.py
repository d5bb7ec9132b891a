"""The doors into a real WordPress: as an administrator, and as an author who may not write scripts."""

import pytest

from tests.factories import publish_story

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def reader(tab):
    """A browser tab whose ``told`` are console messages with their place, less WordPress's own missing icon."""
    tab.told = []
    tab.on(
        "console",
        lambda message: (
            tab.told.append(f"{message.text} {message.location['url']}")
            if message.type in ("error", "warning") and "favicon" not in message.location["url"]
            else None
        ),
    )
    return tab


@pytest.fixture
def publisher(served_newsroom, wordpress):
    wordpress.allow_port(served_newsroom.port)
    publish_story(parent=served_newsroom.index, title="Harbour fraud", areas=["wessex"])
    publish_story(parent=served_newsroom.index, title="Elsewhere", areas=["north-east"])
    return served_newsroom


def snippet(publisher):
    return (
        f'<script type="module" async src="{publisher.url}/newsroom/embed/v1.js"></script>\n'
        f'<cps-news src="{publisher.url}/newsroom/" area="wessex" loading="eager">\n'
        f'<p><a href="{publisher.url}/news/?area=wessex">Latest news from Wessex</a></p>\n</cps-news>'
    )


def block(html):
    """As the editor's “Custom HTML” block stores it."""
    return f"<!-- wp:html -->\n{html}\n<!-- /wp:html -->"


def test_an_administrator_pastes_the_snippet(publisher, wordpress, reader):
    reader.goto(wordpress.publish("administrator", block(snippet(publisher))))
    reader.locator("cps-news[data-state=ready]").wait_for()
    assert reader.locator("cps-news").evaluate("e => e.shadowRoot.textContent").count("Harbour fraud") == 1
    assert "Elsewhere" not in reader.locator("cps-news").evaluate("e => e.shadowRoot.textContent")
    assert reader.told == []


def test_what_an_author_may_keep_of_it_is_the_link(publisher, wordpress, reader):
    reader.goto(wordpress.publish("author", block(snippet(publisher))))
    assert reader.locator("cps-news").count() == 0
    assert reader.locator("script[src*='embed/v1.js']").count() == 0
    link = reader.get_by_role("link", name="Latest news from Wessex")
    assert link.get_attribute("href") == f"{publisher.url}/news/?area=wessex"
    assert reader.told == []
