"""What still asks the database for each answer: the same statements for one story and for many."""

import datetime
import uuid

import pytest
from django.utils import timezone

from wagtail_cpsnews.catalogue.changes import changes
from wagtail_cpsnews.catalogue.item_source import reader_of
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.catalogue.snapshots import current, refresh_at_next_request
from wagtail_cpsnews.feeds.tombstones import AT_MOST, tombstones
from wagtail_cpsnews.frontend.story_lists import _chosen


@pytest.fixture(params=[1, 150])
def entries(request, newsroom):
    """Public stories, and as many that are gone."""
    (site,) = {root.site_id for root in current().reference.roots}
    number, now = State.objects.get(pk=1).sequence, timezone.now()

    def entry(count, **values):
        pk = uuid.UUID(int=20_000 + count)
        return Entry(pk=pk, page_pk=20_000 + count, number=number, site_id=site, **values)

    story = {"language": "en", "versions": "|en|", "primary": True, "published": now}
    public = [
        entry(2 * count, public=True, translation_key=uuid.uuid4(), **story) for count in range(request.param)
    ]
    gone_at = now - datetime.timedelta(days=1)
    gone = [entry(2 * count + 1, public=False, gone_at=gone_at) for count in range(request.param)]
    Entry.objects.bulk_create([*public, *gone])
    refresh_at_next_request()
    return public


def test_the_statements_do_not_depend_on_how_many_stories_there_are(entries, django_assert_num_queries):
    snapshot, size = current(), len(entries)
    sites = (entries[0].site_id,)
    with django_assert_num_queries(2):  # the entries, the departures
        found = changes(Query(sites=sites, page_size=100), None, snapshot)
    assert len(found.rows) == min(size, 100)
    with django_assert_num_queries(1):
        assert len(tombstones(sites)) == min(size, AT_MOST)
    reader = reader_of(entries[0], snapshot.reference, "en")
    with django_assert_num_queries(1):
        assert len(_chosen([entry.page_pk for entry in entries], reader)) == size
