"""``newsroom_retention``: what is due is deleted, after a dry run that deletes nothing."""

import datetime
import io
import itertools

import pytest
from django.core.management import call_command
from django.utils import timezone

from wagtail_cpsnews.catalogue.models import PublicationStop, StoppedPage
from wagtail_cpsnews.checks import check_settings
from wagtail_cpsnews.desk.proof.models import OutsideStep, Proof, ProofAnswer
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
from wagtail_cpsnews.usage.models import EmbedSite, EmbedUse

HOLD = PublicationStop.Kind.HOLD


def ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def run(*args):
    out = io.StringIO()
    call_command("newsroom_retention", *args, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def held(story):
    """A function that makes a hold of a story, which ended so many days ago, or has not."""

    numbers = itertools.count()

    def hold(days=None):
        stop = begin_stop(HOLD, story(f"Story {next(numbers)}"))
        proof = Proof.objects.get(stop=stop)
        ProofAnswer.objects.create(proof=proof, round=1, sort="list", template="http://localhost/")
        if days is not None:
            end_stop(stop, PublicationStop.Ending.RELEASED)
            PublicationStop.objects.filter(pk=stop.pk).update(began_at=ago(days + 1), ended_at=ago(days))
            Proof.objects.filter(stop=stop).update(finished_at=ago(days))
        else:
            PublicationStop.objects.filter(pk=stop.pk).update(began_at=ago(9999))
            Proof.objects.filter(stop=stop).update(began_at=ago(9999), finished_at=ago(9999))
        return stop

    return hold


def counts():
    return {
        model.__name__: model.objects.count()
        for model in (PublicationStop, StoppedPage, Proof, ProofAnswer, OutsideStep)
    }


def test_what_is_due_goes_and_the_rest_stays(held):
    in_force, recent, old, oldest = held(), held(10), held(800), held(2200)
    before = counts()
    said = run("--dry-run")
    assert counts() == before
    assert said == [
        "uses on other sites, kept for 400 days (USAGE_DAYS): 0 would be deleted.",
        "proofs of absence, kept for 730 days (PROOF_DAYS): 2 would be deleted.",
        "ended holds, embargoes and withdrawals, kept for 2190 days (STOP_DAYS): 1 would be deleted.",
    ]
    assert run()[1:] == [line.replace("would be deleted", "deleted") for line in said[1:]]
    left = set(PublicationStop.objects.values_list("pk", flat=True))
    assert left == {in_force.pk, recent.pk, old.pk}
    assert set(Proof.objects.values_list("stop", flat=True)) == {in_force.pk, recent.pk}
    assert ProofAnswer.objects.count() == 2
    assert not OutsideStep.objects.filter(stop=oldest.pk).exists()
    assert OutsideStep.objects.filter(stop=old).count() == 4
    assert run()[2].endswith("0 deleted.")


def test_more_than_one_batch(held, monkeypatch):
    monkeypatch.setattr("wagtail_cpsnews.desk.retention._BATCH", 1)
    held(2200), held(2200)
    assert run()[2].endswith("2 deleted.")
    assert not PublicationStop.objects.exists()


def test_uses_on_other_sites(db):
    for host, days in (("old.example", 401), ("new.example", 1)):
        EmbedUse.objects.create(
            host=host, door="element", what="list:", first_seen=ago(500), last_seen=ago(days)
        )
        EmbedSite.objects.create(host=host, first_seen=ago(500), last_seen=ago(days))
    assert run()[0].endswith("1 deleted.")
    assert [use.host for use in EmbedUse.objects.all()] == ["new.example"]
    assert [site.host for site in EmbedSite.objects.all()] == ["new.example"]


def test_zero_keeps_for_ever(held, settings):
    settings.WAGTAIL_CPSNEWS = {"STOP_DAYS": 0, "PROOF_DAYS": 0}
    held(9000)
    assert run()[1:] == [
        "proofs of absence, kept for ever: 0 deleted.",
        "ended holds, embargoes and withdrawals, kept for ever: 0 deleted.",
    ]
    assert Proof.objects.exists()


@pytest.mark.parametrize("name", ["PROOF_DAYS", "STOP_DAYS"])
def test_a_wrong_period_is_explained(settings, name):
    settings.WAGTAIL_CPSNEWS = {name: "two years"}
    (message,) = check_settings(None)
    assert (message.id, name in message.msg) == ("cpsnews.E020", True)
