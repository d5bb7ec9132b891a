"""Purges after a change.

By tag, by address, durable, and never in an editor's way.
"""

import logging
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult
from wagtail.contrib.frontend_cache.backends import BaseBackend
from wagtail.models import Locale, Page, PageViewRestriction

from tests.factories import NewsIndexPageFactory
from wagtail_cpsnews.catalogue import projection, snapshots
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.http import purging
from wagtail_cpsnews.http.checks import check_task_backend
from wagtail_cpsnews.taxonomy.models import Area

#: What the hook and the frontend cache were told, one call after the other.
told = SimpleNamespace(tags=[], urls=[], error=None)


def hook(tags):
    if told.error:
        raise told.error
    told.tags.append(set(tags))


class Remembering(BaseBackend):
    """A frontend cache that remembers what it is to purge."""

    def purge_batch(self, urls):
        told.urls += urls


class Broken(DatabaseBackend):
    """Stores jobs, but fails in the database for ours."""

    def enqueue(self, task, args, kwargs):
        if task.name == "purge_caches":
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM nothing")
        return super().enqueue(task, args, kwargs)


def jobs():
    """The jobs that are stored; Wagtail stores some of its own."""
    return DBTaskResult.objects.filter(task_path="wagtail_cpsnews.http.purging.purge_caches")


@pytest.fixture
def purged(world, settings):
    """What has been purged, with the hook in place and nothing purged yet."""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "PURGE_TAGS": "tests.http.test_purging.hook"}
    told.tags, told.urls, told.error = [], [], None
    return told


def tag_of(page):
    return f"news-{Entry.objects.get(page_pk=page.pk).pk}"


@pytest.fixture
def stored_jobs(settings):
    """Jobs are stored in the database, and nothing runs them."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_a_change_purges_lists_and_its_story(purged, world):
    world.plain.unpublish()
    assert {"news-list", tag_of(world.plain)} in purged.tags
    assert not {"news", tag_of(world.deep)} & set().union(*purged.tags)
    purged.tags.clear()
    page = world.plain
    page.title = "Plain Harbour again"
    page.save_revision()  # a draft: no reader sees a difference
    snapshots.current()
    assert purged.tags == []


def test_a_subtree_that_is_hidden(purged, world):
    tags = {tag_of(world.deep), tag_of(world.deeper)}
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    assert tags <= set().union(*purged.tags)
    assert tag_of(world.plain) not in set().union(*purged.tags)


def test_a_term_purges_everything(purged, world):
    area = Area.objects.get(slug="wessex", locale__language_code="en")
    area.name = "Greater Wessex"
    area.save()
    assert {"news"} in purged.tags


def test_a_change_of_many_stories_purges_everything(purged, world, monkeypatch):
    monkeypatch.setattr(purging, "MOST_STORIES", 1)
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    assert {"news"} in purged.tags


def test_a_purge_that_fails_does_not_stop_a_publication(purged, world, caplog):
    purged.error = ConnectionRefusedError("the cache is away")
    with caplog.at_level(logging.ERROR, "wagtail_cpsnews"):
        world.publish("Still Published")
    assert Entry.objects.filter(title="Still Published", public=True).exists()
    assert "the cache is away" in caplog.text


def test_a_purge_that_can_not_be_enqueued_does_not_undo_the_change(purged, world, settings, caplog):
    settings.TASKS = {"default": {"BACKEND": "tests.http.test_purging.Broken"}}
    world.plain.unpublish()
    assert not Entry.objects.get(page_pk=world.plain.pk).public
    assert "The caches can’t be purged" in caplog.text


def test_without_a_cache_a_change_costs_nothing_more(purged, world, settings):
    def statements():
        page = world.plain
        page.title += "!"
        with transaction.atomic():
            page.save()
            transaction.on_commit(lambda: captured.__enter__())
            connection.run_on_commit.insert(0, connection.run_on_commit.pop())
            captured = CaptureQueriesContext(connection)
        captured.__exit__(None, None, None)
        return len(captured)

    settings.WAGTAIL_CPSNEWS = {}
    statements()
    without = statements()
    settings.WAGTAIL_CPSNEWS = {"PURGE_TAGS": "tests.http.test_purging.hook"}
    assert statements() == without + 1  # which rows the batch wrote


def test_jobs_are_stored_with_the_change(purged, world, stored_jobs, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 2}
    tag = tag_of(world.plain)
    with transaction.atomic():
        world.plain.unpublish()
        assert not jobs().exists()
    assert purged.tags == []  # no request of an editor waits for a cache
    first, second = jobs().order_by("enqueued_at")
    for job in (first, second):
        ids, everything = job.args_kwargs["args"]
        assert {f"news-{pk}" for pk in ids} == {tag}
        assert not everything
        assert "Plain" not in str(job.args_kwargs)
        job.task.call(*job.args_kwargs["args"])
    # When every process has looked again.
    assert 2 < (second.run_after - second.enqueued_at).total_seconds() < 4
    assert purged.tags == [{"news-list", tag}] * 2


def test_a_job_that_fails_is_tried_again_and_then_given_up(purged, world, stored_jobs, caplog):
    purged.error = ConnectionRefusedError("the cache is away")
    for attempt in range(len(purging.RETRIES)):
        purging.purge_caches.call(["0b8f6f5e-6f1d-4b2c-9c1d-2f3a4b5c6d7e"], False, attempt)
        job = jobs().get()
        assert job.args_kwargs["args"][2] == attempt + 1
        job.delete()
    purging.purge_caches.call([], True, len(purging.RETRIES))
    assert not jobs().exists()
    assert [record.levelname for record in caplog.records if "the cache is away" in record.message] == [
        *["WARNING"] * 3,
        "ERROR",
    ]


def test_a_change_that_is_rolled_back_purges_nothing(purged, world, stored_jobs):
    world.plain.unpublish()
    jobs().delete()
    before = Entry.objects.get(page_pk=world.deep.pk).number

    def work():
        with projection.projecting("default") as batch:
            batch.writer.write_tombstones([world.deep.pk])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert Entry.objects.get(page_pk=world.deep.pk).number == before
    assert not jobs().exists()


def test_the_frontend_cache_is_told_the_addresses(purged, world, settings):
    settings.WAGTAILFRONTENDCACHE = {"all": {"BACKEND": "tests.http.test_purging.Remembering"}}
    pk = Entry.objects.get(page_pk=world.deep.pk).pk
    world.deep.unpublish()
    wanted = {
        "http://localhost/news/section/deep/",
        "http://localhost/news/section/",
        "http://localhost/news/",
        f"http://localhost/newsroom/api/v1/items/{pk}/",
        "http://localhost/newsroom/api/v1/items/",
        "http://localhost/newsroom/feeds/news.rss",
        "http://localhost/newsroom/sitemap-news.xml",
        "http://localhost/newsroom/embed/list/",
    }
    assert wanted <= set(purged.urls)
    assert not [url for url in purged.urls if "plain" in url]


def test_an_address_that_was_never_public_is_not_told(purged, world, settings):
    settings.WAGTAILFRONTENDCACHE = {"all": {"BACKEND": "tests.http.test_purging.Remembering"}}
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    deep = world.deep
    draft = deep.copy(update_attrs={"slug": "named-suspect"}, keep_live=False)
    Page.objects.filter(pk=draft.pk).update(locale=welsh, translation_key=deep.translation_key)
    private = NewsIndexPageFactory(parent=world.index, slug="private-section")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    projection.project()
    deep.unpublish()
    assert "http://localhost/news/section/deep/" in purged.urls
    Page.objects.filter(pk=deep.pk).update(
        slug="charged-with", url_path=deep.url_path.replace("deep", "charged-with")
    )
    told.urls = []
    purging.purge_caches.func([str(Entry.objects.get(page_pk=deep.pk).pk)], False)
    urls = " ".join(told.urls)
    assert "/newsroom/api/v1/items/" in urls
    assert not any(name in urls for name in ("named-suspect", "private-section", "charged-with"))


def test_a_backend_that_can_lose_purges_is_reported(purged, settings, stored_jobs):
    settings.DEBUG = False
    assert check_task_backend(None) == []


def test_the_usual_backend_is_reported_where_it_matters(purged, settings):
    settings.DEBUG = False
    assert [message.id for message in check_task_backend(None)] == ["cpsnews.W060"]
    settings.WAGTAIL_CPSNEWS = {}
    assert check_task_backend(None) == []
