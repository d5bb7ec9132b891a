"""While the database is away: what needs no SQL goes on, for as long as caches may keep it, and not longer."""

import time
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from tests.oracle import API, get
from wagtail_cpsnews.catalogue import counting, snapshots
from wagtail_cpsnews.catalogue.models import Invalidation

FEED = "/newsroom/feeds/news.rss"


def fail(*_args):
    raise OperationalError("the connection is closed")


@pytest.fixture
def asked(world, settings):
    """The addresses that go on, which have been asked before; each request looks again."""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 0}
    in_memory = type(counting.get_counter("default")).__name__ == "BitmapCounter"
    paths = [FEED, "/newsroom/embed/list/", *([f"{API}/items/"] if in_memory else [])]
    for path in paths:
        assert get(path).status_code == 200
    return paths


def lived(path):
    """The status of an answer, and for how long caches may keep it."""
    response = get(path)
    age = response["Cache-Control"].removeprefix("public, max-age=")
    return response.status_code, int(age) if age.isdecimal() else 0


def known_seconds_ago(seconds):
    snapshots._memory.snapshot = replace(
        snapshots._memory.snapshot,
        known_at=time.monotonic() - seconds,
        refreshed_at=time.monotonic() - seconds,
    )


def test_what_is_in_memory_goes_on(asked, caplog):
    with connection.execute_wrapper(fail):
        for path in asked:
            status, age = lived(path)
            assert status == 200, path
            assert age <= 59, path
        assert (
            get("/newsroom/api/v1/items/?area=wessex&order=published&page_size=3&page=2").status_code == 503
        )
    assert "The database can’t be reached" in caplog.text
    assert lived(FEED) == (200, 60)


def test_an_answer_is_never_kept_longer_than_it_was_known(asked):
    with connection.execute_wrapper(fail):
        known_seconds_ago(40)
        for path in asked:
            status, age = lived(path)
            assert (status, 0 < age <= 20) == (200, True), path


def test_after_max_age_it_is_503(asked):
    with connection.execute_wrapper(fail):
        known_seconds_ago(59)
        assert get(FEED).status_code == 200
        known_seconds_ago(60.5)
        for path in asked:
            response = get(path)
            assert response.status_code == 503, path
            assert response["Retry-After"]
            assert response["Cache-Control"] == "no-store"
    assert lived(FEED) == (200, 60)


def test_it_does_not_ask_at_each_request(asked, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 30}
    get(FEED)
    known_seconds_ago(40)
    tries = []

    def count(*args):
        tries.append(1)
        fail()

    with connection.execute_wrapper(count):
        for _time in range(3):
            assert get(FEED).status_code == 200
    assert len(tries) == 1


def test_what_this_process_has_changed_is_never_shown(asked, world):
    """The change is committed, and then the database goes."""
    world.plain.unpublish()
    with connection.execute_wrapper(fail):
        assert get(FEED).status_code == 503
    assert "Plain Harbour" not in get(FEED).content.decode()
    assert not Invalidation.objects.exists()


def test_what_has_expired_meanwhile_is_never_shown(asked):
    from django.utils import timezone

    snapshots._memory.snapshot = replace(snapshots._memory.snapshot, next_change=timezone.now())
    with connection.execute_wrapper(fail):
        assert get(FEED).status_code == 503


def test_a_wrong_query_is_no_reason_to_go_on(asked):
    def wrong(*_args):
        raise OperationalError("no such column: nothing")

    with connection.execute_wrapper(wrong), pytest.raises(OperationalError, match="no such column"):
        snapshots.current()


def test_nobody_waits_for_ever_behind_a_database_that_hangs(asked, monkeypatch):
    """Another thread is looking, and has been for longer than answers may live."""
    monkeypatch.setattr(snapshots, "WAIT_SECONDS", 0.01)
    with snapshots._memory.lock:
        assert get(FEED).status_code == 200
        known_seconds_ago(61)
        assert get(FEED).status_code == 503
