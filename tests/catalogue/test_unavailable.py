"""The database can't be reached.

503 in each output's own form, and nothing of the error in it.
"""

import contextlib
import json
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.catalogue.test_snapshots import served  # noqa: F401  a fixture
from tests.worlds import _administration, on_postgres

MIDDLEWARE = "wagtail_cpsnews.middleware.DatabaseUnavailableMiddleware"
ID = "0b8f6f5e-6f1d-4b2c-9c1d-2f3a4b5c6d7e"

JSON, XML, HTML = (
    "application/json; charset=utf-8",
    "application/xml; charset=utf-8",
    "text/html; charset=utf-8",
)

#: Every address that reads the database, and the form of its answer.
ADDRESSES = {
    "/newsroom/": HTML,
    "/newsroom/api/v1/items/": JSON,
    "/newsroom/api/v1/items/?format=html": HTML,
    f"/newsroom/api/v1/items/{ID}/": JSON,
    "/newsroom/api/v1/facets/": JSON,
    "/newsroom/api/v1/kinds/": JSON,
    "/newsroom/api/v1/crime-types/": JSON,
    "/newsroom/api/v1/areas/": JSON,
    "/newsroom/api/v1/topics/": JSON,
    "/newsroom/api/v1/press-contacts/": JSON,
    "/newsroom/api/v1/pages/news-centre/": JSON,
    "/newsroom/api/v1/changes/": JSON,
    "/newsroom/api/v1/schema/": JSON,
    "/newsroom/feeds/news.rss": XML,
    "/newsroom/feeds/news.atom": XML,
    "/newsroom/feeds/news.json": JSON,
    "/newsroom/sitemap-news.xml": XML,
    "/newsroom/embed/list/": HTML,
    "/newsroom/embed/list/?format=fragment": HTML,
    "/newsroom/embed/oembed/?url=http://localhost/news/": JSON,
    "/newsroom/embed/oembed/?format=xml&url=http://localhost/news/": XML,
    "/newsroom/embed/builder/": HTML,
    "/newsroom/embed/it/": HTML,
}
PAGES = ("/news/", "/news/a-story/", "/nothing/")

#: These answer without the database.
STATIC = {"docs", "feed-style", "widget", "widget_pinned"}


@pytest.fixture
def database_gone(story, settings):
    """Have every statement fail as when the server has gone away.

    Returns a client.
    """
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 0}
    story("A story")
    client = Client(raise_request_exception=False)
    client.get("/newsroom/api/v1/items/", headers={"host": "localhost"})

    def fail(*_args):
        raise OperationalError("connection to server at 10.1.2.3 failed: secret details")

    with connection.execute_wrapper(fail):
        yield client


def check_headers(response):
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert "secret" not in response.content.decode()
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize(("address", "content_type"), ADDRESSES.items())
def test_every_output_answers_in_its_own_form(database_gone, address, content_type):
    response = database_gone.get(address, headers={"host": "localhost"})
    check_headers(response)
    assert response["Content-Type"] == content_type
    if content_type == JSON:
        (error,) = json.loads(response.content)["errors"]
        assert error["message"] == "The news can’t be loaded at the moment. Try again in a minute."
    elif content_type == XML:
        assert "can’t be loaded" in "".join(ET.fromstring(response.content).itertext())
    else:
        assert "can’t be loaded" in response.content.decode()
        assert "script" not in response["Content-Security-Policy"]
    if "/api/" in address or "/feeds/" in address or "/embed/list/" in address:
        assert response["Access-Control-Allow-Origin"] == "*"


def names(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern)
        else:
            yield pattern


def test_no_address_is_forgotten():
    for pattern in names(get_resolver("wagtail_cpsnews.urls")):
        view = pattern.callback
        has_form = False
        while view is not None and not has_form:
            has_form, view = hasattr(view, "unavailable_form"), getattr(view, "__wrapped__", None)
        assert has_form or pattern.name in STATIC, f"{pattern.name} answers 500 while the database is gone"


@pytest.mark.parametrize("address", PAGES)
def test_pages_by_the_middleware(database_gone, settings, address):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]
    response = Client(raise_request_exception=False).get(address, headers={"host": "localhost"})
    check_headers(response)
    assert response["Content-Type"] == HTML
    assert '<html lang="en">' in response.content.decode()


def test_in_debug_mode_too(database_gone, settings):
    settings.DEBUG = True
    check_headers(database_gone.get("/newsroom/api/v1/items/", headers={"host": "localhost"}))


def test_a_wrong_query_stays_an_error(story, settings):
    """What waiting does not mend is no reason to try again."""
    story("A story")

    def fail(*_args):
        raise OperationalError("no such column: cpsnews_entry.nothing")

    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(fail):
        assert client.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).status_code == 500


def test_afterwards_all_is_well(database_gone):
    """A worker that met the fault serves again as soon as the database answers."""
    assert database_gone.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).status_code == 503
    wrappers, connection.execute_wrappers = connection.execute_wrappers, []
    try:
        response = database_gone.get("/newsroom/api/v1/items/", headers={"host": "localhost"})
        assert [item["title"] for item in response.json()["results"]] == ["A story"]
    finally:
        connection.execute_wrappers = wrappers


@contextlib.contextmanager
def closed(name):
    """No process can open the database meanwhile."""
    if on_postgres():
        with _administration() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
        yield
        with _administration() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    else:
        files = []
        for suffix in ("", "-wal", "-shm"):  # the last two are gone when no process has it open
            path = Path(f"{name}{suffix}")
            with contextlib.suppress(FileNotFoundError):
                path.rename(f"{path}.away")
                files.append(path)
        Path(name).mkdir()  # otherwise SQLite would make an empty database
        yield
        Path(name).rmdir()
        for path in files:
            Path(f"{path}.away").rename(path)


@pytest.fixture
def short_lives(monkeypatch):
    """In other processes an answer may be kept for six seconds."""
    monkeypatch.setenv("WORLD_CPSNEWS", '{"MAX_AGE": 6}')


@pytest.mark.slow
def test_a_database_that_is_gone_and_comes_back(world, short_lives, served):  # noqa: F811
    connection.close()
    paths = ["/newsroom/api/v1/items/", "/newsroom/feeds/news.rss", "/newsroom/", "/news/", "/news/plain/"]
    for path in paths:
        assert served(path)[0] == 200, path
    feed = served("/newsroom/feeds/news.rss")
    with closed(world.name):
        assert served("/newsroom/feeds/news.rss") == feed  # from memory
        end = time.monotonic() + 20
        for path in paths:
            status, text = served(path)
            while status == 200 and time.monotonic() < end:  # from memory, for as long as caches may keep it
                time.sleep(0.1)
                status, text = served(path)
            assert (status, "can’t be loaded" in text) == (503, True), (path, text)
    for path in paths:
        assert served(path)[0] == 200, path
