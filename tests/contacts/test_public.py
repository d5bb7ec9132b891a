"""Who answers now, whatever was cached before.

On pages, in the API, in the text of stories.
"""

import datetime
import re

import pytest
import time_machine
from django.db import transaction
from django.db.models import ProtectedError
from wagtail.models import Locale, PageViewRestriction

from tests.answering import CHANGES, OFFICE, WHEN, at, phone, seconds
from tests.factories import make_contact, publish_story
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.pages.models import PressOfficePage


def names(html):
    return re.findall(r'(?:cpsnews-contact-name"><b>|cpsnews-who">)([^<]+?) ?<', html)


def now(html):
    return re.findall(r'>([^<]+?)(?:</b>)? <span class="cpsnews-stage', html)


@pytest.mark.parametrize("when", WHEN)
def test_the_right_one_whenever_it_is(when, contacts, story, api, client):
    instant, expected = WHEN[when]
    story("A story", slug="a-story")
    with time_machine.travel(at(instant), tick=False):
        html = client.get("/news/a-story/", headers={"host": "localhost"}).content.decode()
        rows = {row["name"]: row for row in api("press-contacts/")["results"]}
        detail = api(f"items/{Entry.objects.get().pk}/")
    assert names(html)[0] == expected
    assert set(names(html)) >= {"Office", "Duty"}
    assert now(html) == [expected]
    assert 'href="tel:+442079460001"' in html
    assert 'href="tel:+442079460002"' in html
    assert "0666" not in html + str(detail) + str(rows)
    assert rows["Office"]["answers_now"]["name"] == expected
    assert [name for name, row in rows.items() if row["now"]] == [expected]
    assert detail["contacts"][0]["name"] == expected
    asked = api("press-contacts/", at=at(instant).isoformat())
    assert {row["name"]: row for row in asked["results"]} == rows


def test_who_is_for_accredited_journalists_is_said_of_each_whatever_the_time(contacts, story, client):
    PressContact.objects.filter(name="Office").update(accredited_only=True)
    PressContact.objects.filter(name="Duty").update(accredited_only=False)
    PressContact.objects.get(name="Night").save()
    story("A story", slug="a-story")
    for instant in ("2026-11-25 12:00", "2026-11-25 02:00"):
        with time_machine.travel(at(instant), tick=False):
            html = client.get("/news/a-story/", headers={"host": "localhost"}).content.decode()
        cards = {
            name: card
            for card in html.split("cpsnews-contact-name")[1:]
            for name in re.findall("<b>([^<]+)</b>", card)[:1]
        }
        assert "accredited journalists" in cards["Office"]
        assert "accredited journalists" not in cards["Duty"]


def test_an_hour_that_exists_twice(contacts, api):
    """Until 02:00 summer time the night line; when it is one again, still until two."""
    for instant, expected in (
        (at("2026-10-25 01:30"), "Night"),
        (at("2026-10-25 01:30", fold=1), "Night"),
        (at("2026-10-25 02:00"), "Duty"),
    ):
        rows = api("press-contacts/", at=instant.isoformat())["results"]
        assert rows[0]["name"] == expected


@pytest.mark.parametrize("change", CHANGES)
def test_no_cache_outlives_a_change(change, contacts, newsroom, story, client, kept_answers):
    """A cache of the host's, and behind it a browser's.

    What either has is never shown after the change.
    """
    story("A story", slug="a-story")
    office = PressOfficePage(title="Press office", slug="press-office")
    newsroom.add_child(instance=office)
    current()
    pk = Entry.objects.get().pk
    paths = [
        "/news/a-story/",
        "/news/press-office/",
        "/newsroom/api/v1/press-contacts/",
        f"/newsroom/api/v1/items/{pk}/",
    ]
    instant = at(change).astimezone(datetime.UTC)

    def ask(path, ago, **headers):
        with time_machine.travel(instant - datetime.timedelta(seconds=ago), tick=False):
            return client.get(path, headers={"host": "localhost", **headers})

    for path in paths:
        before = ask(path, 100)
        for ago in (100, 61, 59, 31, 30, 10, 3, 1, 0.5):
            response = ask(path, ago)
            assert response.status_code == 200
            assert seconds(response) <= ago, f"{path}: kept {seconds(response)} s, {ago} s before the change"
            assert seconds(response) <= get_settings().MAX_AGE
        after = ask(path, 0)
        assert after.content != before.content, path
        if "/api/" in path:
            assert after["ETag"] != before["ETag"]


def test_a_304_never_confirms_who_answered_before(contacts, client):
    path, instant = "/newsroom/api/v1/press-contacts/", at("2026-11-25 17:00")
    second = datetime.timedelta(seconds=1)

    def ask(instant, tag=""):
        with time_machine.travel(instant, tick=False):
            return client.get(path, headers={"host": "localhost", "if-none-match": tag})

    before = ask(instant - second)
    assert ask(instant - second, before["ETag"]).status_code == 304
    after = ask(instant, before["ETag"])
    assert after.status_code == 200
    assert ask(instant + second, after["ETag"]).status_code == 304


def test_an_answer_for_another_time_may_be_kept_as_any(contacts, client):
    with time_machine.travel(at("2026-11-25 16:59:59"), tick=False):
        path = "/newsroom/api/v1/press-contacts/"
        host = {"host": "localhost"}
        response = client.get(path, {"at": "2026-11-25T02:00:00Z"}, headers=host)
        assert seconds(response) == get_settings().MAX_AGE
        assert seconds(client.get(path, headers=host)) == 0


def test_a_private_story_stays_out_of_shared_caches(contacts, story, client, admin_user):
    page = story("A story", slug="a-story")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    client.force_login(admin_user)
    response = client.get("/news/a-story/", headers={"host": "localhost"})
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]


# -- which contacts -------------------------------------------------------------------------------------------------


def test_a_story_names_its_contacts_or_has_those_of_its_filing(contacts, newsroom, api):
    wessex = make_contact("Wessex", areas=["wessex"], hours=OFFICE)
    page = publish_story(parent=newsroom, title="A story", areas=["wessex"])
    current()
    pk = Entry.objects.get().pk

    def shown():
        with time_machine.travel(at("2026-11-25 12:00"), tick=False):
            return [contact["name"] for contact in api(f"items/{pk}/")["contacts"]]

    assert shown() == ["Wessex", "Office", "Duty"]
    page.contacts = [contacts["office"]]
    page.save_revision().publish()
    assert shown() == ["Office", "Duty"]
    with pytest.raises(ProtectedError), transaction.atomic():
        contacts["office"].delete()
    contacts["office"].refresh_from_db()
    contacts["office"].retired = True
    contacts["office"].save()
    assert shown() == ["Wessex"]  # a story without one falls back on its filing
    wessex.channels = []
    wessex.save()
    assert shown() == []


def test_a_contact_in_the_text_is_read_when_the_story_is(contacts, story, api, client):
    story("A story", slug="a-story", body=[("text", "<p>Before.</p>"), ("contact", contacts["duty"])])
    current()
    entry = Entry.objects.get()
    kept = f"{entry.content} {entry.text}"
    assert "0002" not in kept
    assert "Duty" not in kept

    def read(instant):
        with time_machine.travel(at(instant), tick=False):
            item = api(f"items/{entry.pk}/")
            page = client.get("/news/a-story/", headers={"host": "localhost"}).content.decode()
        return item, page.split('class="cpsnews-body"')[1].split("cpsnews-ask")[0]

    for instant, answers in (("2026-11-25 12:00", []), ("2026-11-25 02:00", ["Duty"])):
        item, page = read(instant)
        assert names(item["body_html"]) == names(page)
        assert now(item["body_html"]) == now(page) == answers
        assert item["body"][1]["value"]["name"] == "Duty"
        assert item["body"][1]["value"]["now"] is bool(answers)
    duty = PressContact.objects.get(pk=contacts["duty"].pk)
    duty.channels = [("channel", phone("020 7946 0999"))]
    duty.save()
    item, page = read("2026-11-25 02:00")
    assert "tel:+442079460999" in item["body_html"]
    assert "tel:+442079460999" in page
    assert "0002" not in item["body_html"] + page
    duty.retired = True
    duty.save()
    item, page = read("2026-11-25 02:00")
    for said in (item["body_html"], page):
        assert "Duty" not in said
        assert "cpsnews-contact" not in said
    assert [block["type"] for block in item["body"]] == ["text"]


def test_welsh_pages_have_welsh_names(contacts, newsroom, client, api):
    welsh = Locale.objects.get(language_code="cy")
    version = contacts["office"].copy_for_translation(welsh)
    version.name = "Swyddfa’r Wasg"
    version.save()
    home = newsroom.get_parent().specific.copy_for_translation(welsh)
    home.save_revision().publish()
    index = newsroom.copy_for_translation(welsh)
    index.save_revision().publish()
    publish_story(parent=index, title="Stori", slug="stori", locale=welsh)
    html = client.get("/cy/news/stori/", headers={"host": "localhost"}).content.decode()
    assert "Swyddfa’r Wasg" in names(html)
    assert "Office" not in names(html)
    rows = api("press-contacts/", lang="cy")["results"]
    assert "Swyddfa’r Wasg" in {row["name"] for row in rows}


# -- the API --------------------------------------------------------------------------------------------------------


def test_filters(contacts, api):
    make_contact("Wessex", areas=["wessex"], for_national=False, for_specialist=False)
    make_contact("Mersey", areas=["mersey-cheshire"], for_international=True)

    def found(**params):
        return {row["name"] for row in api("press-contacts/", **params)["results"]}

    assert found() == {"Office", "Duty", "Night", "Wessex", "Mersey"}
    assert found(area="wessex") == {"Wessex"}
    assert found(area=["wessex", "mersey-cheshire"]) == {"Wessex", "Mersey"}
    assert found(area="wiltshire") == {"Wessex"}
    assert found(audience="international") == {"Mersey"}
    assert found(audience="specialist", area="wessex") == set()
    assert found(crime_type="hate-crime") == set()


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"audience": "everybody"}, "audience"),
        ({"audience": ["local", "national"]}, "audience"),
        ({"at": "soon"}, "at"),
        ({"at": "2026-02-30T00:00"}, "at"),
        ({"at": "2026-03-14"}, "at"),
        ({"at": "9999-12-31T23:59:59Z"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": "２０２６-03-14T02:00"}, "at"),
        ({"at": "2026-03-14T02:00+99:99"}, "at"),
        ({"at": "2026-03-14T02:00\x00"}, "at"),
        ({"area": "nowhere"}, "area"),
        ({"kind": "news"}, "kind"),
        ({"page": "2"}, "page"),
    ],
)
def test_what_cannot_be_understood(params, parameter, contacts, api):
    (error,) = api("press-contacts/", status=400, **params)["errors"]
    assert error["parameter"] == parameter
    assert error["message"]
    assert error["allowed"]


def test_times_without_and_with_an_offset(contacts, client):
    path, host = "/newsroom/api/v1/press-contacts/", {"host": "localhost"}
    for text in ("2026-07-01T09:30", "2026-07-01T09:30:00+01:00", "2026-07-01T08:30Z", "2026-07-01 09:30"):
        rows = client.get(f"{path}?at={text}", headers=host).json()["results"]
        assert rows[0]["name"] == "Office", text


def test_what_a_list_of_contacts_costs(contacts, client, django_assert_num_queries):
    for number in range(20):
        make_contact(f"No. {number}", areas=["wessex"], hours=OFFICE, out_of_hours=contacts["duty"])
    client.get("/newsroom/api/v1/press-contacts/", headers={"host": "localhost"})
    with django_assert_num_queries(1):  # the look at the state row
        client.get("/newsroom/api/v1/press-contacts/", headers={"host": "localhost"})


def test_the_press_office_leads_to_its_other_language_where_it_is_public(newsroom, client):
    page = newsroom.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    page.save_revision().publish()
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)

    def links():
        text = client.get("/news/press-office/", headers={"host": "localhost"}).content.decode()
        return text.count('rel="alternate"'), text.count(">Cymraeg</a>")

    assert links() == (0, 0)  # a draft
    welsh.save_revision().publish()
    # In the head the page itself, its other language and "x-default"; above the text the other language.
    assert links() == (4, 1)
