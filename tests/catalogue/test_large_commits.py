"""Large changes as the process that commits one sees them.

And terms of many stories that are merged.
"""

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from tests.large import STORIES, batches, move_section
from tests.oracle import API, assert_true, get
from wagtail_cpsnews.catalogue import projection
from wagtail_cpsnews.catalogue.entries import EntryWriter
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, Invalidation
from wagtail_cpsnews.catalogue.projection import project_batch
from wagtail_cpsnews.taxonomy.models import Area


def test_the_process_that_commits_finishes_what_is_small(large, monkeypatch):
    monkeypatch.setattr(projection, "COMMIT_SECONDS", 60)
    move_section(large)
    assert not Invalidation.objects.exists()
    assert_true()


@pytest.fixture
def request_running():
    """Do what Django does at the beginning of a request.

    The function that is given ends it.
    """
    request_started.send(sender=None)
    yield lambda: request_finished.send(sender=None)
    request_finished.send(sender=None)


@pytest.mark.parametrize("change", ["restrict", "merge", "move"])
def test_an_editor_waits_for_one_batch(large, monkeypatch, change, request_running):
    with transaction.atomic():
        for page in Page.objects.filter(slug__startswith="story-").specific():
            page.areas = [Area.find("wessex")]
            page.save()
    batches()
    done, project_batch = [], projection.project_batch
    monkeypatch.setattr(
        projection,
        "project_batch",
        lambda *args, **kwargs: done.append(args) or project_batch(*args, **kwargs),
    )
    monkeypatch.setattr(projection, "COMMIT_SECONDS", 0)
    if change == "restrict":
        PageViewRestriction.objects.create(page=large.section, restriction_type="login")
    elif change == "move":
        move_section(large)
    else:
        Area.objects.get(slug="wessex").merge_into(Area.objects.get(slug="mersey-cheshire"))
    assert len(done) <= 2  # of a merge, each term is saved on its own
    assert Invalidation.objects.exists()
    request_running()
    if change == "restrict":  # all is hidden as soon as the response has been sent
        assert Entry.objects.filter(public=True).count() == 1
        assert [item["title"] for item in get(f"{API}/items/").json()["results"]] == ["Plain Harbour"]
    batches()
    assert_true()


def test_a_command_hides_everything_before_it_goes_on(large, monkeypatch):
    monkeypatch.setattr(projection, "COMMIT_SECONDS", 0)
    PageViewRestriction.objects.create(page=large.section, restriction_type="login")
    assert Entry.objects.filter(public=True).count() == 1
    assert Invalidation.objects.exists()  # what else it leaves can wait


def test_a_commit_finishes_single_pages(large, monkeypatch):
    monkeypatch.setattr(projection, "COMMIT_SECONDS", 0)
    with transaction.atomic():
        for page in Page.objects.filter(slug__startswith="story-").specific():
            page.title += " again"
            page.save()
    assert not Invalidation.objects.exists()
    assert_true()


def test_a_term_of_many_stories_is_merged_a_step_at_a_time(large, killed):
    wessex, mersey = Area.objects.get(slug="wessex"), Area.objects.get(slug="mersey-cheshire")
    with transaction.atomic():
        for page in Page.objects.filter(slug__startswith="story-").specific():
            page.areas = [wessex]
            page.save()
    batches()
    wessex.merge_into(mersey)
    with CaptureQueriesContext(connection) as captured:
        project_batch()
    assert len(captured.captured_queries) < 40  # terms are read; no story is
    assert batches() > STORIES / 4
    assert get(f"{API}/items/", area="mersey-cheshire").json()["count"] == STORIES + 2
    assert check().differences == []


def test_stories_of_a_merged_term_are_filed_without_reading_their_pages(large, killed, monkeypatch):
    """Read are pages whose entry does not say what the page said.

    And those that the entry can't tell of.
    """
    wessex, mersey = Area.objects.get(slug="wessex"), Area.objects.get(slug="mersey-cheshire")
    stories = list(Page.objects.filter(slug__startswith="story-").order_by("pk").specific())
    with transaction.atomic():
        for page in stories:
            page.areas = [wessex, mersey] if page == stories[3] else [wessex]
            page.save()
    batches()
    tampered, draft = stories[0], stories[1]
    Entry.objects.filter(page_pk=tampered.pk).update(title="Another")
    draft.unpublish()
    batches()
    numbers = dict(Entry.objects.filter(public=True).values_list("page_pk", "number"))
    refreshed, refresh = [], EntryWriter.refresh
    monkeypatch.setattr(
        EntryWriter,
        "refresh",
        lambda self, pks, **kwargs: refreshed.extend(pks) or refresh(self, pks, **kwargs),
    )
    wessex.merge_into(mersey)
    batches()
    assert {tampered.pk, draft.pk} <= set(refreshed)
    assert not set(refreshed) & {page.pk for page in stories[2:]}
    for page in stories[2:]:
        entry = Entry.objects.get(page_pk=page.pk)
        assert entry.facts["areas"] == [str(mersey.translation_key)]
        assert [term.key for term in entry.terms.filter(taxonomy="area")] == [mersey.translation_key]
        assert entry.number > numbers[page.pk]
    assert check().differences == []
    assert_true()
