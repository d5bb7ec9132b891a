"""``embed/list/``: the frame and the fragment, over HTTP."""

import datetime
import gzip
import itertools
import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.engines import by_engine
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.embed.frames import frame_file

LIST = "/newsroom/embed/list/"


@pytest.fixture
def get(client):
    def ask(params=None, method="get", path=LIST, **headers):
        headers.setdefault("host", "localhost")
        return getattr(client, method)(path, params or {}, headers=headers)

    return ask


@pytest.fixture
def fragment(get):
    """The fragment for some parameters, as soup."""

    def ask(status=200, **params):
        response = get({"format": "fragment", **params})
        assert response.status_code == status, response.content
        return BeautifulSoup(response.content, "html.parser")

    return ask


def id_of(page):
    """The public id of a page's story."""
    snapshots.current()  # in a test nothing is projected at the commit
    return str(Entry.objects.get(page_pk=page.pk).pk)


def headlines(soup):
    return [link.text for link in soup.select("li > a")]


def notes(soup):
    return [note.text for note in soup.select(".cps-note")]


def test_frame_and_fragment_show_the_same_list(get, story):
    story("Fly-tipper <b>fined</b> & banned", areas=["wessex"], crime_types=["hate-crime"], kind="news")
    story("Elsewhere", areas=["london-north"])
    frame, bare = get({"area": "wessex"}), get({"area": "wessex", "format": "fragment"})
    assert bare.content.startswith(b'<ol class="cps-list" role="list"><li lang="en" dir="auto">')
    assert bare.content in frame.content
    soup = BeautifulSoup(bare.content, "html.parser")
    assert headlines(soup) == ["Fly-tipper <b>fined</b> & banned"]
    assert [span.text for span in soup.select(".cps-meta span")] == ["News", "Hate crime", "Wessex"]
    assert soup.time["datetime"].endswith("+00:00")
    assert soup.time.text == "25 November 2026" or re.fullmatch(r"\d+ \w+ 20\d\d", soup.time.text)
    assert len(soup.select("li a")) == 1
    page = BeautifulSoup(frame.content, "html.parser")
    assert page.base["target"] == "_top"
    assert page.nav.a["href"] == "http://localhost/news/?area=wessex"


def test_a_story_in_another_language_is_marked(fragment, story):
    story("Stori", language="cy")
    soup = fragment()
    assert soup.li["lang"] == "cy"
    assert soup.select_one(".cps-meta")["lang"] == "en"
    assert soup.select_one(".cps-meta span").text == "Welsh"
    assert fragment(lang="cy", language="cy").select_one(".cps-meta")["lang"] == "cy"


def test_look(get, story):
    story("A story", summary="What happened.")
    page = BeautifulSoup(
        get({"theme": "dark", "heading": "Our news", "heading_level": "3"}).content, "html.parser"
    )
    assert page.html["data-theme"] == "dark"
    assert page.h3.text == "Our news"
    assert page.ol["aria-labelledby"] == page.h3["id"]
    assert page.select_one("meta[name=color-scheme]")["content"] == "dark"
    assert page.select_one(".cps-summary") is None
    page = BeautifulSoup(get({"theme": "auto", "summary": "yes"}).content, "html.parser")
    assert page.select_one("meta[name=color-scheme]")["content"] == "light dark"
    assert page.select_one(".cps-summary").text == "What happened."


LEFT_OUT = [
    ({"area": "nowhere"}, "area=nowhere"),
    ({"colour": "red"}, "colour=red"),
    ({"theme": "pink"}, "theme=pink"),
    ({"theme": ["dark", "light"]}, "theme=dark, light"),
    ({"heading_level": "1"}, "heading_level=1"),
    ({"heading": "x" * 101}, "101 characters"),
    ({"heading": "a\u202eb"}, "invalid character"),
    ({"summary": "maybe"}, "summary=maybe"),
    ({"paging": "all"}, "paging=all"),
    ({"page_size": "1000"}, "page_size=1000"),
    ({"published_after": "yesterday"}, "published_after=yesterday"),
    ({"q": "…"}, "at least one word"),
    ({"format": "pdf"}, "format=pdf"),
    ({"fields": "title"}, "fields=title"),
    ({"cursor": "start"}, "cursor=start"),
]


def test_what_means_nothing_is_left_out_and_said(get, story):
    story("A story")
    for params, said in LEFT_OUT:
        response = get(params)
        assert response.status_code == 200
        soup = BeautifulSoup(response.content, "html.parser")
        assert headlines(soup) == ["A story"], params
        assert said in " ".join(notes(soup))


def test_many_problems_are_told_briefly(fragment, story):
    story("A story")
    told = notes(fragment(**{f"x{number}": "1" for number in range(9)}))
    assert len(told) == 4
    assert told[-1].endswith("6 other values.")
    assert "too many parameters" in notes(fragment(**{f"x{number}": "1" for number in range(1001)}))[0]


def test_trackers_are_dropped_quietly(fragment, story):
    story("A story")
    assert notes(fragment(utm_source="x", fbclid="y")) == []


NASTY = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{ 7|add:7 }}"


def test_nothing_of_the_address_becomes_markup(get, story):
    story("A story")
    names = ["heading", "theme", "q", "area", "id", "lang", "format", "x", NASTY]
    for form, name in itertools.product(("html", "fragment"), names):
        params = {"format": form, name: NASTY}
        soup = BeautifulSoup(get(params).content, "html.parser")
        assert [script.text for script in soup.select("script")] == (
            [frame_file("frame.js")[0]] if soup.html else []
        )
        assert soup.select("[onerror]") == []
        assert soup.select("img") == []


def test_an_empty_list_says_so(fragment, newsroom):
    assert notes(fragment()) == ["No results"]
    assert notes(fragment(q="harbour")) == ['No results for search term "harbour"']


def test_paging(get, fragment, story):
    for number in range(4):
        story(f"Story {number}")

    def links(**params):
        soup = BeautifulSoup(get(params).content, "html.parser")
        return [(a.text, a["href"], a.get("target")) for a in soup.select("nav a")][:-1]

    assert links(page_size=2) == []
    assert links(page_size=2, paging="more") == [
        ("Show more stories", "?page_size=12&theme=light&paging=more", "_self")
    ]
    assert links(page_size=2, page=2, paging="pages") == [
        ("Previous page", "?page_size=2&theme=light&paging=pages", "_self")
    ]
    assert links(page_size=2, paging="pages")[0][1] == "?page=2&page_size=2&theme=light&paging=pages"
    soup = fragment(404, page=9)
    assert notes(soup) == ["There is no page 9. The last page is 1."]


# -- one story --------------------------------------------------------------------------------------------------------


def test_the_card_of_one_story(fragment, get, story):
    page = story("Only this", summary="What happened.")
    story("Not this")
    pk = id_of(page)
    assert headlines(fragment(id=pk)) == ["Only this"]
    assert "“area” means nothing beside “id”" in notes(fragment(id=pk, area="wessex"))[0]
    assert "Only this" not in BeautifulSoup(get({"id": pk}).content, "html.parser").title.text
    page.unpublish()
    gone = get({"id": pk})
    assert gone.status_code == 410
    assert b"This story is no longer available." in gone.content
    assert b"Only this" not in gone.content
    assert gone.headers["Cache-Control"] == "no-store"


def test_no_such_story(fragment, newsroom):
    for pk in ("x", "1", str(uuid.uuid4()), "a" * 5000):
        assert notes(fragment(404, id=pk)) == ["There is no such story."]


def test_what_is_not_public_is_nowhere(fragment, story, newsroom):
    from tests.factories import draft_story

    page = story("Private", slug="secret-name")
    pk = id_of(page)
    draft_story(parent=newsroom, title="Draft")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert headlines(fragment()) == []
    soup = fragment(410, id=pk)
    assert "rivate" not in str(soup)
    assert "secret-name" not in str(soup)


def test_an_expired_story_is_gone_before_anybody_has_noticed(fragment, story):
    pk = id_of(story("Expired"))
    Entry.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert headlines(fragment(410, id=pk)) == []


# -- HTTP -------------------------------------------------------------------------------------------------------------


def test_headers(get, story, client, django_user_model):
    pk = id_of(story("A story"))
    client.force_login(django_user_model.objects.create_superuser("editor", "e@example.org", "x"))
    for params in ({}, {"format": "fragment"}, {"id": pk}, {"page": "9"}):
        response = get(params, origin="null", accept_language="cy")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in response.headers
        assert not response.cookies
        assert not response.wsgi_request.session.accessed
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert "X-Frame-Options" not in response.headers
        assert b"A story" in response.content or params == {"page": "9"}
        assert response.headers["Content-Language"] == "en" or "cy" not in response.content.decode()[:60]
    assert get().headers["Cache-Control"] == "public, max-age=60"
    # Other pages stay protected.
    assert client.get("/news/", headers={"host": "localhost"}).headers["X-Frame-Options"] == "DENY"


def test_the_policy_names_the_style_and_the_script_and_nothing_else(get, story, settings):
    story("A story")
    policy = get().headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert f"script-src {frame_file('frame.js')[1]}; " in policy
    assert "img-src 'none'" in policy
    assert policy.endswith("frame-ancestors *")
    settings.WAGTAIL_CPSNEWS = {"FRAME_ANCESTORS": "'self' https://council.example"}
    assert get().headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://council.example")
    assert "img-src http://localhost;" in get({"images": "yes"}).headers["Content-Security-Policy"]


def test_a_host_header_cannot_write_the_policy(client, newsroom):
    response = client.get(LIST, headers={"host": "localhost;script-src *"})
    assert response.status_code == 400


def test_304_costs_no_list(get, story, django_assert_num_queries):
    page = story("A story")
    first = get({"format": "fragment"})
    tag = first.headers["ETag"]
    with django_assert_num_queries(2):  # the site's index page, which the list leads to
        same = get({"format": "fragment"}, if_none_match=tag)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert same.headers["Access-Control-Allow-Origin"] == "*"
    assert get({"format": "fragment", "summary": "yes"}).headers["ETag"] != tag
    assert get().headers["ETag"] != tag
    page.unpublish()
    assert get({"format": "fragment"}, if_none_match=tag).status_code == 200


def test_queries(get, story, django_assert_num_queries):
    for number in range(3):
        page = story(f"Story {number}", areas=["wessex"])
    pk = id_of(page)
    get()
    asked = {"area": "wessex", "summary": "yes", "images": "yes"}
    # the count, where it is not in memory; the stories
    with django_assert_num_queries(by_engine(bitmaps=1, sql=2)):
        get(asked)
    with django_assert_num_queries(0):  # it is kept
        get(asked)
    with django_assert_num_queries(1):  # the story; nothing was written since the look
        get({"id": pk})


def test_methods(get, story):
    story("A story")
    head = get(method="head")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == get().headers["ETag"]
    options = get(method="options", origin="https://council.example")
    assert options.status_code == 204
    assert options.headers["Access-Control-Allow-Headers"] == "*"
    for method in ("post", "put", "delete"):
        refused = get(method=method)
        assert refused.status_code == 405
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_before_the_catalogue_is_built(get, newsroom):
    State.objects.update(built_at=None)
    for params in ({"area": "wessex"}, {"format": "fragment"}, {"id": str(uuid.uuid4())}):
        response = get(params)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        assert response.headers["Cache-Control"] == "no-store"
        assert b"It should be here in a few minutes" in response.content
    assert b'href="http://localhost/news/' in get().content


def test_never_kept_beyond_the_next_change(get, story):
    story("Soon gone", expire_at=timezone.now() + datetime.timedelta(seconds=20))
    assert get().headers["Cache-Control"] == "public, max-age=10"


# -- budget -----------------------------------------------------------------------------------------------------------


def packed(data):
    return len(gzip.compress(data, 9, mtime=0))


def test_the_frame_script_is_small():
    assert packed(frame_file("frame.js")[0].encode()) <= 500


STORIES = """Fly-tipper ordered to pay for clearing forty tonnes of waste|A man who dumped building waste on farmland beside the River Frome has been ordered to pay the full cost of clearing it.
Three sentenced for smuggling tobacco through Harwich|Three members of a group that hid untaxed cigarettes in loads of timber were sentenced at the crown court on Tuesday.
Former bookkeeper admits taking £310,000 from a hospice|She made more than two hundred transfers over six years, and told colleagues that the charity's donors were giving less.
Teenager convicted after attack at a bus station|A jury found him guilty of wounding with intent; the court will hear from his victim's family before sentence in May.
How we decide whether a case goes to court|Our chief prosecutor explains the two questions that every decision must answer, and who may ask for a review.
Landlord fined for letting a flat without working alarms|Inspectors found bare wires, a blocked fire escape and no smoke alarm that worked on any of the four floors.
Gang that stole tractors across five counties jailed|Satellite trackers led officers to a barn in which eleven machines were being painted and given new number plates.
New guidance on prosecuting offences against shop workers|Prosecutors will ask for compensation in every suitable case, and tell courts how often a store has been targeted.
Doctor cleared to be extradited over forged prescriptions|District Judge Mabel Okonjo ruled that there was no bar to returning him to face eleven charges in Lisbon.
Man who threatened a councillor online given a suspended term|The messages, sent over a weekend in January, named her children's school and made her change how she travels."""


def test_ten_items_with_summaries(get, story):
    crimes = ["fraud-and-economic-crime", "violent-crime", "hate-crime", "international-and-organised-crime"]
    for number, line in enumerate(STORIES.splitlines()):
        title, summary = line.split("|")
        story(
            title,
            summary=summary,
            kind="news",
            areas=[["wessex", "london-north", "cps"][number % 3]],
            crime_types=[crimes[number % 4]],
            published_at=timezone.now() - datetime.timedelta(days=number, hours=number),
        )
    response = get({"format": "fragment", "summary": "yes"})
    assert response.content.count(b"<li ") == 10
    assert packed(response.content) <= 1800, packed(response.content)


def test_a_fragment_cannot_be_framed_by_who_may_not_frame_us(newsroom, get, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "FRAME_ANCESTORS": "'self'"}
    policy = get({"format": "fragment"}).headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; base-uri 'none'; frame-ancestors 'self'"
