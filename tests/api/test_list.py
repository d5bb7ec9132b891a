"""The list: envelope, items, filters, facets, pages, dates, languages."""

import datetime

import pytest
from django.utils import timezone
from wagtail.models import Locale

from wagtail_cpsnews.catalogue.serializers import list_fields
from wagtail_cpsnews.taxonomy.models import Area, CrimeType


@pytest.fixture
def five(story):
    story("One", areas=["wessex"], crime_types=["hate-crime"], kind="news")
    story("Two", areas=["wessex", "cps"], crime_types=["hate-crime", "driving-offences"])
    story("Three", areas=["cps"], crime_types=["driving-offences"], topics=["statistics"])
    story("Four", areas=["london-south"])
    story("Five")


def counts(answer, taxonomy):
    return {facet["slug"]: facet["count"] for facet in answer["facets"][taxonomy] if facet["count"]}


def test_the_envelope(api, five):
    answer = api()
    assert list(answer) == [
        "count",
        "next",
        "previous",
        "results",
        "summary",
        "facets",
        "facet_labels",
        "query",
    ]
    assert (answer["count"], answer["next"], answer["previous"]) == (5, None, None)
    assert answer["summary"] == "Showing 1 - 5 of 5 results"
    assert answer["query"] == {
        "language": "en",
        "lang": "en",
        "order": "-published",
        "page": 1,
        "page_size": 10,
    }
    assert list(answer["facets"]) == ["kind", "crime_type", "area", "topic"]


def test_an_item(api, story):
    published = timezone.make_aware(datetime.datetime(2026, 6, 30, 23, 30))
    story("A & B <i>“quoted”</i>", summary="Sum <b>mary</b>", published_at=published, areas=["wessex"])
    (item,) = api()["results"]
    assert set(item) == set(list_fields()) - {
        *("speech", "letter", "updates", "latest_updates", "archived", "authors", "source_url")
    }
    assert item["title"] == "A & B <i>“quoted”</i>"
    assert item["url"].startswith("http://localhost/news/a-b")
    assert item["published"] == "2026-06-30T23:30:00+01:00"
    assert item["published_display"] == "30 June 2026"
    assert item["areas"] == [{"slug": "wessex", "label": "Wessex"}]
    assert (item["kind"], item["image"], item["updated"], item["language"]) == (None, None, None, "en")


def test_values_of_one_parameter_widen_and_parameters_narrow(titles, five):
    assert titles(area="wessex") == ["One", "Two"]
    assert titles(area=["wessex", "london-south"]) == ["Four", "One", "Two"]
    assert titles(area="wessex", crime_type="driving-offences") == ["Two"]
    assert titles(area=["wessex", "cps"], crime_type="driving-offences") == ["Three", "Two"]
    assert titles(area="Wiltshire") == ["One", "Two"]


def test_each_facet_ignores_its_own_selection(api, five):
    answer = api(area="wessex", crime_type="hate-crime")
    assert answer["count"] == 2
    assert counts(answer, "area") == {"wessex": 2, "cps": 1}
    assert counts(answer, "crime_type") == {"hate-crime": 2, "driving-offences": 1}
    assert counts(answer, "kind") == {"news": 1}
    assert counts(answer, "topic") == {}
    assert counts(api(area="cps"), "area") == {"wessex": 2, "cps": 2, "london-south": 1}
    selected = [facet["slug"] for facet in answer["facets"]["area"] if facet["selected"]]
    assert selected == ["wessex"]


def test_every_count_is_what_choosing_it_finds(api, five):
    for taxonomy, parameter in (
        ("area", "area"),
        ("crime_type", "crime_type"),
        ("topic", "topic"),
        ("kind", "kind"),
    ):
        for query in ({}, {"q": "what happened"}):
            for slug, count in counts(api(**query), taxonomy).items():
                assert api(**query, **{parameter: slug})["count"] == count


def test_facets_keep_zeros_and_the_terms_own_order(api, five):
    Area.objects.filter(slug="north-east").first().delete()
    last = Area.find("cps")
    last.sort_order = 10_000
    last.save()
    retired = Area.find("south-west")
    retired.retired = True
    retired.save()
    facets = api()["facets"]["area"]
    own = list(Area.objects.filter(locale=Locale.get_default(), retired=False).values_list("slug", flat=True))
    assert [facet["slug"] for facet in facets] == own
    assert own[-1] == "cps"
    assert {facet["count"] for facet in facets} == {0, 1, 2}
    assert "south-west" in [facet["slug"] for facet in api(area="south-west")["facets"]["area"]]


def test_facets_can_be_left_out(api, five):
    assert api(facets="none")["facets"] == {}
    assert api("facets/", area="wessex")["facets"] == api(area="wessex")["facets"]
    assert list(api("facets/")) == ["count", "facets", "facet_labels", "query"]
    assert api("facets/", status=400, page="2")["errors"][0]["parameter"] == "page"


def test_pages_and_their_links(api, five, client):
    first = api(page_size=2, area=["wessex", "cps", "london-south"], q="happened", lang="en")
    assert first["count"] == 4
    assert first["previous"] is None
    second = client.get(first["next"], headers={"host": "localhost"}).json()
    assert [len(first["results"]), len(second["results"])] == [2, 2]
    assert second["next"] is None
    assert client.get(second["previous"], headers={"host": "localhost"}).json() == first
    for part in ("area=wessex", "area=cps", "area=london-south", "q=happened", "page_size=2", "lang=en"):
        assert part in first["next"]
    titles = {item["title"] for item in first["results"] + second["results"]}
    assert titles == {"One", "Two", "Three", "Four"}


def test_a_page_beyond_the_last(api, five):
    error = api(status=404, page=2)["errors"][0]
    assert (error["parameter"], error["value"], error["allowed"], error["example"]) == (
        "page",
        "2",
        "1 to 1",
        "?page=1",
    )
    assert api(status=404, page=999_999_999)["errors"][0]["parameter"] == "page"
    assert api(page=1, q="asteroid")["results"] == []
    assert api(status=404, page=2, q="asteroid")["errors"][0]["allowed"] == "1 to 1"


def test_fields(api, five):
    answer = api(fields="title,url,title", page_size=1)
    assert [list(item) for item in answer["results"]] == [["title", "url"]]
    assert "fields=title%2Curl" in answer["next"]
    assert api(status=400, fields="title,body")["errors"][0]["value"] == "body"
    item = api()["results"][0]
    assert list(api(f"items/{item['id']}/", fields="body_html,title")) == ["body_html", "title"]


def test_order(api, story):
    for day in (2, 3, 1):
        story(f"Day {day}", published_at=datetime.datetime(2026, 1, day, tzinfo=datetime.UTC))
    ordered = [
        [item["title"] for item in api(order=order)["results"]] for order in ("-published", "published")
    ]
    assert ordered == [["Day 3", "Day 2", "Day 1"], ["Day 1", "Day 2", "Day 3"]]
    assert api(status=400, order="relevance")["errors"][0]["parameter"] == "order"


def test_days_are_inclusive_where_the_site_is_on_both_days_that_clocks_change(titles, story):
    times = {
        "28 late": "2026-03-28T23:59:59+00:00",
        "29 early": "2026-03-29T00:00:00+00:00",
        "29 late": "2026-03-29T22:59:59+00:00",  # 23:59:59 in London
        "30 early": "2026-03-29T23:00:00+00:00",
        "24 late": "2025-10-25T22:59:59+00:00",  # 25 October, 23:59:59
        "26 early": "2025-10-25T23:00:00+00:00",
        "26 late": "2025-10-26T23:59:59+00:00",
        "27 early": "2025-10-27T00:00:00+00:00",
    }
    for title, when in times.items():
        story(title, published_at=datetime.datetime.fromisoformat(when))
    assert titles(published_after="2026-03-29", published_before="2026-03-29") == ["29 early", "29 late"]
    assert titles(published_after="2025-10-26", published_before="2025-10-26") == ["26 early", "26 late"]
    assert titles(published_after="2026-03-30") == ["30 early"]
    assert titles(published_before="2025-10-25") == ["24 late"]


def test_languages_of_stories_and_of_labels(api, titles, story, newsroom):
    welsh = Locale.objects.get(language_code="cy")
    both = story("English of both", areas=["cymru-wales"])
    story("English alone")
    index = newsroom.copy_for_translation(welsh, copy_parents=True)
    index.save_revision().publish()
    twin = both.copy_for_translation(welsh)
    twin.title = "Welsh of both"
    twin.save_revision().publish()
    assert titles() == ["English alone", "English of both"]
    assert titles(language="cy") == ["English alone", "Welsh of both"]
    assert titles(language="cy", language_only=1) == ["Welsh of both"]
    assert titles(language="ur") == ["English alone", "English of both"]
    answer = api(language="cy", area="cymru-wales")
    assert answer["summary"].endswith('"Cymru"')
    (item,) = answer["results"]
    assert item["language"] == "cy"
    assert [version["language"] for version in item["translations"]] == ["en"]
    assert item["areas"] == [{"slug": "cymru-wales", "label": "Cymru"}]
    english_labels = api(language="cy", lang="en", area="cymru-wales")
    assert english_labels["results"][0]["areas"][0]["label"] == "Cymru-Wales"
    assert counts(api(language="cy"), "area") == {"cymru-wales": 1}


def test_a_renamed_and_a_merged_term_keep_their_addresses(api, five):
    area = Area.find("wessex")
    area.slug = "dorset"
    area.save()
    CrimeType.find("hate-crime").merge_into(CrimeType.find("driving-offences"))
    answer = api(area="wessex", crime_type="hate-crime")
    assert answer["query"]["area"] == ["dorset"]
    assert answer["query"]["crime_type"] == ["driving-offences"]
    assert answer["count"] == 2
    assert counts(api(), "crime_type") == {"driving-offences": 3}
    assert "hate-crime" not in [facet["slug"] for facet in api()["facets"]["crime_type"]]


def test_a_taxonomy_that_is_off_is_nowhere(api, five, settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False, "kind": False}}
    answer = api()
    assert list(answer["facets"]) == ["area", "topic"]
    assert not {"kind", "crime_types"} & set(answer["results"][0])
    assert api(status=400, crime_type="hate-crime")["errors"][0]["parameter"] == "crime_type"
    # The widget asks for all of them: elsewhere nobody knows which are off.
    assert set(api(fields="title,crime_types")["results"][0]) == {"title"}
    assert api("crime-types/", status=404)["errors"]


def test_terms_are_found_by_county_and_force(api, newsroom):
    answer = api("areas/", q="wiltshire")
    assert [term["slug"] for term in answer["results"]] == ["wessex"]
    assert set(answer["results"][0]) == {"slug", "label", "description", "aliases", "retired"}
    assert answer["count"] == 1
    assert api("areas/", q="nowhere-at-all") == {"count": 0, "results": []}
    assert api("areas/")["count"] == len(api("areas/")["results"]) > 10
    assert "Cymru" in [term["label"] for term in api("areas/", lang="cy")["results"]]
    for path in ("kinds/", "crime-types/", "topics/"):
        assert api(path)["count"] > 3
    assert api("areas/", status=400, area="wessex")["errors"][0]["parameter"] == "area"
    assert api("areas/", status=400, q="!!")["errors"][0]["parameter"] == "q"
