"""A withdrawn story is replaced by a corrected version; and versions of a story that are pages of their own."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from wagtail.models import Locale, Revision

from tests.editors import make_editor
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.desk.replacing import replace, revisions_put_away
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
from wagtail_cpsnews.desk.withdrawals import undo, withdraw

pytestmark = pytest.mark.slow

HOLD, RELEASED = PublicationStop.Kind.HOLD, PublicationStop.Ending.RELEASED


@pytest.fixture
def officer(newsroom):
    return make_editor("officer", newsroom, rights=["withdraw_story"])


@pytest.fixture
def pell(story, titles):
    page = story("Rowan Pell charged", summary="Rowan Pell, of Quill Street.", slug="man-charged")
    assert titles() == ["Rowan Pell charged"]
    return page


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def correct(page, title="Man charged"):
    page = fresh(page)
    page.title, page.summary = title, "A man was charged."
    page.save_revision()


def read(path, status=200):
    response = Client().get(path, headers={"host": "localhost"})
    assert response.status_code == status
    return response.content.decode()


def test_the_corrected_draft_takes_its_place(pell, officer, titles, api):
    (item,) = api()["results"]
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell)
    assert titles() == []
    assert "Man charged" not in read(pell.url, 410)
    assert replace(stop, officer, reason="Corrected") == [pell]
    (again,) = api()["results"]
    assert (again["id"], again["url"], again["published"]) == (item["id"], item["url"], item["published"])
    assert again["title"] == "Man charged"
    assert "Pell" not in read(pell.url)
    assert api("items/", q="Pell")["count"] == 0
    stop.refresh_from_db()
    assert (stop.ending, stop.end_note) == ("replaced", "Corrected")


def test_no_view_of_wagtail_finds_the_earlier_versions(pell, officer, newsroom):
    before = list(pell.revisions.values_list("pk", flat=True))
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell, "Half corrected")
    correct(pell)
    replace(stop, officer, reason="Corrected")
    page = fresh(pell)
    assert [revision.pk for revision in page.revisions.all()] == [page.latest_revision_id]
    assert page.live_revision_id == page.latest_revision_id
    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    history = client.get(f"/admin/pages/{page.pk}/history/")
    assert history.status_code == 200
    for pk in before:
        for path in (f"{pk}/view/", f"{pk}/revert/", f"compare/{pk}...latest/", f"compare/earliest...{pk}/"):
            response = client.get(f"/admin/pages/{page.pk}/revisions/{path}")
            assert response.status_code == 404, path
    assert "Pell" not in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert {one.content["title"] for one in revisions_put_away(stop)} == {
        "Rowan Pell charged",
        "Half corrected",
    }


def test_who_reads_the_earlier_versions(pell, officer, newsroom):
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell)
    replace(stop, officer, reason="Corrected")
    address = f"/admin/newsroom/withdrawals/{stop.pk}/versions/"
    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    assert client.get(address)["Location"] == "/admin/"
    assert address not in client.get(f"/admin/newsroom/withdrawals/{stop.pk}/").content.decode()
    reader = make_editor("reader", newsroom, rights=["withdraw_story", "view_withdrawn_versions"])
    client.force_login(reader)
    assert address in client.get(f"/admin/newsroom/withdrawals/{stop.pk}/").content.decode()
    page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    assert "Rowan Pell, of Quill Street." in page.text
    assert client.post(address).status_code == 405


def test_every_version_that_was_public_needs_a_correction(pell, officer, newsroom, titles):
    cy = Locale.objects.get(language_code="cy")
    newsroom.copy_for_translation(cy, copy_parents=True).save_revision().publish()
    welsh = pell.copy_for_translation(cy)
    welsh.title = "Cyhuddo Rowan Pell"
    welsh.save_revision().publish()
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell)
    with pytest.raises(ValidationError, match="Cyhuddo Rowan Pell"):
        replace(stop, officer, reason="Corrected")
    assert PublicationStop.objects.filter(ended_at=None).get() == stop
    assert titles() == []
    correct(welsh, "Cyhuddo dyn")
    replace(stop, officer, reason="Corrected")
    assert fresh(welsh).title == "Cyhuddo dyn"
    assert fresh(welsh).live


def test_an_alias_shows_the_corrected_version(pell, officer, newsroom):
    alias = pell.create_alias(parent=newsroom, update_slug="copy")
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell)
    replace(stop, officer, reason="Corrected")
    assert "Man charged" in read(alias.url)
    assert "Pell" not in read(alias.url)


def test_who_may(pell, officer, newsroom):
    stop = withdraw(pell, officer, reason="Names him")
    correct(pell)
    with pytest.raises(PermissionDenied):
        replace(stop, make_editor("editor", newsroom), reason="Corrected")
    with pytest.raises(ValidationError, match="Enter a reason"):
        replace(stop, officer, reason="")
    with pytest.raises(PublishingRefused):
        fresh(pell).latest_revision.publish()


def test_who_writes_the_correction(pell, officer, newsroom):
    hold = begin_stop(HOLD, pell, officer)
    assert fresh(pell).get_lock().for_user(officer)
    end_stop(hold, RELEASED)
    withdraw(pell, officer, reason="Names him")
    lock = fresh(pell).get_lock()
    assert not lock.for_user(officer)
    assert lock.for_user(make_editor("editor", newsroom))


def test_replace_in_the_admin(pell, officer, titles):
    client = Client(headers={"host": "localhost"})
    client.force_login(officer)
    stop = withdraw(pell, officer, reason="Names him")
    address = f"/admin/newsroom/withdrawals/{stop.pk}/replace/"
    assert address in client.get(f"/admin/newsroom/withdrawals/{stop.pk}/").content.decode()
    page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    assert "Save a corrected draft first." in page.text
    assert not page.select("main form textarea")
    assert client.post(address, {"reason": "Corrected"}).status_code == 422
    correct(pell)
    assert "Man charged (English)" in " ".join(client.get(address).content.decode().split())
    assert client.post(address, {"reason": "Corrected"}).status_code == 302
    assert titles() == ["Man charged"]
    assert client.get(address).status_code == 302


# -- versions in a language without a section ---------------------------------------------------------------------------


@pytest.fixture
def urdu(pell, story, titles):
    page = story("Rowan Pell, in Urdu", language="ur", version_of=pell)
    titles()
    return page


@pytest.mark.parametrize("chosen", ["story", "version"])
def test_a_version_with_a_page_of_its_own_goes_and_comes_with_its_story(pell, urdu, officer, chosen):
    page = pell if chosen == "story" else urdu
    assert {pell.url: 200, urdu.url: 200} == {one.url: len(read(one.url)) and 200 for one in (pell, urdu)}
    hold = begin_stop(HOLD, page, officer)
    for one in (pell, urdu):
        read(one.url, 410)
        with pytest.raises(PublishingRefused):
            fresh(one).save_revision().publish()
    stop = withdraw(page, officer, reason="Wrong", wording={"en": "Sorry."})
    assert not PublicationStop.objects.filter(kind="hold", ended_at=None).exists()
    assert PublicationStop.objects.filter(kind="withdrawal", ended_at=None).count() == 2
    for one in (pell, urdu):
        assert "Sorry." in read(one.url, 410)
    assert {one.pk for one in undo(stop, officer, reason="Right")} == {pell.pk, urdu.pk}
    for one in (pell, urdu):
        assert one.title in read(one.url)
    hold.refresh_from_db()
    assert hold.ending == "withdrawn"
    assert Entry.objects.filter(public=True).count() == 2
    assert Revision.objects.exclude(approved_go_live_at=None).count() == 0


def test_a_version_that_is_held_for_itself_stays_held(pell, urdu, officer):
    own = begin_stop(HOLD, urdu, officer)
    end_stop(own, RELEASED)
    PublicationStop.objects.all().delete()
    urdu.unpublish()
    hold = begin_stop(HOLD, pell, officer)
    assert end_stop(hold, RELEASED)
    read(urdu.url, 410)
