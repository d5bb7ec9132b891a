"""Addresses of the site that the newsroom replaces.

One pure function, and the redirects that pages answer with.
"""

import pytest
from django.http import QueryDict

from wagtail_cpsnews.catalogue.lookups import Reference, Taxonomy, TermInfo
from wagtail_cpsnews.http.legacy import is_legacy, repair, translate


def term(slug, number):
    return TermInfo(slug, slug, {"en": slug.title()}, {}, (), 0, False, None, number)


def taxonomy(name, **numbers):
    return Taxonomy(name, tuple(term(slug.replace("_", "-"), number) for slug, number in numbers.items()), {})


REFERENCE = Reference(
    {
        "kind": taxonomy("kind"),
        "crime_type": taxonomy("crime_type", hate_crime=21, international=24),
        "area": taxonomy("area", wessex=11, cps=122),
        "topic": taxonomy("topic"),
    },
    (),
    ("en", "cy"),
)


@pytest.mark.parametrize(
    ("query", "legacy"),
    [
        ("keys=", True),
        ("keys=x", True),
        ("publication_date_after=", True),
        ("publication_date_before=2020-01-01", True),
        ("area=All", True),
        ("crime_type=All", True),
        ("area=122", True),
        ("crime_type=24&page=3", True),
        ("area=wessex&crime_type=21", True),
        ("", False),
        ("page=3", False),
        ("area=wessex", False),
        ("area=all", False),
        ("area=north-12", False),
        ("topic=12", False),
        ("q=122", False),
        ("area=%EF%BC%91", False),
        ("area=1234567890", False),
    ],
)
def test_a_query_is_legacy_by_its_names_and_numbers(query, legacy):
    assert is_legacy(QueryDict(query)) is legacy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "keys=&crime_type=24&area=122&publication_date_after=&publication_date_before=&page=4",
            "crime_type=international&area=cps&page=5",
        ),
        ("keys=fraud&page=0", "q=fraud"),
        ("keys=fraud", "q=fraud"),
        ("area=All&crime_type=All", ""),
        ("area=11&area=122", "area=wessex&area=cps"),
        ("area=wessex&crime_type=21", "area=wessex&crime_type=hate-crime"),
        (
            "publication_date_after=2020-01-31&publication_date_before=02/28/2021",
            "published_after=2020-01-31&published_before=2021-02-28",
        ),
        ("publication_date_after=soon", "published_after=soon"),
        ("keys=x&page=last&colour=red", "q=x&page=last&colour=red"),
        ("keys=All", "q=All"),
    ],
)
def test_it_asks_for_the_same_today(old, new):
    translated = translate(QueryDict(old), REFERENCE)
    assert dict(translated.params.lists()) == dict(QueryDict(new).lists())
    assert not translated.problems
    assert not is_legacy(QueryDict(new))


def test_a_number_that_no_term_bears_is_explained_and_the_rest_goes_on():
    translated = translate(QueryDict("area=99&crime_type=21&page=2"), REFERENCE)
    assert dict(translated.params.lists()) == {"crime_type": ["hate-crime"], "page": ["3"]}
    (problem,) = translated.problems
    assert (problem.parameter, problem.value) == ("area", "99")
    assert "99" in problem.message


def test_a_taxonomy_that_is_off_had_no_numbers(settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False}}
    assert not is_legacy(QueryDict("crime_type=24"))
    assert dict(translate(QueryDict("keys=x&crime_type=24"), REFERENCE).params.lists()) == {
        "q": ["x"],
        "crime_type": ["24"],
    }


def test_stray_entities_are_mended():
    assert repair(QueryDict("area=wessex")) is None
    assert dict(repair(QueryDict("a=1&amp;b=2&amp%3Bc=3&amp%3Bamp%3Bd=4&amp%3Ba=5")).lists()) == {
        "a": ["1", "5"],
        "b": ["2"],
        "c": ["3"],
        "d": ["4"],
    }


@pytest.mark.parametrize("path", ["/news/", "/newsroom/"])
def test_pages_redirect_for_good(client, newsroom, path):
    if path == "/newsroom/":
        newsroom.unpublish()  # else it leads there
    old = "keys=&crime_type=24&area=122&publication_date_after=&publication_date_before=&page=4"
    response = client.get(f"{path}?{old}", headers={"host": "localhost"})
    assert response.status_code == 301
    assert (
        response.headers["Location"] == f"{path}?crime_type=international-and-organised-crime&area=cps&page=5"
    )
    assert client.get(f"{path}?area=All&keys=", headers={"host": "localhost"}).headers["Location"] == path
    # By way of the mended address: the filter that the old site ignored.
    mended = client.get(f"{path}?crime_type=21&amp%3Barea=11", headers={"host": "localhost"}).headers[
        "Location"
    ]
    assert mended == f"{path}?crime_type=21&area=11"
    assert (
        client.get(mended, headers={"host": "localhost"}).headers["Location"]
        == f"{path}?crime_type=hate-crime&area=wessex"
    )


def test_pages_explain_what_they_cannot_translate(client, story):
    story("In Wessex", areas=["wessex"])
    story("Elsewhere", areas=["cps"])
    text = client.get("/news/?crime_type=9999&area=11", headers={"host": "localhost"}).content.decode()
    assert "9999" in text
    assert "In Wessex" in text
    assert "Elsewhere" not in text


def test_no_redirect_goes_round_in_circles(client, newsroom, settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False}}
    for query in (
        "crime_type=24",
        "crime_type=All",
        "keys=&crime_type=24",
        "amp%3Bcrime_type=24",
        "amp%3B=1",
        "keys=" + "x" * 5000,
    ):
        path, seen = f"/news/?{query}", set()
        while path not in seen:
            seen.add(path)
            response = client.get(path, headers={"host": "localhost"})
            if response.status_code == 200:
                break
            path = response.headers["Location"]
        assert response.status_code == 200, query


def test_the_api_never_guesses(api, newsroom):
    for query in ({"keys": "x"}, {"area": "122"}, {"area": "All"}, {"publication_date_after": "2020-01-01"}):
        assert api("items/", status=400, **query)["errors"][0]["parameter"] == next(iter(query))
