"""Holding in the admin: buttons, the page of a hold, the report, the home page."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.utils import timezone

from tests.desk.people import make_person
from tests.editors import make_editor, rows_of
from tests.factories import draft_story
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.desk import holds
from wagtail_cpsnews.desk.stopping import begin_stop
from wagtail_cpsnews.usage.models import EmbedUse
from wagtail_cpsnews.usage.recording import story_key

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOLDS = "/admin/newsroom/holds/"
REPORT = "/admin/newsroom/stops/"


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def text_of(response):
    """The words of an answer, without tags."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def hold_url(page):
    return f"{HOLDS}hold/{page.pk}/"


def test_two_taps_hold_a_story(story, newsroom, client, officer, titles):
    page = story("Rowan Pell charged")
    page.create_alias(parent=newsroom, update_slug="copy")
    assert titles() == ["Rowan Pell charged"]
    entry = Entry.objects.get(page_pk=page.pk)
    for number, host in enumerate(("council.example", "paper.example")):
        seen = timezone.now() + timezone.timedelta(hours=number)
        EmbedUse.objects.create(
            host=host, door="element", what=story_key(entry.pk), first_seen=seen, last_seen=seen
        )
    client.force_login(officer)
    before = client.get(hold_url(page))
    assert before.status_code == 200
    said = text_of(before)
    for words in ("Rowan Pell charged", "copy", "council.example", "Note for colleagues (optional)"):
        assert words in said
    after = client.post(hold_url(page), follow=True)  # nothing has to be filled in
    stop = PublicationStop.objects.get()
    assert after.redirect_chain == [(f"{HOLDS}{stop.reference}/", 302)]
    said = text_of(after)
    for words in (
        f"The story is on hold. Reference: {stop.reference}.",
        "This server: gone now.",
        "within 1 second.",
        "within 60 seconds.",
        "unknown",
        "paper.example",
        "You can undo it until",
    ):
        assert words in said
    assert titles() == []


def test_the_promises_follow_the_settings(story, client, officer, settings):
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 0.25, "MAX_AGE": 300}
    stop = holds.hold(story("Rowan Pell charged"), officer)
    client.force_login(officer)
    said = text_of(client.get(f"{HOLDS}{stop.reference}/"))
    assert "Other servers of this site: within 1 second." in said
    assert "Browsers and caches: within 300 seconds." in said


def test_a_second_tap_on_the_button_leads_to_the_hold(story, client, officer):
    page = story("Rowan Pell charged")
    client.force_login(officer)
    client.post(hold_url(page), {"note": "wrong name"})
    again = client.post(hold_url(page), {"note": "once more"}, follow=True)
    stop = PublicationStop.objects.get()
    assert again.redirect_chain == [(f"{HOLDS}{stop.reference}/", 302)]
    assert "is on hold already" in text_of(again)
    assert stop.note == "wrong name"
    assert client.get(hold_url(page)).url == f"{HOLDS}{stop.reference}/"


def test_undo_and_release(story, client, officer, head, titles):
    page = story("Rowan Pell charged")
    stop = holds.hold(page, officer)
    client.force_login(officer)
    assert "Release the story" not in text_of(client.get(f"{HOLDS}{stop.reference}/"))
    refused = client.post(f"{HOLDS}{stop.reference}/release/", follow=True)
    assert "You cannot release stories" in text_of(refused)
    assert titles() == []
    undone = client.post(f"{HOLDS}{stop.reference}/undo/", follow=True)
    assert "public again" in text_of(undone)
    assert titles() == ["Rowan Pell charged"]
    stop = holds.hold(fresh(page), officer)
    client.force_login(head)
    assert "Undo the hold" not in text_of(client.get(f"{HOLDS}{stop.reference}/"))
    released = client.post(f"{HOLDS}{stop.reference}/release/", {"note": "checked"}, follow=True)
    assert "public again" in text_of(released)
    assert "checked" in text_of(released)
    again = client.post(f"{HOLDS}{stop.reference}/release/", follow=True)
    assert "has ended already: released" in text_of(again)


def test_a_reference_is_found_as_it_is_said(story, client, officer):
    stop = holds.hold(story("Rowan Pell charged"), officer)
    client.force_login(officer)
    assert client.get(f"{HOLDS}{stop.reference.lower()}/").status_code == 200
    assert client.get(f"{HOLDS}AAAA-AAAA/").status_code == 404
    assert client.get(f"{HOLDS}{stop.reference}/undo/").status_code == 302
    assert client.post(f"{HOLDS}{stop.reference}/explode/").status_code == 405


@pytest.mark.parametrize("address", ["holds/hold/{page}/", "holds/{reference}/", "stops/"])
def test_who_has_no_such_permission_sees_nothing(story, newsroom, client, officer, address):
    page = story("Rowan Pell charged")
    stop = holds.hold(page, officer)
    client.force_login(make_editor("editor", newsroom))
    address = "/admin/newsroom/" + address.format(page=page.pk, reference=stop.reference)
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"
    assert "Pell" not in text_of(response)
    assert stop.reference not in text_of(response)


@pytest.mark.parametrize("pk", [0, 10**30, "index"])
def test_what_is_no_story_has_no_button(newsroom, client, officer, pk):
    client.force_login(officer)
    pk = newsroom.pk if pk == "index" else pk
    assert client.get(f"{HOLDS}hold/{pk}/").status_code == 404


def test_a_note_is_cut_and_cleaned(story, client, officer):
    client.force_login(officer)
    client.post(hold_url(story("Rowan Pell charged")), {"note": "\x00wrong" + "n" * 5000})
    assert PublicationStop.objects.get().note == "wrong" + "n" * 1995


def test_every_public_story_has_the_button(story, newsroom, client):
    """In its editor, the newsroom's list and the explorer; a draft has none."""
    page, draft = story("Rowan Pell charged"), story("Draft")
    draft.unpublish()
    editor = make_editor("editor", newsroom, rights=("hold_story",))
    client.force_login(editor)
    places = {
        "editor": f"/admin/pages/{page.pk}/edit/",
        "list": "/admin/newsroom/newsitempage/",
        "explorer": f"/admin/pages/{newsroom.pk}/",
    }
    for name, address in places.items():
        html = client.get(address, headers={"host": "localhost"}).content.decode()
        assert hold_url(page) in html, name
        assert hold_url(draft) not in html, name
    client.force_login(make_editor("other", newsroom))
    for name, address in places.items():
        html = client.get(address, headers={"host": "localhost"}).content.decode()
        assert hold_url(page) not in html, name


def test_the_userbar_of_a_page_has_the_button(story, rf, officer, head):
    page, draft = story("Rowan Pell charged"), story("Draft")
    draft.unpublish()
    template = Template("{% load wagtailuserbar %}{% wagtailuserbar %}")

    def bar(page, user):
        request = rf.get("/")
        request.user = user
        return template.render(Context({"request": request, "page": page}))

    assert hold_url(page) in bar(page, officer)
    assert hold_url(draft) not in bar(fresh(draft), officer)
    assert hold_url(page) not in bar(page, head)
    assert hold_url(page) not in bar(page, AnonymousUser())


def test_the_lists_say_on_hold(story, newsroom, admin_client, officer):
    holds.hold(story("Rowan Pell charged"), officer)
    for address in ("/admin/newsroom/newsitempage/", f"/admin/pages/{newsroom.pk}/"):
        assert "on hold" in admin_client.get(address).content.decode().lower()


def test_the_home_page_says_what_is_held(story, client, officer, head):
    stop = holds.hold(story("Rowan Pell charged"), officer)
    client.force_login(head)
    said = text_of(client.get("/admin/"))
    assert "Rowan Pell charged" in said
    assert stop.reference in said
    assert "Release the story" in said
    client.force_login(officer)
    assert "Undo the hold" in text_of(client.get("/admin/"))
    holds.release(stop, head)
    assert stop.reference not in text_of(client.get("/admin/"))


def test_the_report_filters_and_exports(story, client, officer, head):
    first = holds.hold(story("Rowan Pell charged"), officer, note="=1+1")
    holds.release(first, head, note="checked")
    second = holds.hold(story("Sam Vale charged"), officer)
    client.force_login(head)
    said = text_of(client.get(REPORT))
    assert "Rowan Pell charged" in said
    assert "Sam Vale charged" in said
    assert "Sam Vale charged" not in text_of(client.get(REPORT, {"state": "ended"}))
    assert "Rowan Pell charged" not in text_of(client.get(REPORT, {"state": "now"}))
    assert "Sam Vale charged" not in text_of(client.get(REPORT, {"kind": "embargo"}))
    headings, *rows = rows_of(client.get(REPORT, {"export": "csv"}))
    assert headings[:3] == ["Reference", "Kind", "Story"]
    assert [row[:3] for row in rows] == [
        [second.reference, "hold", "Sam Vale charged"],
        [first.reference, "hold", "Rowan Pell charged"],
    ]
    assert rows[1][5] == "'=1+1"
    assert rows[1][7:] == ["released", "head", "checked"]
    assert client.get(REPORT, {"export": "xlsx", "state": "now"}).status_code == 200


def test_a_story_that_was_deleted_is_still_reported(story, client, officer, head):
    page = story("Rowan Pell charged")
    stop = holds.hold(page, officer)
    fresh(page).delete()
    client.force_login(head)
    assert "A page that was deleted" in text_of(client.get(REPORT))
    assert "A page that was deleted" in text_of(client.get(f"{HOLDS}{stop.reference}/"))
    released = client.post(f"{HOLDS}{stop.reference}/release/", follow=True)
    assert "The hold has ended. The story is not public" in text_of(released)


def test_whoever_may_only_see_cannot_act(story, client, officer, titles):
    stop = holds.hold(story("Rowan Pell charged"), officer)
    client.force_login(make_person("reader", "view_publicationstop"))
    assert client.get(f"{HOLDS}{stop.reference}/").status_code == 200
    for act in ("undo", "release"):
        client.post(f"{HOLDS}{stop.reference}/{act}/")
    assert titles() == []


def test_a_reference_leads_to_what_it_is_about(story, newsroom, client, officer):
    withdrawn = begin_stop(PublicationStop.Kind.WITHDRAWAL, story("Withdrawn"))
    draft = draft_story(parent=newsroom, title="Later")
    embargo = begin_stop(PublicationStop.Kind.EMBARGO, draft, event="verdict")
    client.force_login(officer)
    for stop in (withdrawn, embargo):
        assert client.get(f"{HOLDS}{stop.reference}/").status_code == 200
    client.force_login(make_editor("editor", newsroom, rights=("embargo_story", "withdraw_story")))
    assert client.get(f"{HOLDS}{withdrawn.reference}/").url == f"/admin/newsroom/withdrawals/{withdrawn.pk}/"
    assert client.get(f"{HOLDS}{embargo.reference}/").url == f"/admin/newsroom/embargo/{draft.pk}/"
