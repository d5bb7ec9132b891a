"""The lists of the newsroom's menu: what they show, of whom, and at what price."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.editors import AREAS, NEWS, SNIPPETS, make_editor, rows_of
from tests.factories import draft_story, publish_story
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.taxonomy.models import Area

CONTACTS = "/admin/newsroom/presscontact/"

HEADINGS = ["Title", "News type", "Areas", "Status", "Publication date", "Contact", "Updated"]


@pytest.mark.parametrize(
    "address", [NEWS, NEWS + "results/", NEWS + "?q=e", NEWS + "?status=draft&status=live"]
)
def test_an_editor_of_one_section_sees_only_it(section_editor, stories, client, address):
    page = client.get(address).content.decode()
    assert "Our draft" in page
    assert "Theirs" not in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_editor_of_one_section_exports_only_it(section_editor, stories, client, kind):
    rows = rows_of(client.get(NEWS, {"export": kind}))
    assert rows[0] == HEADINGS
    assert sorted(row[0] for row in rows[1:]) == ["Our draft", "Ours"]
    ours = next(row for row in rows if row[0] == "Ours")
    assert ours[1:4] == ["Press release", "Wessex", "live"]


@pytest.mark.parametrize(("kind", "shown"), [("csv", "A\x0btab"), ("xlsx", "A\N{REPLACEMENT CHARACTER}tab")])
def test_a_character_that_a_spreadsheet_cannot_hold(admin_client, newsroom, kind, shown):
    draft_story(parent=newsroom, title="A\x0btab")
    rows = rows_of(admin_client.get(NEWS, {"export": kind}))
    assert [row[0] for row in rows[1:]] == [shown]


@pytest.fixture
def many(newsroom):
    """Twenty stories directly below the news centre; returns it."""
    for number in range(20):
        publish_story(
            parent=newsroom,
            title=f"Story {number}",
            kind="statement",
            areas=["wessex", "cps"],
            crime_types=["terrorism"],
        )
    retired = Area.find("cps")
    retired.retired = True
    retired.save()
    return newsroom


def test_long_lists_cost_few_queries(admin_client, many, client):
    """Count the queries of a page list, for an editor.

    Session, user, profile, rights 7; her part of the tree 2; languages 3; terms 2;
    retired ones in use 1; count, pages, their types, sites, workflows, languages 7; areas 1; privacy and sites 2.
    """
    # Admins may translate, and Wagtail's simple_translation asks once for every snippet: see the editor below.
    limits = {
        NEWS: 25,
        f"{NEWS}?export=csv": 25,
        f"{NEWS}?export=xlsx": 25,
        f"{NEWS}?q=story&area=wessex&status=live": 25,
        f"/admin/pages/{many.pk}/?export=csv": 30,
        AREAS: 25,
        f"{AREAS}?export=xlsx": 25,
        f"{SNIPPETS}?export=csv": 25,
    }
    assert {url: cost for url in limits if (cost := price(admin_client, url)) > limits[url]} == {}
    client.force_login(make_editor("terms", many, rights=["change_area"]))
    assert price(client, NEWS) <= 25
    assert price(client, SNIPPETS) <= 25


def test_the_explorer_costs_no_more_than_wagtails_own(many, client, admin_user):
    """Wagtail's own takes more than 25.

    Side panel, breadcrumbs, buttons, translations of the page that is explored.
    """
    home = many.get_parent().specific
    for number in range(19):  # and the news centre
        home.add_child(instance=type(home)(title=f"Page {number}", slug=f"page-{number}"))
    for user in (admin_user, make_editor("pages", home)):
        client.force_login(user)
        assert price(client, f"/admin/pages/{many.pk}/") <= price(client, f"/admin/pages/{home.pk}/"), user


def test_many_contacts_cost_few_queries(admin_client, newsroom):
    """With leave, stand-ins and scopes; none asks for itself."""
    locale = newsroom.locale
    others = [PressContact.objects.create(name=f"Contact {number}", locale=locale) for number in range(30)]
    leave = {"first_day": datetime.date(2026, 11, 25), "stand_in": others[0], "reason": "Leave"}
    for contact in others[1:]:
        contact.exceptions, contact.out_of_hours = [("exception", leave)], others[0]
        contact.save()
        contact.areas.set([Area.find("wessex")])
    for url in (CONTACTS, f"{CONTACTS}?export=csv", f"{CONTACTS}?export=xlsx"):
        assert price(admin_client, url) <= 25, url


def price(client, url):
    """How many queries the second request of an address takes."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        assert response.status_code == 200
        if response.streaming:
            b"".join(response.streaming_content)
    return len(queries)
