"""``embed/oembed/``: what is answered about which address.

And what is never said.
"""

import json
import xml.etree.ElementTree as ET
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.embeds.exceptions import EmbedNotFoundException
from wagtail.models import Page, PageViewRestriction, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, draft_story
from tests.oembed import HEADLINE, OEMBED
from wagtail_cpsnews import checks
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.embed.oembed import _xml
from wagtail_cpsnews.embed.providers import newsroom_provider
from wagtail_cpsnews.taxonomy.models import Area


def parts_of(answer):
    """The link, the frame and the parameters of the frame's address."""
    soup = BeautifulSoup(answer["html"], "html.parser")
    quote, frame = soup.contents
    assert (quote.name, quote.attrs, frame.name) == ("blockquote", {}, "iframe")
    assert set(quote.a.attrs) == {"href"}
    src = urlsplit(frame["src"])
    assert src.path == "/newsroom/embed/list/"
    return quote.a, frame, dict(parse_qsl(src.query))


def test_lists(ask, newsroom, story):
    story(HEADLINE, areas=["wessex"])
    for url, title, link, filters in (
        ("http://localhost/news/", "News centre", "http://localhost/news/", {}),
        ("http://localhost/news", "News centre", "http://localhost/news/", {}),
        ("https://LOCALHOST/news/?utm_source=x#top", "News centre", "http://localhost/news/", {}),
        ("http://localhost/newsroom/", "News", "http://localhost/news/", {}),
        (
            "http://localhost/news/?area=wessex&page=3",
            'News centre: area "Wessex"',
            "http://localhost/news/?area=wessex",
            {"area": "wessex"},
        ),
        (
            "http://localhost/newsroom/?q=%3Cb%3E%26&page_size=5",
            'News: search term "<b>&"',
            "http://localhost/news/?q=%3Cb%3E%26&page_size=5",
            {"q": "<b>&", "page_size": "5"},
        ),
        (
            "http://localhost/newsroom/embed/list/?area=wessex&theme=dark&summary=yes",
            'News: area "Wessex"',
            "http://localhost/news/?area=wessex",
            {"area": "wessex", "theme": "dark", "summary": "yes"},
        ),
    ):
        answer = ask(url)
        assert (answer["type"], answer["version"], answer["title"]) == ("rich", "1.0", title)
        a, frame, params = parts_of(answer)
        assert (a["href"], a.text, frame["title"]) == (link, title, title)
        assert params == {"theme": "light", **filters}
        assert HEADLINE not in json.dumps(answer)


def test_an_index_page_brings_its_preset(ask, newsroom):
    index = NewsIndexPageFactory(parent=newsroom.get_parent(), title="Wessex news", slug="wessex-news")
    index.areas = [Area.find("wessex")]
    index.save()
    answer = ask("http://localhost/wessex-news/?kind=news")
    assert answer["title"].startswith("Wessex news: ")
    assert parts_of(answer)[2] == {"kind": "news", "area": "wessex", "theme": "light"}
    assert parts_of(ask("http://localhost/wessex-news/?area=wessex"))[2] == {
        "area": "wessex",
        "theme": "light",
    }
    ask("http://localhost/wessex-news/?area=london-north", 404)


def test_a_story(ask, story):
    page = story(HEADLINE, slug="a-slug")
    answer = ask(page.full_url)
    a, _frame, params = parts_of(answer)
    assert (answer["title"], a.text, a["href"]) == ("News story", "News story", page.full_url)
    assert params == {"id": str(Entry.objects.get().pk), "theme": "light", "summary": "yes"}
    assert HEADLINE not in json.dumps(answer)
    assert isinstance(answer["height"], int)
    by_id = f"http://localhost{OEMBED}".replace("oembed/", f"list/?id={params['id']}")
    assert parts_of(ask(by_id))[2]["id"] == params["id"]
    page.unpublish()
    ask(by_id, 404)


def test_what_is_not_public_never_was(ask, story, newsroom):
    draft = draft_story(parent=newsroom, title="Draft", slug="a-draft")
    private, expired, gone = story("Private"), story("Expired"), story("Gone")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    type(expired).objects.filter(pk=expired.pk).update(expired=True, live=False)
    gone.unpublish()
    secret = NewsIndexPageFactory(parent=newsroom.get_parent(), title="Secret list", slug="secret")
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    hidden = NewsIndexPageFactory(
        parent=newsroom.get_parent(), title="Hidden list", slug="hidden", live=False
    )
    Entry.objects.filter(page_pk=expired.pk).delete()
    home = "http://localhost/"
    answers = {
        url: json.dumps(ask(url, 404)).replace(url, "")
        for url in (
            f"{home}news/never-was/",
            *(page.full_url or f"{home}news/{page.slug}/" for page in (draft, private, expired, gone)),
            f"{home}{secret.slug}/",
            f"{home}{hidden.slug}/",
            home,
            f"{home}newsroom/embed/oembed/",
            f"{home}newsroom/embed/list/?id=00000000-0000-0000-0000-000000000000",
        )
    }
    assert len(set(answers.values())) == 1


STRANGE = [
    "localhost/news/",
    "//localhost/news/",
    "/news/",
    "ftp://localhost/news/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "http://user:pw@localhost/news/",
    "http://@localhost/news/",
    "http://localhost@evil.example/news/",
    "http://evil.example/news/",
    "http://localhost.evil.example/news/",
    "http://localhost./news/",
    "http://localhost:8080/news/",
    "http://localhost:99999/news/",
    "http://localhost:x/news/",
    "http://localhost:0/news/",
    "http://localhost\\@evil.example/news/",
    "http://loсalhost/news/",
    "http://xn--loalhost-z9f/news/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/news/",
    "http://[::1/news/",
    "http:///news/",
    "http://localhost//news/",
    "http://localhost/news/%00",
    "http://localhost/news/%0d%0aX:1/",
    "http://localhost/ne\nws/",
    "http://localhost/../news/",
    "http://localhost/news/?area=nowhere",
    "http://localhost/news/?colour=red",
    "http://localhost/news/?keys=&area=999999",
    "http://localhost/news/?" + "a=1&" * 1200,
    "http://localhost/news/?" + "x" * 3000,
    "http://localhost/newsroom/embed/list/?theme=pink",
    "http://localhost/newsroom/embed/list/?id=x",
]


def test_strange_addresses(ask, story, monkeypatch):
    """Nothing of them is ours, and nothing is ever fetched."""
    import socket

    story(HEADLINE)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    for url in STRANGE:
        ask(url, 404)


def test_a_filter_that_means_nothing_never_becomes_a_list_of_everything(ask, newsroom):
    for query in ("area=nowhere", "published_after=yesterday", "area=wessex&area=nowhere"):
        for path in ("news/", "newsroom/", "newsroom/embed/list/"):
            ask(f"http://localhost/{path}?{query}", 404)


def test_another_site_is_not_ours(ask, newsroom, story):
    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Second", slug="second")
    Site.objects.create(hostname="second.example", port=80, root_page=home)
    page = story("There", parent=NewsIndexPageFactory(parent=home, title="News there", slug="news"))
    assert page.full_url == "http://second.example/news/there/"
    for url in ("http://second.example/news/", page.full_url, "http://second.example/newsroom/"):
        ask(url, 404)
        ask(url, 200, host="second.example")
    ask("http://localhost/news/", 404, host="second.example")


def test_width_and_height(ask, newsroom):
    url = "http://localhost/news/"
    answer = ask(url)
    assert (answer["width"], answer["height"]) == (600, 1000)
    assert parts_of(answer)[1]["width"] == "100%"
    for given, width, height in (
        ({"maxwidth": "320", "maxheight": "200"}, 320, 200),
        ({"maxwidth": "2000", "maxheight": "5000"}, 600, 1000),
        ({"maxwidth": "1", "maxheight": "1"}, 1, 1),
        ({"maxwidth": "wide", "maxheight": "-5"}, 600, 1000),
        ({"maxwidth": "0", "maxheight": "٣"}, 600, 1000),
        ({"maxwidth": "9" * 5000}, 600, 1000),
    ):
        answer = ask(url, **given, colour="red")
        assert (answer["width"], answer["height"]) == (width, height)
        assert parts_of(answer)[1]["height"] == str(height)


def test_forms(ask, client, story):
    story("A story")
    url = "http://localhost/newsroom/?q=%3Cb%3E%22%26%27"
    data = ask(url)
    answer = client.get(OEMBED, {"url": url, "format": "xml"}, headers={"host": "localhost"})
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    tree = ET.fromstring(answer.content)
    assert tree.tag == "oembed"
    assert {child.tag: child.text for child in tree} == {name: str(value) for name, value in data.items()}
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    ask(url, 501, format="yaml")
    ask("", 400)
    assert ET.fromstring(ask("http://evil.example/", 404, format="xml")).find("errors").text
    client = Client(enforce_csrf_checks=True)
    for path in (OEMBED, "/newsroom/embed/list/", "/newsroom/feeds/news.atom", "/newsroom/sitemap-news.xml"):
        assert client.post(path, headers={"host": "localhost"}).status_code == 405
    assert client.get(f"{OEMBED}?{'a=1&' * 1200}", headers={"host": "localhost"}).status_code == 400


def test_xml_bears_every_character():
    data = {"title": "a\x00b\x0b</title><x>&\ufffe\U0001f600"}
    assert ET.fromstring(_xml(data)).find("title").text == "a\ufffdb\ufffd</title><x>&\ufffd\U0001f600"


def test_before_the_catalogue_is_built(ask, newsroom):
    State.objects.update(built_at=None)
    ask("http://localhost/news/", 503)


def test_discovery(client, ask, story):
    page = story("A story")
    for path in ("/news/", "/news/?area=wessex&utm_source=x", "/news/?q=%3Cb%3E%26", page.url):
        html = client.get(path, headers={"host": "localhost"}).content.decode()
        soup = BeautifulSoup(html, "html.parser")
        for form, parser in (("json", json.loads), ("xml", ET.fromstring)):
            link = soup.head.select_one(
                f'link[rel=alternate][type="{"text" if form == "xml" else "application"}/{form}+oembed"]'
            )
            assert link, (path, html[:900])
            href = urlsplit(link["href"])
            assert (href.scheme, href.netloc, href.path) == ("http", "localhost", OEMBED)
            answer = client.get(f"{href.path}?{href.query}", headers={"host": "localhost"})
            assert answer.status_code == 200, link
            parser(answer.content)
        assert html.index("+oembed") < html.index("stylesheet")
    for path in ("/news/?area=nowhere", "/news/?page=99"):
        assert "+oembed" not in client.get(path, headers={"host": "localhost"}).content.decode()


def test_queries(ask, story, django_assert_num_queries):
    page = story("A story")
    snapshots.current()
    url = page.full_url
    with django_assert_num_queries(3):  # the look, the story, the site's name
        ask(url)
    with django_assert_num_queries(3):  # the site's name; the index pages and what the first lists, once
        ask("http://localhost/newsroom/?area=wessex")
    with django_assert_num_queries(1):  # the site's name; nothing was written since the look
        ask("http://localhost/newsroom/?area=wessex")


def test_a_story_of_another_front_end(ask, story, settings):
    page = story("A story")
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": "https://www.front.example/base/"}
    url = f"https://www.front.example/base/news/{page.slug}/"
    assert parts_of(ask(url))[0]["href"] == url
    ask("https://www.front.example/base/news/", 404)
    ask("https://www.front.example/elsewhere/", 404)


def test_which_sites_may_frame(settings):
    for good in (
        "*",
        "'none'",
        "'self'",
        "'self' https://www.example.org http://*.example.com:8000",
        "https:",
    ):
        settings.WAGTAIL_CPSNEWS = {"FRAME_ANCESTORS": good}
        assert checks.check_settings(None) == [], good
    for bad in (
        "",
        " ",
        "*; script-src *",
        "*\n",
        "https://a.example,https://b.example",
        "self",
        "'none' *",
        5,
        ["*"],
        "*  *",
    ):
        settings.WAGTAIL_CPSNEWS = {"FRAME_ANCESTORS": bad}
        assert [message.id for message in checks.check_settings(None)] == ["cpsnews.E006"], bad


def test_provider_patterns():
    from wagtail.embeds.finders.oembed import OEmbedFinder

    whole = OEmbedFinder([newsroom_provider("https://publisher.example/newsroom")])
    assert whole.accept("http://publisher.example/news/a/")
    for other in (
        "https://publisher.example.evil/",
        "https://publisherxexample/",
        "https://publisher.example",
    ):
        assert not whole.accept(other)
    part = OEmbedFinder([newsroom_provider("https://p.example/newsroom/", "https://p.example/news/")])
    assert part.accept("https://p.example/news/?area=wessex")
    assert part.accept("https://p.example/newsroom/")
    assert not part.accept("https://p.example/about/")
    with pytest.raises(ValueError, match="newsroom"):
        newsroom_provider("/newsroom/")


def test_providers_need_no_django(tmp_path):
    """The settings of a site without our apps import it."""
    import subprocess
    import sys

    code = "import sys, wagtail_cpsnews.embed.providers; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_wagtails_own_finder(served_newsroom, settings):
    """Wagtail's finder asks a real server.

    With the helper's provider and with the one in the docs.
    """
    import re
    from pathlib import Path

    from wagtail.embeds.finders.oembed import OEmbedFinder

    from tests.factories import publish_story

    page = publish_story(parent=served_newsroom.index, title=HEADLINE, areas=["wessex"])
    docs = (Path(__file__).parents[2] / "docs" / "embed" / "oembed.md").read_text()
    (text,) = re.findall(r"^newsroom = (\{.*?^\})", docs, re.DOTALL | re.MULTILINE)
    host = f"localhost:{served_newsroom.port}"
    text = text.replace("https://publisher.example", f"http://{host}").replace(r"publisher\.example", host)
    for provider in (newsroom_provider(f"{served_newsroom.url}/newsroom/"), eval(text)):
        finder = OEmbedFinder([provider])
        for url in (f"{served_newsroom.url}/news/?area=wessex", page.full_url):
            assert finder.accept(url)
            found = finder.find_embed(url, max_width=500)
            assert (found["type"], found["width"]) == ("rich", 500)
            assert found["provider_name"]
            assert HEADLINE not in found["html"] + found["title"]
            assert "<iframe" in found["html"]
        with pytest.raises(EmbedNotFoundException):
            finder.find_embed(f"{served_newsroom.url}/news/never-was/")


def test_the_address_of_nothing_costs_no_look_at_every_story(ask, story):
    story(HEADLINE)
    with CaptureQueriesContext(connection) as captured:
        ask("http://localhost/news/nothing/", 404)
    (asked,) = [query["sql"] for query in captured if "localhost/news/nothing/" in query["sql"]]
    on_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if on_postgres:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if on_postgres else 'QUERY PLAN '}{asked}")
        assert "cpsnews_entry_address" in str(cursor.fetchall())


def test_an_address_that_the_page_itself_redirects(ask, client, newsroom, story):
    """Old and broken addresses, and those of the filter form."""
    story(HEADLINE, areas=["wessex"])
    for address in (
        "/news/?area=wessex&amp;order=published",
        "/news/?published_after=2020-03-01&published_after_day=",
        "/news/?published_after_day=1&published_after_month=3&published_after_year=2020",
        "/news/?keys=trial",
        "/news?area=wessex",
        "/newsroom?area=wessex",
    ):
        page = client.get(address, headers={"host": "localhost"})
        assert page.status_code in (301, 302), address
        there = page["Location"]
        assert ask(f"http://localhost{address}") == ask(f"http://localhost{there}"), address
