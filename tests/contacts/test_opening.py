"""What comes next beside each contact: closing, opening, absences."""

import datetime
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.answering import at, seconds
from tests.contacts.test_desk import LONDON, WEEK, contact, duty, office
from tests.factories import make_contact
from wagtail_cpsnews.catalogue.lookups import Reference
from wagtail_cpsnews.catalogue.opening import find_opening
from wagtail_cpsnews.contacts.directory import ContactBook
from wagtail_cpsnews.contacts.hours import CLOSED, USUAL, Exceptional, Span, Timetable
from wagtail_cpsnews.pages.models import PressOfficePage

LEAVE = Exceptional(date(2026, 11, 26), date(2026, 12, 4), stand_in="duty")
SHORT_DAY = Exceptional(date(2026, 11, 26), date(2026, 11, 26), (Span(time(10), time(12)),))


def opening(when, *exceptions, week=WEEK, bank_holidays=CLOSED, out_of_hours=None):
    one = contact("one", Timetable(week, bank_holidays, exceptions, LONDON), out_of_hours=out_of_hours)
    reference = Reference({}, (), ("en", "cy"), ContactBook([one, office, duty]))
    return find_opening(
        one, reference, "en", datetime.datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(LONDON))
    )


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2026-11-26 08:59", "Opens today at 9am"),
        ("2026-11-26 09:00", "Until 5pm today"),
        ("2026-11-26 17:00", "Opens tomorrow at 9am"),
        ("2026-11-27 17:00", "Opens on Monday at 9am"),
        ("2026-12-24 17:00", "Opens on Tuesday at 9am"),  # over Christmas and a substitute day
    ],
)
def test_when_it_closes_or_opens(when, text):
    assert opening(when) == {"is_away": False, "text": text, "instead": ""}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Nothing is said of an absence on the days before it.
        ("2026-11-25 18:00", (False, "Opens on 7 December at 9am", "")),
        ("2026-11-26 00:00", (True, "Available again on 7 December at 9am", "Contact Duty instead")),
        ("2026-12-04 23:59", (True, "Available again on Monday at 9am", "Contact Duty instead")),
        ("2026-12-05 00:00", (False, "Opens on Monday at 9am", "")),
    ],
)
def test_an_absence_is_said_on_its_own_days(when, expected):
    assert tuple(opening(when, LEAVE).values()) == expected


def test_other_hours_of_one_day_are_no_absence():
    assert opening("2026-11-26 09:30", SHORT_DAY)["text"] == "Opens today at 10am"
    assert opening("2026-11-26 11:00", SHORT_DAY)["text"] == "Until noon today"
    assert not opening("2026-11-26 12:00", SHORT_DAY)["is_away"]


def test_a_long_absence_names_the_contact_for_out_of_hours():
    long = Exceptional(date(2026, 11, 26), date(2027, 11, 26))
    assert opening("2026-12-10 12:00", long, out_of_hours="office") == {
        "is_away": True,
        "text": "",
        "instead": "Contact Office instead",
    }
    assert opening("2026-12-10 12:00", long)["instead"] == ""


def test_around_the_clock_and_without_hours_there_is_nothing_to_say():
    always = ((Span(time(0), time(0)),),) * 7
    assert opening("2026-11-28 12:00", week=always, bank_holidays=USUAL)["text"] == ""
    assert opening("2026-11-28 12:00", week=((),) * 7)["text"] == ""


def test_the_press_office_page_says_it_beside_each_contact(newsroom, client):
    ann = make_contact("Ann", national=True, hours=[("0 1 2 3 4", "09:00", "17:00")])
    leave = {"first_day": date(2026, 11, 26), "hours": [], "stand_in": ann, "reason": "Funeral"}
    make_contact("Ben", areas=["wessex"], hours=[("0 1 2 3 4", "09:00", "17:00")], exceptions=[leave])
    newsroom.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))

    def page(when):
        with time_machine.travel(at(when), tick=False):
            response = client.get("/news/press-office/", headers={"host": "localhost"})
        html = response.content.decode()
        assert "Funeral" not in html
        return html, seconds(response)

    html, _age = page("2026-11-26 12:00")
    ben = html.split("<b>Ben</b>")[1].split("</li>")[0]
    assert "Not available</span>" in ben
    assert "Available again tomorrow at 9am. Contact Ann instead." in ben
    assert "Not available" not in html.split("<b>Ben</b>")[0]
    assert "Until 5pm today." in html.split("<b>Ann</b>")[1].split("<b>Ben</b>")[0]
    # "tomorrow" is another word at midnight: no cache keeps it so long, nor keep we.
    html, age = page("2026-11-26 23:59:30")
    assert "Available again tomorrow" in html
    assert age <= 15
    html, _age = page("2026-11-27 00:00")
    assert "Opens today at 9am." in html.split("<b>Ben</b>")[1]
    assert "Not available" not in html


def test_a_story_says_of_its_contacts_who_is_away(story, client):
    leave = {"first_day": date(2026, 11, 26), "hours": []}
    make_contact("Ann", areas=["wessex"], hours=[("0 1 2 3 4", "09:00", "17:00")])
    make_contact("Ben", areas=["wessex"], hours=[("0 1 2 3 4", "09:00", "17:00")], exceptions=[leave])
    story("A story", slug="a-story", areas=["wessex"])
    with time_machine.travel(at("2026-11-26 12:00"), tick=False):
        html = client.get("/news/a-story/", headers={"host": "localhost"}).content.decode()
    ben = html.split("<b>Ben</b>")[1].split("</li>")[0]
    assert "Not available</span>" in ben
    assert "Available again tomorrow at 9am." in ben


def test_the_day_of_a_contact_abroad_ends_by_its_own_clock(newsroom, client):
    make_contact("Tokyo", national=True, hours=[("0 1 2 3 4", "09:00", "17:00")], time_zone="Asia/Tokyo")
    newsroom.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    with time_machine.travel(datetime.datetime(2026, 11, 26, 14, 59, 30, tzinfo=datetime.UTC), tick=False):
        response = client.get("/news/press-office/", headers={"host": "localhost"})
    text = response.content.decode()
    assert "Opens tomorrow at 9am (Tokyo time)." in text
    assert "9am to 5pm on weekdays (Tokyo time)" in text
    assert seconds(response) <= 15
