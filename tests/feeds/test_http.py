"""How feeds and sitemap behave over HTTP.

Methods, headers, 304, what they cost, and whatever an address contains.
"""

import datetime
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from tests.catalogue.test_parameters_nasty import NAMES as PARAMETERS
from tests.catalogue.test_parameters_nasty import NASTY, STRANGE_NAMES
from tests.engines import by_engine
from tests.factories import NewsIndexPageFactory
from tests.feedrules import check
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.taxonomy.models import Area

FEEDS = [f"/newsroom/feeds/news.{form}" for form in ("rss", "atom", "json")]
SITEMAP = "/newsroom/sitemap-news.xml"
STYLE = "/newsroom/feeds/feed.css"


@pytest.fixture
def get(client):
    def ask(path, method="get", **headers):
        headers.setdefault("host", "localhost")
        return getattr(client, method)(path, headers=headers)

    return ask


def test_methods_and_headers(get, client, story, django_user_model):
    story("A story")
    client.force_login(django_user_model.objects.create_superuser("editor", "e@example.org", "x"))
    for path in (*FEEDS, SITEMAP, STYLE):
        response = get(path, accept_language="cy")
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"].startswith("public, max-age=")
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert not response.cookies
        assert not response.wsgi_request.session.accessed
        head = get(path, "head")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"] == response.headers["ETag"]
        options = get(path, "options", origin="https://other.example")
        assert (options.status_code, options.headers["Access-Control-Allow-Origin"]) == (204, "*")
        for method in ("post", "put", "delete"):
            assert get(path, method).status_code == 405
            assert get(path, method).headers["Allow"] == "GET, HEAD, OPTIONS"
    rss, atom, json = (get(path) for path in FEEDS)
    # As XML a browser shows the page that is in it: of the two media types' own it makes bare text or a download.
    assert rss.headers["Content-Type"] == atom.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert json.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    for response in (rss, atom):
        assert "default-src 'none'; style-src 'self'" in response.headers["Content-Security-Policy"]


def test_an_answer_that_has_not_changed_is_304(get, story, settings):
    page = story("A story")
    for path in (*FEEDS, f"{FEEDS[0]}?area=wessex&page_size=3", f"{FEEDS[1]}?area=nowhere", SITEMAP, STYLE):
        tag = get(path).headers["ETag"]
        for given in (tag, f"W/{tag}", f'"x", {tag}'):
            response = get(path, if_none_match=given)
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["ETag"] == tag
        assert get(path, "head", if_none_match=tag).status_code == 304
        assert get(path, if_none_match='"other"').status_code == 200
    tags = [get(path).headers["ETag"] for path in (*FEEDS, f"{FEEDS[0]}?lang=cy", f"{FEEDS[0]}?x=1", SITEMAP)]
    assert len(set(tags)) == 6
    before = {path: get(path).headers["ETag"] for path in (*FEEDS, SITEMAP)}
    page.unpublish()
    assert all(get(path).headers["ETag"] != tag for path, tag in before.items())


def test_no_feed_outlives_the_next_expiry(get, story):
    story("Short")
    assert get(FEEDS[0]).status_code == 200
    when = timezone.now() + datetime.timedelta(seconds=20)
    Entry.objects.update(expires_at=when)
    for path in (*FEEDS, SITEMAP):
        assert get(path).headers["Cache-Control"] == "public, max-age=10"


def test_feeds_bear_anything(get, story):
    story("A story", areas=["wessex"])
    for value in NASTY.values():
        for path in FEEDS:
            found = check(get(f"{path}?q={value}"))
            assert (
                "<script>" not in found.subtitle or "&lt;script" in get(f"{path}?q={value}").content.decode()
            )
    everything = "&".join(f"{name}={value}" for value in list(NASTY.values())[:9] for name in PARAMETERS)
    strange = "&".join(f"{name}=wessex" for name in STRANGE_NAMES)
    many = "&".join(f"a{number}=1" for number in range(2000))
    for path in FEEDS:
        for query in (everything, strange, many):
            found = check(get(f"{path}?{query}"))
            assert "ignored" in found.subtitle or "too many parameters" in found.subtitle
            assert "not understood" in found.title
            assert len(found.title) < 500
        assert "utm" not in get(f"{path}?utm_source=x&fbclid=y").content.decode()


def test_what_an_answer_costs(get, world, settings, django_assert_num_queries):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    question = "area=wessex&q=harbour&page_size=100"
    get(f"{FEEDS[0]}?page_size=1")
    for path in FEEDS:
        is_rss = path.endswith("rss")
        # the words' stories, once, or the total; the stories; what is gone (not in RSS)
        with django_assert_num_queries(by_engine(bitmaps=2, sql=2 if is_rss else 3)):
            response = get(f"{path}?{question}")
        assert b"Plain Harbour" in response.content
        # nothing: it is kept
        with django_assert_num_queries(0):
            assert get(f"{path}?{question}").content == response.content
        # nothing
        with django_assert_num_queries(0):
            assert get(f"{path}?{question}", if_none_match=response.headers["ETag"]).status_code == 304
    # the stories; without bitmaps how many there are, too
    with django_assert_num_queries(by_engine(bitmaps=1, sql=2)):
        response = get(SITEMAP)
    with django_assert_num_queries(0):
        assert get(SITEMAP, if_none_match=response.headers["ETag"]).status_code == 304


def links(response):
    soup = BeautifulSoup(response.content, "html.parser")
    head = {
        link["type"]: link["href"]
        for link in soup.select("head link[rel=alternate][type]")
        if "oembed" not in link["type"]
    }
    beside = {link["type"]: link["href"] for link in soup.select(".cpsnews-follow a[type]")}
    return head, beside


def test_every_list_can_be_followed(get, story, newsroom):
    story("In Wessex", areas=["wessex"])
    story("Elsewhere", areas=["cps"])
    section = NewsIndexPageFactory(parent=newsroom, title="Wessex", slug="wessex")
    section.areas = [Area.find("wessex")]
    section.save_revision().publish()
    for path, titles in {
        "/news/?order=published": {"In Wessex", "Elsewhere"},
        "/news/?area=cps&order=published&page_size=1&page=1": {"Elsewhere"},
        "/news/wessex/": {"In Wessex"},
        "/newsroom/": {"In Wessex", "Elsewhere"},
    }.items():
        if path == "/newsroom/":
            newsroom.unpublish()  # else it leads there
        head, beside = links(get(path))
        assert list(head) == list(beside)
        assert list(head) == ["application/rss+xml", "application/atom+xml", "application/feed+json"]
        for url in {*head.values(), *beside.values()}:
            assert {story.title for story in check(get(url)).stories} == titles
            assert "order" not in url


def test_a_welsh_list_has_a_welsh_feed(get, story, newsroom):
    from wagtail.models import Locale

    story("A story")
    index = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    index.save_revision().publish()
    head, _beside = links(get(index.url))
    assert head["application/atom+xml"] == "/newsroom/feeds/news.atom?language=cy"
    head, _beside = links(get(f"{index.url}?lang=en"))
    assert head["application/atom+xml"] == "/newsroom/feeds/news.atom?language=cy&lang=en"


def test_a_story_names_the_feed_of_the_newsroom(get, story):
    page = story("A story")
    soup = BeautifulSoup(get(unquote(page.url)).content, "html.parser")
    (link,) = soup.select("head link[type='application/atom+xml']")
    assert link["href"] == "/newsroom/feeds/news.atom"
