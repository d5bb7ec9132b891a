"""The desk's signals: sent in the transaction of the act, and never in its way."""

import logging

import pytest
from django.db import DatabaseError, connection, transaction

from wagtail_cpsnews.catalogue.models import Invalidation, PublicationStop
from wagtail_cpsnews.desk import signals
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop

HOLD, RELEASED = PublicationStop.Kind.HOLD, PublicationStop.Ending.RELEASED


@pytest.fixture
def do_with():
    """``signals.do_with()`` for one test."""
    connected = []

    def connect(signal, work):
        uid = f"test.{len(connected)}"
        signals.do_with(signal, work, uid)
        connected.append((signal, uid))

    yield connect
    for signal, uid in connected:
        assert signal.disconnect(dispatch_uid=uid)


def test_they_are_sent_with_the_act(story, do_with):
    page, told = story(), []

    def remember(stop):
        page.refresh_from_db()
        told.append((stop.reference, stop.ending, page.live, connection.in_atomic_block))

    do_with(signals.stop_began, remember)
    do_with(signals.stop_ended, remember)
    stop = begin_stop(HOLD, page)
    end_stop(stop, RELEASED)
    assert told == [(stop.reference, "", False, True), (stop.reference, RELEASED, True, True)]


def test_what_they_write_is_undone_with_the_act(story, do_with):
    page = story()
    do_with(signals.stop_began, lambda stop: Invalidation.objects.create(scope="page", subject="test"))

    def act():
        with transaction.atomic():
            begin_stop(HOLD, page)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Invalidation.objects.filter(subject="test").exists()


def fail(stop):
    Invalidation.objects.create(scope="page", subject="test")
    raise ValueError("nobody is there")


def fail_in_the_database(stop):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nothing")


@pytest.mark.parametrize(("work", "error"), [(fail, ValueError), (fail_in_the_database, DatabaseError)])
def test_work_that_fails_keeps_no_story_public(story, titles, do_with, caplog, work, error):
    page = story("Rowan Pell charged")
    do_with(signals.stop_began, work)
    with caplog.at_level(logging.ERROR):
        begin_stop(HOLD, page)
    assert titles() == []
    assert not Invalidation.objects.filter(subject="test").exists()
    assert issubclass(caplog.records[-1].exc_info[0], error)
