"""A story in several languages is one story.

In every list, count, facet and page, for every reader.
"""

import datetime
import itertools
import random
import re
from collections import Counter

import pytest
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from tests.oracle import API, get
from tests.telling import telling
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area, Topic

AREAS, TOPICS = ["wessex", "cymru-wales", "cps"], ["statistics"]
WORDS = ["harbour", "lantern", "harbwr"]
DAY = datetime.datetime(2026, 3, 14, 12, tzinfo=datetime.UTC)
LANGUAGES = ["en", "cy", "ur", "pl"]


class Twins:
    """Eight stories in one to four versions each, some of which nobody may see."""

    def __init__(self, index, seed, inner):
        self.chance = random.Random(seed)
        self.index = index
        cy = Locale.objects.get(language_code="cy")
        home = index.get_parent().specific
        home.copy_for_translation(cy).save_revision().publish()
        index.copy_for_translation(cy).save_revision().publish()
        self.welsh = index.get_translation(cy)
        parent = home if inner else Page.objects.get(depth=1)
        second = HomePageFactory(parent=parent, title="Second", slug="second")
        Site.objects.create(hostname="second.example", port=80, root_page=second)
        self.second = NewsIndexPageFactory(parent=second, title="Second news", slug="second-news")
        for number in range(8):
            self.story(number)

    def story(self, number):
        first = self.publish(self.index, f"Story {number}")
        for place, language in self.chance.sample(
            [
                (self.welsh, ""),
                (self.index, "ur"),
                (self.second, "cy"),
                (self.second, "ur"),
                (self.index, "cy"),
            ],
            self.chance.choice([0, 1, 1, 2, 3]),
        ):
            self.publish(place, f"Version {language} of {number}", language=language, version_of=first)
        self.spoil(first)

    def publish(self, parent, title, **fields):
        page = publish_story(
            parent=parent,
            title=f"{title} {self.chance.choice(WORDS)}",
            areas=self.chance.sample(AREAS, self.chance.choice([0, 1, 2])),
            topics=self.chance.sample(TOPICS, self.chance.choice([0, 1])),
            published_at=DAY + datetime.timedelta(days=self.chance.choice([0, 1, 2])),
            **fields,
        )
        if fields:
            self.spoil(page)
        return page

    def spoil(self, page):
        fate = self.chance.choice([*["fine"] * 6, "down", "private", "expired"])
        if fate == "down":
            page.unpublish()
        elif fate == "private":
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        elif fate == "expired":
            page.expire_at = timezone.now() - datetime.timedelta(seconds=1)
            page.save()


def public_versions():
    """Return what everybody may see, read from the pages.

    Key, language, site, terms, words and date of each version.
    """
    sites = sorted(Site.objects.all(), key=lambda site: -len(site.root_page.url_path))
    roots = [
        (home.url_path, site.pk) for site in sites for home in site.root_page.get_translations(inclusive=True)
    ]
    roots.sort(key=lambda row: -len(row[0]))
    ids = dict(Entry.objects.values_list("page_pk", "id"))
    found = []
    for page in NewsItemPage.objects.live():
        if page.get_view_restrictions() or (page.expire_at and page.expire_at <= timezone.now()):
            continue
        found.append(
            {
                "id": ids[page.pk],
                "title": page.title,
                "key": (page.version_of or page).translation_key,
                "language": page.language_code,
                "site": next(site for path, site in roots if page.url_path.startswith(path)),
                "area": {term.slug for term in page.areas.all()},
                "topic": {term.slug for term in page.topics.all()},
                "published": page.published_at,
            }
        )
    return found


def expected(versions, sites, language, only, default, **filters):
    """Return the stories that a list should show, newest first.

    Each by the version that should represent it.
    """
    by_key = {}
    for version in versions:
        if version["site"] in sites:
            by_key.setdefault(version["key"], []).append(version)
    shown = []
    for candidates in by_key.values():
        best = min(
            candidates,
            key=lambda row: (
                row["language"] != language,
                row["language"] != default,
                row["published"],
                row["id"],
            ),
        )
        if best["language"] == language or not only:
            shown.append(best)
    shown = [row for row in shown if passes(row, **filters)]
    return sorted(shown, key=lambda row: (row["published"], row["id"]), reverse=True)


def passes(row, area="", topic="", q=""):
    return (
        (not area or area in row["area"])
        and (not topic or topic in row["topic"])
        and (not q or q in row["title"])
    )


def pages_of(params, host):
    """Items of all pages by number, and of all by cursor."""
    by_number, by_cursor = [], []
    for page in itertools.count(1):
        answer = get(f"{API}/items/", host=host, **params, page=page, page_size=3).json()
        by_number += answer["results"]
        if not answer["next"]:
            break
    url = f"{API}/items/"
    given = {**params, "cursor": "start", "page_size": 3}
    while url:
        answer = get(url, host=host, **given).json()
        by_cursor += answer["results"]
        url, given = answer["next"], {}
    return by_number, by_cursor


def facets_of(versions, sites, language, only, default, filters):
    """Return each term's count.

    The stories that the list would show with it, whatever is chosen of its own taxonomy.
    """
    counts = {}
    for name in ("area", "topic"):
        others = {key: value for key, value in filters.items() if key != name}
        rows = expected(versions, sites, language, only, default, **others)
        counts[name] = Counter(slug for row in rows for slug in row[name])
    return counts


FILTERS = [{}, {"area": "wessex"}, {"topic": "statistics"}, {"q": "harbour"}, {"q": "harbwr", "area": "cps"}]


#: seed, default language, setting SITES, whether the second site lies inside the first.
WORLDS = [
    (1, "en", "request", False),
    (2, "en", "all", False),
    (3, "cy", "request", True),
    (4, "cy", "all", False),
]


@pytest.mark.parametrize("world", telling(WORLDS, WORLDS[0], WORLDS[2]))
def test_no_story_counts_twice(newsroom, settings, world):
    no_story_counts_twice(newsroom, settings, *world, questions=4)


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_no_story_counts_twice_whatever_is_asked(newsroom, settings, world):
    no_story_counts_twice(newsroom, settings, world[0] + 10, *world[1:])


def no_story_counts_twice(newsroom, settings, seed, default, sites, inner, questions=None):
    settings.LANGUAGE_CODE = default
    settings.WAGTAIL_CPSNEWS = {**getattr(settings, "WAGTAIL_CPSNEWS", {}), "SITES": sites}
    twins = Twins(newsroom, seed, inner)
    possible = list(itertools.product(LANGUAGES, (False, True), FILTERS))
    snapshots.current()
    versions = public_versions()
    first, second = (Site.objects.get(hostname=name).pk for name in ("localhost", "second.example"))
    scopes = {"localhost": {first, second} if inner or sites == "all" else {first}}
    scopes["second.example"] = {first, second} if sites == "all" else {second}
    for host, scope in scopes.items():
        for language, only, filters in twins.chance.sample(possible, questions or len(possible)):
            asked = (host, language, only, filters)
            rows = expected(versions, scope, language, only, default, **filters)
            params = {"language": language, **filters, **({"language_only": "1"} if only else {})}
            answer = get(f"{API}/items/", host=host, **params, page_size=100).json()
            assert [item["id"] for item in answer["results"]] == [str(row["id"]) for row in rows], asked
            assert answer["count"] == len({row["key"] for row in rows}) == len(rows), asked
            counts = facets_of(versions, scope, language, only, default, filters)
            for name in ("area", "topic"):
                found = {facet["slug"]: facet["count"] for facet in answer["facets"][name] if facet["count"]}
                assert found == counts[name], (asked, name)
            if only or not filters:
                assert get(f"{API}/facets/", host=host, **params).json()["facets"] == answer["facets"]
        for order in ("-published", "published"):
            params = {"language": "cy", "facets": "none", "order": order}
            rows = expected(versions, scope, "cy", False, default)
            wanted = [str(row["id"]) for row in (rows if order == "-published" else reversed(rows))]
            for found in pages_of(params, host):
                assert [item["id"] for item in found] == wanted, (host, order)
        for index in NewsIndexPage.objects.live():
            index.unpublish()  # else the list leads there; stories stay public
        text = get("/newsroom/", host=host, language="cy", lang="cy", page_size=100).content.decode()
        shown = re.findall(r"<h3[^>]*><a href=[^>]*>([^<]*)</a></h3>", text)
        assert shown == [row["title"] for row in expected(versions, scope, "cy", False, default)], host


# -- what a Welsh reader sees ---------------------------------------------------------------------------------------


@pytest.fixture
def twins(newsroom, story):
    """An English story with a Welsh version, and one without.

    Two terms, one of which has a Welsh name.
    """
    cy = Locale.objects.get(language_code="cy")
    newsroom.get_parent().specific.copy_for_translation(cy).save_revision().publish()
    newsroom.copy_for_translation(cy).save_revision().publish()
    en = Locale.objects.get(language_code="en")
    Topic.objects.create(locale=en, slug="road-safety", name="Road safety")
    page = story("Harbour opens", areas=["cymru-wales"], published_at=DAY)
    welsh = page.copy_for_translation(cy)
    welsh.title, welsh.slug = "Harbwr yn agor", "harbwr-yn-agor"
    welsh.save_revision().publish()
    story("Only in English", areas=["cymru-wales"], topics=["road-safety"], published_at=DAY)
    return page, NewsItemPage.objects.get(pk=welsh.pk)


@pytest.fixture
def read(client):
    def ask(path, **params):
        response = client.get(path, params, headers={"host": "localhost"})
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return ask


def test_the_welsh_list(twins, read):
    text = read("/cy/news/?order=-published&page_size=20")
    assert '<html lang="cy"' in text
    assert "Harbwr yn agor" in text
    assert "Harbour opens" not in text
    assert '<h3 lang="en" dir="auto"><a href="http://localhost/news/only-in-english/">' in text
    assert '<span class="cpsnews-mark">Saesneg</span>' in text
    assert text.count("cpsnews-mark") == 1
    assert 'class="cpsnews-summary" lang="en"' in text
    assert "14 Mawrth 2026" in text
    # A topic without a Welsh name is marked wherever its label stands; an area with one is not.
    assert re.search(
        r'<div class="cpsnews-topic"><dt>[^<]+</dt><dd><span lang="en"><a href="[^"]*">Road safety</a>', text
    )
    assert re.search(r'<span lang="en">Road safety</span> <span class="cpsnews-count">1<', text)
    assert re.search(r'<div class="cpsnews-area"><dt>[^<]+</dt><dd><span><a href="[^"]*">', text)


def test_welsh_only(twins, read):
    assert "Cymraeg yn unig" in read("/cy/news/")
    text = read("/cy/news/", language_only="1")
    assert "Harbwr yn agor" in text
    assert "Only in English" not in text
    assert "Yn dangos 1 canlyniad" in text
    assert re.search(r"Road safety</span> <span class=\"cpsnews-count\">0<", text)


def test_a_chip_in_another_language(twins, read):
    assert '<span lang="en">Road safety</span></a>' in read("/cy/news/", topic="road-safety")


def test_lists_lead_to_each_other_with_their_filters(twins, read):
    text = read("/news/", area="cymru-wales", q="harbour", page_size="5", page="1")
    link = re.search(
        r'<li><a href="([^"]*)" hreflang="cy" lang="cy" dir="auto" rel="alternate">Cymraeg</a>', text
    )
    assert link[1] == "http://localhost/cy/news/?q=harbour&amp;area=cymru-wales&amp;page_size=5"
    assert '<link rel="alternate" hreflang="cy"' not in text  # a search is not for search engines
    head = read("/news/", area="cymru-wales")
    assert '<link rel="alternate" hreflang="cy" href="http://localhost/cy/news/?area=cymru-wales">' in head
    text = read("/cy/news/", area="cymru-wales", language_only="1")
    link = re.search(
        r'<li><a href="([^"]*)" hreflang="en" lang="en" dir="auto" rel="alternate">English</a>', text
    )
    assert link[1] == "http://localhost/news/?area=cymru-wales"


def test_a_list_does_not_lead_to_a_version_that_is_not_public(twins, read, newsroom):
    link = 'dir="auto" rel="alternate">Cymraeg</a>'
    welsh = newsroom.get_translation(Locale.objects.get(language_code="cy"))
    restriction = PageViewRestriction.objects.create(page=welsh, restriction_type=PageViewRestriction.LOGIN)
    assert link not in read("/news/")
    restriction.delete()
    assert link in read("/news/")
    welsh.unpublish()
    assert link not in read("/news/")


def test_the_newsrooms_own_list_in_welsh(twins, read, newsroom):
    for index in (newsroom, *newsroom.get_translations()):
        index.unpublish()  # else it leads there
    link = re.search(r'<a href="([^"]*)" hreflang="cy"', read("/newsroom/", area="cymru-wales"))[1]
    assert link == "/newsroom/?area=cymru-wales&amp;language=cy&amp;lang=cy"
    text = read(link.replace("&amp;", "&"))
    assert '<html lang="cy"' in text
    assert "Harbwr yn agor" in text
    assert 'href="/newsroom/?area=cymru-wales" hreflang="en"' in text


def test_stories_lead_to_each_other(twins, read):
    page, welsh = twins
    assert 'hreflang="cy" lang="cy" dir="auto" rel="alternate">Cymraeg</a>' in read(page.url)
    assert 'hreflang="en" lang="en" dir="auto" rel="alternate">English</a>' in read(welsh.url)


def test_the_api_says_what_is_in_which_language(twins, api):
    items = {item["title"]: item for item in api("items/", language="cy")["results"]}
    welsh, english = items["Harbwr yn agor"], items["Only in English"]
    assert (welsh["language"], welsh["language_display"]) == ("cy", "Cymraeg")
    assert (english["language"], english["language_display"]) == ("en", "Saesneg")
    assert [(row["language"], row["language_display"]) for row in welsh["translations"]] == [
        ("en", "Saesneg")
    ]
    assert english["topics"] == [{"slug": "road-safety", "label": "Road safety", "language": "en"}]
    assert "language" not in english["areas"][0]
    facets = {facet["slug"]: facet for facet in api("facets/", language="cy")["facets"]["topic"]}
    assert facets["road-safety"]["language"] == "en"
    terms = {term["slug"]: term for term in api("topics/", lang="cy")["results"]}
    assert terms["road-safety"]["language"] == "en"
    assert "language" not in {term["slug"]: term for term in api("topics/")["results"]}["road-safety"]


def test_a_search_finds_each_story_in_the_language_that_the_list_shows(twins, titles):
    assert titles(language="cy", q="harbwr") == ["Harbwr yn agor"]
    assert (
        titles(language="cy", q="opens") == []
    )  # a word of the English version, which this list does not show
    assert titles(q="opens") == ["Harbour opens"]
    assert titles(q="harbwr") == []
    assert titles(language="cy", q="english") == ["Only in English"]
    assert Area.objects.filter(slug="cymru-wales").count() == 2
