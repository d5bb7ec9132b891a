"""The result sentence, word for word."""

import datetime

import pytest
from django.utils import timezone

from wagtail_cpsnews.catalogue import summaries as module
from wagtail_cpsnews.catalogue.lookups import Reference, Taxonomy, TermInfo
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.catalogue.results import Results


def terms(name, **labels):
    rows = [
        TermInfo(
            slug, slug.replace("_", "-"), {"en": label, "cy": f"{label}-cy"}, {}, (), order, False, None, None
        )
        for order, (slug, label) in enumerate(labels.items())
    ]
    return Taxonomy(name, tuple(rows), {})


REFERENCE = Reference(
    {
        "kind": terms("kind", news="News", speech="Speech"),
        "crime_type": terms(
            "crime_type",
            fraud="Fraud and economic crime",
            hate="Hate crime",
            organised="International and organised crime",
        ),
        "area": terms("area", cps="CPS", wessex="Wessex"),
        "topic": terms("topic", statistics="Statistics"),
    },
    (),
    ("en", "cy"),
)


class Snapshot:
    reference = REFERENCE


def say(count, shown=None, **query):
    query = Query(**{"lang": "en", "language": "en", **query})
    rest = count - (query.page - 1) * query.page_size
    shown = max(0, min(query.page_size, rest))
    return Results(query, Snapshot, count, [None] * shown, {}, rest > shown, None).sentence


DAY = datetime.date(2026, 3, 14)


@pytest.mark.parametrize(
    ("sentence", "count", "query"),
    [
        (
            'Showing 41 - 50 of 50 results for crime type "International and organised crime" & area "CPS"',
            50,
            {"page": 5, "crime_type": ("organised",), "area": ("cps",)},
        ),
        ('Showing 31 - 40 of 81 results for area "Wessex"', 81, {"page": 4, "area": ("wessex",)}),
        ("Showing 1 - 10 of 40 results", 40, {}),
        ('Showing 11 - 15 of 15 results for area "CPS"', 15, {"page": 2, "area": ("cps",)}),
        (
            'Showing 1 - 2 of 2 results for crime type "Fraud and economic crime" or "Hate crime" & area "CPS"',
            2,
            {"crime_type": ("hate", "fraud"), "area": ("cps",)},
        ),
        ('Showing 1 result for area "Wessex"', 1, {"area": ("wessex",)}),
        ("Showing 1 result", 1, {}),
        ("No results", 0, {}),
        ('No results for search term "asteroid"', 0, {"q": "asteroid"}),
        ('Showing 1 - 3 of 3 results for news type "Speech"', 3, {"kind": ("speech",)}),
        (
            "Showing 1 - 3 of 3 results for published on 14 March 2026",
            3,
            {"published_after": DAY, "published_before": DAY},
        ),
        ("Showing 1 - 3 of 3 results for published on or after 14 March 2026", 3, {"published_after": DAY}),
        ("Showing 1 - 3 of 3 results for published on or before 14 March 2026", 3, {"published_before": DAY}),
        (
            "Showing 1 - 3 of 3 results for published from 14 March 2026 to 15 March 2026",
            3,
            {"published_after": DAY, "published_before": DAY + datetime.timedelta(1)},
        ),
        (
            'Showing 1 - 3 of 3 results for crime type "Hate crime" & area "CPS" & news type "News" & topic "Statistics" & search term "fraud" & published on 14 March 2026',
            3,
            {
                "q": "fraud",
                "kind": ("news",),
                "topic": ("statistics",),
                "area": ("cps",),
                "crime_type": ("hate",),
                "published_after": DAY,
                "published_before": DAY,
            },
        ),
        ('Showing 1 - 3 of 3 results for search term “"hate crime" trial”', 3, {"q": '"hate crime" trial'}),
        ('25 results for area "CPS"', 25, {"cursor": "start", "area": ("cps",)}),
        ('Showing 11 - 11 of 11 results for area "CPS"', 11, {"page": 2, "area": ("cps",)}),
    ],
)
def test_the_sentence(sentence, count, query):
    assert say(count, **query) == sentence


def test_labels_are_in_the_label_language():
    assert "Wessex-cy" in say(2, lang="cy", area=("wessex",))


def test_a_council_reads_its_own_words(settings):
    settings.WAGTAIL_CPSNEWS = {
        "TAXONOMIES": {"crime_type": False, "area": {"en": ("ward", "wards"), "cy": ("ward", "wardiau")}}
    }
    assert say(1, area=("wessex",), crime_type=("hate",)) == 'Showing 1 result for ward "Wessex"'


def test_days_are_counted_where_the_site_is():
    assert module.display(datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)) == "1 July 2026"
    assert module.display(timezone.make_aware(datetime.datetime(2026, 6, 30, 23, 30))) == "30 June 2026"


def test_api_and_page_say_the_same(story, api, client):
    for number in range(12):
        story(f"Story {number}", areas=["wessex"], crime_types=["hate-crime"])
    expected = 'Showing 11 - 12 of 12 results for crime type "Hate crime" & area "Wessex"'
    query = {"area": "wessex", "crime_type": "hate-crime", "page": 2}
    assert api("items/", **query)["summary"] == expected
    page = client.get("/news/", query, headers={"host": "localhost"}).content.decode()
    assert expected.replace('"', "&quot;").replace(" & ", " &amp; ") in page
