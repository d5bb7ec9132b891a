"""The JSON schema of a press contact, as API and stories give it."""

from __future__ import annotations

from typing import Any

from ..conf import get_settings
from ..contacts.blocks import CHANNELS
from ..contacts.models import SCOPE, BankHolidays
from .contacts import WEEKDAYS
from .json_schema import TERM, TEXT, component, listed, maybe, record

_CHANNEL = component(
    "Channel",
    record(
        {
            "type": {"type": "string", "enum": [kind for kind, _label in CHANNELS]},
            "label": TEXT,
            "value": {**TEXT, "description": "As people write it."},
            "url": {**TEXT, "description": "`tel:`, `mailto:` or a web address."},
        }
    ),
)
_TIME = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
_HOURS = component(
    "OpeningHours",
    record(
        {
            "text": {**TEXT, "description": "In words, in the language of `lang`."},
            "time_zone": TEXT,
            "bank_holidays": {"type": "string", "enum": BankHolidays.values},
            "week": {
                **listed(
                    record(
                        {"day": {"type": "string", "enum": list(WEEKDAYS)}, "opens": _TIME, "closes": _TIME}
                    )
                ),
                "description": "By the day on which hours begin; `closes` not later than `opens` is the next day's.",
            },
        }
    ),
)
_BRIEF = {
    "id": {"type": "string", "format": "uuid"},
    "name": TEXT,
    "role": TERM,
    "now": {"type": "boolean", "description": "Whether this contact answers at the time asked for."},
    "channels": listed(_CHANNEL),
    "hours": _HOURS,
}

_ANSWERING = component("AnsweringContact", record(_BRIEF))


def contact_schema() -> dict[str, Any]:
    """Return the schema of a press contact."""
    on = get_settings().is_on
    fields = record(
        {
            **_BRIEF,
            "notes": TEXT,
            "national": {"type": "boolean"},
            **{name: listed(TERM) for name, taxonomy in SCOPE.items() if on(taxonomy)},
            "audience": listed(TERM),
            "accredited_only": {"type": "boolean"},
            "out_of_hours": maybe(_ANSWERING),
            "answers_now": {
                **maybe(_ANSWERING),
                "description": "Whom to ask at that time: the contact, who stands in, or who answers out of hours.",
            },
        }
    )
    return component("PressContact", fields)
