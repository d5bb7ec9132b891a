"""A stop takes a story down in all its languages, and its end brings it back as it was."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from wagtail_cpsnews.catalogue import snapshots, stops
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.desk.stopping import AlreadyEnded, AlreadyStopped, begin_stop, end_stop

HOLD, WITHDRAWAL = PublicationStop.Kind.HOLD, PublicationStop.Kind.WITHDRAWAL
RELEASED, WITHDRAWN = PublicationStop.Ending.RELEASED, PublicationStop.Ending.WITHDRAWN

pytestmark = pytest.mark.django_db


def status(page):
    return Client().get(page.url, headers={"host": "localhost"}).status_code


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def test_a_story_is_gone_and_comes_back_as_it_was(story, titles, api):
    page = story("Rowan Pell charged")
    other = story("Another")
    before, (item,) = fresh(page), api("items/", q="Pell")["results"]
    assert titles() == ["Another", "Rowan Pell charged"]
    stop = begin_stop(HOLD, page)
    assert titles() == ["Another"]
    assert (status(page), status(other)) == (410, 200)
    assert not Page.objects.live().filter(pk=page.pk).exists()
    assert [one.pk for one in end_stop(stop, RELEASED)] == [page.pk]
    assert titles() == ["Another", "Rowan Pell charged"]
    assert status(page) == 200
    after = fresh(page)
    for name in (
        "first_published_at",
        "last_published_at",
        "live_revision_id",
        "has_unpublished_changes",
        "url_path",
    ):
        assert getattr(after, name) == getattr(before, name), name
    (again,) = api("items/", q="Pell")["results"]
    assert (again["id"], again["published"], again["url"]) == (item["id"], item["published"], item["url"])


def test_an_alias_goes_with_its_story(story, newsroom):
    page = story("Rowan Pell charged")
    alias = page.create_alias(parent=newsroom, update_slug="copy")
    stop = begin_stop(HOLD, alias)
    assert not Page.objects.live().filter(pk__in=[page.pk, alias.pk]).exists()
    assert {one.pk for one in end_stop(stop, RELEASED)} == {page.pk, alias.pk}


def test_a_draft_stays_a_draft(story):
    page = story("Rowan Pell charged")
    page.unpublish()
    stop = begin_stop(HOLD, page)
    assert end_stop(stop, RELEASED) == []
    assert not fresh(page).live


def test_what_has_expired_meanwhile_stays_away(story):
    page = story("Rowan Pell charged", expire_at=timezone.now() + datetime.timedelta(hours=1))
    stop = begin_stop(HOLD, page)
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now())
    assert end_stop(stop, RELEASED) == []


def test_of_two_stops_the_last_to_end_brings_it_back(story, titles):
    page = story("Rowan Pell charged")
    hold = begin_stop(HOLD, page)
    withdrawal = begin_stop(WITHDRAWAL, page, note="court order")
    assert stops.stop_of(page) == withdrawal
    assert end_stop(hold, WITHDRAWN) == []
    assert titles() == []
    end_stop(withdrawal, PublicationStop.Ending.UNDONE)
    assert titles() == ["Rowan Pell charged"]


def test_twice_is_told(story):
    page = story("Rowan Pell charged")
    stop = begin_stop(HOLD, page)
    with pytest.raises(AlreadyStopped) as caught:
        begin_stop(HOLD, page)
    assert caught.value.stop == stop
    end_stop(stop, RELEASED)
    with pytest.raises(AlreadyEnded):
        end_stop(stop, RELEASED)


def publish(page):
    page.save_revision().publish()


def save(page):
    page.live = True
    page.save()


def save_as_base_class(page):
    base = Page.objects.get(pk=page.pk)
    base.live = True
    base.save(update_fields=["live"])


def schedule(page):
    revision = page.save_revision()
    revision.approved_go_live_at = timezone.now() + datetime.timedelta(days=1)
    revision.save()


@pytest.mark.parametrize("act", [publish, save, save_as_base_class, schedule])
def test_no_way_of_publishing_passes_a_stop(story, titles, act):
    page = story("Rowan Pell charged")
    begin_stop(HOLD, page)
    with pytest.raises(PublishingRefused):
        act(fresh(page))
    assert titles() == []
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_a_draft_can_be_saved(story):
    page = story("Rowan Pell charged")
    begin_stop(HOLD, page)
    page = fresh(page)
    page.title = "Rowan Pell: statement"
    page.save_revision()
    assert fresh(page).draft_title == "Rowan Pell: statement"


def test_a_schedule_is_taken_away_and_comes_back(story):
    page, due = story("Rowan Pell charged"), timezone.now() + datetime.timedelta(days=1)
    page.unpublish()
    page.go_live_at = due
    revision = page.save_revision(approved_go_live_at=due)
    stop = begin_stop(HOLD, page)
    assert Revision.objects.get(pk=revision.pk).approved_go_live_at is None
    call_command("publish_scheduled")
    end_stop(stop, RELEASED)
    assert Revision.objects.get(pk=revision.pk).approved_go_live_at == due


def test_a_raw_write_shows_nothing(story, titles):
    page = story("Rowan Pell charged")
    snapshots.current()
    begin_stop(HOLD, page)
    Page.objects.filter(pk=page.pk).update(live=True)
    call_command("check_catalogue", "--repair")
    assert titles() == []
    assert status(page) == 410


def test_a_row_alone_hides(story, titles):
    page = story("Rowan Pell charged")
    snapshots.current()
    PublicationStop.objects.create(kind=HOLD, translation_key=page.translation_key, page_pk=page.pk)
    assert titles() == []
    assert status(page) == 410


def test_serving_a_story_costs_no_query_more(story):
    held, page = story("Rowan Pell charged"), story("Another")
    begin_stop(HOLD, held)
    status(page)
    status(page)  # what is stopped is read once, after the request that notices the change
    with CaptureQueriesContext(connection) as queries:
        status(page)
    assert not [one["sql"] for one in queries if "publicationstop" in one["sql"]]


def test_both_acts_are_in_the_history(story, admin_user):
    page = story("Rowan Pell charged")
    stop = begin_stop(HOLD, page, admin_user)
    end_stop(stop, RELEASED, admin_user)
    entries = PageLogEntry.objects.filter(page=page.pk, action__startswith="cpsnews.stop").order_by(
        "timestamp"
    )
    messages = [str(entry.formatter.format_message(entry)) for entry in entries]
    assert messages == [f"Held ({stop.reference})", f"Hold {stop.reference} ended: released"]


def test_the_tombstone_shows_nothing(story):
    page = story("Rowan Pell charged")
    snapshots.current()
    begin_stop(HOLD, page)
    snapshots.current()
    entry = Entry.objects.get(page_pk=page.pk)
    assert not entry.public
    assert entry.title == ""
