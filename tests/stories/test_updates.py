"""Updates and corrections.

Shown at the top, on cards and in feeds; and the only thing that moves ``updated``.
"""

import dataclasses
import datetime
import json

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from tests.factories import NewsIndexPageFactory
from wagtail_cpsnews.catalogue import maintenance
from wagtail_cpsnews.catalogue.adapters import adapter_for
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.serializers import item
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.stories.blocks.updates import UpdateBlock
from wagtail_cpsnews.taxonomy.models import Area, Kind

NOON = datetime.datetime(2026, 3, 14, 12, 0, tzinfo=datetime.UTC)


def update(text="The number is four.", date=NOON, kind="correction"):
    return ("update", {"date": date, "kind": kind, "text": text})


def entry_of(page):
    current()
    return Entry.objects.get(page_pk=page.pk)


@pytest.fixture
def read(client):
    def get(url):
        return client.get(url, headers={"host": "localhost"}).content.decode()

    return get


def test_page_card_and_api_say_it(story, read, api):
    page = story(
        "Main",
        updates=[
            update("First.", NOON, "update"),
            update("Four were hurt.\n\nNot five.", NOON + datetime.timedelta(days=2)),
            update("What it means.", NOON + datetime.timedelta(days=1), "clarification"),
        ],
    )
    text = read(page.url)
    head, _body = text.split('class="cpsnews-body"')
    assert head.index("Four were hurt.") < head.index("What it means.") < head.index("First.")
    for word in ("Correction", "Clarification", "Update", "<p>Not five.</p>", "Updated 16 March 2026"):
        assert word in head
    card = read("/news/")
    assert "Correction" in card
    assert "Four were hurt. Not five." in card
    assert "What it means." not in card
    listed = api("items/")["results"][0]
    assert listed["updated"] == "2026-03-16T12:00:00+00:00"
    assert [one["kind"] for one in listed["updates"]] == ["correction", "clarification", "update"]
    assert listed["updates"][0]["text"] == "Four were hurt.\n\nNot five."
    assert entry_of(page).facts["updates"][0]["text"] == "Four were hurt.\n\nNot five."


def test_a_long_text_is_cut_at_a_word_on_cards(story, read):
    story("Main", updates=[update("Correctness " * 60)])
    text = read("/news/")
    assert "Correctness…" in text
    assert text.count("Correctness") < 20


def test_those_of_one_time_stay_in_order(story):
    page = story("Main", updates=[update("One."), update("Two."), update("Three.")])
    assert [one["text"] for one in page.get_updates()] == ["One.", "Two.", "Three."]


def test_nothing_else_moves_updated(story, newsroom, image):
    page = story("Main", areas=["wessex"], updates=[update()])
    bare = story("Bare")

    def check():
        assert entry_of(page).updated == NOON
        assert entry_of(bare).updated is None

    def republish(**changes):
        for one in (page, bare):
            fresh = NewsItemPage.objects.get(pk=one.pk)
            for name, value in changes.items():
                setattr(fresh, name, value)
            fresh.save_revision().publish()

    check()
    republish(title="New title", summary="New words")
    check()
    republish(image=image, image_alt="A harbour")
    check()
    image.title = "Another"
    image.save()
    check()
    republish(areas=[Area.find("cps")], kind=Kind.find("press-release"))
    check()
    area = Area.find("cps")
    area.name = "Renamed"
    area.save()
    check()
    for one in (page, bare):
        NewsItemPage.objects.get(pk=one.pk).save()
        NewsItemPage.objects.get(pk=one.pk).save_revision()  # a draft
    check()
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    for one in (page, bare):
        NewsItemPage.objects.get(pk=one.pk).move(section, pos="last-child")
    check()
    for one in (page, bare):
        NewsItemPage.objects.get(pk=one.pk).unpublish()
        NewsItemPage.objects.get(pk=one.pk).save_revision().publish()
    check()
    call_command("rebuild_catalogue", verbosity=0)
    check()
    later = NOON + datetime.timedelta(hours=1)
    republish(updates=[update("Again.", later)])
    assert {entry_of(page).updated, entry_of(bare).updated} == {later}


@pytest.fixture
def image(newsroom):
    import io

    from django.core.files.images import ImageFile
    from PIL import Image as Picture
    from wagtail.images import get_image_model

    data = io.BytesIO()
    Picture.new("RGB", (90, 60), "#1b5377").save(data, "PNG")
    data.seek(0)
    yield get_image_model().objects.create(title="A harbour", file=ImageFile(data, name="harbour.png"))
    cache.clear()  # Wagtail keeps renditions there, by keys that the next test's pictures have too


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


def test_a_future_update_is_refused_at_publishing_with_a_message_on_its_field():
    stream = NewsItemPage.updates.field.stream_block
    value = stream.normalize([update(), update(date=tomorrow())])
    with pytest.raises(StreamBlockValidationError) as error:
        stream.clean(value)
    assert list(error.value.block_errors) == [1]
    assert "future" in str(error.value.block_errors[1].block_errors["date"].message)


def test_a_draft_may_be_half_filled_and_ahead_of_time():
    stream = NewsItemPage.updates.field.stream_block
    half = ("update", {"date": None, "kind": "update", "text": ""})
    stream.clean_deferred(stream.normalize([half, update(date=tomorrow())]))
    with pytest.raises(StreamBlockValidationError):
        stream.clean(stream.normalize([half]))


def test_a_naive_time_is_read_in_the_sites_time_zone(story, settings):
    settings.TIME_ZONE = "America/New_York"
    timezone.get_default_timezone.cache_clear()
    try:
        raw = [
            {
                "type": "update",
                "value": {"date": "2026-03-14T12:00:00", "kind": "correction", "text": "It is four."},
            }
        ]
        page = NewsItemPage(title="Raw", slug="raw", summary="", updates=json.dumps(raw))
        assert page.get_updates()[0]["date"].astimezone(datetime.UTC).hour == 16
        block = UpdateBlock()
        naive = datetime.datetime.now() + datetime.timedelta(days=3)
        with pytest.raises(StructBlockValidationError):
            block.clean(block.normalize({"date": naive, "kind": "update", "text": "x"}))
    finally:
        timezone.get_default_timezone.cache_clear()


def test_a_future_update_by_a_raw_write_does_not_show_before_its_time(story, read, api):
    page = story("Main", updates=[update("Known.")])
    page.updates = [update("Secret plan", tomorrow()), update("Known.")]
    page.save()
    outputs = read(page.url) + read("/news/") + str(api("items/"))
    assert "Secret plan" not in outputs
    row = Entry.objects.filter(pk=entry_of(page).pk).values().get()
    assert "Secret" not in str(row)
    assert row["updated"] == NOON
    assert maintenance.check().differences == []


def test_a_future_update_of_an_adapter_does_not_show_either(story, api, monkeypatch):
    """A host's own page type has no form of ours that would refuse it."""
    adapter = adapter_for(NewsItemPage)
    plain = adapter.facts

    def facts(page):
        dated = [tomorrow().isoformat(), tomorrow(), NOON.date(), "last spring"]
        updates = [{"date": date, "kind": "update", "text": f"Update {n}"} for n, date in enumerate(dated)]
        return dataclasses.replace(plain(page), updates=updates, updated=tomorrow())

    monkeypatch.setattr(adapter, "facts", facts)
    row = Entry.objects.filter(pk=entry_of(story("Main")).pk).values().get()
    assert [one["text"] for one in row["facts"]["updates"]] == ["Update 2", "Update 3"]
    assert row["updated"] is None


def test_when_its_time_has_come_the_check_says_what_is_missing(story, monkeypatch, read):
    page = story("Main")
    page.updates = [update("Secret plan", tomorrow())]
    page.save()
    entry_of(page)
    slack = datetime.timedelta(days=2)  # as if a day had gone by
    monkeypatch.setattr("wagtail_cpsnews.catalogue.facts.CLOCK_SLACK", slack)
    assert "Secret plan" in read(page.url)
    assert [difference.what for difference in maintenance.check(repair=True).differences] == ["stale"]
    assert "Secret plan" in read("/news/")


def test_a_half_filled_draft_can_be_previewed(story):
    page = story("Main")
    page.updates = [("update", {"date": None, "kind": "", "text": ""}), update("Whole.", NOON, "")]
    assert page.get_updates() == [{"date": NOON, "kind": "update", "text": "Whole."}]


def test_welsh_words(story, newsroom, read):
    from wagtail.models import Locale

    page = story("Main", updates=[update(), update("Mwy.", NOON, "clarification")])
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.slug = "prif"
    welsh.save_revision().publish()
    text = read(NewsItemPage.objects.get(pk=welsh.pk).url)
    assert "Cywiriad" in text
    assert "14 Mawrth 2026" in text


def test_items_give_the_day_in_words(story):
    page = story("Main", updates=[update()])
    data = item(entry_of(page), current().reference, "cy")
    assert data["updates"][0]["date_display"] == "14 Mawrth 2026"


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL refuses half a character itself")
def test_half_a_character_is_shown_as_missing(story, client, api):
    """UTF-8 cannot write a lone surrogate, which JSON can hold."""
    page = story("Main", updates=[update("a\ud800b")])
    for path in (page.url, "/news/", "/newsroom/feeds/news.rss", "/newsroom/feeds/news.json"):
        response = client.get(path, headers={"host": "localhost"})
        assert response.status_code == 200, path
        response.content.decode()
    (listed,) = api()["results"]
    assert api(f"items/{listed['id']}/")["id"] == listed["id"]
