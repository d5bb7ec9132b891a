"""An office, a duty line and one for Sunday nights.

And the times at which it matters who answers.
"""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest

from tests.factories import make_contact

LONDON = ZoneInfo("Europe/London")
OFFICE = [("0 1 2 3 4", "09:00", "17:00")]
NIGHT = [("0 1 2 3 4", "17:00", "09:00"), ("5 6", "00:00", "00:00")]
WHEN = {
    "by day": ("2026-11-25 12:00", "Office"),
    "at two in the morning": ("2026-11-25 02:00", "Duty"),
    "on a bank holiday": ("2026-12-25 12:00", "Duty"),
    "on a substitute for one": ("2026-12-28 12:00", "Duty"),
    "after the turn of the year": ("2027-01-04 09:00", "Office"),
    "before the clocks go forward": ("2026-03-29 00:59:59", "Night"),
    "when the clocks go forward": ("2026-03-29 02:00", "Duty"),
    "before the clocks go back": ("2026-10-25 01:59:59", "Night"),
    "one second into midnight": ("2026-11-27 00:00:01", "Duty"),
}
#: When somebody else begins to answer.
CHANGES = ["2026-11-25 09:00", "2026-11-25 17:00", "2026-03-29 02:00", "2026-10-25 02:00", "2026-12-29 09:00"]


def at(text, fold=0):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def phone(value, public=True):
    return {"kind": "phone", "value": value, "label": "", "public": public}


@pytest.fixture
def contacts(newsroom):
    """An office by day, a duty line by night; on Sundays until two another one."""
    night = make_contact("Night", hours=[("6", "00:00", "02:00")], channels=[phone("020 7946 0003")])
    duty = make_contact(
        "Duty", role="duty", hours=[NIGHT[0], ("5", "00:00", "00:00"), ("6", "02:00", "00:00")],
        bank_holidays="sunday", channels=[phone("020 7946 0002")], out_of_hours=night,
    )  # fmt: skip
    office = make_contact(
        "Office", national=True, hours=OFFICE, bank_holidays="closed", out_of_hours=duty,
        channels=[phone("020 7946 0001"), phone("020 7946 0666", public=False)],
    )  # fmt: skip
    return {"office": office, "duty": duty, "night": night}


def seconds(response):
    return int(re.search(r"max-age=(\d+)", response["Cache-Control"])[1])
