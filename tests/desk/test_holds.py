"""Who may hold, undo and release, and when."""

import datetime
import io

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from tests.desk.people import make_person
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.desk import holds

pytestmark = pytest.mark.django_db


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def minutes_later(stop, minutes):
    """Let a hold have begun some minutes ago."""
    began = timezone.now() - datetime.timedelta(minutes=minutes)
    PublicationStop.objects.filter(pk=stop.pk).update(began_at=began)
    return PublicationStop.objects.get(pk=stop.pk)


def test_a_press_officer_holds_any_public_story(story, titles, officer):
    page = story("Rowan Pell charged")
    stop = holds.hold(page, officer, note="wrong name")
    assert titles() == []
    assert (stop.began_by, stop.note, stop.is_in_force) == (officer, "wrong name", True)


def test_nobody_else_may_hold(story, titles, head):
    page = story("Rowan Pell charged")
    with pytest.raises(holds.NotAllowed, match="Can hold a story"):
        holds.hold(page, head)
    inactive = make_person("left", "hold_story", is_active=False)
    with pytest.raises(holds.NotAllowed):
        holds.hold(page, inactive)
    assert titles() == ["Rowan Pell charged"]


def test_who_held_may_undo_for_five_minutes(story, titles, officer):
    stop = minutes_later(holds.hold(story("Rowan Pell charged"), officer), 4.9)
    assert holds.may_undo(stop, officer)
    assert len(holds.undo(stop, officer)) == 1
    assert titles() == ["Rowan Pell charged"]
    assert PublicationStop.objects.get().ending == PublicationStop.Ending.UNDONE


def test_after_that_only_who_may_release(story, titles, officer, head):
    stop = minutes_later(holds.hold(story("Rowan Pell charged"), officer), 5)
    assert not holds.may_undo(stop, officer)
    with pytest.raises(holds.NotAllowed, match="for five minutes"):
        holds.undo(stop, officer)
    with pytest.raises(holds.NotAllowed, match="Can release"):
        holds.release(stop, officer)
    assert titles() == []
    assert len(holds.release(stop, head, note="name corrected")) == 1
    assert titles() == ["Rowan Pell charged"]
    stop.refresh_from_db()
    assert (stop.ending, stop.ended_by, stop.end_note) == ("released", head, "name corrected")


def test_nobody_undoes_what_another_person_held(story, officer):
    stop = holds.hold(story("Rowan Pell charged"), officer)
    colleague = make_person("colleague", "hold_story", "release_story")
    with pytest.raises(holds.NotAllowed):
        holds.undo(stop, colleague)
    assert holds.release(stop, colleague)


def test_holding_twice_names_the_first_hold(story, officer):
    page = story("Rowan Pell charged")
    stop = holds.hold(page, officer)
    with pytest.raises(holds.HoldRefused, match=stop.reference) as caught:
        holds.hold(fresh(page), officer)
    assert caught.value.stop == stop
    assert PublicationStop.objects.count() == 1


def test_what_has_ended_cannot_end_again(story, officer, head):
    stop = holds.hold(story("Rowan Pell charged"), officer)
    known_before = PublicationStop.objects.get()
    holds.release(stop, head)
    for act in (holds.undo, holds.release):
        with pytest.raises(holds.HoldRefused, match="has ended already: released"):
            act(stop, officer if act is holds.undo else head)
    with pytest.raises(holds.HoldRefused, match="has ended already: released"):
        holds.release(known_before, head)


def test_an_embargo_is_not_released_as_a_hold(story, head):
    page = story("Rowan Pell charged")
    page.unpublish()
    stop = PublicationStop.objects.create(
        kind=PublicationStop.Kind.EMBARGO, translation_key=page.translation_key, page_pk=page.pk
    )
    with pytest.raises(holds.HoldRefused, match="is not a hold"):
        holds.release(stop, head)


def test_there_is_nothing_to_hold_in_a_draft(story, newsroom, officer):
    page = story("Rowan Pell charged")
    page.unpublish()
    assert not holds.can_be_held(fresh(page))
    with pytest.raises(holds.HoldRefused, match="nothing to hold"):
        holds.hold(fresh(page), officer)
    with pytest.raises(holds.HoldRefused, match="Only stories"):
        holds.hold(newsroom, officer)
    assert not PublicationStop.objects.exists()


def test_what_is_scheduled_can_be_held(story, officer, head):
    page = story("Rowan Pell charged")
    page.unpublish()
    page = fresh(page)
    page.go_live_at = timezone.now() + datetime.timedelta(days=1)
    page.save_revision().publish()
    assert holds.can_be_held(fresh(page))
    stop = holds.hold(fresh(page), officer)
    assert fresh(page).scheduled_revision is None
    assert holds.release(stop, head) == []
    assert fresh(page).scheduled_revision is not None


def test_all_who_may_release_are_told_and_no_title(story, officer, head, django_capture_on_commit_callbacks):
    make_person("left", "release_story", is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        stop = holds.hold(story("Rowan Pell charged"), officer)
    (told,) = mail.outbox
    assert told.to == [head.email]
    assert stop.reference in told.subject
    assert f"/admin/newsroom/holds/{stop.reference}/" in told.body
    assert "Pell" not in told.subject + told.body


def test_a_mail_that_fails_costs_nothing_else(
    story, titles, officer, head, monkeypatch, django_capture_on_commit_callbacks
):
    from wagtail_cpsnews.desk import mails

    second = make_person("second", "release_story")
    send = mails.send_to_staff

    def fails_once(subject, text, address):
        if address == head.email:
            raise OSError("no mail server")
        send(subject, text, address)

    monkeypatch.setattr(mails, "send_to_staff", fails_once)
    with django_capture_on_commit_callbacks(execute=True):
        holds.hold(story("Rowan Pell charged"), officer)
    assert titles() == []
    assert [message.to for message in mail.outbox] == [[second.email]]


def test_the_job_is_stored_with_the_hold_and_names_no_story(story, officer, settings):
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "tests.stored_jobs.DatabaseBackend"}}
    stop = holds.hold(story("Rowan Pell charged"), officer)
    jobs = [job.args_kwargs for job in DBTaskResult.objects.all() if "mail_releasers" in job.task_path]
    assert jobs == [{"args": [stop.pk], "kwargs": {}}]


def test_a_job_that_cannot_be_stored_does_not_undo_the_hold(story, titles, officer, monkeypatch):
    monkeypatch.setattr("wagtail_cpsnews.desk.mails.enqueue_with_change", lambda *args: 1 / 0)
    assert holds.hold(story("Rowan Pell charged"), officer).is_in_force
    assert titles() == []


def warnings():
    return [found.msg for found in run_checks() if found.id == "cpsnews.W048"]


def test_a_check_warns_where_nobody_can_release(story, titles):
    assert warnings() == []  # there is nothing to hold yet
    story("Rowan Pell charged")
    assert titles()
    assert warnings() == ["Nobody can release a story that is on hold."]
    head = make_person("head", "release_story")
    assert warnings() == []
    head.email = ""
    head.save()
    assert warnings() == ["Nobody who can release a story that is on hold has an e-mail address."]
    User.objects.create_superuser("root", "root@desk.example", "root")
    assert warnings() == []


def test_a_command_makes_the_groups_and_removes_nothing(db):
    out = io.StringIO()
    call_command("load_newsroom_groups", stdout=out)
    assert out.getvalue().splitlines() == [
        "Press officers: made, 4 permissions added",
        "Heads of the press office: made, 7 permissions added",
    ]
    officer, head = User.objects.create_user("officer"), User.objects.create_user("head")
    officer.groups.add(Group.objects.get(name="Press officers"))
    head.groups.add(Group.objects.get(name="Heads of the press office"))
    assert (holds.may_hold(officer), holds.may_release(officer)) == (True, False)
    assert (holds.may_hold(head), holds.may_release(head)) == (True, True)
    own = Permission.objects.get(codename="change_published_at")
    Group.objects.get(name="Press officers").permissions.add(own)
    call_command("load_newsroom_groups", stdout=out)
    assert "Press officers: there, 0 permissions added" in out.getvalue()
    assert own in Group.objects.get(name="Press officers").permissions.all()
