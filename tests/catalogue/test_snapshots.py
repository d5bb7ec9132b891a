"""How soon is it true, and what does looking cost?"""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.factories import draft_story
from tests.oracle import API, assert_true, get
from wagtail_cpsnews.catalogue import projection, snapshots
from wagtail_cpsnews.catalogue.models import Entry, Invalidation
from wagtail_cpsnews.conf import get_settings

#: What another process may need besides LOOK_SECONDS on a busy machine.
A_LITTLE = 4


def until(condition, seconds):
    """Ask again and again until ``condition()`` is true.

    Fails after ``seconds``. Returns how long it took.
    """
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "not in time"
        time.sleep(0.05)
    return time.monotonic() - start


# -- what looking costs ---------------------------------------------------------------------------------------------


def test_a_quiet_refresh_is_one_query(world):
    known = snapshots.current()
    with CaptureQueriesContext(connection) as queries:
        snapshots._refresh(known)
    # The state row with "any mark?", "anything expired?" and "what expires next?" in it.
    assert len(queries) == 1, [query["sql"] for query in queries]


def test_between_refreshes_there_is_no_query(world, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    snapshots.current()
    with CaptureQueriesContext(connection) as queries:
        snapshots.current()
    assert len(queries) == 0


def test_a_list_costs_two_queries_after_the_refresh(world, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    get(f"{API}/items/")
    with CaptureQueriesContext(connection) as queries:
        assert get(f"{API}/items/").status_code == 200
    # Total and all facets; the stories.
    assert len(queries) <= 2, [query["sql"] for query in queries]


def test_a_refresh_takes_in_what_expires_before_the_interval_is_over(world, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    Entry.objects.filter(page_pk=world.plain.pk).update(
        expires_at=timezone.now() + timezone.timedelta(seconds=0.3)
    )
    Page.objects.filter(slug="plain").update(expire_at=timezone.now() + timezone.timedelta(seconds=0.3))
    snapshots.reset()
    assert snapshots.current().next_change is not None
    until(lambda: not Entry.objects.get(page_pk=world.plain.pk).public or snapshots.current() is None, 5)


def queries_of_a_new_slug(world, stories):
    with transaction.atomic():
        for number in range(stories):
            world.section.add_child(
                instance=type(world.plain)(title=f"Story {number}", slug=f"story-{number}", summary="x")
            )
    assert Entry.objects.filter(public=True).count() == 3 + stories
    section = Page.objects.get(slug="section")
    with transaction.atomic():
        section.slug = "chapter"
        section.save()
        marks = sorted(str(mark) for mark in Invalidation.objects.all())
        assert marks == sorted([f"subtree {section.pk}", f"use wagtailcore.page:{section.pk}"])
        transaction.on_commit(lambda: captured.__enter__())
        # Runs after our own callback was registered: take ours first, so that it sees all of the projection.
        connection.run_on_commit.insert(0, connection.run_on_commit.pop())
        captured = CaptureQueriesContext(connection)
    captured.__exit__(None, None, None)
    assert Entry.objects.filter(path__contains="/chapter/").count() == 2 + stories
    statements = [query["sql"] for query in captured.captured_queries]
    return statements[: statements.index("COMMIT")]  # then come the look, and Wagtail's redirects


def test_a_change_of_a_section_is_set_based(world, monkeypatch):
    """60 stories below cost no more than 10.

    But for one statement a chunk of some hundred rows.

    The queries: state locked, what has expired, marks, the section and its aliases, which entries are not public any
    more, the visibility checker (sites, their homes, restrictions, drafts among homes), stories that use the section, pages and
    entries compared, paths, hashes and sites in one update a chunk, language versions, links to pages below, marks
    deleted, state saved.
    """
    monkeypatch.setattr(projection, "BATCH_SECONDS", 60)
    few = queries_of_a_new_slug(world, 10)
    Page.objects.get(slug="chapter").delete()
    world.index.add_child(instance=type(world.index)(title="Section", slug="section"))
    Entry.objects.filter(public=False).delete()
    world.publish("Deep Lantern", parent=world.section, slug="deep")
    world.publish("Deep Marigold", parent=world.section, slug="deeper")
    many = queries_of_a_new_slug(world, 60)
    assert len(many) <= len(few) + 1, "\n".join(many)
    assert len(few) < 30


# -- another process ------------------------------------------------------------------------------------------------

SERVE = """
import sys
from wsgiref.simple_server import make_server, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass

make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), handler_class=Quiet).serve_forever()
"""


@pytest.fixture
def served(world):
    """A process that serves the world.

    Returns a function that asks it for ``(status, text)``.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    connection.close()
    server = world.start(SERVE, port)

    def ask(path):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def up():
        assert server.poll() is None, server.stderr.read()
        try:
            status, text = ask(f"{API}/items/")
        except OSError:
            return False
        assert status == 200, text
        return True

    try:
        until(up, 60)
        yield ask
    finally:
        server.kill()
        server.communicate()


def titles(ask):
    status, text = ask(f"{API}/items/")
    assert status == 200
    return sorted(item["title"] for item in json.loads(text)["results"])


CHANGE = """
import sys
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
page = Page.objects.get(slug=sys.argv[2]).specific
if sys.argv[1] == "publish":
    page.latest_revision.publish()
elif sys.argv[1] == "unpublish":
    page.unpublish()
elif sys.argv[1] == "restrict":
    PageViewRestriction.objects.create(page=page, restriction_type="login")
elif sys.argv[1] == "lift":
    PageViewRestriction.objects.all().delete()
elif sys.argv[1] == "expire":
    page.expire_at = timezone.now() + timezone.timedelta(seconds=2)
    page.save_revision().publish()
"""

#: The same, killed when the change is committed and before anything else.
KILLED = """
import os
from wagtail_cpsnews.catalogue import invalidation
invalidation._project_now = lambda: os._exit(9)
"""


@pytest.mark.slow
def test_another_process_shows_it_within_the_interval(world, served):
    """Publishing, unpublishing, restricting and expiring in one process.

    Read over HTTP from another.
    """
    everything = ["Deep Lantern", "Deep Marigold", "Plain Harbour"]
    seconds = get_settings().LOOK_SECONDS + A_LITTLE
    assert titles(served) == everything
    for change, slug, expected in (
        ("unpublish", "plain", everything[:2]),
        ("publish", "plain", everything),
        ("restrict", "section", ["Plain Harbour"]),
        ("lift", "section", everything),
    ):
        world.run(CHANGE, change, slug)
        until(lambda expected=expected: titles(served) == expected, seconds)
        status, text = served("/news/plain/")
        assert (status == 200 and "Plain Harbour" in text) == ("Plain Harbour" in expected)
    world.run(CHANGE, "expire", "plain")
    until(lambda: titles(served) == everything[:2], 2 + seconds)
    assert served("/news/plain/")[0] == 410
    assert "Plain Harbour" not in served("/news/")[1]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["publish", "unpublish"])
def test_a_process_that_is_killed_after_the_commit(world, served, change):
    """Its invalidation is committed with the change.

    The next refresh of any process projects it.
    """
    page = draft_story(parent=world.index, title="New Quay", slug="quay")
    page.save_revision()
    if change == "unpublish":
        page.save_revision().publish()
        until(lambda: "New Quay" in titles(served), get_settings().LOOK_SECONDS + A_LITTLE)
    world.run(KILLED + CHANGE, change, "quay", returncode=9)
    assert Invalidation.objects.exists() or Page.objects.get(slug="quay").live == (change == "publish")
    until(
        lambda: ("New Quay" in titles(served)) == (change == "publish"),
        get_settings().LOOK_SECONDS + A_LITTLE,
    )
    snapshots.reset()
    assert ("New Quay" in assert_true()) == (change == "publish")


def test_this_process_shows_it_at_once(world, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    assert "Plain Harbour" in get(f"{API}/items/").content.decode()
    world.plain.unpublish()
    assert "Plain Harbour" not in get(f"{API}/items/").content.decode()
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    assert get(f"{API}/items/").json()["count"] == 0


def test_a_refresh_that_was_due_in_a_transaction_is_made_up_for(world, monkeypatch):
    """With ATOMIC_REQUESTS a page's look cannot project; it must not count as one."""
    from wagtail_cpsnews.catalogue import invalidation

    monkeypatch.setattr(invalidation, "_project_now", lambda: None)
    world.plain.unpublish()
    snapshots.reset()
    with transaction.atomic():
        snapshots.current()
    assert "Plain Harbour" not in get(f"{API}/items/").content.decode()
    assert not Invalidation.objects.exists()
