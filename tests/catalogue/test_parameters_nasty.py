"""Whatever an address contains, however encoded.

The list asked for, or an answer that says what is wrong with what.
"""

import json

import pytest

from tests.telling import telling

NASTY = {
    "quotes": "%22%27%60",
    "one quote": "%22",
    "NUL": "a%00b",
    "ten thousand characters": "x" * 10_000,
    "broken UTF-8": "%C3%28",
    "a lone surrogate": "%ED%A0%80",
    "full-width digits": "%EF%BC%91%EF%BC%92",
    "minus nothing": "-0",
    "with an exponent": "1e3",
    "hexadecimal": "0x1",
    "underscored": "1_0",
    "a list": "[]",
    "semicolons": "wessex;area=cps",
    "encoded twice": "%2577essex%2527",
    "an emoji": "%F0%9F%9A%93",
    "right to left": "%E2%80%AE%E2%80%8Fxesssew",
    "zero": "0",
    "huge": "999999999",
    "beyond 64 bits": "9" * 30,
    "not a number": "NaN",
    "SQL": "1%27%20OR%20%271%27%3D%271%27%3B--",
    "FTS near": "NEAR(",
    "FTS star": "*",
    "FTS column": "title:fraud*",
    "FTS operators": "AND%20OR%20NOT%20%2B-%5E",
    "tsquery": "%26%20%7C%20!%20%3C-%3E",
    "percent": "%",
    "a format string": "%25s%25(name)s%7B0%7D",
    "a template": "%7B%7B7*7%7D%7D%7B%25debug%25%7D",
    "HTML": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "new lines": "a%0D%0Ab",
    "blank": "%20%09",
    "an impossible day": "2026-02-30",
    "a day without zeros": "2026-3-1",
    "the first of all days": "0001-01-01",
    "the last of all days": "9999-12-31",
    "a moment": "2026-03-01T00:00:00Z",
    "a language that is none": "x-klingon",
    "JSON": "%7B%22a%22%3A%5B1%5D%7D",
    "a cursor of lists": "W1tdLFtdLFtdLFtdXQ",
    "digits above the line": "%C2%B2",
    "combining marks": "e%CC%81%CC%81%CC%81",
}
NAMES = [
    "q",
    "kind",
    "crime_type",
    "area",
    "topic",
    "published_after",
    "published_before",
    "language",
    "language_only",
    "lang",
    "order",
    "page",
    "page_size",
    "cursor",
    "fields",
    "facets",
    "format",
]
STRANGE_NAMES = [
    "area[]",
    "area%5B%5D",
    "amp;area",
    "AREA",
    "",
    "%00",
    "%C3%28",
    "x" * 5000,
    "q%00",
    "__proto__",
    "constructor",
    "area__slug",
    "%F0%9F%9A%93",
]
ON_PAGES = [
    "published_after_day",
    "published_after_month",
    "published_after_year",
    "published_before_day",
    "keys",
    "publication_date_after",
    "publication_date_before",
    "amp;area",
    "amp;keys",
    "utm_source",
]


@pytest.fixture
def ask(client, newsroom, story):
    story("Fraudster jailed", areas=["wessex"], crime_types=["hate-crime"], kind="news", topics=[])

    def get(path, query):
        response = client.get(path, headers={"host": "localhost"}, QUERY_STRING=query)
        assert response.status_code in (200, 301, 302, 400, 404, 410), (path, query, response.content[:500])
        return response

    return get


def explained(response, query):
    """Check an error of the API: every problem has all five parts.

    Only what was asked is said back, shortened.
    """
    body = json.loads(response.content)
    assert body["errors"], query
    for error in body["errors"]:
        assert set(error) == {"parameter", "value", "message", "allowed", "example"}
        assert error["message"]
        assert len(error["parameter"]) <= 100
        assert len(error["value"]) <= 100
        assert "\\u0000" not in json.dumps(error)
    return body["errors"]


@pytest.mark.parametrize("name", ["q", "area", "language", "page", "cursor"])
def test_the_api_bears_any_value_that_reaches_the_database(ask, name):
    for what, value in NASTY.items():
        response = ask("/newsroom/api/v1/items/", f"{name}={value}")
        if response.status_code == 200:
            continue
        errors = explained(response, what)
        assert [error["parameter"] for error in errors] == [name], what
        assert all(error["allowed"] for error in errors), what


@pytest.mark.parametrize(
    "path",
    telling(
        ["items/", "items/6f1d3b2c-0f4e-4f53-9c1a-2a2f5f0c7d11/", "facets/", "areas/", "schema/"],
        "items/",
        "areas/",
    ),
)
def test_every_parameter_that_is_wrong_is_named(ask, path):
    for what, value in NASTY.items():
        response = ask(f"/newsroom/api/v1/{path}", "&".join(f"{name}={value}" for name in NAMES))
        if what == "blank":
            assert path != "items/" or response.status_code == 200
            continue
        assert response.status_code == 400
        named = [error["parameter"] for error in explained(response, what)]
        assert set(named) <= set(NAMES)
        if path == "items/" and what != "one quote":
            assert len(named) > len(NAMES) - 7, (what, named)


def test_the_api_refuses_a_name_that_it_does_not_know(ask):
    for name in STRANGE_NAMES:
        response = ask("/newsroom/api/v1/items/", f"{name}=wessex")
        assert response.status_code == 400
        (error,) = explained(response, name)
        assert "area" in error["allowed"]
        assert error["example"]


def test_an_identifier_can_be_anything(ask, client):
    for value in ("%00", "x" * 3000, "%C3%28", "..%2F..", "1", "%EF%BC%91" * 32, "6f1d3b2c"):
        response = client.get(f"/newsroom/api/v1/items/{value}/", headers={"host": "localhost"})
        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith("application/json")


def test_two_thousand_parameters_are_one_problem(ask):
    query = "&".join(f"area=a{number}" for number in range(2000))
    for path in ("items/", "facets/", "areas/"):
        response = ask(f"/newsroom/api/v1/{path}", query)
        assert response.status_code == 400
        assert len(explained(response, "many")) == 1


def test_the_same_value_often_is_the_value(ask):
    for query in (
        "area=wessex&" * 300,
        "page=1&" * 50,
        "q=fraudster&q=fraudster",
        "order=published&order=published",
    ):
        response = ask("/newsroom/api/v1/items/", query)
        assert response.json()["count"] == 1


def test_two_values_where_one_is_taken_are_explained(ask):
    for name in sorted({*NAMES} - {"kind", "crime_type", "area", "topic"}):
        response = ask("/newsroom/api/v1/items/", f"{name}=html&{name}=json")
        assert response.status_code == 400
        assert {error["parameter"] for error in explained(response, name)} == {name}


def test_empty_is_absent(ask):
    query = "&".join(f"{name}=" for name in NAMES)
    assert ask("/newsroom/api/v1/items/", query).json()["count"] == 1


@pytest.mark.parametrize("path", telling(["/newsroom/", "/news/"], "/news/"))
def test_pages_bear_any_value_and_show_what_they_can(ask, path, newsroom):
    if path == "/newsroom/":
        newsroom.unpublish()  # else it leads there
    names = [
        name for name in (*NAMES, *ON_PAGES) if name not in ("q", "page", "amp;area", "amp;keys", "keys")
    ]
    for what, value in NASTY.items():
        for query in (f"q={value}", f"keys={value}&page=1", "&".join(f"{name}={value}" for name in names)):
            response = ask(path, query)
            assert response.status_code != 400, what
            if response.status_code == 200:
                assert b"<script>alert(1)" not in response.content, what


@pytest.mark.parametrize("path", telling(["/newsroom/", "/news/"], "/news/"))
def test_pages_bear_any_name(ask, path, newsroom):
    if path == "/newsroom/":
        newsroom.unpublish()  # else it leads there
    for name in (*STRANGE_NAMES, *ON_PAGES):
        response = ask(path, f"{name}=wessex&area=wessex")
        assert response.status_code in (200, 301)
        if response.status_code == 200:
            assert "Fraudster jailed" in response.content.decode()
    many = ask(path, "&".join(f"a{number}=1" for number in range(2000)))
    assert many.status_code == 200
    assert "Fraudster jailed" in many.content.decode()


def test_pages_explain_what_the_api_refuses(ask):
    text = ask("/news/", "page_size=1000&area=wessex&colour=red").content.decode()
    assert "Fraudster jailed" in text
    assert "There is no parameter “colour”" in text
    assert "“1000” is not a whole number" in text


def test_pages_drop_trackers(ask):
    text = ask("/news/", "utm_source=x&fbclid=y&_ga=z&area=wessex").content.decode()
    assert "Fraudster jailed" in text
    assert "There is no parameter" not in text
    assert "utm_source" not in text
    assert ask("/newsroom/api/v1/items/", "utm_source=x").status_code == 400


def test_a_link_that_was_escaped_twice_is_mended_on_pages_and_refused_by_the_api(ask):
    response = ask("/news/", "crime_type=hate-crime&amp%3Barea=wessex")
    assert response.status_code == 301
    assert response.headers["Location"] == "/news/?crime_type=hate-crime&area=wessex"
    assert ask("/newsroom/api/v1/items/", "amp%3Barea=wessex").status_code == 400


def test_a_page_beyond_the_last_offers_the_last(ask):
    response = ask("/news/", "page=99&area=wessex")
    assert response.status_code == 404
    assert "There is no page 99" in response.content.decode()
    assert "/news/?area=wessex" in response.content.decode()
