"""A story is withdrawn, and that is undone: what readers, other sites and staff see of it."""

import html

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django_tasks_db.models import DBTaskResult
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from tests.editors import make_editor
from tests.factories import NewsIndexPageFactory, draft_story
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.catalogue.stops import stop_of
from wagtail_cpsnews.desk.checks import check_jobs_are_stored
from wagtail_cpsnews.desk.stopping import AlreadyEnded, AlreadyStopped, begin_stop
from wagtail_cpsnews.desk.withdrawal_jobs import mail_about_withdrawal
from wagtail_cpsnews.desk.withdrawals import undo, withdraw

WORDING = {
    "en": "This report was <b>wrong</b>.\n\nWe are sorry.",
    "cy": "Roedd yr adroddiad hwn yn anghywir.",
}


@pytest.fixture
def officer(newsroom):
    user = make_editor("officer", newsroom, rights=["withdraw_story"])
    user.email = "officer@example.org"
    user.save()
    return user


@pytest.fixture
def pell(story, titles):
    """A story that readers have been able to see."""
    page = story("Rowan Pell charged", slug="rowan-pell-charged")
    assert titles() == ["Rowan Pell charged"]
    return page


def read(path, status=200):
    response = Client().get(path, headers={"host": "localhost"})
    assert response.status_code == status, response.status_code
    return response


def words_of(response):
    return BeautifulSoup(response.content.decode(), "html.parser")


def test_a_withdrawn_story_is_gone_and_undo_brings_it_back(pell, officer, titles, api):
    (item,) = api()["results"]
    token = api("changes/")["token"]
    stop = withdraw(pell, officer, reason="  Wrong name ")
    assert (stop.note, stop.began_by, stop.is_legal) == ("Wrong name", officer, False)
    assert titles() == []
    text = read(pell.url, 410).content.decode()
    assert "This story is no longer available" in text
    assert "Wrong name" not in text
    assert "Pell" not in text
    api(f"items/{item['id']}/", status=410)
    changed = api("changes/", since=token)["results"]
    assert [(change["change"], change["id"]) for change in changed] == [("gone", item["id"])]
    assert "pell" not in str(changed).lower()
    assert read(f"/newsroom/embed/oembed/?url=http://localhost{pell.url}", 404)
    assert [page.pk for page in undo(stop, officer, reason="The name was right")] == [pell.pk]
    assert stop.end_note == "The name was right"
    (again,) = api()["results"]
    assert {name: again[name] for name in ("id", "url", "published", "title")} == {
        name: item[name] for name in ("id", "url", "published", "title")
    }
    assert "Rowan Pell charged" in read(pell.url).content.decode()


def test_readers_are_told_what_the_desk_has_written(pell, officer, newsroom):
    cy = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(cy, copy_parents=True).save_revision().publish()
    withdraw(pell, officer, reason="A secret reason", wording={**WORDING, "fr": " "})
    page = words_of(read(pell.url, 410))
    english, welsh = page.select(".cpsnews-missing > section")
    assert [p.text for p in english.select(".cpsnews-lead p")] == [
        "This report was <b>wrong</b>.",
        "We are sorry.",
    ]
    assert welsh.select_one(".cpsnews-lead").text.strip() == WORDING["cy"]
    assert "since been taken down" not in page.text
    assert "secret" not in page.text
    assert PublicationStop.objects.get().public_text == WORDING


def test_a_language_without_a_wording_says_the_usual(pell, officer, newsroom):
    cy = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(cy, copy_parents=True).save_revision().publish()
    withdraw(pell, officer, reason="Wrong", wording={"cy": WORDING["cy"]})
    english, welsh = words_of(read(pell.url, 410)).select(".cpsnews-missing > section")
    assert "since been taken down" in english.text
    assert WORDING["cy"] in welsh.text


def test_an_old_address_answers_as_the_story_does(pell, officer, story):
    other = story("Another")
    Redirect.objects.create(old_path="/old-pell", redirect_page=pell)
    Redirect.objects.create(old_path="/typed", redirect_link=f"http://localhost{pell.url}")
    Redirect.objects.create(old_path="/elsewhere", redirect_link=f"http://other.example{pell.url}")
    Redirect.objects.create(old_path=pell.url.rstrip("/"), redirect_page=other)
    assert read("/typed/", 301)["Location"].endswith(pell.url)
    assert read("/old-pell/", 301)["Location"].endswith(pell.url)
    withdraw(pell, officer, reason="Wrong", wording=WORDING)
    read("/elsewhere/", 301)
    for path in ("/old-pell/", "/old-pell/?utm_source=x", "/typed/", pell.url):
        text = read(path, 410).content.decode()
        assert html.escape("<b>wrong</b>") in text, path
        assert "pell-charged" not in text
        assert "Another" not in text.split("cpsnews-lead")[0]


def test_an_editors_redirect_still_leads_on_from_what_is_only_unpublished(pell, story):
    other = story("Another")
    Redirect.objects.create(old_path=pell.url.rstrip("/"), redirect_page=other)
    pell.unpublish()
    assert read(pell.url, 301)["Location"].endswith(other.url)


def test_an_alias_is_gone_too(pell, officer, newsroom):
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    alias = pell.create_alias(parent=section, update_slug="copy")
    assert "Rowan Pell" in read(alias.url).content.decode()
    withdraw(alias, officer, reason="Wrong", wording=WORDING)
    for page in (pell, alias):
        assert "We are sorry" in read(page.url, 410).content.decode()


def test_a_held_story_can_be_withdrawn(pell, officer, titles):
    hold = begin_stop(PublicationStop.Kind.HOLD, pell, officer)
    assert "This story is no longer available" in read(pell.url, 410).content.decode()
    stop = withdraw(pell, officer, reason="Wrong", wording=WORDING)
    hold.refresh_from_db()
    assert (hold.ending, hold.end_note, hold.ended_by) == ("withdrawn", stop.reference, officer)
    assert titles() == []
    assert "We are sorry" in read(pell.url, 410).content.decode()
    undo(stop, officer, reason="It was right")
    assert titles() == ["Rowan Pell charged"]


def test_it_is_all_or_nothing(pell, officer, titles, monkeypatch):
    begin_stop(PublicationStop.Kind.HOLD, pell, officer)

    def fail(*args, **kwargs):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("wagtail_cpsnews.desk.withdrawals.end_stop", fail)
    with pytest.raises(RuntimeError):
        withdraw(pell, officer, reason="Wrong")
    assert stop_of(pell).kind == "hold"
    assert not PublicationStop.objects.filter(kind="withdrawal").exists()


def test_who_may(pell, officer, newsroom):
    editor = make_editor("editor", newsroom)
    with pytest.raises(PermissionDenied):
        withdraw(pell, editor, reason="Wrong")
    stop = withdraw(pell, officer, reason="Wrong")
    with pytest.raises(PermissionDenied):
        undo(stop, editor, reason="Right")
    with pytest.raises(AlreadyStopped):
        withdraw(pell, officer, reason="Twice")
    undo(stop, officer, reason="Right")
    with pytest.raises(AlreadyEnded):
        undo(stop, officer, reason="Twice")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": " \n"}, "Enter a reason."),
        ({"reason": "Wrong", "wording": {"en": "x" * 1001}}, "at most 1000 characters"),
    ],
)
def test_what_is_refused(pell, officer, given, said, titles):
    with pytest.raises(ValidationError, match=said):
        withdraw(pell, officer, **given)
    assert titles() == ["Rowan Pell charged"]


def test_what_was_never_public_cannot_be_withdrawn(newsroom, officer):
    draft = draft_story(parent=newsroom, title="Draft")
    with pytest.raises(ValidationError, match="never public"):
        withdraw(draft, officer, reason="Wrong")


def test_what_is_unpublished_already_can_be_withdrawn(pell, officer, titles):
    pell.unpublish()
    assert titles() == []
    stop = withdraw(pell, officer, reason="Wrong", wording=WORDING)
    assert "We are sorry" in read(pell.url, 410).content.decode()
    with pytest.raises(PublishingRefused):
        type(pell).objects.get(pk=pell.pk).save_revision().publish()
    undo(stop, officer, reason="Right")
    assert titles() == []


def test_those_who_may_act_get_a_mail_that_names_no_story(pell, officer, newsroom):
    chief = make_editor("chief", rights=["release_story"])
    chief.email = "chief@example.org"
    chief.save()
    gone = make_editor("gone", rights=["release_story"])
    gone.email, gone.is_active = "gone@example.org", False
    gone.save()
    stop = withdraw(pell, officer, reason="Wrong name")
    mail_about_withdrawal.call(stop.pk)
    (sent,) = mail.outbox
    assert sent.to == ["chief@example.org"]
    assert stop.reference in sent.subject
    assert f"/admin/newsroom/withdrawals/{stop.pk}/" in sent.body
    assert not {"pell", "wrong name"} & set((sent.subject + sent.body).lower().split())
    assert "pell" not in (sent.subject + sent.body).lower()


def test_the_mail_is_a_job_of_the_same_transaction(pell, officer, settings):
    settings.TASKS = {"default": {"BACKEND": "tests.stored_jobs.DatabaseBackend"}}
    stop = withdraw(pell, officer, reason="Wrong name")
    job = DBTaskResult.objects.get(task_path__endswith="mail_about_withdrawal")
    assert job.args_kwargs == {"args": [stop.pk], "kwargs": {}}


def test_jobs_that_are_not_stored_are_told(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    assert [message.id for message in check_jobs_are_stored(None)] == ["cpsnews.W050"]
    settings.DEBUG = True
    assert check_jobs_are_stored(None) == []
    settings.DEBUG = False
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert check_jobs_are_stored(None) == []


# -- in the admin -----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(officer):
    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    return client


def test_withdraw_and_undo_in_the_admin(pell, desk, story, titles, newsroom):
    link = f'<p>See <a linktype="page" id="{pell.pk}">the charge</a></p>'
    story("Background", body=[("text", link)])
    edit = desk.get(f"/admin/pages/{pell.pk}/edit/").content.decode()
    address = f"/admin/newsroom/withdraw/{pell.pk}/"
    assert address in edit
    assert address in desk.get(f"/admin/pages/{newsroom.pk}/").content.decode()
    page = words_of(desk.get(address))
    assert "Rowan Pell charged (English)" in page.text
    assert "Background" in page.text
    refused = desk.post(address, {"reason": " ", "wording_en": "Sorry."})
    assert refused.status_code == 422
    page = words_of(refused)
    assert "Enter a reason." in page.select_one("[role=alert]").text
    assert page.select_one("[name=wording_en]").text.strip() == "Sorry."
    assert titles() == ["Background", "Rowan Pell charged"]
    done = desk.post(address, {"reason": "Wrong name", "wording_en": "Sorry.", "is_legal": "on"})
    stop = PublicationStop.objects.get()
    assert (stop.public_text, stop.is_legal) == ({"en": "Sorry."}, True)
    assert done["Location"] == f"/admin/newsroom/withdrawals/{stop.pk}/"
    assert titles() == ["Background"]
    shown = words_of(desk.get(done["Location"]))
    assert stop.reference in shown.text
    assert "Wrong name" in shown.text
    assert "Background" in shown.text
    assert desk.get(address)["Location"] == done["Location"]
    assert desk.post(done["Location"], {"reason": ""}).status_code == 422
    assert desk.post(done["Location"], {"reason": "It was right"}).status_code == 302
    assert titles() == ["Background", "Rowan Pell charged"]
    shown = words_of(desk.get(done["Location"]))
    assert "It was right" in shown.text
    assert not shown.select("main form textarea")
    assert desk.post(done["Location"], {"reason": "Twice"}).status_code == 302


def test_who_sees_it_in_the_admin(pell, newsroom, client, officer):
    stop = withdraw(pell, officer, reason="Wrong")
    client.force_login(make_editor("editor", newsroom))
    for path in (f"withdraw/{pell.pk}/", f"withdrawals/{stop.pk}/"):
        for method in (client.get, client.post):
            response = method(f"/admin/newsroom/{path}", {"reason": "x"}, headers={"host": "localhost"})
            assert response.status_code == 302
            assert response["Location"] == "/admin/"
    edit = client.get(f"/admin/pages/{pell.pk}/edit/", headers={"host": "localhost"}).content.decode()
    assert "/newsroom/withdraw/" not in edit
    assert Entry.objects.filter(public=True).count() == 0


@pytest.mark.parametrize(
    "path", ["withdraw/999999/", f"withdraw/{2**63}/", "withdrawals/999/", f"withdrawals/{2**63}/"]
)
def test_what_is_not_there(desk, path):
    assert desk.get(f"/admin/newsroom/{path}").status_code == 404


def test_a_page_that_is_no_story(desk, newsroom):
    assert desk.get(f"/admin/newsroom/withdraw/{newsroom.pk}/").status_code == 404


def test_a_draft_is_told(desk, newsroom):
    draft = draft_story(parent=newsroom, title="Draft")
    page = words_of(desk.get(f"/admin/newsroom/withdraw/{draft.pk}/"))
    assert "never public" in page.text
    assert not page.select("main form textarea")
