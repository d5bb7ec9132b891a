"""Refuse to delete a term or contact in use, and show the reasons.

Every way to delete in the admin is covered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..catalogue.deletion import why_contact_not_deletable, why_not_deletable
from ..contacts.models import PressContact
from ..taxonomy.models import Term
from ..taxonomy.outcomes import OutcomeLabel, reason_label_must_stay


def refusals(instances: Iterable[Any]) -> list[str]:
    """Return why the rows must stay, each reason once; empty when they may go."""
    instances = list(instances)
    terms = [instance for instance in instances if isinstance(instance, Term)]
    together = [term.pk for term in terms]  # Wagtail deletes rows of one model at a time
    reasons = [reason for term in terms if (reason := why_not_deletable(term, together))]
    contacts = [instance for instance in instances if isinstance(instance, PressContact)]
    reasons += [reason for contact in contacts if (reason := why_contact_not_deletable(contact))]
    labels = [instance for instance in instances if isinstance(instance, OutcomeLabel)]
    keys = [label.pk for label in labels]
    reasons += [reason for label in labels if (reason := reason_label_must_stay(label, keys))]
    return list(dict.fromkeys(reasons))  # versions in two languages have one reason
