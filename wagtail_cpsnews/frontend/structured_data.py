"""JSON-LD in schema.org's vocabulary: what a page says, for programs.

Everything comes from what the page's template gets, so nothing is here that readers do not see on the page.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from ..catalogue.dates import iso
from ..characters import clean

CONTEXT = "https://schema.org"

#: Kinds of update that say what was wrong; an outcome or an update corrects nothing.
CORRECTIONS = ("correction", "clarification")

#: As ``django.utils.html.json_script()`` escapes: no text can end the element or open a comment in it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script(nodes: list[dict[str, Any]]) -> SafeString:
    """Return the nodes of one graph as the content of a script element."""
    data = {"@context": CONTEXT, "@graph": nodes}
    text = json.dumps(clean(data), ensure_ascii=False, separators=(",", ":"))
    return SafeString(text.translate(_ESCAPES))


def node(type_: str, **values: Any) -> dict[str, Any]:
    """Return a node without its empty values; ``id_`` is its ``@id``."""
    pk = values.pop("id_", "")
    made = {"@type": type_, **({"@id": pk} if pk else {})}
    return made | {name: value for name, value in values.items() if value not in (None, "", [], {})}


def reference_to(known: dict[str, Any]) -> dict[str, str]:
    """Return a reference to another node of the graph."""
    return {"@id": known["@id"]}


def breadcrumbs(url: str, steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the way to a page by names and addresses, from the home page on."""
    items = [
        node("ListItem", position=number, name=name, item=address)
        for number, (name, address) in enumerate(steps, 1)
    ]
    return node("BreadcrumbList", id_=f"{url}#breadcrumbs", itemListElement=items)


def contact_point(contact: dict[str, Any]) -> dict[str, Any]:
    """Return a press contact as its page shows it, without who answers now.

    contact: as ``contact_lines()`` gives it.
    """
    by_type: dict[str, list[str]] = {}
    for channel in contact["channels"]:
        by_type.setdefault(channel["type"], []).append(channel["value"])
    return node(
        "ContactPoint",
        name=contact["name"],
        contactType=contact["role"]["label"],
        telephone=_one_or_many(by_type.get("phone", [])),
        email=_one_or_many(by_type.get("email", [])),
        url=_one_or_many([one["url"] for one in contact["channels"] if one["type"] == "other"]),
        areaServed=[area["label"] for area in contact.get("areas") or ()],
        hoursAvailable=_opening_hours(contact["hours"]),
    )


def _opening_hours(hours: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the weekly hours.

    None in another time zone than the site's: schema.org's times have no zone that follows summer time.
    """
    if hours["time_zone"] != settings.TIME_ZONE:
        return []
    days: dict[tuple[str, str], list[str]] = {}
    for span in hours["week"]:
        days.setdefault((span["opens"], span["closes"]), []).append(f"{CONTEXT}/{span['day'].capitalize()}")
    return [
        node("OpeningHoursSpecification", dayOfWeek=names, opens=opens, closes=_closing(opens, closes))
        for (opens, closes), names in days.items()
    ]


def _closing(opens: str, closes: str) -> str:
    """Return when hours end: of 24 hours, a minute before they begin again."""
    if opens != closes:
        return closes
    begins = datetime.datetime.strptime(opens, "%H:%M")
    return (begins - datetime.timedelta(minutes=1)).strftime("%H:%M")


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def correction(update: dict[str, Any]) -> dict[str, Any]:
    """Return a correction or clarification of a story."""
    return node("CorrectionComment", text=update["text"], datePublished=as_text(update["date"]))


def speech_event(speech: dict[str, Any], url: str) -> dict[str, Any] | None:
    """Return where a speech was given; ``None`` where its event has no name."""
    if not speech.get("event"):
        return None
    place = node("Place", name=speech["location"]) if speech.get("location") else None
    return node(
        "Event",
        id_=f"{url}#event",
        name=speech["event"],
        startDate=as_text(speech.get("event_first_day") or speech.get("delivered_on")),
        endDate=as_text(speech.get("event_last_day")),
        location=place,
        performer=speaker(speech),
    )


def speaker(speech: dict[str, Any]) -> dict[str, Any] | None:
    """Return who spoke, with the role of that day."""
    if not speech.get("speaker"):
        return None
    return node("Person", name=speech["speaker"], jobTitle=speech.get("role"))


def as_text(value: Any) -> str | None:
    """Return a date, or a datetime with its offset, as ISO 8601."""
    if isinstance(value, datetime.datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, datetime.date) else None
