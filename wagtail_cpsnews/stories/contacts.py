"""A story's contacts: the editor's panel, and what its template gets."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel

from ..catalogue.contacts import contacts_of_story
from ..catalogue.lookups import Reference
from ..catalogue.snapshots import current
from ..contacts.directory import ContactInfo
from ..contacts.models import SCOPE
from .filing import Filed, filed


class ContactsPanel(FieldPanel):
    """A field of contacts.

    It offers those that readers can see, and those that the page names already.
    """

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            if self.bound_field is not None:
                _offer_current_contacts(self.bound_field.field, self.instance, self.panel.field_name)


class StoryContactsPanel(ContactsPanel):
    """A story's field of contacts; says whom readers see where none is chosen."""

    class BoundPanel(ContactsPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.help_text = _help_text(self.instance)


def _offer_current_contacts(field: Any, instance: Any, name: str) -> None:
    kept = [contact.pk for contact in getattr(instance, name).all()]
    shown = [pk for contact in current().reference.contacts.contacts for pk in contact.pks]
    manager = field.queryset.model._default_manager
    locale = getattr(instance, "locale", None)
    offered = models.Q(pk__in=shown)
    if locale is not None and manager.filter(offered, locale=locale).exists():
        # One that has no version in the page's language is offered as it is.
        keys = manager.filter(locale=locale).values("translation_key")
        offered &= models.Q(locale=locale) | ~models.Q(translation_key__in=keys)
    field.queryset = manager.filter(offered | models.Q(pk__in=kept))


def _help_text(page: Any) -> str:
    reference = current().reference
    names = [contact.names for contact in contacts_of_story(reference, (), _terms(page))]
    if not names:
        return _("Without a choice no contact is shown: none answers for what this story is filed under.")
    from ..catalogue.lookups import best_language

    language = getattr(getattr(page, "locale", None), "language_code", "") or reference.default_language
    shown = ", ".join(best_language(dict(each), language) for each in names)
    return _(
        "If you choose nobody, these contacts are shown, from the story’s areas and subjects: %(names)s."
    ) % {"names": shown}


def _terms(page: Any) -> dict[str, list[str]]:
    return {name: [str(term.translation_key) for term in getattr(page, name).all()] for name in SCOPE}


def contacts_of_page(
    page: Any, reference: Reference, known: dict[str, list[Filed]] | None = None
) -> list[ContactInfo]:
    """Return the press contacts of a story page as it is now.

    A draft in its preview too. known: what ``filed()`` has returned for its terms and contacts.
    """
    known = known if known is not None else filed(page, (*SCOPE, "contacts"))
    keys = {name: [str(row.translation_key) for row in rows] for name, rows in known.items()}
    return contacts_of_story(reference, keys["contacts"], {name: keys[name] for name in SCOPE})


def beside_desk(lines: list[dict[str, Any]], desk: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return contacts for the place below the desk, which names one of them.

    Of that one only what the desk leaves out, as ``in_desk``; nothing where it leaves out nothing.
    """
    if desk is None:
        return lines
    shown = desk["answering"] or desk["following"]
    below = []
    for line in lines:
        if line["id"] == shown["id"]:
            rest = [one for one in line["channels"] if one["url"] != shown["channel"]["url"]]
            hours = line["hours"] if desk["answering"] else {**line["hours"], "text": ""}
            if not (rest or line["notes"] or line["accredited_only"] or hours["text"]):
                continue
            line = {**line, "channels": rest, "hours": hours, "in_desk": True}
        below.append(line)
    return below
