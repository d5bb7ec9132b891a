"""How long answers about pages last, and how many queries they take.

And what makes them new.
"""

import datetime

import time_machine
from django.core.cache import cache
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.answering import CHANGES, WHEN, at, seconds
from tests.jsonpages import SORTS, queries
from tests.protocols import NEW
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.pages.models import PressOfficePage
from wagtail_cpsnews.taxonomy.models import Topic

# -- freshness ------------------------------------------------------------------------------------------------------


def test_a_304_until_something_is_edited(pages, ask):
    for sort in SORTS:
        page = pages[sort]
        tag = ask(sort)["ETag"]
        assert ask(sort, tag=tag).status_code == 304
        page.introduction = "<p>Written anew.</p>"
        page.save_revision().publish()
        after = ask(sort, tag=tag)
        assert (after.status_code, "Written anew" in after.content.decode()) == (200, True)
        type(page).objects.filter(pk=page.pk).update(introduction="<p>Past every signal.</p>")
        assert ask(sort, tag=after["ETag"]).status_code == 200


def test_a_304_knows_what_a_page_leads_to(newsroom, office, protocol, ask):
    newsroom.ways_on = [("way", {"title": "Way", "text": "", "page": office, "url": ""})]
    newsroom.protocol_page = protocol
    newsroom.save_revision().publish()
    tag = ask("news-centre")["ETag"]
    assert ask("news-centre", tag=tag).status_code == 304
    office.unpublish()
    after = ask("news-centre", tag=tag)
    assert (after.status_code, after.json()["ways_on"]) == (200, [])
    protocol.versions = [("version", {**NEW, "status": "being_updated"})]
    protocol.save_revision().publish()
    assert "Being updated" in ask("news-centre", tag=after["ETag"]).json()["media"]["protocol"]["status"]


def test_who_answers_now_whatever_was_kept(office, contacts, ask, api):
    def then(when, ago, tag=""):
        with time_machine.travel(when - datetime.timedelta(seconds=ago), tick=False):
            return ask("press-office", tag=tag), api("press-contacts/")["results"]

    for change in CHANGES:
        when = at(change).astimezone(datetime.UTC)
        for ago in (100, 61, 59, 31, 10, 1, 0.5):
            before, _rows = then(when, ago)
            assert seconds(before) <= min(ago, get_settings().MAX_AGE)
        assert then(when, 0.4, before["ETag"])[0].status_code == 304
        after, rows = then(when, 0, before["ETag"])
        assert after.status_code == 200
        assert after.content != before.content
        shown = [one for group in after.json()["contact_groups"] for one in group["contacts"]]
        assert shown[0]["name"] == rows[0]["name"]
        assert [one["name"] for one in shown if one["now"]] == [one["name"] for one in rows if one["now"]]
    morning = at("2026-12-25 09:00").astimezone(datetime.UTC)  # of a bank holiday: the office stays closed
    before, _rows = then(morning, 1)
    assert then(morning, 0, before["ETag"])[0].status_code == 304


def test_who_answers_comes_first(office, contacts, give):
    for when, name in WHEN.values():
        with time_machine.travel(at(when), tick=False):
            first = give("press-office")["contact_groups"][0]["contacts"][0]
        assert (first["name"], first["now"]) == (name, True), when


def test_a_version_comes_in_force_at_midnight(newsroom, protocol, ask):
    coming = {
        **NEW,
        "title": "2027 protocol",
        "in_force_from": datetime.date(2027, 1, 1),
        "replaces": NEW["title"],
    }
    protocol.versions = [("version", NEW), ("version", coming)]
    protocol.save_revision().publish()
    newsroom.protocol_page = protocol
    newsroom.save_revision().publish()
    for sort in ("media-protocol", "news-centre"):
        with time_machine.travel(at("2026-12-31 23:59:50"), tick=False):
            before = ask(sort)
            assert seconds(before) <= 10
        with time_machine.travel(at("2027-01-01 00:00"), tick=False):
            after = ask(sort, tag=before["ETag"])
        assert after.status_code == 200
        assert "In force since 1 January 2027" in after.content.decode()


def test_nobody_keeps_a_page_beyond_its_end(pages, ask):
    for sort in SORTS:
        now = timezone.now().replace(hour=12, minute=0, second=0)
        type(pages[sort]).objects.filter(pk=pages[sort].pk).update(expire_at=now)
        with time_machine.travel(now - datetime.timedelta(seconds=42), tick=False):
            response = ask(sort)
            assert seconds(response) == 30  # in steps, so that it does not tell when
        with time_machine.travel(now, tick=False):
            assert ask(sort, tag=response["ETag"]).status_code == 404


def test_nor_beyond_the_end_of_what_it_leads_to(newsroom, office, ask):
    newsroom.ways_on = [("way", {"title": "Way", "text": "", "page": office, "url": ""})]
    newsroom.save_revision().publish()
    now = timezone.now().replace(hour=12, minute=0, second=0)
    PressOfficePage.objects.filter(pk=office.pk).update(expire_at=now)
    with time_machine.travel(now - datetime.timedelta(seconds=12), tick=False):
        assert seconds(ask("news-centre")) == 10


# -- queries --------------------------------------------------------------------------------------------------------


def test_queries(pages, ask):
    counts = {
        # pages of the sort; the page
        "news-centre": 2,
        # pages of the sort; the page; its contacts
        "press-office": 3,
        # pages of the sort; the page
        "media-protocol": 2,
    }
    for sort, count in counts.items():
        tag = ask(sort)["ETag"]
        for known in ("", tag):
            found = queries(lambda sort=sort, known=known: ask(sort, tag=known))
            assert len(found) == count, found


def test_queries_of_a_full_news_centre(newsroom, office, protocol, ask):
    topic = Topic.find("statistics")
    picture = get_image_model().objects.create(title="Harbour", file=get_test_image_file())
    newsroom.themes = [("theme", {"topic": topic, "text": "", "image": picture})] * 3
    newsroom.ways_on = [("way", {"title": "Way", "text": "", "page": office, "url": ""})] * 5
    newsroom.introduction = f'<p><a linktype="page" id="{office.pk}">here</a></p>'
    newsroom.protocol_page, newsroom.press_office_page = protocol, office
    newsroom.save_revision().publish()
    cache.clear()  # it may hold the rendition of another test's picture
    ask("news-centre")
    # pages of the sort; the page; which links are open; pages led to; visible pictures; pictures; the protocol for its status
    found = queries(lambda: ask("news-centre"))
    assert len(found) == 7, found


def test_nothing_of_the_visitor(pages, ask, client, admin_user):
    client.force_login(admin_user)
    for sort in SORTS:
        response = ask(sort, format="html")
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
        response = ask(sort)
        assert not response.cookies
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert response["Access-Control-Allow-Origin"] == "*"
