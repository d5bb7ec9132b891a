"""An embargo: in no output one second before, in all of them after, and only what was approved."""

import datetime
import io

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.management.commands.purge_revisions import purge_revisions
from wagtail.models import Locale, PageLogEntry, Revision
from wagtail.signals import page_published

from tests.factories import NewsIndexPageFactory, draft_story, publish_story
from tests.oracle import assert_outputs, assert_true
from tests.outputs import ask, list_questions, shows
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop, State
from wagtail_cpsnews.desk import embargoes, holds
from wagtail_cpsnews.desk.embargoes import EmbargoRefused, NotReady, publish_due
from wagtail_cpsnews.desk.stopping import AlreadyEnded, AlreadyStopped, begin_stop, end_stop

pytestmark = pytest.mark.django_db

SECRET = "Heron Quay fraud verdict"
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def draft(parent, title=SECRET, **fields):
    page = draft_story(parent=parent, title=title, **fields)
    page.save_revision()
    return page


def embargo(page, *, versions=None, user=None, **fields):
    if not fields.get("event"):
        fields.setdefault("until", timezone.now() + HOUR)
    return embargoes.set_embargo(page, user, versions=versions or [page.pk], **fields)


def edit(page, **fields):
    """Save another draft."""
    latest = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(latest, name, value)
    return latest.save_revision(clean=False)  # as the editor does, which lets drafts be half-filled


def clock():
    out = io.StringIO()
    call_command("newsroom_clock", stdout=out)
    return out.getvalue()


@pytest.fixture
def frozen():
    """A clock that goes on when it is told to."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


# -- in no output before, in all after ---------------------------------------------------------------------------------


def found_in(title=SECRET):
    """The outputs whose list shows the story."""
    return {name for name, address in list_questions().items() if shows(ask(address)[1], title)}


def test_in_no_output_a_second_before_and_in_all_after_with_cron_stopped_and_caches_warm(
    world, settings, frozen
):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 0}
    page = draft(world.index, areas=["wessex"])
    everywhere = found_in("Plain Harbour")
    assert len(everywhere) > 5
    embargo(page)
    frozen.shift(HOUR - SECOND)
    assert found_in() == set()
    assert ask("/news/heron-quay-fraud-verdict/")[0] == 404
    assert_outputs()
    frozen.shift(SECOND)
    assert not shows(ask("/newsroom/api/v1/items/")[1], SECRET)  # the reader who finds it due
    assert found_in() == everywhere
    assert ask("/news/heron-quay-fraud-verdict/")[0] == 200
    assert_true()
    assert_outputs()
    assert fresh(page).first_published_at == timezone.now()


def test_headers_and_numbers_do_not_tell_of_it(newsroom, story, client, frozen):
    story("Plain")
    page = draft(newsroom)

    def said():
        answers = [
            client.get(path, headers={"host": "localhost"})
            for path in (
                "/news/",
                "/newsroom/api/v1/items/",
                "/newsroom/feeds/news.atom",
                f"/news/{page.slug}/",
            )
        ]
        names = ("Cache-Control", "ETag", "Last-Modified", "Expires")
        headers = [[answer.get(name) for name in names] for answer in answers]
        return headers, [answer.status_code for answer in answers], State.objects.get().sequence

    before = said()
    stop = embargo(page, until=timezone.now() + 20 * SECOND)
    assert said() == before
    frozen.shift(19 * SECOND)
    embargoes.change_embargo(stop, None, versions=[page.pk], until=timezone.now() + 5 * SECOND)
    assert said()[1:] == before[1:]
    assert [one[0] for one in said()[0]] == [one[0] for one in before[0]]
    embargoes.lift_embargo(stop, None)
    assert said()[1:] == before[1:]


def test_a_request_in_a_transaction_of_its_own_publishes_too(world, settings, frozen, monkeypatch):
    from django.db import connection

    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 0}
    page = draft(world.index)
    embargo(page)
    frozen.shift(2 * HOUR)
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    ask("/news/")
    assert fresh(page).live
    assert shows(ask("/news/")[1], SECRET)


def test_the_clock_publishes_what_is_due(world, frozen):
    first, second = draft(world.index, "First"), draft(world.index, "Second")
    embargo(first)
    embargo(second, until=timezone.now() + 2 * HOUR)
    assert "published" not in clock()
    frozen.shift(HOUR)
    assert "1 story published" in clock()
    assert [fresh(first).live, fresh(second).live] == [True, False]
    assert Entry.objects.get(page_pk=first.pk).public
    frozen.shift(HOUR)
    clock()
    assert fresh(second).live


def test_an_event_waits_for_a_person(newsroom, titles, admin_user, frozen):
    page = draft(newsroom)
    stop = embargo(page, event="verdict in the second trial")
    frozen.shift(10_000 * HOUR)
    publish_due()
    assert titles() == []
    embargoes.publish(stop, admin_user)
    assert titles() == [SECRET]
    stop.refresh_from_db()
    assert (stop.ending, stop.ended_by) == ("published", admin_user)
    with pytest.raises(AlreadyEnded):
        embargoes.publish(stop, admin_user)


# -- what is published -------------------------------------------------------------------------------------------------


def test_what_was_approved_is_published_and_what_was_written_since_stays_a_draft(newsroom, api, frozen):
    page = draft(newsroom, summary="As approved.")
    embargo(page)
    edit(page, summary="Not approved.")
    frozen.shift(HOUR)
    publish_due()
    assert [item["summary"] for item in api()["results"]] == ["As approved."]
    assert fresh(page).has_unpublished_changes
    assert fresh(page).get_latest_revision_as_object().summary == "Not approved."


@pytest.mark.parametrize(("latest", "published"), [(True, "Newer."), (False, "As approved.")])
def test_a_change_approves_what_is_newer_only_when_asked_to(newsroom, api, frozen, latest, published):
    page = draft(newsroom, summary="As approved.")
    stop = embargo(page)
    edit(page, summary="Newer.")
    until = timezone.now() + 2 * HOUR
    embargoes.change_embargo(stop, None, versions=[page.pk], until=until, latest=latest)
    frozen.shift(HOUR)
    publish_due()
    assert api()["results"] == []
    frozen.shift(HOUR)
    publish_due()
    assert [item["summary"] for item in api()["results"]] == [published]


def test_wagtails_signal_is_sent_and_its_log_written(newsroom, frozen):
    page, heard = draft(newsroom), []

    def receiver(**kwargs):
        heard.append((kwargs["instance"].pk, kwargs["revision"].pk))

    page_published.connect(receiver)
    try:
        stop = embargo(page)
        frozen.shift(HOUR)
        publish_due()
    finally:
        page_published.disconnect(receiver)
    assert heard == [(page.pk, fresh(page).live_revision_id)]
    actions = PageLogEntry.objects.filter(page=page.pk).values_list("action", flat=True)
    assert {"cpsnews.stop.begin", "cpsnews.stop.end", "wagtail.publish"} <= set(actions)
    assert PublicationStop.objects.get(pk=stop.pk).ending == "published"


@pytest.fixture
def welsh(newsroom):
    """A draft in English and its translation, below a Welsh news centre."""
    cy = Locale.objects.get(language_code="cy")
    home = newsroom.get_parent().copy_for_translation(cy)
    home.save_revision().publish()
    index = newsroom.copy_for_translation(cy)
    index.save_revision().publish()
    page = draft(newsroom, summary="English.")
    translated = page.copy_for_translation(cy)
    translated.title, translated.summary = "Rheithfarn Cei'r Crëyr", "Cymraeg."
    translated.save_revision()
    return page, translated


def test_a_translation_is_published_with_it_where_it_was_chosen(welsh, titles, frozen):
    page, translated = welsh
    stop = embargo(page, versions=[page.pk])
    with pytest.raises(PublishingRefused):
        translated.get_latest_revision().publish()
    embargoes.change_embargo(stop, None, versions=[page.pk, translated.pk], until=timezone.now() + HOUR)
    frozen.shift(HOUR)
    publish_due()
    assert fresh(page).live
    assert fresh(translated).live
    assert titles(language="cy") == [translated.title]


def test_a_translation_that_was_not_chosen_stays_a_draft(welsh, frozen):
    page, translated = welsh
    embargo(page, versions=[page.pk])
    frozen.shift(HOUR)
    publish_due()
    assert fresh(page).live
    assert not fresh(translated).live


def test_a_translation_that_is_not_ready_cannot_be_chosen_and_is_left_out(welsh, frozen):
    page, translated = welsh
    edit(translated, summary="")
    with pytest.raises(EmbargoRefused, match="not ready"):
        embargo(page, versions=[page.pk, translated.pk])
    assert not PublicationStop.objects.exists()
    edit(translated, summary="Cymraeg.")
    stop = embargo(page, versions=[page.pk, translated.pk])
    revision = embargoes.approved_revision(stop, translated)
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "summary": ""})
    frozen.shift(HOUR)
    publish_due()
    assert fresh(page).live
    assert not fresh(translated).live
    stop.refresh_from_db()
    assert "Cymraeg" in stop.end_note


def test_what_is_to_be_published_is_not_purged(world, frozen):
    Revision.objects.all().delete()
    page = draft(world.index)
    stop = embargo(page)
    approved = embargoes.approved_revision(stop, page)
    for number in range(3):
        edit(page, summary=f"Draft {number}")
    assert purge_revisions() == (2, 1)
    with pytest.raises(ProtectedError):
        approved.delete()
    page.delete()  # with its revisions
    assert not Revision.objects.filter(pk=approved.pk).exists()
    frozen.shift(HOUR)
    assert publish_due() == 0
    assert not Entry.objects.filter(page_pk=page.pk).exists()
    stop.refresh_from_db()
    assert (stop.ending, stop.problem) == ("lifted", "")


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_not_on_what_is_public_held_or_scheduled(newsroom, story):
    page = story("Public")
    with pytest.raises(EmbargoRefused, match="published already"):
        embargo(page)
    stop = begin_stop(PublicationStop.Kind.HOLD, page)
    with pytest.raises(EmbargoRefused, match="on hold"):
        embargo(page)
    end_stop(stop, PublicationStop.Ending.RELEASED)
    later = draft(newsroom, "Scheduled", go_live_at=timezone.now() + HOUR)
    with pytest.raises(EmbargoRefused, match="scheduled"):
        embargo(later)
    later.get_latest_revision().publish()
    edit(later, go_live_at=None)
    with pytest.raises(EmbargoRefused, match="scheduled"):
        embargo(later)
    assert PublicationStop.objects.filter(kind="embargo").count() == 0


def test_not_on_a_translation_of_what_is_public(welsh):
    page, translated = welsh
    page.get_latest_revision().publish()
    with pytest.raises(EmbargoRefused, match="in this language or another"):
        embargo(translated)


def test_only_once(newsroom):
    page = draft(newsroom)
    embargo(page)
    with pytest.raises((AlreadyStopped, EmbargoRefused)):
        embargo(page)
    with pytest.raises(EmbargoRefused, match="at least one"):
        embargoes.set_embargo(draft(newsroom, "Other"), None, versions=[], until=timezone.now() + HOUR)


def test_nothing_publishes_or_schedules_it_meanwhile(newsroom):
    page = draft(newsroom)
    stop = embargo(page)
    with pytest.raises(PublishingRefused, match=stop.reference):
        page.get_latest_revision().publish()
    edit(page, go_live_at=timezone.now() + HOUR)
    with pytest.raises(PublishingRefused):
        fresh(page).get_latest_revision().publish()
    assert not fresh(page).live
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_lifted_it_is_a_draft_that_anybody_may_publish(newsroom, titles):
    page = draft(newsroom)
    stop = embargo(page)
    embargoes.lift_embargo(stop, None, "the court has lifted the order")
    assert titles() == []
    page.get_latest_revision().publish()
    assert titles() == [SECRET]
    with pytest.raises(AlreadyEnded):
        embargoes.change_embargo(stop, None, versions=[page.pk], until=timezone.now() + HOUR)


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_one_that_fails_leaves_the_others_published_and_is_not_tried_by_every_request(
    newsroom, titles, client, frozen, caplog
):
    bad, good = draft(newsroom, "Bad"), draft(newsroom, "Good")
    stop = embargo(bad)
    embargo(good)
    tries = []

    def fails(instance, **kwargs):
        if instance.pk == bad.pk:
            tries.append(timezone.now())
            raise ValueError("the receiver of a host fails")

    page_published.connect(fails)
    try:
        frozen.shift(HOUR)
        for _number in range(3):
            client.get("/news/", headers={"host": "localhost"})
        assert len(tries) == 1
        assert titles() == ["Good"]
        assert not fresh(bad).live
        stop.refresh_from_db()
        assert (stop.is_in_force, stop.problem, stop.tries) == (True, "error", 1)
        assert "the receiver of a host fails" in caplog.text
        frozen.shift(embargoes.FIRST_PAUSE + SECOND)
        publish_due()
        publish_due()
        assert len(tries) == 2
    finally:
        page_published.disconnect(fails)
    frozen.shift(embargoes.LONGEST_PAUSE)
    publish_due()
    assert titles() == ["Bad", "Good"]


def test_what_is_no_longer_ready_stays_and_says_why(newsroom, frozen, titles):
    page = draft(newsroom)
    stop = embargo(page)
    revision = embargoes.approved_revision(stop, page)
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "summary": ""})
    frozen.shift(HOUR)
    publish_due()
    stop.refresh_from_db()
    assert (stop.problem, titles()) == ("not_ready", [])
    with pytest.raises(NotReady):
        embargoes.publish(stop)


def test_a_story_on_hold_or_withdrawn_waits_for_that(newsroom, titles, frozen):
    page = draft(newsroom)
    stop = embargo(page)
    hold = begin_stop(PublicationStop.Kind.HOLD, page)
    frozen.shift(HOUR)
    publish_due()
    stop.refresh_from_db()
    assert (titles(), stop.tries) == ([], 0)
    with pytest.raises(PublishingRefused):
        embargoes.publish(stop)
    assert PublicationStop.objects.get(pk=stop.pk).is_in_force
    end_stop(hold, PublicationStop.Ending.RELEASED)
    assert titles() == []  # the reader who finds it due
    assert titles() == [SECRET]


def test_of_two_processes_one_publishes(newsroom, frozen):
    page = draft(newsroom)
    embargo(page)
    frozen.shift(HOUR)
    mine = PublicationStop.objects.get()
    others = PublicationStop.objects.get()
    assert embargoes._claim(mine)
    assert not embargoes._claim(others)
    assert publish_due() == 0  # the first was killed: nobody tries before its pause is over
    frozen.shift(embargoes.FIRST_PAUSE)
    assert publish_due() == 1
    assert fresh(page).live


def test_two_processes_at_once(world, frozen):
    """Real processes on one database: each story is published once."""
    pages = [draft(world.index, f"Quay story {number}") for number in range(4)]
    for page in pages:
        embargo(page, until=timezone.now() + SECOND)
    PublicationStop.objects.update(wake_at=timezone.now() - HOUR)
    code = "from wagtail_cpsnews.desk.embargoes import publish_due\nprint(publish_due())"
    processes = [world.start(code) for _number in range(2)]
    done = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], done
    assert sum(int(out) for out, _error in done) == len(pages), done
    assert [fresh(page).live for page in pages] == [True] * len(pages)
    assert [page.revisions.count() for page in pages] == [1] * len(pages)


def test_a_story_of_another_section_is_not_touched(newsroom, titles, frozen):
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    embargo(draft(section))
    publish_story(parent=section, title="Plain")
    assert titles() == ["Plain"]


def test_a_story_that_is_held_waits_for_its_release_as_well(newsroom, titles, officer, head, frozen):
    page = draft(newsroom)
    stop = embargo(page)
    assert holds.can_be_held(page)
    hold = holds.hold(page, officer)
    frozen.shift(2 * HOUR)
    assert publish_due() == 0
    assert titles() == []
    assert holds.release(hold, head) == []  # it was not public before
    frozen.shift(HOUR)
    assert publish_due() == 1
    assert titles() == [SECRET]
    stop.refresh_from_db()
    assert (stop.ending, stop.problem) == (PublicationStop.Ending.PUBLISHED, "")
