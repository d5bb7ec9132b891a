"""Opening hours.

Weeks, nights, bank holidays, exceptions, both changes of the clocks, other time zones.
"""

import datetime
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from tests.telling import telling
from wagtail_cpsnews.contacts.formatting import in_words
from wagtail_cpsnews.contacts.hours import (
    CLOSED,
    SUNDAY,
    USUAL,
    Exceptional,
    Span,
    Timetable,
    is_bank_holiday,
)

LONDON = ZoneInfo("Europe/London")
OFFICE, NIGHT, DAY_AND_NIGHT = Span(time(9), time(17)), Span(time(17), time(9)), Span(time(0), time(0))
WEEKDAYS = ((OFFICE,),) * 5 + ((), ())
DUTY = ((NIGHT,),) * 5 + ((DAY_AND_NIGHT,),) * 2


def at(text, zone=LONDON, fold=0):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-25 08:59:59", False),
        ("2026-11-25 09:00", True),
        ("2026-11-25 16:59:59.999999", True),
        ("2026-11-25 17:00", False),
        ("2026-11-28 12:00", False),  # Saturday
        ("2026-12-25 12:00", False),
        ("2026-12-28 12:00", False),  # for Boxing Day, which is a Saturday
        ("2026-12-29 12:00", True),
        ("2026-04-03 12:00", False),  # Good Friday
        ("2027-01-01 12:00", False),
    ],
)
def test_office_hours(when, expected):
    assert Timetable(WEEKDAYS, zone="Europe/London").is_open(at(when)) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-25 02:00", True),
        ("2026-11-25 08:59", True),
        ("2026-11-25 09:00", False),
        ("2026-11-25 17:00", True),
        ("2026-11-28 00:00", True),
        ("2026-11-28 12:00", True),
        ("2026-11-30 00:00", False),  # Sunday's round the clock ends; Monday's shift begins at 17:00
        ("2026-12-31 23:59", True),
        ("2027-01-01 00:30", True),
        ("2027-01-01 12:00", True),  # as on Sundays
        ("2026-12-28 12:00", True),
    ],
)
def test_duty_hours(when, expected):
    assert Timetable(DUTY, SUNDAY, zone="Europe/London").is_open(at(when)) is expected


def test_bank_holidays_of_england_and_wales():
    assert is_bank_holiday(date(2028, 1, 3))  # a substitute
    assert not is_bank_holiday(date(2026, 11, 30))  # Scotland's
    assert not is_bank_holiday(date(2026, 1, 2))


def test_a_stand_in_for_a_night_shift_answers_until_it_ends():
    off = Exceptional(date(2026, 11, 25), date(2026, 11, 25), stand_in="other")
    timetable = Timetable(DUTY, exceptions=(off,), zone="Europe/London")
    for when, expected in (
        ("2026-11-25 20:00", "other"),
        ("2026-11-26 02:00", "other"),
        ("2026-11-26 08:59:59", "other"),
        ("2026-11-26 09:00", None),
    ):
        assert timetable.stand_in(at(when)) == expected, when
    assert timetable.next_change(at("2026-11-26 02:00")) == at("2026-11-26 09:00")
    back = Exceptional(date(2026, 11, 26), date(2026, 11, 26), (OFFICE,))
    assert Timetable(DUTY, exceptions=(off, back)).stand_in(at("2026-11-26 02:00")) is None


def test_exceptions_count_before_everything_else():
    leave = Exceptional(date(2026, 11, 25), date(2026, 11, 27), stand_in="other")
    early = Exceptional(date(2026, 12, 28), date(2026, 12, 28), (Span(time(10), time(12)),))
    timetable = Timetable(WEEKDAYS, CLOSED, (leave, early), "Europe/London")
    assert timetable.is_open(at("2026-11-24 12:00"))
    assert not timetable.is_open(at("2026-11-25 12:00"))
    assert timetable.stand_in(at("2026-11-27 23:59")) == "other"
    assert timetable.stand_in(at("2026-11-28 00:00")) is None
    assert timetable.is_open(at("2026-12-28 11:00"))
    assert not timetable.is_open(at("2026-12-28 12:00"))
    # Who stands in changes at midnight, though nobody answers on either side of it.
    assert timetable.next_change(at("2026-11-24 18:00")) == at("2026-11-25 00:00")
    assert timetable.next_change(at("2026-11-25 00:00")) == at("2026-11-28 00:00")


def test_a_shift_that_began_the_evening_before_still_counts():
    off = Exceptional(date(2026, 11, 25), date(2026, 11, 25))
    timetable = Timetable(((NIGHT,),) * 7, USUAL, (off,), "Europe/London")
    assert timetable.is_open(at("2026-11-25 08:00"))
    assert not timetable.is_open(at("2026-11-25 18:00"))
    assert not timetable.is_open(at("2026-11-26 08:00"))
    assert timetable.is_open(at("2026-11-26 17:00"))


def test_hours_that_do_not_exist_or_exist_twice():
    small = Timetable(((Span(time(1, 15), time(1, 45)),),) * 7, USUAL, zone="Europe/London")
    before = at("2026-03-29 00:30")
    assert small.next_change(before) == at("2026-03-30 01:15")  # nothing of it is left on the Sunday
    night = Timetable(((Span(time(1, 30), time(3)),),) * 7, USUAL, zone="Europe/London")
    assert night.next_change(before) == datetime.datetime(2026, 3, 29, 1, tzinfo=datetime.UTC)
    changes, when = [], at("2026-10-25 00:30")
    for _each in range(4):
        when = small.next_change(when)
        changes.append(when.strftime("%H:%M"))
    assert changes == ["00:15", "00:45", "01:15", "01:45"]  # UTC: a quarter past one comes twice


def test_the_clocks_change_is_itself_a_change():
    until_two = Timetable(((Span(time(1, 15), time(2)),),) * 7, USUAL, zone="Europe/London")
    # 01:15–02:00 BST runs into 01:00 GMT, when the clock shows an hour before the span.
    assert until_two.next_change(at("2026-10-25 01:20")) == datetime.datetime(
        2026, 10, 25, 1, tzinfo=datetime.UTC
    )


ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"]
WEEKS = {
    "office": WEEKDAYS,
    "duty": DUTY,
    "small hours": ((Span(time(1, 30), time(2, 30)), Span(time(23, 59), time(0, 20))),) * 7,
    "ends when the clocks change": ((Span(time(0, 30), time(1)), Span(time(2), time(3))),) * 7,
    "midnight": ((Span(time(0), time(12)),), (Span(time(12), time(0)),)) * 3 + ((DAY_AND_NIGHT,),),
}


@pytest.mark.parametrize("zone", telling(ZONES, "Europe/London", "Australia/Lord_Howe"))
@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize(
    "start", [date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 24), date(2026, 4, 3)]
)
def test_minute_by_minute_nothing_changes_between_two_changes(zone, week, start):
    off = Exceptional(start + datetime.timedelta(days=2), start + datetime.timedelta(days=2), stand_in="x")
    timetable = Timetable(WEEKS[week], SUNDAY, (off,), zone)
    minute, when = datetime.timedelta(minutes=1), at(f"{start} 00:00", ZoneInfo("UTC"))
    end = when + datetime.timedelta(days=4)
    says, change = timetable._says(when), timetable.next_change(when)
    while when < end:
        when += minute
        now = timetable._says(when)
        if change is not None and when >= change:
            assert when == change, "changes fall on whole minutes here"
            assert now != says, f"nothing changed at {when}"
            says, change = now, timetable.next_change(when)
        assert now == says, f"changed at {when}, unforeseen"


def test_what_never_changes_has_no_next_change():
    when = at("2026-11-25 12:00")
    assert Timetable().next_change(when) is None
    assert Timetable(((DAY_AND_NIGHT,),) * 7, USUAL).next_change(when) is None


def test_a_far_exception_is_found():
    off = Exceptional(date(2027, 9, 1), date(2027, 9, 1))
    always = Timetable(((DAY_AND_NIGHT,),) * 7, USUAL, (off,), "Europe/London")
    assert always.next_change(at("2026-11-25 12:00")) == at("2027-09-01 00:00")


@pytest.mark.parametrize(
    ("week", "bank_holidays", "words"),
    [
        (WEEKDAYS, CLOSED, "9am to 5pm on weekdays, not on bank holidays"),
        (DUTY, SUNDAY, "5pm to 9am on weekdays, all day at weekends and on bank holidays"),
        (DUTY, USUAL, "5pm to 9am on weekdays, all day at weekends"),
        # A weekend from nine to nine, after a night shift that ends at nine, has no gap.
        (
            ((NIGHT,),) * 5 + ((Span(time(9), time(9)),),) * 2,
            USUAL,
            "5pm to 9am on weekdays, all day at weekends",
        ),
        (((Span(time(9), time(9)),), *((),) * 6), USUAL, "Monday, 9am to 9am"),
        (((DAY_AND_NIGHT,),) * 7, CLOSED, "At any time, not on bank holidays"),
        (((OFFICE,),) * 7, SUNDAY, "9am to 5pm every day"),
        (
            ((OFFICE,), (), (OFFICE,), (), (OFFICE,), (), ()),
            USUAL,
            "Monday, Wednesday and Friday, 9am to 5pm",
        ),
        (((OFFICE,),) * 3 + ((), (OFFICE,), (), ()), USUAL, "Monday to Wednesday and Friday, 9am to 5pm"),
        (
            ((OFFICE,),) * 5 + ((), (NIGHT,)),
            SUNDAY,
            "9am to 5pm on weekdays, 5pm to 9am on Sundays and bank holidays",
        ),
        (WEEKDAYS, SUNDAY, "9am to 5pm on weekdays, not on bank holidays"),
        (
            ((OFFICE,),) * 2 + ((),) * 4 + ((OFFICE,),),
            SUNDAY,
            "Monday, Tuesday and Sunday, 9am to 5pm; Sunday hours on bank holidays",
        ),
        (((DAY_AND_NIGHT,),) * 7, USUAL, "At any time"),
        (
            ((Span(time(9, 30), time(12)), Span(time(13), time(0))), *((),) * 6),
            USUAL,
            "Monday, 9:30am to noon and 1pm to midnight",
        ),
        (((),) * 7, CLOSED, ""),
    ],
)
def test_hours_in_words(week, bank_holidays, words):
    assert in_words(Timetable(week, bank_holidays)) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "9am to 5pm on weekdays"),
        ("Europe/Madrid", "9am to 5pm on weekdays (Madrid time)"),
        ("America/New_York", "9am to 5pm on weekdays (New York time)"),
        ("UTC", "9am to 5pm on weekdays (UTC)"),
    ],
)
def test_hours_name_a_time_zone_that_is_not_the_sites(zone, words):
    week = ((Span(time(9), time(17)),),) * 5 + ((), ())
    assert in_words(Timetable(week, USUAL, zone=zone)) == words
    assert in_words(Timetable(((),) * 7, USUAL, zone=zone)) == ""
