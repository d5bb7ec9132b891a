"""Press contacts: what editors enter, what becomes public, and who answers."""

import datetime
import json
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Locale

from tests.factories import make_contact
from wagtail_cpsnews.catalogue.models import State
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.contacts.phone import tel
from wagtail_cpsnews.taxonomy.models import Area

LONDON = ZoneInfo("Europe/London")
OFFICE = [("0 1 2 3 4", "09:00", "17:00")]
ALWAYS = [("0 1 2 3 4 5 6", "00:00", "00:00")]


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def answering(contact, when):
    book = current().reference.contacts
    found = book.answering(book.by_pk(contact.pk), at(when))
    return found and found.names["en"]


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("020 7946 0123", "tel:+442079460123"),
        ("(01632) 960-123", "tel:+441632960123"),
        ("+44 (0)20 7946 0123", "tel:+442079460123"),
        ("0044 20 7946 0123", "tel:+442079460123"),
        ("+1 202 555 0123", "tel:+12025550123"),
        ("101", "tel:101"),
        ("999", "tel:999"),
        ("020 7946 0123 ext. 45", "tel:+442079460123;ext=45"),
        ("029 2018 0123 est. 45", "tel:+442920180123;ext=45"),
        ("07700 900123", "tel:+447700900123"),
        ("0800 1111", "tel:+448001111"),
        ("0845 46 47", "tel:+448454647"),
        ("0300 123 4567", "tel:+443001234567"),
        ("116 123", "tel:116123"),
    ],
)
def test_telephone_numbers(number, address):
    assert tel(number) == address


@pytest.mark.parametrize(
    "number",
    [
        *("", "ring us", "12", "020 7946 012345678", "javascript:1", "0", "+0123456789"),
        *("0800 FLOWERS", "1234567", "+44 999", "020 7946 0123;x=1", "+" * 300, "1" * 300),
    ],
)
def test_what_is_no_telephone_number(number):
    with pytest.raises(ValidationError, match="020 7946 0123"):
        tel(number)


@pytest.mark.parametrize(("region", "address"), [("IE", "tel:+353214271234"), ("GB", "tel:+44214271234")])
def test_numbers_without_a_country_code_belong_to_the_region(settings, region, address):
    settings.WAGTAIL_CPSNEWS = {"PHONE_REGION": region}
    assert tel("(021) 427 1234") == address


def test_out_of_hours_and_round_and_round(newsroom):
    duty = make_contact("Duty", hours=ALWAYS, role="duty")
    night = make_contact("Night", out_of_hours=duty)
    office = make_contact("Office", hours=OFFICE, out_of_hours=night)
    assert answering(office, "2026-11-25 12:00") == "Office"
    assert answering(office, "2026-11-25 02:00") == "Duty"
    duty.out_of_hours = office
    with pytest.raises(ValidationError, match="leads back"):
        duty.full_clean()
    PressContact.objects.filter(pk=duty.pk).update(out_of_hours=office, hours="[]")  # past the form
    PressContact.objects.get(pk=duty.pk).save()
    assert answering(office, "2026-11-25 02:00") is None


def test_a_stand_in_is_asked_first(newsroom):
    duty = make_contact("Duty", hours=ALWAYS)
    second = make_contact("Second", hours=OFFICE)
    leave = {"first_day": datetime.date(2026, 11, 25), "stand_in": second, "reason": "Secret operation"}
    first = make_contact("First", hours=OFFICE, exceptions=[leave], out_of_hours=duty)
    assert answering(first, "2026-11-25 12:00") == "Second"
    assert answering(first, "2026-11-25 20:00") == "Duty"
    assert answering(first, "2026-11-26 12:00") == "First"


def test_nothing_internal_becomes_public(newsroom):
    leave = {"first_day": datetime.date(2026, 11, 25), "stand_in": None, "reason": "Secret operation"}
    channels = [
        {"kind": "phone", "value": "020 7946 0001", "label": "Hidden line", "public": False},
        {"kind": "email", "value": "press@example.org", "label": "", "public": True},
    ]
    make_contact("Shown", exceptions=[leave], channels=channels)
    make_contact("Internal only", channels=channels[:1])
    make_contact("Retired one", retired=True)
    assert [contact.names["en"] for contact in current().reference.contacts.contacts] == ["Shown"]
    kept = json.dumps(State.objects.get().reference)
    for word in ("ecret", "Hidden", "0001", "Internal", "Retired one"):
        assert word not in kept


def test_languages_are_kept_in_step(newsroom):
    contact = make_contact("Wales", hours=OFFICE, areas=["cymru-wales"])
    welsh = contact.copy_for_translation(Locale.objects.get(language_code="cy"))
    welsh.name = "Cymru"
    welsh.save()
    assert [area.locale.language_code for area in welsh.areas.all()] == ["cy"]
    contact.national, contact.hours = True, contact.hours
    contact.save()
    contact.areas.set([Area.find("wessex")])
    welsh.refresh_from_db()
    assert welsh.national
    assert [area.slug for area in welsh.areas.all()] == ["wessex"]
    assert welsh.hours_display == contact.hours_display != ""
    (info,) = current().reference.contacts.contacts
    assert info.names == {"en": "Wales", "cy": "Cymru"}
    assert info.areas == {str(Area.find("wessex").translation_key)}
    welsh.retired = True
    welsh.save()
    assert current().reference.contacts.contacts == ()


def test_who_is_shown_for_a_story(newsroom):
    national = make_contact("National", national=True, hours=OFFICE, sort_order=-1)
    make_contact("B", areas=["wessex"], hours=[("3 4", "09:00", "17:00")])
    make_contact("A", areas=["wessex"], hours=[("0 1 2", "09:00", "17:00")])
    book = current().reference.contacts
    wessex = str(Area.find("wessex").translation_key)

    def names(when, **terms):
        return [one.names["en"] for one in book.in_order(book.for_story(**terms), at(when))]

    assert names("2026-11-24 12:00", areas=[wessex]) == ["A", "National", "B"]
    assert names("2026-11-26 12:00", areas=[wessex]) == ["B", "National", "A"]
    assert names("2026-11-26 12:00") == ["National"]
    national.retired = True
    national.save()
    assert [one.names["en"] for one in current().reference.contacts.for_story()] == []
