"""``press-contacts/``: whom journalists ask, and who answers now or at another time."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.contacts import contact_items
from ..catalogue.parameters import Parsed, Problem, shorten
from ..catalogue.query import Query
from ..contacts.directory import ContactInfo
from ..contacts.models import SCOPE, Audience
from . import schema
from .base import NewsView

#: Moments for which who answers can be asked.
FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)

_MOMENT = re.compile(
    r"([0-9-]{10})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[ +-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)


def _iso(given: re.Match[str]) -> str:
    """A date and time as Python reads it. A plus sign that was not encoded arrives as a space."""
    day, time, offset = given.groups(default="")
    return f"{day}T{time}{offset.replace(' ', '+')}"


class PressContactsView(NewsView):
    """Press contacts with hours and public channels; those available now come first.

    A filter finds the contacts whose own scope has the term; the same parameter repeated means "or".
    """

    accept = ("crime_type", "area", "topic", "lang")
    own_parameters = {
        "audience": f"One of {', '.join(Audience.values)}.",
        "at": "The moment for which `now` and `answers_now` hold, as ISO date and time; this moment without it.",
    }
    operation = "press_contacts"
    summary = "List press contacts"
    tag = "Press contacts"
    shows_contacts = True
    error_statuses = ()

    def get_response_schema(self) -> dict[str, Any]:
        return schema.contacts_schema()

    def depends_on_now(self, request: HttpRequest) -> bool:
        return not request.GET.get("at", "").strip()

    def _parse(self, request: HttpRequest) -> Parsed:
        parsed = super()._parse(request)
        self.audience, self.at = self.one(request, "audience"), self.one(request, "at")
        if self.audience and self.audience not in Audience.values:
            message = _("There is no audience “%(value)s”.") % {"value": shorten(self.audience)}
            parsed.problems.append(
                Problem(
                    "audience",
                    shorten(self.audience),
                    message,
                    Audience.values,
                    f"?audience={Audience.LOCAL}",
                )
            )
        if self.at:
            self._read_at(parsed)
        return parsed

    def _read_at(self, parsed: Parsed) -> None:
        try:
            given = _MOMENT.fullmatch(self.at)
            moment = datetime.datetime.fromisoformat(_iso(given)) if given else None
        except ValueError:
            moment = None
        if moment is None or not FIRST <= moment.date() <= LAST:
            message = _("“%(value)s” is not a date and time.") % {"value": shorten(self.at)}
            allowed = _("%(first)s to %(last)s") % {"first": FIRST, "last": LAST}
            parsed.problems.append(
                Problem("at", shorten(self.at), message, allowed, "?at=2026-03-14T02:00:00Z")
            )
            return
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment, timezone.get_default_timezone())
        self.moment = moment

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        reference = self.snapshot.reference
        book = reference.contacts
        found = [contact for contact in book.contacts if self._matches(contact, query)]
        found.sort(key=lambda contact: contact.key not in book.at(self.moment).open)
        rows = contact_items(found, reference, query.lang, self.moment)
        return {"count": len(rows), "results": rows}

    def _matches(self, contact: ContactInfo, query: Query) -> bool:
        if self.audience and self.audience not in contact.audience:
            return False
        for name, taxonomy in SCOPE.items():
            terms = self.snapshot.reference.taxonomies[taxonomy]
            wanted = {term.key for slug in query.selected(taxonomy) if (term := terms.find(slug))}
            if wanted and not wanted & getattr(contact, name):
                return False
        return True
