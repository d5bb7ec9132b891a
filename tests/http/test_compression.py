"""Compressed public answers: only where nobody else compresses, with the right tags, and never beside a secret."""

import gzip

import pytest

from wagtail_cpsnews.http import compression

ITEMS = "/newsroom/api/v1/items/"
PATHS = [
    ITEMS,
    "/newsroom/api/v1/facets/",
    "/newsroom/feeds/news.rss",
    "/newsroom/embed/list/",
    "/newsroom/sitemap-news.xml",
]


@pytest.fixture
def get(client, story):
    for number in range(4):
        story(f"Story number {number}", summary="What the court said about it. " * 5, areas=["wessex"])
    compression._host_compresses.cache_clear()

    def ask(path, **headers):
        return client.get(path, headers={"host": "localhost", **headers})

    yield ask
    compression._host_compresses.cache_clear()


@pytest.mark.parametrize("path", PATHS)
def test_both_forms_say_the_same(get, path):
    plain, packed = get(path), get(path, accept_encoding="br, gzip;q=0.8")
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert packed["ETag"] == f"W/{plain['ETag']}"
    for asked, other in ((plain, {}), (packed, {"accept_encoding": "gzip"})):
        again = get(path, if_none_match=asked["ETag"], **other)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == asked["ETag"]
        assert again["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "gzip; q=0.000", "identity"])
def test_who_does_not_take_it_does_not_get_it(get, header):
    response = get(ITEMS, accept_encoding=header)
    assert "Content-Encoding" not in response.headers
    assert response.json()["count"] == 4


def test_errors_and_pages_for_people_are_left_alone(get):
    for path in (f"{ITEMS}?page=0", f"{ITEMS}?page=9", f"{ITEMS}?format=html", "/news/", "/newsroom/"):
        assert "Content-Encoding" not in get(path, accept_encoding="gzip").headers, path


def test_a_host_that_compresses_does_it_itself(get, settings):
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
    packed = get(ITEMS, accept_encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert b"Story number 1" in gzip.decompress(packed.content)
    assert not compression._kept._values


def test_beside_signed_addresses_nothing_is_compressed(get, monkeypatch):
    monkeypatch.setattr(compression, "address_period", lambda: 5)
    assert "Content-Encoding" not in get(ITEMS, accept_encoding="gzip").headers


def test_memory_is_bounded(get, monkeypatch):
    monkeypatch.setattr(compression._kept, "limit", 5)
    for size in range(1, 9):
        get(f"{ITEMS}?page_size={size}", accept_encoding="gzip")
    assert 0 < len(compression._kept._values) <= 5
