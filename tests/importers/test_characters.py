"""Characters that are not text, in every output.

And addresses and dates that few people write.
"""

import datetime
import json
import re
from urllib.parse import urlsplit
from xml.dom import minidom

import pytest
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from tests.factories import publish_story
from wagtail_cpsnews.catalogue.dates import display, iso, local
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.characters import NOT_TEXT, clean, clean_line
from wagtail_cpsnews.stories.adapters import NewsItemFacts
from wagtail_cpsnews.taxonomy.models import Area

BAD = ["\x07", "\x0b", "\x1f", "\x7f", "\x85", "\ufdd0", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]
HIDDEN = ["\u202a", "\u202e", "\u2066", "\u2067"]
OUTPUTS = (
    *("api/v1/items/", "api/v1/changes/", "api/v1/areas/", "api/v1/pages/news-centre/", "feeds/news.rss"),
    *(
        "feeds/news.atom",
        "feeds/news.json",
        "sitemap-news.xml",
        "embed/list/",
        "embed/list/?format=fragment",
        "",
    ),
)


@pytest.fixture
def outputs(client, api):
    """A function that returns every public answer about one story, by its path."""

    def ask(page):
        paths = [f"/newsroom/{path}" for path in OUTPUTS]
        paths += [page.get_url(), page.get_parent().get_url()]
        items = api("items/", page_size=100)["results"]
        paths += [f"/newsroom/api/v1/items/{item['id']}/" for item in items]
        paths += [f"/newsroom/embed/list/?story={item['id']}" for item in items]
        answers = {path: client.get(path, headers={"host": "localhost"}, follow=True) for path in paths}
        assert {answer.status_code for answer in answers.values()} <= {200}, answers
        return {path: answer.content.decode() for path, answer in answers.items()}

    return ask


def texts(value):
    """Every text in JSON."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def test_what_is_text_stays():
    text = "Tabs\tand\r\nlines, é e\u0301 ﬁ 🏃‍♀️ 👨‍👩‍👧‍👦 zero\u200bwidth nb\u00a0sp \ufffd \u200f"
    assert clean(text) == clean_line(text) == text
    assert clean("a\x0bb\x07c\ud83dd") == "a b\ufffdc\ufffdd"
    assert clean_line("\u202eevil\u202c \u2066x\u2069") == "evil x"


def test_no_output_holds_a_character_that_is_not_text(outputs, newsroom):
    """A story written by code, past every form and every import."""
    bad, hidden = "".join(BAD), "".join(HIDDEN)
    area = Area.find("wessex")
    Area.objects.filter(pk=area.pk).update(name=f"Wess{bad}ex")
    Area.objects.get(pk=area.pk).save()
    newsroom.introduction = f"<p>Intro {bad}</p>"
    newsroom.save_revision().publish()
    page = publish_story(
        parent=newsroom,
        title=f"Bell {bad} in {hidden}title",
        summary=f"Sum{bad}mary {hidden}",
        areas=["wessex"],
        seo_title=f"Seo {bad}{hidden}",
        search_description=f"Description {bad}{hidden}",
        image_alt=bad,
        body=[("text", f"<p>Body {bad}</p>"), ("heading", {"text": f"Head {bad}", "level": "2"})],
        notes_to_editors=f"<p>{bad}</p>",
        updates=[("update", {"date": timezone.now(), "kind": "update", "text": f"Later {bad}"})],
        letter_addressee=f"To {bad}",
    )
    for path, answer in outputs(page).items():
        found = [answer]
        if answer.startswith("{"):
            found = texts(json.loads(answer))
        elif answer.startswith("<?xml"):
            minidom.parseString(answer)
        for text in found:
            assert not NOT_TEXT.search(text), path
            assert not re.search(f"[{hidden}]", text), path


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Amsterdam", "Africa/Monrovia", "Asia/Kolkata"])
@pytest.mark.parametrize("year", [1, 999, 1800, 1846, 1900, 1971, 2024, 9999])
def test_offsets_are_whole_minutes(settings, zone, year):
    settings.TIME_ZONE = zone
    for month, day in ((1, 1), (7, 4), (12, 31)):
        given = datetime.datetime(year, month, day, 12, 30, tzinfo=datetime.UTC)
        assert local(given) == given
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", iso(given))
        assert display(given).endswith(f"{year:04}")


def test_the_ends_of_time_do_not_overflow(settings):
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        settings.TIME_ZONE = zone
        for given in (datetime.datetime.min, datetime.datetime.max):
            assert iso(given.replace(tzinfo=datetime.UTC))


def test_greenwich_keeps_its_day_before_there_was_standard_time():
    given = datetime.datetime(1800, 1, 1, tzinfo=datetime.UTC)
    assert (iso(given), display(given)) == ("1800-01-01T00:00:00+00:00", "1 January 1800")


def test_every_output_prints_offsets_that_its_form_allows(outputs, newsroom):
    old = datetime.datetime(1845, 6, 1, 9, 0, tzinfo=datetime.UTC)
    page = publish_story(
        parent=newsroom,
        title="Turnpike robbers tried",
        published_at=old,
        updates=[("update", {"date": timezone.localtime(old), "kind": "update", "text": "Transported."})],
    )
    seen = set()
    for path, answer in outputs(page).items():
        assert not re.search(r"\d\d:\d\d[+-]\d\d:?\d\d:\d\d", answer), path
        if "1845-06-01T09:00:00+00:00" in answer or "01 Jun 1845 09:00:00 +0000" in answer:
            seen.add(path.rpartition("/newsroom/")[2])
    assert {"api/v1/items/", "api/v1/changes/", "sitemap-news.xml", "feeds/news.rss", page.get_url()} <= seen


def test_an_address_has_one_spelling(settings, outputs, newsroom, client, api):
    settings.WAGTAIL_ALLOW_UNICODE_SLUGS = True
    page = publish_story(parent=newsroom, title="Ngŵyr", slug="ngŵyr-a-chŵn")
    url = api("items/")["results"][0]["url"]
    assert url == iri_to_uri(url) == f"http://localhost{page.get_url()}"
    assert url.endswith("/news/ng%C5%B5yr-a-ch%C5%B5n/")
    for path, answer in outputs(page).items():
        assert "ngŵyr-a" not in answer, path
    for path in ("api/v1/items/", "api/v1/changes/", "feeds/news.rss", "feeds/news.atom", "feeds/news.json"):
        assert url in client.get(f"/newsroom/{path}", headers={"host": "localhost"}).content.decode(), path
    assert url in client.get("/newsroom/sitemap-news.xml", headers={"host": "localhost"}).content.decode()
    assert client.get(urlsplit(url).path, headers={"host": "localhost"}).status_code == 200


def test_an_adapters_own_address_is_encoded_too(monkeypatch, newsroom, api):
    given = "https://www.example.org/our stories/é?a=b c"
    monkeypatch.setattr(NewsItemFacts, "address", lambda self, page: given)
    publish_story(parent=newsroom, title="Elsewhere")
    (item,) = api("items/")["results"]
    assert item["url"] == "https://www.example.org/our%20stories/%C3%A9?a=b%20c"
    Entry.objects.update(address=given)  # a row of before
    assert api("items/")["results"][0]["url"] == item["url"]
