"""The embed methods in a real WordPress.

As an administrator, and as an author who may not write scripts.
"""

import html
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.factories import publish_story

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def reader(tab):
    """A browser tab whose ``told`` are console messages with their place.

    Less WordPress's own missing icon.
    """
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
        f'<script type="module" async="" src="{publisher.url}/newsroom/embed/v1.js"></script>'
        f'<cps-news src="{publisher.url}/newsroom/" area="wessex" loading="eager">'
        f'<a href="{publisher.url}/news/?area=wessex">Latest news from Wessex</a></cps-news>'
    )


def block(html):
    """As the editor's “Custom HTML” block stores it."""
    return f"<!-- wp:html -->\n{html}\n<!-- /wp:html -->"


def test_an_administrator_pastes_the_snippet(publisher, wordpress, reader):
    reader.goto(wordpress.publish("administrator", block(snippet(publisher))))
    reader.locator("cps-news:state(ready)").wait_for()
    assert reader.locator("cps-news").evaluate("e => e.shadowRoot.textContent").count("Harbour fraud") == 1
    assert "Elsewhere" not in reader.locator("cps-news").evaluate("e => e.shadowRoot.textContent")
    assert reader.told == []


def test_the_classic_editor_leaves_the_link_in_the_element(publisher, wordpress, reader):
    """Without blocks WordPress makes paragraphs of rows when it shows a post."""
    code = lines(publisher, wordpress, "element", "element")
    reader.goto(wordpress.publish("administrator", f"Before\n\n{code}\n\nAfter"))
    assert reader.locator("p > cps-news > a").count() == 1
    reader.locator("cps-news").evaluate("e => e.setAttribute('loading', 'eager')")
    reader.locator("cps-news:state(ready)").wait_for()
    assert not reader.locator("cps-news > a").is_visible()


def test_what_an_author_may_keep_of_it_is_the_link(publisher, wordpress, reader):
    reader.goto(wordpress.publish("author", block(snippet(publisher))))
    assert reader.locator("cps-news").count() == 0
    assert reader.locator("script[src*='embed/v1.js']").count() == 0
    link = reader.get_by_role("link", name="Latest news from Wessex")
    assert link.get_attribute("href") == f"{publisher.url}/news/?area=wessex"
    assert reader.told == []


def test_an_author_in_the_classic_editor_keeps_the_link(publisher, wordpress, reader):
    code = lines(publisher, wordpress, "element", "element")
    reader.goto(wordpress.publish("author", f"Before\n\n{code}\n\nAfter"))
    assert reader.locator("cps-news, script[src*='embed/v1.js']").count() == 0
    link = reader.get_by_role("link", name='area "Wessex"')
    assert link.get_attribute("href") == f"{publisher.url}/news/?area=wessex"
    assert reader.told == []


def embed(url):
    """As the editor's “Embed” block stores an address that was pasted."""
    return (
        f'<!-- wp:embed {{"url":"{url}","type":"rich"}} -->\n<figure class="wp-block-embed is-type-rich">'
        f'<div class="wp-block-embed__wrapper">\n{url}\n</div></figure>\n<!-- /wp:embed -->'
    )


def lines(publisher, wordpress, door, name):
    """What the builder gives to copy for the stories of Wessex."""
    query = urlencode({"area": "wessex", "door": door, "summary": "yes"})
    page = wordpress.read(f"{publisher.url}/newsroom/embed/builder/?{query}")
    return html.unescape(re.search(rf'id="builder-lines-{name}">(.*?)</code>', page, re.S)[1])


def framed(reader):
    """WordPress's frame around ours, once it has been shown; and the page in it."""
    reader.locator("iframe.wp-embedded-content:not([style])").wait_for()
    return reader.locator("iframe.wp-embedded-content"), reader.frame_locator("iframe.wp-embedded-content")


def a_minute_later(reader):
    """As long as a browser may keep the frame's page."""
    reader.context.new_cdp_session(reader).send("Network.clearBrowserCache")


def test_an_author_pastes_the_address_of_the_list(publisher, wordpress, reader):
    url = f"{publisher.url}/news/?area=wessex"
    post = wordpress.publish("author", embed(url))
    reader.goto(post)
    outer, inner = framed(reader)
    expect(inner.locator("li > a")).to_have_text(["Harbour fraud"])
    # Its height follows what the frame tells, in WordPress's limits.
    told = inner.locator("body").evaluate("body => body.offsetHeight + 1")
    reader.wait_for_function(
        "told => document.querySelector('iframe').height == Math.max(told, 200)", arg=told
    )
    assert not reader.locator("blockquote.wp-embedded-content").is_visible()
    assert not any("Harbour fraud" in stored for stored in wordpress.stored_embeds())
    assert any(f'<a href="{url}">' in html.unescape(stored) for stored in wordpress.stored_embeds())
    assert "sandbox" in outer.evaluate("frame => frame.outerHTML")
    assert reader.told == []
    # The list that is shown is the publisher's of that moment, from the stored lines.
    publish_story(parent=publisher.index, title="Newer", areas=["wessex"])
    a_minute_later(reader)
    reader.reload()
    _outer, inner = framed(reader)
    expect(inner.locator("li > a")).to_have_text(["Newer", "Harbour fraud"])
    # A link is followed as WordPress allows it.
    inner.locator("li > a").first.click()
    reader.wait_for_url(f"{publisher.url}/news/newer/")
    assert reader.told == []


def test_a_story_that_comes_down_says_so_in_an_old_post(publisher, wordpress, reader):
    story = publish_story(parent=publisher.index, title="Accused named", slug="s1", summary="In a sentence.")
    post = wordpress.publish("author", embed(story.full_url))
    reader.goto(post)
    _outer, inner = framed(reader)
    expect(inner.locator("li > a")).to_have_text(["Accused named"])
    story.unpublish()
    a_minute_later(reader)
    reader.goto(post)
    _outer, inner = framed(reader)
    inner.get_by_text("This story is no longer available.").wait_for()
    assert "Accused named" not in inner.locator("html").inner_html()
    assert "Accused named" not in wordpress.read(post)
    assert not any("Accused named" in stored for stored in wordpress.stored_embeds())


def test_what_the_builder_gives_as_an_administrator(publisher, wordpress, reader):
    reader.goto(wordpress.publish("administrator", block(lines(publisher, wordpress, "element", "element"))))
    reader.locator("cps-news:state(ready)").wait_for()
    assert "Harbour fraud" in reader.locator("cps-news").evaluate("e => e.shadowRoot.textContent")
    code = lines(publisher, wordpress, "iframe", "iframe") + lines(publisher, wordpress, "iframe", "resize")
    reader.goto(wordpress.publish("administrator", block(code)))
    inner = reader.frame_locator("iframe")
    expect(inner.locator("li > a")).to_have_text(["Harbour fraud"])
    told = inner.locator("body").evaluate("body => body.offsetHeight + 1")
    reader.wait_for_function("told => document.querySelector('iframe').height == told", arg=told)
    assert reader.told == []


def test_what_an_author_may_keep_of_the_frame_is_the_link(publisher, wordpress, reader):
    reader.goto(wordpress.publish("author", block(lines(publisher, wordpress, "iframe", "iframe"))))
    assert reader.locator("iframe").count() == 0
    link = reader.get_by_role("link", name='Latest news: area "Wessex"')
    assert link.get_attribute("href") == f"{publisher.url}/news/?area=wessex"
    assert reader.told == []


def test_with_the_publisher_down_every_embed_method_shows_its_link(publisher, wordpress, reader):
    code = block(
        lines(publisher, wordpress, "element", "element") + lines(publisher, wordpress, "iframe", "iframe")
    )
    posts = [
        (wordpress.publish("administrator", code), 'Latest news: area "Wessex"', 2),
        (wordpress.publish("author", embed(f"{publisher.url}/news/?area=wessex")), "News centre: ", 1),
    ]
    reader.goto(posts[1][0])
    framed(reader)
    reader.route(f"{publisher.url}/**", lambda route: route.abort("connectionrefused"))
    for post, name, count in posts:
        reader.goto(post)
        reader.wait_for_load_state("networkidle")
        links = reader.get_by_role("link", name=name)
        assert [link.is_visible() for link in links.all()] == [True] * count, name
        # The browser's own message about the network, and none of ours.
        assert all("net::ERR_CONNECTION_REFUSED" in said for said in reader.told)
