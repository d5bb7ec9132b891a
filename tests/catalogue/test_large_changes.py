"""Large changes: done in batches that readers never wait for.

What takes something away comes first.

Here a batch is one step and a step some rows, so that a few stories are a large change: batches are counted, not timed.
"""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.large import STORIES, assert_each_row_is_whole, batches, end_process, move_section
from tests.oracle import API, assert_true, get
from tests.telling import telling
from wagtail_cpsnews.catalogue import invalidation, projection, snapshots
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.exceptions import Locked
from wagtail_cpsnews.catalogue.maintenance import check, rebuild
from wagtail_cpsnews.catalogue.models import Entry, Invalidation, State
from wagtail_cpsnews.catalogue.projection import project_batch
from wagtail_cpsnews.catalogue.state import locking
from wagtail_cpsnews.catalogue.uses import page_subject
from wagtail_cpsnews.desk import holds


def test_a_large_move_is_done_by_readers_a_batch_at_a_time(large, killed, settings, monkeypatch):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 0}
    snapshots.current()
    move_section(large)
    sequence, moved = State.objects.get().sequence, []
    begun = []
    monkeypatch.setattr(
        projection, "project_batch", lambda *args, **kwargs: begun.append(1) or project_batch(*args, **kwargs)
    )
    for _request in range(60):
        before = len(begun)
        assert get(f"{API}/items/", facets="none").status_code == 200
        assert len(begun) <= before + 1
        moved.append(Entry.objects.filter(path__startswith="/home-page/section/").count())
        assert_each_row_is_whole()
        if not Invalidation.objects.exists():
            break
    assert moved[-1] == STORIES + 2
    assert len(set(moved)) >= 3  # some at a time
    assert State.objects.get().sequence >= sequence + 3  # and each batch has a number of its own
    assert check().differences == []


def _delete(world):
    world.deep.delete()


def _delete_section(world):
    world.section.delete()


def _restrict(world):
    PageViewRestriction.objects.create(page=world.deep, restriction_type="login")


def _restrict_above(world):
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")


def _unpublish(world):
    world.deep.unpublish()


def _expire(world):
    page = world.deep
    page.expire_at = timezone.now() - timezone.timedelta(minutes=1)
    page.save()


def _pass_expiry(world):
    Entry.objects.filter(page_pk=world.deep.pk).update(expires_at=timezone.now())
    Page.objects.filter(pk=world.deep.pk).update(expire_at=timezone.now())


def _move_away(world):
    """Out of the site altogether."""
    world.deep.move(Page.objects.get(depth=1), pos="last-child")


def _move_below_a_restriction(world):
    private = world.home.add_child(instance=Page(title="Private", slug="private"))
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    world.deep.move(private, pos="last-child")


def _become_an_alias(world):
    page = world.deep
    page.alias_of = world.plain.page_ptr
    page.save()


def _hold(world):
    holds.hold(world.deep)


TAKING_AWAY = [
    *(_delete, _delete_section, _restrict, _restrict_above, _unpublish, _expire, _pass_expiry, _hold),
    *(_move_away, _move_below_a_restriction, _become_an_alias),
]


def leave_a_backlog(world):
    """Marks of every other sort and rank, as a large change leaves them."""
    queue = invalidation.InvalidationQueue(using())
    queue.leave_pages([world.plain.pk] * 30)
    queue.leave_pages([world.plain.pk] * 30, rank=Invalidation.SINGLE)
    queue.leave(Invalidation.PLACE, world.home.pk)
    queue.leave(Invalidation.LINKS)
    queue.leave(Invalidation.GROUPS)


@pytest.mark.parametrize("change", telling(TAKING_AWAY, _delete, _restrict_above, _move_away, _hold))
def test_what_takes_away_comes_first(large, killed, change):
    """One batch of one step for each invalidation of the first rank.

    Whatever else is waiting.
    """
    leave_a_backlog(large)
    public = Entry.objects.get(page_pk=large.deep.pk).pk
    change(large)
    first = Invalidation.objects.filter(rank=Invalidation.TAKES_AWAY).count()
    assert first <= 6 or change is _delete_section
    project_batch()
    for _mark in range(first - 1):
        if not Entry.objects.get(pk=public).public:
            break
        project_batch()
    assert not Entry.objects.get(pk=public).public
    assert Invalidation.objects.filter(
        scope=Invalidation.PLACE, subject=str(large.home.pk), cursor=""
    ).exists()
    batches()
    assert check().differences == []


@pytest.mark.parametrize("act", [lambda page: page.unpublish(), holds.hold], ids=["unpublish", "hold"])
def test_a_story_taken_down_during_a_large_move_is_gone_at_once(large, monkeypatch, act):
    with monkeypatch.context() as patch:
        patch.setattr(invalidation, "_project_now", end_process)
        move_section(large)
    project_batch()
    act(large.page("story-5"))
    assert "Story 5" not in get(f"{API}/items/", page_size=50).content.decode()
    assert Invalidation.objects.filter(scope=Invalidation.PLACE).exists()
    batches()
    assert_true()


def test_what_a_rule_hides_is_taken_away_before_the_rest_is_placed(large, killed, rule):
    """A rule about where a page lies watches the pages above it."""

    def only_in_the_news(page):
        return "" if page.url_path.startswith("/home-page/news/") else "elsewhere"

    rule(only_in_the_news, {Page: lambda page: page.get_descendants().values_list("pk", flat=True)})
    rebuild()
    move_section(large)
    while Invalidation.objects.filter(rank__lte=Invalidation.SINGLE).exists():
        project_batch()
    assert [entry.title for entry in Entry.objects.filter(public=True)] == ["Plain Harbour"]
    assert Invalidation.objects.filter(scope=Invalidation.PLACE).exists()
    batches()
    assert assert_true_titles() == ["Plain Harbour"]


def assert_true_titles():
    assert check().differences == []
    return sorted(item["title"] for item in get(f"{API}/items/", page_size=50).json()["results"])


def test_a_restricted_section_of_many_is_taken_away_and_comes_back(large, killed):
    restriction = PageViewRestriction.objects.create(page=large.section, restriction_type="login")
    assert batches() >= 3
    assert assert_true_titles() == ["Plain Harbour"]
    restriction.delete()
    assert batches() >= 5
    assert len(assert_true_titles()) == STORIES + 3


def test_many_links_below_a_moved_page_are_written_a_step_at_a_time(large, killed):
    with transaction.atomic():
        for page in Page.objects.filter(slug__startswith="story-").specific():
            page.notes_to_editors = f'<p><a linktype="page" id="{large.deep.pk}">that</a></p>'
            page.save()
    batches()
    section = large.section
    section.slug = "chapter"
    section.save()
    assert batches() > STORIES / 2
    for page in Page.objects.filter(slug__startswith="story-"):
        entry = Entry.objects.get(page_pk=page.pk)
        notes = get(f"{API}/items/{entry.pk}/").json()["notes_to_editors"]
        assert "/news/chapter/deep/" in notes
    assert check().differences == []


def test_sites_and_languages_change_for_many(large, killed):
    site = Site.objects.create(hostname="section.example", root_page=large.section)
    batches(whole=False)  # rows of the old sites stay what they were until it is their turn
    assert Entry.objects.filter(public=True, site_id=site.pk).count() == STORIES + 2
    assert check().differences == []
    site.delete()
    batches(whole=False)
    assert not Entry.objects.filter(public=True, site_id=site.pk).exists()
    assert check().differences == []
    Locale.objects.create(language_code="fr")
    assert batches() >= 3  # language versions, some stories at a time
    assert check().differences == []


def test_ten_thousand_invalidations_of_one_page_are_one_refresh(large):
    queue = invalidation.InvalidationQueue(using())
    queue.leave_pages([large.plain.pk] * 700, rank=Invalidation.SINGLE)
    queue.leave_pages([large.deep.pk] * 700, rank=Invalidation.SINGLE)
    assert not Invalidation.objects.filter(rank=Invalidation.TAKES_AWAY).exists()
    project_batch()
    assert Invalidation.objects.filter(subject=str(large.plain.pk)).count() == 0


def test_invalidations_of_the_last_version_are_applied(large, killed):
    """Without rank or cursor.

    As a process writes them that has not been restarted yet.
    """
    page = large.deep
    Page.objects.filter(pk=page.pk).update(live=False)
    table = connection.ops.quote_name(Invalidation._meta.db_table)
    with connection.cursor() as cursor:
        for scope, subject in (
            ("subtree", large.section.pk),
            ("page", page.pk),
            ("use", page_subject(page.pk)),
            ("reference", ""),
            ("nonsense", "x"),
            ("page", "no number"),
        ):
            cursor.execute(f"INSERT INTO {table} (scope, subject) VALUES (%s, %s)", [scope, str(subject)])
    batches()
    assert not Invalidation.objects.exists()
    assert not Entry.objects.get(page_pk=page.pk).public
    assert check().differences == []


# -- the lock ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(world):
    """Another connection that holds the catalogue's lock.

    Until the test ends, or lets go.
    """
    inside, release = threading.Event(), threading.Event()

    def hold():
        try:
            with locking(using()):
                inside.set()
                release.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(20)
    yield release
    release.set()
    thread.join(20)


def test_a_reader_does_not_wait_for_the_lock(world, killed, held, caplog):
    if connection.vendor == "sqlite":  # the change itself needs the one lock there is
        held.set()
        world.plain.unpublish()
        held.clear()
        inside = threading.Event()
        thread = threading.Thread(target=_hold_until, args=(inside, held))
        thread.start()
        assert inside.wait(20)
    else:
        world.plain.unpublish()
    with pytest.raises(Locked):
        project_batch(wait=False)
    snapshots.reset()
    # The waiting time of the connection is half a minute; a reader who waited would be late for the test's end.
    assert get(f"{API}/items/").status_code == 200
    assert Invalidation.objects.exists()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone()[0] == 30_000
        held.set()
        thread.join(20)
    held.set()
    project_batch()
    snapshots.reset()
    assert "Plain Harbour" not in get(f"{API}/items/").content.decode()


def _hold_until(inside, release):
    try:
        with locking(using()):
            inside.set()
            release.wait(60)
    finally:
        connection.close()


def test_a_commit_waits_for_the_batch_of_another(world, held):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's change itself waits for the lock")
    timer = threading.Timer(0.5, held.set)
    timer.start()
    world.plain.unpublish()  # returns when the other has let go
    assert held.is_set()
    assert not Invalidation.objects.exists()
    assert not Entry.objects.get(page_pk=world.plain.pk).public
