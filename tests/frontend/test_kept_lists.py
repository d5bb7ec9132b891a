"""The HTML of lists is kept in memory.

It changes with all that it shows, and holds nothing that is one reader's.
"""

import datetime
import random
import re
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction, Site

from tests.factories import publish_story
from tests.telling import telling
from wagtail_cpsnews.frontend import kept_lists
from wagtail_cpsnews.taxonomy.models import Area

CARD = "wagtail_cpsnews/card.html"


@pytest.fixture(autouse=True)
def _in_memory():
    pytest.importorskip("pyroaring")
    kept_lists._lists.clear()


@pytest.fixture
def get(client, newsroom):
    """A function that asks for an address."""
    return lambda address="/news/", host="localhost": client.get(address, headers={"host": host})


@pytest.fixture
def read(get):
    """A function that returns a page, which must be as one that is made now."""

    def ask(address="/news/", host="localhost"):
        kept = get(address, host)
        kept_lists._lists.clear()
        fresh = get(address, host)
        assert kept.content == fresh.content
        return fresh.content.decode()

    return ask


def made(response):
    """Return whether the cards of a page were rendered for it."""
    return CARD in [template.name for template in response.templates]


@pytest.mark.parametrize(
    "address", telling(["/news/", "/newsroom/", "/news/?area=wessex&page_size=1"], "/newsroom/")
)
def test_a_list_is_made_once(get, story, address, newsroom):
    story("First", areas=["wessex"])
    if address == "/newsroom/":
        newsroom.unpublish()  # else it leads there
    first, second = get(address), get(address)
    assert made(first)
    assert not made(second)
    assert second.content == first.content
    story("Second", areas=["wessex"])
    assert made(get(address))


def test_it_changes_with_all_that_it_shows(newsroom, get, read, story, settings):
    pages = [story(f"Story {number}", areas=["wessex"]) for number in range(3)]
    site = Site.objects.get()

    def restrict():
        PageViewRestriction.objects.create(page=pages[1], restriction_type=PageViewRestriction.LOGIN)

    def rename():
        area = Area.objects.get(slug="wessex", locale__language_code="en")
        area.name = "West"
        area.save()

    def retitle(page, title):
        page.title = title
        page.save_revision().publish()

    def fix():
        newsroom.areas = [Area.find("wessex")]
        newsroom.save_revision().publish()

    def call_areas_wards():
        settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"area": {"en": ("ward", "wards")}}}

    def translate():
        welsh = Locale.objects.get(language_code="cy")
        newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
        pages[2].copy_for_translation(welsh).save_revision().publish()

    def move_house():
        site.hostname = "news.example"
        site.save()

    changes = [
        lambda: story("Story 4"),
        pages[0].unpublish,
        restrict,
        lambda: retitle(pages[2], "Another title"),
        rename,
        call_areas_wards,
        lambda: retitle(newsroom, "Latest"),
        translate,
        move_house,
        fix,
    ]
    before = read()
    for change in changes:
        get()  # and it is kept
        change()
        after = read()
        assert after != before, change
        before = after


def test_it_ends_with_a_story(get, read, story):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        hour = datetime.timedelta(hours=1)
        story("Short", expire_at=timezone.now() + hour)
        story("Long")
        assert "Short" in get().content.decode()
        clock.shift(hour)
        assert "Short" not in read()
        assert "Short" not in get().content.decode()


def test_each_host_and_language_has_its_own(get, story, newsroom, settings):
    settings.ALLOWED_HOSTS = ["*"]
    story("A story")
    welsh = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.save_revision().publish()
    found = {}
    for _time in range(2):
        for address, host in (
            ("/news/", "localhost"),
            ("/news/", "front.example"),
            ("/cy/news/", "localhost"),
        ):
            text = get(address, host).content.decode()
            assert found.setdefault((address, host), text) == text
    assert "http://front.example/newsroom/embed/oembed/" in found["/news/", "front.example"]
    assert "front.example" not in found["/news/", "localhost"]
    assert 'lang="cy"' in found["/cy/news/", "localhost"]


def test_what_an_address_explains_is_not_kept(get, story):
    story("A story")
    for _time in range(2):
        assert made(get("/news/?area=nowhere"))
    assert len(kept_lists._lists) == 0


def test_a_preview_is_made_each_time(story, newsroom, get):
    story("A story")
    get()
    for _time in range(2):
        draft = newsroom.get_latest_revision_as_object()
        draft.title = "Not yet"
        response = draft.make_preview_request()
        assert b"Not yet" in response.content
    assert len(kept_lists._lists) == 1


def test_all_that_a_list_includes_is_looked_at():
    """A host's own version of any of them may show what is one reader's."""
    home = Path(kept_lists.__file__).parent.parent / "templates"
    found, left = (
        set(),
        [f"wagtail_cpsnews/{name}.html" for name in ("listing", "front_list", "front_search")],
    )
    while left:
        included = set(re.findall(r'{% include "([^"]+)"', (home / left.pop()).read_text())) - found
        found |= included
        left += included
    assert found == set(kept_lists.PARTS)


@pytest.mark.parametrize("name", telling(["card", "listing", "found", "follow"], "found"))
def test_a_hosts_own_template_is_rendered_for_each_reader(get, story, settings, tmp_path, name):
    folder = tmp_path / "wagtail_cpsnews"
    folder.mkdir()
    (folder / f"{name}.html").write_text("For {{ request.GET.utm_source }} {{ listing.count }} only")
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0].get("DIRS", [])]}
    ]
    story("A story", areas=["wessex"])
    for reader in ("Anna", "Bert"):
        assert f"For {reader}" in get(f"/news/?area=wessex&utm_source={reader}").content.decode()


@pytest.mark.slow
def test_pages_from_memory_are_as_pages_that_are_made(newsroom, read, get):
    chosen = random.Random(7)
    values = {
        "area": ("wessex", "south-west", "nowhere"),
        "crime_type": ("hate-crime", "terrorism"),
        "q": ("story", "“two words”", "nothing"),
        "page": ("1", "2", "99"),
        "page_size": ("2", "5"),
        "order": ("published", "relevance"),
        "language_only": ("1",),
        "published_after": ("2020-01-01",),
        "utm_source": ("x",),
    }
    stories = []
    for _round in range(4):
        stories.append(
            publish_story(
                parent=newsroom,
                title=f"A story of two words {len(stories)}",
                areas=chosen.sample(["wessex", "south-west"], chosen.choice((0, 1, 2))),
                crime_types=chosen.sample(["hate-crime", "terrorism"], 1),
            )
        )
        if len(stories) == 3:
            stories[0].unpublish()
        for _question in range(8):
            names = chosen.sample(sorted(values), chosen.choice((0, 1, 1, 2, 3)))
            question = "&".join(f"{name}={chosen.choice(values[name])}" for name in names)
            get(f"/news/?{question}")
            read(f"/news/?{question}")
