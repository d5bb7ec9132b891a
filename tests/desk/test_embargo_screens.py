"""An embargo in the admin: set, changed, confirmed, lifted; refused with a message, with nothing typed lost."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from wagtail.models import Locale
from wagtail.signals import page_published
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from tests.editors import make_editor
from tests.factories import draft_story
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.desk import embargoes
from wagtail_cpsnews.pages.models import NewsItemPage

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SET = "/admin/newsroom/embargo/{}/"
PUBLISH, LIFT = f"{SET}publish/", f"{SET}lift/"


@pytest.fixture
def page(newsroom):
    page = draft_story(parent=newsroom, title="Heron Quay verdict", summary="As approved.")
    page.save_revision()
    return page


@pytest.fixture
def editor(page, client):
    """Logged in: may publish, and put stories on embargo."""
    user = make_editor("press", page.get_parent(), rights=["embargo_story"])
    client.force_login(user)
    return user


def at(page, address):
    return address.format(page.pk)


def values(page, **more):
    return {
        "waits_for": "time",
        "day": "2126-11-30",
        "time": "09:30",
        "zone": "Europe/London",
        "event": "",
        "versions": [page.pk],
        "note": "",
        **more,
    }


def send(client, page, address=SET, **data):
    return client.post(at(page, address), data, follow=True)


def stop_of(page):
    return PublicationStop.objects.get(translation_key=page.translation_key, kind="embargo")


def fresh(page):
    return NewsItemPage.objects.get(pk=page.pk)


def test_set_for_a_time_changed_and_lifted(page, editor, client):
    assert at(page, SET) in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "Set an embargo" in client.get(at(page, SET)).content.decode()
    html = send(client, page, **values(page)).content.decode()
    stop = stop_of(page)
    assert stop.until == datetime.datetime(2126, 11, 30, 9, 30, tzinfo=datetime.UTC)
    assert (stop.began_by, stop.is_in_force) == (editor, True)
    assert f"until 30 Nov 2126, 9:30am (reference {stop.reference})" in html
    draft = fresh(page).get_latest_revision_as_object()
    draft.summary = "Newer."
    draft.save_revision()
    html = client.get(at(page, SET)).content.decode()
    assert "newer changes are not" in html
    assert 'value="09:30"' in html
    send(client, page, **values(page, time="10:00", zone="Asia/Tokyo", note="moved", latest="on"))
    stop = stop_of(page)
    assert stop.until == datetime.datetime(2126, 11, 30, 1, 0, tzinfo=datetime.UTC)
    assert embargoes.approved_revision(stop, page) == fresh(page).get_latest_revision()
    html = client.get(at(page, LIFT)).content.decode()
    assert "a draft like any other" in html
    html = send(client, page, LIFT, note="the order is lifted").content.decode()
    stop = stop_of(page)
    assert (stop.ending, stop.end_note, stop.ended_by) == ("lifted", "the order is lifted", editor)
    assert "Set an embargo" in html
    history = client.get(f"/admin/pages/{page.pk}/history/").content.decode()
    assert f"Put on embargo ({stop.reference})" in history
    assert f"Changed the embargo ({stop.reference})" in history


def test_an_event_is_confirmed(page, editor, client):
    send(client, page, **values(page, waits_for="event", event="verdict in the second trial"))
    stop = stop_of(page)
    assert (stop.until, stop.wake_at, stop.event) == (None, None, "verdict in the second trial")
    html = client.get(at(page, PUBLISH)).content.decode()
    assert "verdict in the second trial" in html
    assert "It has happened: publish" in html
    assert not fresh(page).live
    assert "The story is published (English)." in send(client, page, PUBLISH).content.decode()
    assert fresh(page).live
    assert "is not on embargo" in client.get(at(page, PUBLISH), follow=True).content.decode()
    assert "has ended meanwhile" in send(client, page, PUBLISH).content.decode()
    assert "has ended meanwhile" in send(client, page, LIFT).content.decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"day": "2020-01-01"}, "This is in the past"),
        ({"day": ""}, "Give the date and the time"),
        ({"time": ""}, "Give the date and the time"),
        ({"day": "2027-03-28", "time": "01:30"}, "Clocks change on that day"),
        ({"day": "2027-10-31", "time": "01:30"}, "Clocks change on that day"),
        ({"day": "soon"}, "Enter a valid date"),
        ({"zone": "Mars/Base"}, "Select a valid choice"),
        ({"waits_for": "event"}, "Say what has to happen"),
        ({"waits_for": "event", "event": "x" * 201}, "at most 200"),
        ({"waits_for": ""}, "required"),
        ({"versions": []}, "required"),
        ({"versions": ["999999"]}, "Select a valid choice"),
        ({"versions": ["x"]}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_read_is_answered_beside_its_field(page, editor, client, more, said):
    response = send(client, page, **values(page, **more))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not PublicationStop.objects.exists()


def test_a_public_story_gets_a_clear_answer_and_no_form(page, editor, client):
    page.get_latest_revision().publish()
    html = client.get(at(page, SET)).content.decode()
    assert "is published already" in html
    assert 'name="waits_for"' not in html
    assert "is published already" in send(client, page, **values(page)).content.decode()
    assert not PublicationStop.objects.exists()


def test_who_may(page, client, newsroom):
    for rights, status in (([], 302), (["hold_story"], 302), (["embargo_story"], 200)):
        user = make_editor("-".join(["user", *rights]), newsroom, rights=rights)
        client.force_login(user)
        for address in (SET, PUBLISH, LIFT):
            response = client.get(at(page, address))
            allowed = 200 if address == SET else 302  # without an embargo they lead back
            assert response.status_code == (allowed if status == 200 else 302), address
            if status != 200:
                assert "/embargo/" not in response.url
        assert (at(page, SET) in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()) == (
            status == 200
        )


def test_who_may_not_publish_sees_it_and_cannot_set_it(page, client, newsroom):
    user = make_editor("writer", newsroom, rights=["embargo_story"])
    user.groups.get().page_permissions.filter(permission__codename="publish_page").delete()
    client.force_login(user)
    assert "you need permission to publish" in client.get(at(page, SET)).content.decode()
    assert client.post(at(page, SET), values(page)).status_code == 302
    assert not PublicationStop.objects.exists()


def test_another_section_s_story_is_not_to_be_seen(page, client, sections):
    client.force_login(make_editor("other", sections[0], rights=["embargo_story"]))
    embargoes.set_embargo(page, None, versions=[page.pk], event="verdict")
    assert client.get(at(page, SET)).status_code == 302
    assert b"Heron Quay" not in client.get("/admin/").content


def test_the_home_page_lists_what_is_on_embargo(page, editor, client):
    assert b"On embargo" not in client.get("/admin/").content
    stop = embargoes.set_embargo(page, editor, versions=[page.pk], event="verdict in the second trial")
    html = client.get("/admin/").content.decode()
    assert "On embargo" in html
    assert "Heron Quay verdict" in html
    assert "until this has happened: verdict in the second trial" in html
    PublicationStop.objects.filter(pk=stop.pk).update(problem="error", tries=1)
    assert "Could not be published: an error" in client.get("/admin/").content.decode()
    assert "is tried again" in client.get(at(page, SET)).content.decode()


def form_data(page, **more):
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "summary": "Typed just now.",
            "body": streamfield([]),
            "updates": streamfield([]),
            "notes_to_editors": rich_text("<p></p>"),
            "archived_note": rich_text("<p></p>"),
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "comments-MIN_NUM_FORMS": 0,
            "comments-MAX_NUM_FORMS": 1000,
            **more,
        }
    )


def test_the_editor_says_so_and_publish_is_refused_with_nothing_typed_lost(page, editor, client):
    stop = embargoes.set_embargo(page, editor, versions=[page.pk], event="verdict")
    edit = f"/admin/pages/{page.pk}/edit/"
    assert stop.reference in client.get(edit).content.decode()
    saved = client.post(edit, form_data(page), follow=True)
    assert saved.status_code == 200
    assert fresh(page).get_latest_revision_as_object().summary == "Typed just now."
    refused = client.post(edit, form_data(page, summary="Typed later.", **{"action-publish": "1"}))
    html = refused.content.decode()
    assert f"This story is on embargo ({stop.reference})" in html
    assert "Typed later." in html
    scheduled = client.post(
        edit, form_data(page, **{"action-publish": "1", "go_live_at": "2126-11-30 09:30"})
    )
    assert f"This story is on embargo ({stop.reference})" in scheduled.content.decode()
    assert not fresh(page).live
    assert fresh(page).go_live_at is None


def test_an_error_of_the_hosts_is_told_and_the_embargo_stays(page, editor, client):
    stop = embargoes.set_embargo(page, editor, versions=[page.pk], event="verdict")

    def fails(**kwargs):
        raise ValueError("a receiver of the host fails")

    page_published.connect(fails)
    try:
        html = send(client, page, PUBLISH).content.decode()
    finally:
        page_published.disconnect(fails)
    assert "An error kept the story from being published" in html
    stop.refresh_from_db()
    assert (stop.is_in_force, stop.problem, fresh(page).live) == (True, "error", False)


def test_a_held_story_is_not_published_by_confirming(page, editor, client):
    from wagtail_cpsnews.desk.stopping import begin_stop

    embargoes.set_embargo(page, editor, versions=[page.pk], event="verdict")
    begin_stop(PublicationStop.Kind.HOLD, page)
    assert "is on hold" in client.get(at(page, PUBLISH)).content.decode()
    assert "is on hold" in send(client, page, PUBLISH).content.decode()
    assert not fresh(page).live


def test_before_its_time_only_who_may_publish(page, client, newsroom):
    user = make_editor("writer", newsroom, rights=["embargo_story"])
    user.groups.get().page_permissions.filter(permission__codename="publish_page").delete()
    client.force_login(user)
    until = timezone.now() + datetime.timedelta(hours=1)
    embargoes.set_embargo(page, None, versions=[page.pk], until=until)
    client.post(at(page, PUBLISH))
    assert not fresh(page).live


def test_versions_that_one_may_not_publish_stay_as_others_approved_them(page, client, newsroom):
    cy = Locale.objects.get(language_code="cy")
    newsroom.get_parent().copy_for_translation(cy)
    newsroom.copy_for_translation(cy)
    welsh = page.copy_for_translation(cy)
    welsh.summary = "Cymraeg."
    welsh.save_revision()
    stop = embargoes.set_embargo(page, None, versions=[page.pk, welsh.pk], event="verdict")
    client.force_login(make_editor("english", newsroom, rights=["embargo_story"]))
    send(client, page, **values(page, waits_for="event", event="another verdict"))
    stop.refresh_from_db()
    assert stop.event == "another verdict"
    assert embargoes.approved_revision(stop, welsh) is not None


@pytest.mark.parametrize("address", [SET, PUBLISH, LIFT])
@pytest.mark.parametrize("pk", [2**63, 999999, "index"])
def test_no_story_no_screen(page, admin_client, address, pk, newsroom):
    key = newsroom.pk if pk == "index" else pk
    assert admin_client.get(address.format(key)).status_code == 404


def test_the_permission_is_offered(newsroom, admin_client):
    html = admin_client.get("/admin/groups/new/").content.decode()
    permission = Permission.objects.get(codename="embargo_story")
    assert f'value="{permission.pk}"' in html
