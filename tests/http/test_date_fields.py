"""The dates of the filter form, as people type them."""

import pytest
from django.utils import translation
from time_machine import travel

from wagtail_cpsnews.http.date_fields import read


def typed(day="", month="", year="", name="published_after"):
    values = {"day": day, "month": month, "year": year}
    return read({f"{name}_{part}": value for part, value in values.items()}, name)


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        (("14", "3", "2026"), "2026-03-14", "2026-03-14"),
        (("", "", "2026"), "2026-01-01", "2026-12-31"),
        (("", "2", "2028"), "2028-02-01", "2028-02-29"),
        (("", "March", "2026"), "2026-03-01", "2026-03-31"),
        (("1", "Sept.", "2026"), "2026-09-01", "2026-09-01"),
        (("1", " mar ", "26"), "2026-03-01", "2026-03-01"),
        (("1", "3", "27"), "2027-03-01", "2027-03-01"),
        (("1", "3", "98"), "1998-03-01", "1998-03-01"),
        (("26/3/2026", "", ""), "2026-03-26", "2026-03-26"),
        (("", "26-3-26", ""), "2026-03-26", "2026-03-26"),
        (("26 March 2026", "", ""), "2026-03-26", "2026-03-26"),
        (("", "March 26, 2026", ""), "2026-03-26", "2026-03-26"),
        (("", "", "2026-03-26"), "2026-03-26", "2026-03-26"),
        (("March 2026", "", ""), "2026-03-01", "2026-03-31"),
        (("2026", "", ""), "2026-01-01", "2026-12-31"),
    ],
)
@travel("2026-11-28", tick=False)
def test_a_date_is_read_as_people_type_it(fields, first, last):
    assert str(typed(*fields).value) == first
    assert str(typed(*fields, name="published_before").value) == last


@pytest.mark.parametrize("month", ["Mawrth", "March", "mar"])
def test_months_are_named_in_the_readers_language_or_in_english(month):
    with translation.override("cy"):
        assert str(typed("1", month, "2026").value) == "2026-03-01"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (("31", "2", "2026"), "“31/2/2026” is not a date"),
        (("1", "Mawrth", "2026"), "is not a date"),  # Welsh, on an English page
        (("1", "13", "2026"), "is not a date"),
        (("0", "1", "2026"), "is not a date"),
        (("1", "1", "1899"), "is not a date"),
        (("1", "1", "0"), "is not a date"),
        (("1", "1", "٢٠٢٦"), "is not a date"),
        (("one", "1", "2026"), "is not a date"),
        (("1/2/3/2026", "", ""), "has no year"),
        (("14", "", ""), "“14” has no year"),
        (("14 March", "", ""), "“14 March” has no year"),
        (("Mar", "", ""), "“Mar” has no year"),
        (("soon", "", ""), "“soon” is not a date"),
        (("two weeks ago", "", ""), "is not a date"),
        (("", "3", "26000"), "“–/3/26000” is not a date"),
        (("14", "3", ""), "has no year"),
        (("", "March", ""), "has no year"),
        (("14", "", "2026"), "has no month"),
    ],
)
def test_what_is_no_date_is_explained(fields, why):
    found = typed(*fields)
    assert found.value is None
    assert why in found.problem.message
    assert (found.day, found.month, found.year) == fields


def test_no_date_was_typed():
    assert typed() is None
    assert read({}, "published_after") is None
