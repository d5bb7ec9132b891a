"""How the API behaves over HTTP.

Methods, CORS, caching, 304, and how many queries an answer costs.
"""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, Site

from tests.engines import by_engine
from wagtail_cpsnews.catalogue import projection, snapshots
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.pages.models import NewsIndexPage
from wagtail_cpsnews.usage import recording

ITEMS = "/newsroom/api/v1/items/"


@pytest.fixture
def get(client):
    def ask(path=ITEMS, method="get", **headers):
        headers.setdefault("host", "localhost")
        return getattr(client, method)(path, headers=headers)

    return ask


def test_the_methods(get, story):
    story("A story")
    assert get().status_code == 200
    pk = Entry.objects.get().pk
    for path in (
        ITEMS,
        f"{ITEMS}{pk}/",
        "/newsroom/api/v1/facets/",
        "/newsroom/api/v1/areas/",
        "/newsroom/api/v1/schema/",
        "/newsroom/api/v1/docs/",
    ):
        assert get(path).status_code == 200
        head = get(path, "head")
        assert (head.status_code, head.content) == (200, b"")
        options = get(path, "options", origin="https://other.example")
        assert options.status_code == 204
        assert options.headers["Access-Control-Allow-Origin"] == "*"
        assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert options.headers["Access-Control-Allow-Headers"] == "If-None-Match"
        for method in ("post", "put", "patch", "delete"):
            refused = get(path, method)
            assert refused.status_code == 405
            assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"
            assert refused.json()["errors"]


def test_nothing_of_the_visitor_is_read_or_left(get, client, story, django_user_model):
    story("A story")
    client.force_login(django_user_model.objects.create_superuser("editor", "e@example.org", "x"))
    for path in (
        ITEMS,
        f"{ITEMS}?area=nowhere",
        f"{ITEMS}?format=html",
        "/newsroom/api/v1/nothing/",
        "/newsroom/embed/v1.js",
    ):
        response = get(path, accept_language="cy")
        assert "Set-Cookie" not in response.headers
        assert not response.cookies
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert not response.wsgi_request.session.accessed
    assert get(accept="text/html").headers["Content-Type"] == "application/json; charset=utf-8"
    assert get(f"{ITEMS}?format=html").headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", [f"{ITEMS}?format=html", f"{ITEMS}?format=html&page=0", "/newsroom/api/v1/docs/"]
)
def test_pages_for_people_run_nothing_from_elsewhere(get, newsroom, settings, path):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "StrictPolicy" not in name]
    policy = get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy.replace("script-src 'none'", "")
    settings.STATIC_URL = "https://static.example/files/"
    assert "style-src 'self' https://static.example;" in get(path).headers["Content-Security-Policy"]


def test_an_answer_as_a_page_is_indented(get, story):
    story("A story")
    html = get(f"{ITEMS}?format=html").content.decode()
    assert re.search(r"\n  &quot;count&quot;</span>: 1,\n|\n  &quot;count&quot;: 1,\n", html)
    assert b'"count":1' in get().content


def test_the_documentation_is_the_document_without_a_script(get, newsroom):
    response = get("/newsroom/api/v1/docs/")
    html, document = response.content.decode(), get("/newsroom/api/v1/schema/").json()
    assert "<script" not in html
    assert "style=" not in html
    assert 'content="light dark"' in html
    assert set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)) == {
        "/static/wagtail_cpsnews/newsroom.css",
        "/static/wagtail_cpsnews/api-docs.css",
    }
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for path, item in document["paths"].items():
        assert f"<code>GET /newsroom{path}</code>" in html
        for parameter in item["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in html
    for name, schema in document["components"]["schemas"].items():
        assert name in ids
        for field in schema["properties"]:
            assert f"<code>{field}</code>" in html
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_headers_of_an_answer(get, newsroom):
    good, bad = get(), get(f"{ITEMS}?page=0")
    for response in (good, bad):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert good.headers["Cache-Control"] == "public, max-age=60"
    assert bad.headers["Cache-Control"] == "no-store"
    assert "ETag" not in bad.headers


def test_an_answer_that_has_not_changed_is_304(get, story):
    story("A story")
    assert get().status_code == 200
    pk = Entry.objects.get().pk
    for path in (ITEMS, f"{ITEMS}{pk}/", "/newsroom/api/v1/facets/", "/newsroom/api/v1/areas/?q=kent"):
        tag = get(path).headers["ETag"]
        for given in (tag, f"W/{tag}", f'"x", {tag}'):
            response = get(path, if_none_match=given)
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["ETag"] == tag
            assert response.headers["Cache-Control"] == "public, max-age=60"
            assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert get(path, if_none_match='"other"').status_code == 200
        assert get(path, "head", if_none_match=tag).status_code == 304
    assert get(f"{ITEMS}?page=9", if_none_match="*").status_code == 404
    assert get(f"{ITEMS}?page=x", if_none_match="*").status_code == 400


def test_the_tag_changes_with_whatever_may_change_the_answer(get, story, settings):
    page = story("A story")
    tags = [get().headers["ETag"]]

    def changed(response):
        tags.append(response.headers["ETag"])
        assert tags.count(tags[-1]) == 1

    changed(get(f"{ITEMS}?area=wessex"))
    changed(get(f"{ITEMS}?lang=cy"))
    changed(get(f"{ITEMS}?format=html"))
    changed(get(host="127.0.0.1:8000"))
    story("Another")
    changed(get())
    page.expire_at = timezone.now() + datetime.timedelta(days=1)
    page.save_revision().publish()
    changed(get())
    page.unpublish()
    changed(get())
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"kind": False}}
    changed(get())
    site = Site.objects.get(is_default_site=True)
    site.hostname = "renamed.example"
    site.save()
    changed(get(host="localhost"))


@pytest.mark.parametrize(("seconds", "ages"), [(3600, {60}), (59, {30}), (20, {10}), (8, {5}), (3, {0})])
def test_no_answer_outlives_the_next_expiry(get, story, seconds, ages):
    story("Short")
    assert get().json()["count"] == 1
    when = timezone.now() + datetime.timedelta(seconds=seconds)
    Page.objects.filter(pk=Entry.objects.get().page_pk).update(expire_at=when)
    Entry.objects.update(expires_at=when)
    age = int(get().headers["Cache-Control"].removeprefix("public, max-age="))
    assert age in ages


def test_the_lifetime_is_a_setting(get, newsroom, settings):
    settings.WAGTAIL_CPSNEWS = {"MAX_AGE": 7}
    assert get().headers["Cache-Control"] == "public, max-age=7"


def test_before_the_first_build(get, client, newsroom):
    State.objects.update(built_at=None)
    for path in (
        ITEMS,
        f"{ITEMS}?area=nowhere",
        f"{ITEMS}6f1d3b2c-0f4e-4f53-9c1a-2a2f5f0c7d11/",
        "/newsroom/api/v1/areas/",
    ):
        response = get(path)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        assert response.headers["Cache-Control"] == "no-store"
        assert "rebuild_catalogue" in response.json()["errors"][0]["message"]
    assert get("/newsroom/").status_code == 503


@pytest.fixture
def committed_stories(transactional_db, settings, tmp_path):
    """Publish thirty stories as a server has them.

    Committed, and without a test's refresh at every request.
    """
    from tests.browser import _restore_tree
    from tests.factories import build_newsroom, publish_story

    settings.MEDIA_ROOT = tmp_path
    _restore_tree()  # an earlier test's flush has taken the root page
    index = build_newsroom()
    for number in range(30):
        publish_story(parent=index, title=f"Story {number}", areas=["wessex"], crime_types=["hate-crime"])
    assert not projection.inside_transactions
    snapshots.reset()
    yield
    snapshots.reset()


def queries(get, path, **headers):
    with CaptureQueriesContext(connection) as captured:
        response = get(path, **headers)
    return response, [query["sql"] for query in captured]


@pytest.mark.slow
def test_the_same_queries_whatever_the_size_of_the_page(get, committed_stories, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 0}
    recording.forget()  # else the ledger of earlier tests may be written after one of these answers
    assert get().json()["count"] == 30
    assert (
        queries(get, f"{ITEMS}{Entry.objects.last().pk}/")[0].status_code == 200
    )  # it asks for known sites, once
    question = "?area=wessex&crime_type=hate-crime&q=story&order=-published"
    # With bitmaps: the look at the state; the words' stories, once; stories that are not in memory yet, once; the texts
    # that words are marked in, once.
    # With SQL: the look; the words' stories, once; total and all facets; the stories; the texts.
    # PostgreSQL searches in a transaction of its own, with a setting of the planner.
    searching = 5 if connection.vendor == "postgresql" else 1
    expected = {
        1: by_engine(bitmaps=[2 + searching, 1], sql=[4 + searching, 4]),
        10: by_engine(bitmaps=[2, 1], sql=[4, 4]),
        100: by_engine(bitmaps=[3, 1], sql=[4, 4]),
    }
    for size, wanted in expected.items():
        counts = []
        for _again in range(2):
            response, made = queries(get, f"{ITEMS}{question}&page_size={size}")
            assert len(response.json()["results"]) == min(size, 30)
            counts.append(len(made))
        assert counts == wanted, size
    # the look; the story, until it is in memory
    pk = Entry.objects.first().pk
    found = [queries(get, f"{ITEMS}{pk}/")[1] for _again in range(2)]
    counts = [len(made) for made in found]
    assert counts == by_engine(bitmaps=[2, 1], sql=[2, 2]), found
    # the look alone
    tag = get().headers["ETag"]
    response, made = queries(get, ITEMS, if_none_match=tag)
    assert response.status_code == 304
    assert len(made) == 1, made
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    tag = get().headers["ETag"]
    # nothing
    assert queries(get, ITEMS, if_none_match=tag)[1] == []
    # total and all facets; the stories; nothing where both are in memory
    assert len(queries(get, ITEMS)[1]) == by_engine(bitmaps=0, sql=2)
    # Wagtail's own, to find the page; and the list as above
    get("/newsroom/")
    response, made = queries(get, f"/newsroom/{question}")
    assert response.status_code == 301
    assert [one for one in made if "cpsnews_" in one] == []  # Wagtail looks for redirects that editors made
    for path, bitmaps in ((f"/news/{question}", 8), ("/news/?page=2", 8), (f"/newsroom/{question}", 0)):
        if path.startswith("/newsroom/"):
            NewsIndexPage.objects.get().unpublish()  # else it leads there
        get(path)
        response, made = queries(get, path)
        assert response.status_code == 200
        marked = 1 if "q=" in path else 0
        assert len(made) == by_engine(bitmaps=bitmaps, sql=bitmaps + 2 + marked), (path, made)
