"""A world with stories enough for several batches.

Here a batch is one step and a step some rows.
"""

import pytest
from django.db import transaction
from wagtail.models import Site

from wagtail_cpsnews.catalogue import invalidation, projection, snapshots
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.entries import EntryWriter
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.projection import project_batch
from wagtail_cpsnews.catalogue.rows import hash_path

STORIES = 9


@pytest.fixture
def large(world, monkeypatch):
    """The world with stories enough in its section for several batches."""
    with transaction.atomic():
        for number in range(STORIES):
            world.section.add_child(
                instance=type(world.plain)(title=f"Story {number}", slug=f"story-{number}", summary="x")
            )
    monkeypatch.setattr(EntryWriter, "ROWS", 4)
    monkeypatch.setattr(EntryWriter, "ENTRIES", 4)
    monkeypatch.setattr(EntryWriter, "PAGES", 2)
    monkeypatch.setattr(projection, "BATCH_SECONDS", 0)
    monkeypatch.setattr(projection, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(projection, "READERS_PAUSE_SECONDS", 0)
    return world


@pytest.fixture
def killed(monkeypatch):
    """Whoever commits a change ends right after: the marks are left for others."""
    monkeypatch.setattr(invalidation, "_project_now", end_process)


def end_process():
    invalidation.take_last_rank(using())  # it dies with the process


def batches(limit=200, *, whole=True):
    """Do batch after batch, each checked; return how many there were."""
    for number in range(1, limit):
        batch = project_batch()
        if whole:
            assert_each_row_is_whole()
        if not batch.more:
            snapshots.refresh_at_next_request()  # another process, such as the clock, would see it within a second
            return number
    raise AssertionError("it does not end")


def assert_each_row_is_whole():
    """Old or new: path, hash and site of a row belong together."""
    roots = [(site.root_page.url_path, site.pk) for site in Site.objects.select_related("root_page")]
    for entry in Entry.objects.filter(public=True):
        assert entry.path_hash == hash_path(entry.path)
        below = [row for row in roots if entry.path.startswith(row[0])]
        assert entry.site_id == max(below, key=lambda row: len(row[0]))[1]


def move_section(world):
    world.section.move(world.home, pos="last-child")
