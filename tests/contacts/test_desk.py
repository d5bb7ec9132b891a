"""The desk: who answers now, until when, who is next."""

import datetime
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from wagtail_cpsnews.catalogue.desk import find_desk
from wagtail_cpsnews.catalogue.lookups import Reference
from wagtail_cpsnews.contacts.directory import ContactBook, ContactInfo
from wagtail_cpsnews.contacts.hours import CLOSED, SUNDAY, USUAL, Exceptional, Span, Timetable

LONDON = "Europe/London"
OFFICE, NIGHT, DAY = Span(time(9), time(17)), Span(time(17), time(9)), Span(time(0), time(0))
WEEK = ((OFFICE,),) * 5 + ((), ())


def contact(key, timetable, *, out_of_hours=None, national=True):
    phone = {"type": "phone", "label": "", "value": f"020 {key}", "url": f"tel:020{key}"}
    mail = {"type": "email", "label": "", "value": f"{key}@example.org", "url": f"mailto:{key}@example.org"}
    return ContactInfo(
        key, (1,), {"en": key.title(), "cy": f"{key.title()} (cy)"}, {"en": ""}, "desk", national,
        frozenset(), frozenset(), frozenset(), (), False, timetable, (mail, phone), out_of_hours,
    )  # fmt: skip


def desk(when, *contacts, lang="en"):
    reference = Reference({}, (), ("en", "cy"), ContactBook(contacts))
    return find_desk(
        reference, lang, when=datetime.datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(LONDON))
    )


office = contact("office", Timetable(WEEK, CLOSED, zone=LONDON), out_of_hours="duty")
duty = contact(
    "duty", Timetable(((NIGHT,),) * 5 + ((Span(time(9), time(9)),),) * 2, SUNDAY, zone=LONDON), national=False
)


@pytest.mark.parametrize(
    ("when", "answering", "text", "following"),
    [
        ("2026-11-27 12:00", "Office", "Until 5pm today", "Duty"),
        ("2026-11-27 16:59:59", "Office", "Until 5pm today", "Duty"),
        ("2026-11-27 17:00", "Duty", "Until 9am on Monday", "Office"),
        ("2026-11-28 00:00", "Duty", "Until 9am on Monday", "Office"),
        ("2026-11-29 23:59", "Duty", "Until 9am tomorrow", "Office"),
        ("2026-11-30 00:00", "Duty", "Until 9am today", "Office"),
        # Christmas Day and Boxing Day (a Saturday, its substitute on Monday 28 December) are closed.
        ("2026-12-24 18:00", "Duty", "Until 9am on Tuesday", "Office"),
    ],
)
def test_until_when_and_who_is_next(when, answering, text, following):
    found = desk(when, office, duty)
    assert (found["answering"]["name"], found["answering"]["text"]) == (answering, text)
    assert found["following"]["name"] == following
    assert found["answering"]["channel"]["type"] == "phone"


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2026-11-27 17:00", "Opens on Monday at 9am"),
        ("2026-11-29 20:00", "Opens tomorrow at 9am"),
        ("2026-11-30 00:00", "Opens today at 9am"),
        ("2026-11-30 08:59", "Opens today at 9am"),
        ("2026-12-24 17:00", "Opens on Tuesday at 9am"),
    ],
)
def test_when_nobody_answers_the_next_opening_is_said(when, text):
    found = desk(when, contact("office", Timetable(WEEK, CLOSED, zone=LONDON)))
    assert found["answering"] is None
    assert found["following"]["text"] == text
    assert found["following"]["channel"]["url"] == "tel:020office"


def test_somebody_far_away_opens_on_a_date():
    week = ((Span(time(9, 30), time(12)), Span(time(13), time(0))), *((),) * 6)
    off = Exceptional(date(2026, 11, 30), date(2026, 12, 11))
    monday = contact("monday", Timetable(week, USUAL, (off,), LONDON))
    assert desk("2026-11-28 12:00", monday)["following"]["text"] == "Opens on 14 December at 9:30am"
    # Several periods a day, and midnight belongs to the day that it ends.
    assert desk("2026-12-14 12:30", monday)["following"]["text"] == "Opens today at 1pm"
    found = desk("2026-12-14 20:00", monday)
    assert found["answering"]["text"] == "Until midnight today"
    assert found["following"] is None


def test_around_the_clock_there_is_nothing_to_say():
    always = contact("always", Timetable(((DAY,),) * 7, USUAL, zone=LONDON))
    assert desk("2026-11-28 12:00", always)["answering"]["text"] == ""
    assert desk("2026-11-28 12:00", always)["following"] is None


def test_without_hours_the_contact_is_named_and_without_contacts_nothing():
    silent = contact("silent", Timetable(zone=LONDON))
    found = desk("2026-11-28 12:00", silent)
    assert found["answering"] is None
    assert (found["following"]["name"], found["following"]["text"]) == ("Silent", "")
    assert desk("2026-11-28 12:00") is None


def test_the_first_who_is_there_answers_for_several():
    early = contact("early", Timetable(((Span(time(6), time(8)),),) * 7, USUAL, zone=LONDON))
    alone = contact("office", Timetable(WEEK, CLOSED, zone=LONDON))
    assert desk("2026-11-30 07:00", alone, early)["answering"]["name"] == "Early"
    assert desk("2026-11-30 10:00", alone, early)["answering"]["name"] == "Office"
    assert desk("2026-11-30 18:00", alone, early)["following"]["text"] == "Opens tomorrow at 6am"
    assert desk("2026-11-30 07:00", alone, early, lang="cy")["answering"]["name"] == "Early (cy)"
