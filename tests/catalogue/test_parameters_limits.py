"""An answer about many wrong parameters explains a few and stays small."""

import json

import pytest

from tests.protocols import NEW, OLD, stream
from tests.telling import telling
from wagtail_cpsnews.catalogue.parameters import MAX_PROBLEMS, MAX_VALUES, NAMES, Problem, limit_problems
from wagtail_cpsnews.pages.models import MediaProtocolPage

API = [
    f"/newsroom/api/v1/{path}/"
    for path in ("items", "facets", "areas", "press-contacts", "changes", "schema")
]
PAGES = ["/news/", "/newsroom/embed/builder/"]
PARTS = ["/newsroom/embed/list/", "/newsroom/embed/list/?format=fragment"]
FEEDS = [f"/newsroom/feeds/news.{form}" for form in ("rss", "atom", "json")]
QUERIES = {
    "values": "&".join(f"area=nowhere-{number}" for number in range(900)),
    "values of three": "&".join(
        f"{name}=x-{number}" for number in range(300) for name in ("area", "kind", "topic")
    ),
    "names": "&".join(f"name-{number}=1" for number in range(900)),
    "numbers": "&".join(f"area={9000 + number}" for number in range(900)),
    "values where one is taken": "&".join(f"page=x{number}&format=x{number}" for number in range(400)),
    "long values": "&".join(f"area={'x' * 400}-{number}" for number in range(20)),
}


@pytest.fixture
def ask(client, newsroom, story):
    story("Fraudster jailed", areas=["wessex"])

    def get(path, query):
        path, _mark, own = path.partition("?")
        return client.get(path, headers={"host": "localhost"}, QUERY_STRING=f"{own}&{query}".strip("&"))

    return get


@pytest.mark.parametrize("query", telling(QUERIES, "values of three", "names", "long values"))
def test_an_answer_explains_a_few_problems_only(ask, query):
    for path in API:
        response = ask(path, QUERIES[query])
        assert response.status_code == 400, path
        errors = json.loads(response.content)["errors"]
        assert 1 <= len(errors) <= MAX_PROBLEMS + 3, path
        assert len(response.content) < 25_000, path
    for path in [*PAGES, *PARTS, *FEEDS]:
        plain = len(ask(path, "").content)
        content = ask(path, QUERIES[query]).content
        assert len(content) < plain + 25_000, path  # an address may be said back once, in a link


def test_the_rest_is_counted(ask):
    errors = ask("/newsroom/api/v1/items/", QUERIES["names"]).json()["errors"]
    assert errors[-1]["message"] == "880 more parts of this address could not be understood."
    assert "more parts of this address" in ask("/news/", QUERIES["names"]).content.decode()


def test_more_values_than_are_read(ask):
    query = f"{QUERIES['values']}&area=wessex"
    errors = ask("/newsroom/api/v1/items/", query).json()["errors"]
    assert errors[0]["message"] == f"“area” has 901 values. Only the first {MAX_VALUES} were read."
    assert errors[0]["allowed"] == f"up to {MAX_VALUES} values"
    assert ask("/newsroom/api/v1/items/", "area=wessex&" * 900).json()["count"] == 1


def test_every_parameter_keeps_its_first_problem():
    unknown = [Problem(f"name-{number}", "", "") for number in range(50)]
    wrong = [Problem(name, value, "") for name in NAMES for value in ("first", "second")]
    limited = limit_problems([*unknown, *wrong])
    assert len(limited) == MAX_PROBLEMS + 1
    given = [(problem.parameter, problem.value) for problem in limited]
    assert [pair for pair in given if pair[0] in NAMES] == [(name, "first") for name in NAMES]
    assert limit_problems(wrong[:MAX_PROBLEMS]) == wrong[:MAX_PROBLEMS]


def test_a_protocols_page(client, newsroom):
    page = newsroom.add_child(
        instance=MediaProtocolPage(title="Media protocol", slug="protocol", versions=stream(OLD, NEW))
    )
    content = client.get(page.url, headers={"host": "localhost"}, QUERY_STRING=QUERIES["names"]).content
    assert b"more parts of this address" in content
    assert b"name-500" not in content
