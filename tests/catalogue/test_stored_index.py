"""A new process starts from the index in the database.

It answers as one that has read every story.
"""

import uuid

import pytest
from django.core.management import call_command

from tests.catalogue.test_counting import SITES, Catalogue, contents
from wagtail_cpsnews.catalogue import counting
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.models import Entry, State, StoredIndex
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.catalogue.state import save_sequence
from wagtail_cpsnews.management.commands import newsroom_clock

pytest.importorskip("pyroaring")

from wagtail_cpsnews.catalogue.counting import loading, stored


@pytest.fixture
def few(monkeypatch):
    """A handful of stories is worth storing.

    Rows are short, so that columns lie in several.
    """
    monkeypatch.setattr(stored, "FEWEST", 5)
    monkeypatch.setattr(stored, "PART", 100)
    monkeypatch.setattr(loading, "MAX_CHANGED", 30)


@pytest.fixture
def catalogue(newsroom, few):
    made = Catalogue(21, current().reference)
    made.project(changes=80)
    return made


def built():
    """Return the index read from every story."""
    StoredIndex.objects.all().delete()
    return loading.read_index(using(), None)


def test_it_says_what_the_stories_say(catalogue):
    assert counting.store(using())
    assert StoredIndex.objects.count() > 10
    started = contents(stored.load(using()))
    assert len(started["stories"]) > 10
    assert set(SITES) <= set(started["sites"])
    assert started == contents(built())


def test_a_new_process_reads_what_has_changed_since(catalogue, monkeypatch):
    counting.store(using())
    for _round in range(3):
        catalogue.project(changes=4)
    with monkeypatch.context() as patch:
        patch.delattr(loading, "_built")  # what reads every story
        started = loading.read_index(using(), None)
    assert started.sequence == State.objects.get().sequence
    assert contents(started) == contents(built())


def test_it_is_stored_again_when_much_has_changed(catalogue):
    assert counting.store(using())
    assert not counting.store(using())
    for _round in range(20):
        catalogue.project(changes=2)
    assert counting.store(using())
    assert stored.header_of(using()).sequence == State.objects.get().sequence


def test_few_stories_are_not_stored(catalogue, monkeypatch):
    monkeypatch.setattr(stored, "FEWEST", 1_000)
    assert not counting.store(using())
    assert not StoredIndex.objects.exists()


@pytest.mark.parametrize("change", ["epoch", "number", "token"])
def test_one_of_another_history_is_not_used(catalogue, change):
    counting.store(using())
    Entry.objects.filter(public=True).first().delete()  # a story that no number tells of
    if change == "epoch":
        State.objects.update(epoch=uuid.uuid4())
    elif change == "number":
        save_sequence(catalogue.state, catalogue.state.sequence - 1, using())
    else:  # a backup was put back and has gone on to the same number
        save_sequence(catalogue.state, catalogue.state.sequence, using())
    started = contents(loading.read_index(using(), None))
    assert started == contents(built())
    assert counting.store(using())


@pytest.mark.parametrize("damage", ["missing", "cut", "format", "nonsense"])
def test_one_that_cannot_be_read_is_not_used(catalogue, damage, caplog):
    counting.store(using())
    last = StoredIndex.objects.order_by("position").last()
    if damage == "missing":
        last.delete()
    elif damage == "cut":
        StoredIndex.objects.filter(pk=last.pk).update(data=bytes(last.data)[:-1])
    elif damage == "nonsense":
        StoredIndex.objects.filter(position=0).update(data=b"{")
    else:
        header = bytes(StoredIndex.objects.get(position=0).data)
        StoredIndex.objects.filter(position=0).update(data=header.replace(b'"format": 1', b'"format": 0'))
    started = contents(loading.read_index(using(), None))
    assert ("cannot be read" in caplog.text) == (damage != "format")
    assert started == contents(built())


def test_the_commands_store_it(newsroom, few, story, monkeypatch):
    for number in range(6):
        story(f"Story {number}")
    monkeypatch.setattr(
        newsroom_clock, "close_old_connections", lambda: None
    )  # the test's transaction is in it
    call_command("newsroom_clock", verbosity=0)
    first = stored.header_of(using()).sequence
    StoredIndex.objects.all().delete()
    call_command("rebuild_catalogue", verbosity=0)
    assert stored.header_of(using()).sequence >= first


def test_lists_are_answered_from_it(newsroom, few, story, api):
    from wagtail_cpsnews.catalogue.counting import bitmaps

    for number in range(8):
        page = story(f"Story {number}")
    api()
    assert counting.store(using())
    page.unpublish()
    bitmaps._indexes.clear()  # a new process
    found = [item["title"] for item in api()["results"]]
    assert found == [f"Story {number}" for number in reversed(range(7))]
