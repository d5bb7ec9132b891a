"""``press-contacts/``: press contacts, and who answers at a given time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ..catalogue.contacts import contact_items
from ..catalogue.parameters import Parsed
from ..catalogue.query import Query
from ..contacts.directory import ContactInfo
from ..contacts.models import SCOPE
from . import schema
from .base import NewsView
from .parameters import AT, AUDIENCE


class PressContactsView(NewsView):
    """Press contacts with hours and public channels; those available now come first.

    A filter finds the contacts whose own scope has the term; the same parameter repeated means "or".
    """

    accept = ("crime_type", "area", "topic", "lang")
    own_parameters = (AUDIENCE, AT)
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
        self.when = self.own["at"] or self.when
        return parsed

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        reference = self.snapshot.reference
        book = reference.contacts
        found = [contact for contact in book.contacts if self._matches(contact, query)]
        found.sort(key=lambda contact: contact.key not in book.at(self.when).open)
        rows = contact_items(found, reference, query.lang, self.when)
        return {"count": len(rows), "results": rows}

    def _matches(self, contact: ContactInfo, query: Query) -> bool:
        if (audience := self.own["audience"]) and audience not in contact.audience:
            return False
        for name, taxonomy in SCOPE.items():
            terms = self.snapshot.reference.taxonomies[taxonomy]
            wanted = {term.key for slug in query.selected(taxonomy) if (term := terms.find(slug))}
            if wanted and not wanted & getattr(contact, name):
                return False
        return True
