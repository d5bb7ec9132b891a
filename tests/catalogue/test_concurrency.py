"""Many at once.

Bulk publishes from several processes, and readers that must never miss a number.
"""

import threading

import pytest
from django.db import connection, transaction
from wagtail.models import Page

from tests.factories import draft_story
from tests.oracle import API, get
from tests.worlds import on_postgres
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, Invalidation, State

#: Publishes pages through the admin's own bulk action, as an editor's click does.
BULK = """
import sys
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(username="editor"))
pks = sys.argv[2:]
print("ready", flush=True)
sys.stdin.readline()
ids = "&".join(f"id={pk}" for pk in pks)
response = client.post(f"/admin/bulk/wagtailcore/page/{sys.argv[1]}/?next=/admin/&{ids}", headers={"host": "localhost"})
assert response.status_code == 302, response.content
"""


def at_once(*processes):
    """Lets processes that have said "ready" go on together; all must end well."""
    for process in processes:
        line = process.stdout.readline()
        assert line.strip() == "ready", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _out, error = process.communicate(timeout=240)
        assert process.returncode == 0, error


@pytest.mark.slow
def test_two_bulk_publishes_of_thirty(world):
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_superuser("editor", "editor@example.org", "x")
    with transaction.atomic():
        pages = [draft_story(parent=world.index, title=f"Bulk {n}", slug=f"bulk-{n}") for n in range(60)]
        for page in pages:
            page.save_revision()
    connection.close()
    at_once(
        world.start(BULK, "publish", *[page.pk for page in pages[:30]]),
        world.start(BULK, "publish", *[page.pk for page in pages[30:]]),
    )
    assert Page.objects.filter(pk__in=[page.pk for page in pages], live=True).count() == 60
    snapshots.reset()
    assert get(f"{API}/items/").json()["count"] == 63
    assert not Invalidation.objects.exists()
    assert check().differences == []
    # Half of them down while the other half changes again: what is public and what is not cross each other.
    connection.close()
    at_once(
        world.start(BULK, "unpublish", *[page.pk for page in pages[:30]]),
        world.start(BULK, "publish", *[page.pk for page in pages[20:]]),
    )
    snapshots.reset()
    live = Page.objects.filter(pk__in=[page.pk for page in pages], live=True).count()
    assert get(f"{API}/items/").json()["count"] == 3 + live
    assert check().differences == []


#: Publishes and takes down stories of its own, over and over.
WRITE = """
import sys, time
from wagtail.models import Page
pages = [Page.objects.get(pk=pk).specific for pk in sys.argv[2:]]
print("ready", flush=True)
sys.stdin.readline()
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    for page in pages:
        page.refresh_from_db()
        if page.live:
            page.unpublish()
        else:
            page.save_revision().publish()
"""

#: Reads as a follower does: all rows numbered higher than what it has seen. A row that appears with a number at or
#: below what had been seen is one that the follower would have missed for ever.
READ = """
import sys, time
from django.db import connection
from wagtail_cpsnews.catalogue.models import Entry, State
print("ready", flush=True)
sys.stdin.readline()
end = time.monotonic() + float(sys.argv[1])
known, seen, rounds = {}, 0, 0
while time.monotonic() < end:
    sequence = State.objects.values_list("sequence", flat=True).get()
    rows = dict(Entry.objects.values_list("page_pk", "number"))
    for pk, number in rows.items():
        if known.get(pk) != number:
            assert number > seen, (pk, number, seen)
    known = {pk: number for pk, number in rows.items()}
    # What a follower may say that it has seen: the state as it was before the rows were read.
    seen, rounds = max(seen, sequence), rounds + 1
print(rounds)
"""


@pytest.mark.slow
def test_no_row_appears_below_a_number_that_was_seen(world):
    with transaction.atomic():
        pages = [draft_story(parent=world.index, title=f"Busy {n}", slug=f"busy-{n}") for n in range(6)]
    connection.close()
    seconds = 6
    readers = [world.start(READ, seconds)]
    writers = [world.start(WRITE, seconds, *[page.pk for page in pages[n::3]]) for n in range(3)]
    at_once(*readers, *writers)
    assert State.objects.get().sequence > 10
    snapshots.reset()
    snapshots.current()
    assert check().differences == []
    assert State.objects.get().sequence >= max(Entry.objects.values_list("number", flat=True))


def test_threads_of_one_process_share_a_refresh(world, settings):
    """While one thread looks, the others serve what they have."""
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 0}
    first = snapshots.current()
    started, go_on = threading.Event(), threading.Event()
    original = snapshots._refresh

    def slow(known, **kwargs):
        started.set()
        assert go_on.wait(10)
        return original(known, **kwargs)

    snapshots._refresh = slow
    try:
        found = []

        def ask():
            found.append(snapshots.current())
            connection.close()

        thread = threading.Thread(target=ask)
        thread.start()
        assert started.wait(10)
        assert snapshots.current() is first  # at once, though the other is still looking
        go_on.set()
        thread.join(10)
        assert found[0] is not first
    finally:
        snapshots._refresh = original


def test_uncommitted_invalidations_of_others_are_left_alone(world):
    """What another connection has not committed is neither seen nor lost."""
    if not on_postgres():
        pytest.skip("SQLite has one writer at a time")
    inside, go_on, done = threading.Event(), threading.Event(), []

    def other():
        try:
            with transaction.atomic():
                Page.objects.get(slug="plain").specific.unpublish()
                inside.set()
                assert go_on.wait(20)
            done.append(True)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(20)
    world.deep.unpublish()  # projected while the other's mark is not committed
    assert not Invalidation.objects.exists()
    assert Entry.objects.get(page_pk=world.plain.pk).public
    go_on.set()
    thread.join(20)
    assert done
    assert not Entry.objects.get(page_pk=world.plain.pk).public
    assert check().differences == []
