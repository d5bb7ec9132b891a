"""What no signal tells; and what fails must not spread.

Raw writes, loaddata, truncated tables, restored databases.
"""

import datetime
import io
import logging
import uuid

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from tests.oracle import API, assert_true, get
from wagtail_cpsnews.catalogue import adapters, invalidation, projection, snapshots, state
from wagtail_cpsnews.catalogue.maintenance import rebuild
from wagtail_cpsnews.catalogue.models import Entry, EntryTerm, EntryUse, Invalidation, State
from wagtail_cpsnews.catalogue.visibility import why_not_served
from wagtail_cpsnews.pages.models import NewsItemPage, SpeechPage
from wagtail_cpsnews.taxonomy.models import Area

ALL = ["Deep Lantern", "Deep Marigold", "Plain Harbour"]
HOUR = datetime.timedelta(hours=1)


def put_right(*expected):
    """Check that check_catalogue reports just this, and repairs it.

    With exit code 1; after --repair there is nothing to report.
    """
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_catalogue", stdout=out)
    found = sorted(line for line in out.getvalue().splitlines())
    assert len(found) == len(expected)
    for line, wanted in zip(found, sorted(expected), strict=True):
        assert wanted in line
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    out = io.StringIO()
    call_command("check_catalogue", stdout=out)
    assert "all as the catalogue has them" in out.getvalue()


# -- raw writes -----------------------------------------------------------------------------------------------------


def test_title_written_by_a_queryset(world):
    Page.objects.filter(slug="plain").update(title="Raw Harbour")
    put_right("stale")
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Raw Harbour"]


def test_taken_down_by_sql(world):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = %s WHERE slug = 'plain'", [False])
    put_right("not public")
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_put_up_by_a_queryset(world):
    world.plain.unpublish()
    Page.objects.filter(slug="plain").update(live=True)
    put_right("missing")
    assert assert_true() == ALL


def test_restriction_made_in_bulk(world):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=world.section, restriction_type="login")]
    )
    put_right("not public", "not public")
    assert assert_true() == ["Plain Harbour"]


def test_expiry_written_by_a_queryset(world):
    Page.objects.filter(slug="plain").update(expire_at=timezone.now() - HOUR)
    put_right("not public")
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_expiry_in_the_future_written_by_a_queryset(world):
    Page.objects.filter(slug="plain").update(expire_at=timezone.now() + HOUR)
    put_right("stale")


def test_terms_of_a_story_written_past_the_page(world):
    NewsItemPage.areas.through.objects.filter(newsitempage_id=world.plain.pk).delete()
    put_right("stale")
    assert_true()


def test_term_renamed_by_a_queryset(world):
    Area.objects.filter(slug="wessex").update(slug="wessex-2", name="Wessex 2")
    put_right("terms or sites")
    assert_true()


def test_page_deleted_by_sql(world):
    page = world.plain
    with connection.cursor() as cursor:
        for table in ("areas", "crime_types", "topics"):
            cursor.execute(
                f"DELETE FROM cpsnews_pages_newsitempage_{table} WHERE newsitempage_id = %s", [page.pk]
            )
        cursor.execute("DELETE FROM cpsnews_pages_newsitempage WHERE page_ptr_id = %s", [page.pk])
    Page.objects.filter(pk=page.pk)._raw_delete("default")
    put_right("not public")
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_loaddata(world, tmp_path):
    page = world.plain
    page.title = "Loaded Harbour"
    file = tmp_path / "story.json"
    file.write_text(serializers.serialize("json", [Page.objects.get(pk=page.pk), page]))
    text = file.read_text().replace('"Plain Harbour"', '"Loaded Harbour"')
    file.write_text(text)
    call_command("loaddata", str(file), verbosity=0)
    put_right("stale")
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Loaded Harbour"]


# -- the catalogue's own tables -------------------------------------------------------------------------------------


def test_entry_tampered_with(world):
    """A leak written straight into the catalogue.

    The digest does not tell, the columns do.
    """
    Entry.objects.filter(page_pk=world.plain.pk).update(title="Tampered", summary="Tampered")
    put_right("stale")
    assert_true()


def test_terms_and_uses_of_an_entry_deleted(world):
    EntryTerm.objects.all().delete()
    put_right("stale", "stale", "stale")
    assert_true()


def test_tables_truncated(world):
    epoch, ids = State.objects.get().epoch, set(Entry.objects.values_list("pk", flat=True))
    for model in (EntryTerm, EntryUse, Invalidation, Entry, State):
        model.objects.all()._raw_delete("default")
    snapshots.reset()
    assert get(f"{API}/items/").status_code == 503
    call_command("rebuild_catalogue", stdout=io.StringIO())
    assert State.objects.get().epoch != epoch
    assert assert_true() == ALL
    assert not ids & set(Entry.objects.values_list("pk", flat=True))


def test_state_row_deleted_under_a_running_process(world):
    first = snapshots.current()
    State.objects.all().delete()
    snapshots._memory.snapshot = first  # this process remembers, and its look is due
    snapshots._memory.snapshot = snapshots._refresh(first)
    assert snapshots._memory.snapshot.epoch != first.epoch
    assert get(f"{API}/items/").status_code == 503
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    call_command("rebuild_catalogue", stdout=io.StringIO())
    # Numbers go on from the highest: a reader of the new epoch never finds an old row with a higher one.
    assert State.objects.get().sequence >= max(Entry.objects.values_list("number", flat=True))
    assert assert_true() == ALL


def test_state_row_deleted_and_only_rebuilt(world):
    State.objects.all().delete()
    call_command("rebuild_catalogue", stdout=io.StringIO())
    assert State.objects.get().sequence >= max(Entry.objects.values_list("number", flat=True))
    assert assert_true() == ALL


def test_older_database_restored(world):
    """The clients' tokens of later numbers are void: another epoch says so."""
    old = State.objects.values().get()
    world.publish("New Quay")
    first = snapshots.current()
    State.objects.filter(pk=1).update(sequence=old["sequence"])
    assert snapshots._refresh(first).epoch != first.epoch
    put_right("an entry has number")
    assert assert_true() == sorted([*ALL, "New Quay"])


def test_rebuild_keeps_ids_tombstones_and_numbers(world):
    world.deep.unpublish()
    before = dict(Entry.objects.values_list("pk", "number")), State.objects.get().epoch
    report = rebuild()
    assert (dict(Entry.objects.values_list("pk", "number")), State.objects.get().epoch) == before
    assert (report.public, report.changed, report.gone) == (2, 0, 0)


def test_rebuild_counts_what_it_did(world):
    Page.objects.filter(slug="plain").update(title="Raw Harbour")
    Page.objects.filter(slug="deep").update(live=False)
    report = rebuild()
    assert (report.public, report.changed, report.gone) == (2, 1, 1)


def test_empty_is_built_and_old_stories_are_not(world):
    State.objects.all().delete()
    Entry.objects.all().delete()
    assert state.new_state("default").built_at is None
    State.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()
    State.objects.all().delete()
    assert state.new_state("default").built_at is not None


def test_language_versions_of_an_entry_tampered_with(world):
    Entry.objects.filter(page_pk=world.plain.pk).update(primary=False, versions="")
    put_right("stale")
    assert_true()


# -- transactions ---------------------------------------------------------------------------------------------------


class Undo(Exception):
    pass


@transaction.atomic
def publish_and_undo(world):
    world.publish("Never Was")
    raise Undo


def test_what_is_rolled_back_leaves_nothing(world):
    before = State.objects.get().sequence
    with pytest.raises(Undo):
        publish_and_undo(world)
    assert not Invalidation.objects.exists()
    assert State.objects.get().sequence == before
    assert assert_true() == ALL


def test_savepoint_rolled_back_and_the_rest_kept(world):
    with transaction.atomic():
        with pytest.raises(Undo):
            publish_and_undo(world)
        world.publish("New Quay")
    assert not Invalidation.objects.exists()
    assert assert_true() == sorted([*ALL, "New Quay"])


def test_nothing_is_projected_inside_a_transaction(world):
    with transaction.atomic():
        world.plain.unpublish()
        assert projection.project() is False
        assert Entry.objects.get(page_pk=world.plain.pk).public
        assert Invalidation.objects.exists()
        assert snapshots.current().sequence == State.objects.get().sequence
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_one_projection_a_transaction(world, monkeypatch):
    calls = []
    monkeypatch.setattr(projection, "project", lambda: calls.append(1))
    with transaction.atomic():
        for page in (world.plain, world.deep, world.deeper):
            page.unpublish()
    assert len(calls) == 1


def test_a_process_that_died_before_projecting(world, monkeypatch):
    monkeypatch.setattr(invalidation, "_project_now", lambda: None)
    world.plain.unpublish()
    assert Invalidation.objects.exists()
    snapshots.reset()
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


# -- what fails -----------------------------------------------------------------------------------------------------


@pytest.fixture
def speeches_fail(monkeypatch):
    """Registers an adapter for speeches that fails in a way that the test chooses."""

    def register(**methods):
        failing = type("Failing", (type(adapters.adapter_for(SpeechPage)),), methods)
        monkeypatch.setitem(adapters._adapters, SpeechPage, failing())
        adapters.adapter_for.cache_clear()

    yield register
    monkeypatch.undo()
    adapters.adapter_for.cache_clear()


def _wrong(self, *args):
    raise ValueError("no facts today")


def _wrong_query(self, *args):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense FROM wagtailcore_page")


@pytest.mark.parametrize("method", ["facts", "address", "related", "get_queryset"])
@pytest.mark.parametrize("fault", [_wrong, _wrong_query])
def test_an_adapter_that_fails_stops_no_other(world, speeches_fail, method, fault, caplog):
    speeches_fail(**{method: fault})
    with transaction.atomic():
        for page in (world.plain, world.deeper):
            page.title = f"{page.title} again"
            page.save_revision().publish()
    assert not Invalidation.objects.exists()
    shown = sorted(Entry.objects.filter(public=True).values_list("title", flat=True))
    assert shown == ["Deep Lantern", "Plain Harbour again"]
    assert "adapter of cpsnews_pages.SpeechPage failed" in caplog.text


def test_invalidations_of_what_is_no_page_any_more_are_harmless(world):
    invalidation.invalidate_page(987654)
    invalidation.invalidate_subtree(987654)
    invalidation.invalidate_use("wagtailimages.image:987654")
    assert not Invalidation.objects.exists()
    assert assert_true() == ALL


def test_an_invalidation_that_cannot_be_read_stops_nothing(world, caplog):
    caplog.set_level(logging.ERROR)
    Invalidation.objects.create(scope="page", subject="no number")
    Invalidation.objects.create(scope="later", subject="of a newer version")
    world.plain.unpublish()
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


# -- rules ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden(world, rule):
    """A rule that hides one story; all are decided about."""
    rule(lambda page: "held" if page.title == "Plain Harbour" else "")
    rebuild()


def test_a_rule_takes_the_story_out_everywhere(world, hidden):
    assert why_not_served(world.plain) == "held"
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    assert get("/news/plain/").status_code == 410


def test_a_rule_holds_after_a_move_of_the_section(world, hidden):
    invalidation.invalidate_subtree(world.home.pk)
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_id_that_never_was(world):
    assert get(f"{API}/items/{uuid.uuid4()}/").status_code == 404


def test_a_lost_text_index_is_found_and_written_again(world):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cpsnews_words")
    put_right(*["not searchable"] * len(ALL))


def test_after_a_restore_everybody_starts_again(world):
    epoch = State.objects.get().epoch
    call_command("rebuild_catalogue", verbosity=0)
    assert State.objects.get().epoch == epoch
    call_command("rebuild_catalogue", "--restored", verbosity=0)
    assert State.objects.get().epoch != epoch
