"""A real newsroom's embed methods on other people's pages.

A plain file, a strict page, one without scripts; what is withdrawn.
"""

import pytest
from playwright.sync_api import expect
from wagtail.models import PageViewRestriction

from tests.browser import forward, listen, stop_clock, wait_until
from tests.factories import publish_story
from tests.publisher import STRICT, focused, texts, until
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.embed.snippet import snippet

pytestmark = pytest.mark.browser

TITLES = [f"Harbour story {number}" for number in range(1, 9)]


@pytest.fixture
def newsroom_url(served_newsroom):
    """The newsroom's origin, with eight stories of Wessex, the last the newest."""
    for title in TITLES:
        publish_story(parent=served_newsroom.index, title=title, areas=["wessex"])
    return served_newsroom.url


@pytest.fixture
def reader(tab):
    """A tab that writes down everything its console says."""
    tab.said = []
    listen(tab, tab.said)
    return tab


def element(url, attributes='area="wessex" loading="eager"'):
    return (
        f'<script type="module" async="" src="{url}/newsroom/embed/v1.js"></script>'
        f'<cps-news src="{url}/newsroom/" {attributes}>'
        f'<a href="{url}/news/?area=wessex">Latest news from Wessex</a></cps-news>'
    )


def frame(url):
    return (
        f'<iframe src="{url}/newsroom/embed/list/?area=wessex&amp;theme=light" title="News" height="600"></iframe>'
        f'<p><a href="{url}/news/?area=wessex">Latest news from Wessex</a></p>'
    )


def page(body):
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Council</title><h1>Council</h1>{body}'
    )


def test_a_plain_file_a_strict_page_and_one_without_scripts(newsroom_url, reader, site, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page(element(newsroom_url)))
    reader.goto(file.as_uri())
    reader.locator("cps-news:state(ready)").wait_for()
    assert texts(reader) == TITLES[::-1]

    icon = '<link rel="icon" href="data:,">'
    site.policy = STRICT.format(p=newsroom_url).replace("img-src", "img-src data:")
    site.pages["/"] = page(
        icon + element(newsroom_url, 'area="wessex" summary="yes" images="yes" theme="dark"')
    )
    reader.goto(site.url)
    reader.locator("cps-news:state(ready)").wait_for()
    assert texts(reader) == TITLES[::-1]

    site.policy = f"default-src 'none'; img-src data:; frame-src {newsroom_url}"
    site.pages["/"] = page(icon + frame(newsroom_url))
    reader.goto(site.url)
    expect(reader.frame_locator("iframe").locator("li > a")).to_have_text(TITLES[::-1])
    assert reader.said == []


def test_a_paragraph_around_the_snippet_keeps_the_link_inside(newsroom_url, reader, site, rf):
    """Where an editor puts everything into paragraphs.

    As WordPress's classic one does.
    """
    request = rf.get("/", headers={"host": newsroom_url.removeprefix("http://")})
    code = snippet(Query(), request, f"{newsroom_url}/news/", "All the news", attributes={"loading": "eager"})
    site.pages["/"] = page(f"<p>{code}</p><p>After</p>")
    reader.goto(site.url)
    reader.locator("cps-news:state(ready)").wait_for()
    assert reader.locator("p > cps-news > a").count() == 1
    assert not reader.locator("cps-news > a").is_visible()
    assert reader.locator("a").filter(has_text="All the news", visible=True).count() == 1


def test_with_the_publisher_down_every_embed_method_shows_its_link(newsroom_url, reader, site):
    site.pages["/"] = page(element(newsroom_url) + frame(newsroom_url))
    reader.route(f"{newsroom_url}/**", lambda route: route.abort("connectionrefused"))
    reader.goto(site.url)
    links = reader.get_by_role("link", name="Latest news from Wessex")
    assert links.count() == 2
    assert all(link.is_visible() for link in links.all())
    assert all("net::ERR_CONNECTION_REFUSED" in said for said in reader.said)
    # It goes down between the script and the list.
    reader.unroute(f"{newsroom_url}/**")
    reader.route("**/api/v1/items/**", lambda route: route.abort("connectionrefused"))
    reader.goto(site.url)
    reader.locator("cps-news:state(error)").wait_for()
    assert reader.locator("cps-news > a").is_visible()
    assert all("net::ERR_CONNECTION_REFUSED" in said for said in reader.said)


def unpublish(story):
    story.unpublish()


def restrict(story):
    restriction = PageViewRestriction(page=story, restriction_type="password", password="secret")
    restriction.save()


def restrict_to_groups(story):
    PageViewRestriction(page=story, restriction_type="login").save()


def delete(story):
    story.delete()


def test_a_story_that_comes_down_leaves_an_open_list(newsroom_url, served_newsroom, reader, site):
    """On return to the tab in one conditional request.

    Without return within the refresh time.
    """
    site.pages["/"] = page(
        element(newsroom_url, 'area="wessex" refresh="60"') + "<p>" + "Text. " * 3000 + "</p>"
    )
    stop_clock(reader)
    reader.goto(site.url)
    reader.locator("cps-news:state(ready)").wait_for()
    reader.locator("cps-news li a").nth(1).focus()
    reader.evaluate("scrollTo(0, 150)")
    node = reader.evaluate_handle("document.querySelector('cps-news').shadowRoot.querySelectorAll('li')[1]")
    top = node.evaluate("n => Math.round(n.getBoundingClientRect().top)")
    asked = []
    reader.on("request", lambda request: asked.append(request) if "/newsroom/" in request.url else None)
    left = TITLES[::-1]

    def take_down(how, title, moment):
        entry = Entry.objects.get(title=title)
        how(served_newsroom.index.get_children().get(pk=entry.page_pk).specific)
        asked.clear()
        moment()
        left.remove(title)
        until(reader, f"querySelectorAll('li').length == {len(left)}")
        assert texts(reader) == left, how.__name__
        wait_until(reader, lambda: asked)
        assert len(asked) == 1, how.__name__
        assert asked[0].method == "GET"
        assert "if-none-match" in asked[0].all_headers(), how.__name__
        assert focused(reader) == TITLES[6]
        assert node.evaluate("n => n.isConnected && n.matches(':focus-within')")
        # What is read stays where it is, also when a story above it leaves.
        assert node.evaluate("n => Math.round(n.getBoundingClientRect().top)") == top

    def come_back():
        reader.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")

    def wait():
        forward(reader, 73)  # 60 and at most a fifth more

    for how, title in zip((unpublish, restrict, restrict_to_groups, delete), TITLES, strict=False):
        take_down(how, title, come_back)
    take_down(unpublish, TITLES[4], wait)
    take_down(restrict, TITLES[5], wait)
    take_down(delete, TITLES[7], wait)
    assert reader.said == []
