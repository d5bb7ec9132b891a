"""The proof of absence, against a real site in another process."""

import datetime
import io
import time

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.models import Page

from tests.desk.proofs import served
from tests.pictures import jpeg
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.desk.proof import rounds
from wagtail_cpsnews.desk.proof.models import Proof, ProofAnswer
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
from wagtail_cpsnews.outputs import outputs
from wagtail_cpsnews.usage.models import EmbedUse

Kind = PublicationStop.Kind
Sort = ProofAnswer.Sort
STORED = {"default": {"BACKEND": "tests.stored_jobs.DatabaseBackend"}}


@pytest.fixture
def site(world, tmp_path):
    with served(world, tmp_path) as address:
        yield address


def look_again():
    """Wait until the other process has looked whether the catalogue has moved."""
    time.sleep(get_settings().LOOK_SECONDS + 0.3)


def answers(proof, **conditions):
    return list(ProofAnswer.objects.filter(proof=proof, **conditions).order_by("pk"))


def proof_of(stop):
    return Proof.objects.filter(stop=stop).latest("pk")


def come(proof, **times):
    """Let time go on: what is due later is due now."""
    Proof.objects.filter(pk=proof.pk).update(next_at=timezone.now(), **times)


@pytest.mark.slow
def test_every_output_is_asked_and_none_shows_the_story(world, site):
    title = world.plain.title
    Redirect.add_redirect("/old-harbour", world.plain)
    stop = begin_stop(Kind.HOLD, world.plain)
    look_again()
    proof = rounds.work(proof_of(stop).pk, 300)
    given = answers(proof)
    assert {one.output for one in given} >= {output.name for output in outputs()}
    assert {one.sort for one in given} == set(Sort.values) - {Sort.FILE}
    assert [str(one) for one in given if one.is_open] == []
    assert proof.failing == 0
    assert all(one.asked_at and len(one.digest) == 64 for one in given)
    assert {one.status for one in given if one.sort in (Sort.PAGE, Sort.STORY, Sort.REDIRECT)} == {404, 410}
    filters = {"kind=news", "crime_type=fraud", "area=wessex", "q={title}"}
    assert filters <= {one.template.rpartition("?")[2] for one in given}
    # Nothing of the story's text is kept, and none of it counts as a use.
    kept = str(list(ProofAnswer.objects.values()))
    assert not [word for word in (title, "plain", "harbour") if word.lower() in kept.lower()]
    assert not EmbedUse.objects.exists()
    # Once more after the lifetime of caches, and that is all.
    assert (proof.next_at - proof.began_at).total_seconds() > 60
    come(proof, began_at=timezone.now() - datetime.timedelta(minutes=2))
    proof = rounds.work(proof.pk, 300)
    assert proof.is_final
    assert proof.finished_at is not None
    assert proof.next_at is None
    assert len(answers(proof, round=2)) == len(given)


@pytest.mark.slow
def test_what_still_shows_the_story_is_found_and_asked_until_it_does_not(world, site):
    """The site shows it: a stop whose pages another process, or a cache, still has."""
    page, entry = world.plain, Entry.objects.get(page_pk=world.plain.pk)
    Redirect.add_redirect("/old-harbour", page)
    stop = begin_stop(Kind.WITHDRAWAL, page)
    kept = PublicationStop.objects.filter(pk=stop.pk)
    # Its row and the column alone are what hides it.
    kept.update(ended_at=timezone.now())
    Page.objects.filter(pk=page.pk).update(live=True)
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    assert Entry.objects.get(pk=entry.pk).public
    look_again()
    proof = rounds.work(proof_of(stop).pk, 300)
    shown = {(one.output, one.sort): set(one.found.split()) for one in answers(proof) if one.found}
    for output in outputs():
        if output.about_story is not None:
            assert "answers" in shown[output.name, Sort.STORY], output.name
        elif output.about_list is not None and output.name != "sitemap":
            assert {"title", "address"} & shown[output.name, Sort.LIST], output.name
    assert shown["sitemap", Sort.LIST] >= {"address"}
    assert {"title", "answers"} <= shown["", Sort.PAGE]
    assert "title" in shown["", Sort.REDIRECT]
    assert {"title", "slug"} <= shown["", Sort.INDEX]
    assert "id" in shown["items", Sort.SEARCH]
    assert "title" not in shown["items", Sort.SEARCH]
    assert proof.failing == len([one for one in answers(proof) if one.is_open]) > 40
    # It is gone at last: what was open is asked again, and nothing else.
    kept.update(ended_at=None)
    Page.objects.filter(pk=page.pk).update(live=False)
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    look_again()
    come(proof)
    again = rounds.work(proof.pk, 300)
    assert again.failing == 0
    assert len(answers(again, round=2)) == proof.failing
    assert again.finished_at is None


@pytest.mark.slow
def test_a_picture_that_still_answers(world, site):
    page = world.plain
    page.image = get_image_model().objects.create(title="Quay", file=ContentFile(jpeg(), "quay.jpg"))
    page.save_revision().publish()
    stop = begin_stop(Kind.HOLD, page)
    proof = rounds.work(proof_of(stop).pk, 300)
    files = answers(proof, sort=Sort.FILE)
    assert files
    assert {one.output for one in files} == {"rendition"}
    for one in files:
        assert ("answers" in one.found) == (one.status == 200)


@pytest.mark.slow
def test_a_picture_that_another_story_shows_is_not_asked(world, site):
    picture = get_image_model().objects.create(title="Quay", file=ContentFile(jpeg(), "quay.jpg"))
    for page in (world.plain, world.deep):
        page.image = picture
        page.save_revision().publish()
    stop = begin_stop(Kind.HOLD, world.plain)
    look_again()
    proof = rounds.work(proof_of(stop).pk, 300)
    assert answers(proof, sort=Sort.FILE) == []
    assert [str(one) for one in answers(proof) if one.is_open] == []


def test_a_site_that_is_away_proves_nothing(world, monkeypatch):
    """Nothing listens there."""
    monkeypatch.setattr(rounds, "LIMIT", 0)
    stop = begin_stop(Kind.HOLD, world.plain)
    proof = rounds.work(proof_of(stop).pk, 300)
    assert {one.problem for one in answers(proof)} == {"unreachable"}
    assert proof.failing == len(answers(proof))
    assert proof.finished_at is None
    come(proof, began_at=timezone.now() - datetime.timedelta(minutes=2))
    proof = rounds.work(proof.pk, 300)
    assert proof.finished_at is not None
    assert proof.failing == len(answers(proof, round=2))


# -- who asks ---------------------------------------------------------------------------------------------------------


def jobs():
    return DBTaskResult.objects.filter(task_path="wagtail_cpsnews.desk.proof.rounds.ask_outputs")


def test_the_job_is_stored_with_the_act_and_enqueues_the_next_round(world, settings):
    settings.TASKS = STORED
    stop = begin_stop(Kind.HOLD, world.plain)
    job = jobs().get()
    assert job.args_kwargs == {"args": [proof_of(stop).pk], "kwargs": {}}
    job.delete()
    rounds.ask_outputs.call(proof_of(stop).pk)
    proof, following = proof_of(stop), jobs().get()
    assert proof.round == 1
    assert abs((following.run_after - proof.next_at).total_seconds()) < 2


@pytest.mark.slow
def test_the_clock_asks_where_no_worker_does(world, settings, site):
    settings.TASKS = STORED
    stop = begin_stop(Kind.HOLD, world.plain)
    call_command("newsroom_clock", stdout=io.StringIO())
    assert proof_of(stop).round == 0  # a worker has some seconds
    look_again()
    Proof.objects.update(next_at=timezone.now() - datetime.timedelta(seconds=rounds.LEFT_TO_JOBS + 1))
    call_command("newsroom_clock", stdout=io.StringIO())
    proof = proof_of(stop)
    assert (proof.round, proof.failing) == (1, 0)
    assert all(one.asked_at for one in answers(proof))


def test_with_the_immediate_backend_no_request_asks(world):
    stop = begin_stop(Kind.HOLD, world.plain)
    assert proof_of(stop).round == 0
    assert rounds.work_on_due(0.5)
    asked = [one for one in answers(proof_of(stop)) if one.asked_at]
    assert asked


@pytest.mark.slow
def test_another_process_goes_on_where_one_has_ended(world, site):
    stop = begin_stop(Kind.HOLD, world.plain)
    first = rounds.work(proof_of(stop).pk, 0)
    asked = [one.pk for one in answers(first) if one.asked_at]
    assert len(asked) == 1
    # One that was killed has left a claim.
    Proof.objects.update(claimed_until=timezone.now() + datetime.timedelta(seconds=60))
    assert rounds.work(first.pk, 0) is None
    Proof.objects.update(claimed_until=timezone.now())
    second = rounds.work(first.pk, 300)
    assert second.round == 1
    given = answers(second)
    assert [one.pk for one in given if one.asked_at is None] == []
    assert given[0].pk == asked[0]


def test_it_ends_when_the_story_is_back(world):
    stop = begin_stop(Kind.HOLD, world.plain)
    end_stop(stop, PublicationStop.Ending.RELEASED)
    proof = proof_of(stop)
    assert proof.finished_at is not None
    assert rounds.work(proof.pk, 300) is None
    assert answers(proof) == []


def test_there_is_nothing_to_prove_about_an_embargo(world):
    draft = world.publish("Waiting")
    draft.unpublish()
    stop = begin_stop(Kind.EMBARGO, draft, until=timezone.now() + datetime.timedelta(days=1))
    assert not stop.proofs.exists()
    assert not stop.outside_steps.exists()
