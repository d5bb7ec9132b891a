"""Protect terms and contacts in use from deletion.

A term that is in use, or that was ever public, is retired or merged instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import ProtectedError, QuerySet
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _

from ..contacts.models import SCOPE, PressContact
from ..taxonomy.models import MODELS, Term
from ..taxonomy.outcomes import OutcomeLabel, reason_label_must_stay
from ..taxonomy.usage import pages_with
from .models import EntryTerm


def why_not_deletable(term: Term, together: Iterable[Any] = ()) -> str | None:
    """Return the reason why ``term`` must stay, or ``None`` when it may go.

    The reason is for an editor to read.

    together: primary keys of the terms that are deleted with it.
    """
    versions = type(term)._default_manager.filter(translation_key=term.translation_key)
    # Where another language version stays, so does the term; but pages that carry this very row would lose it.
    stays = versions.exclude(pk__in=[term.pk, *together]).exists()
    count = pages_with(term, only_this=stays).count()
    if count:
        return _("“%(name)s” is used by %(count)d pages. Retire it, or merge it into another term.") % {
            "name": term.name,
            "count": count,
        }
    contact = _contacts_for(term, only_this=stays).first()
    if contact is not None:
        return _("“%(contact)s” answers for “%(name)s”. Retire the term, or merge it into another one.") % {
            "contact": contact.name,
            "name": term.name,
        }
    if stays:
        return None
    if (
        term.successor_id
        or EntryTerm.objects.filter(key=term.translation_key).exists()
        or (type(term)._default_manager.filter(successor__translation_key=term.translation_key).exists())
    ):
        return _("“%(name)s” has been public, and links to it must go on working. Retire it instead.") % {
            "name": term.name
        }
    return None


def _contacts_for(term: Term, *, only_this: bool) -> QuerySet[PressContact]:
    """Return the contacts whose scope names a term.

    A contact that lost its area would answer for all of them.
    """
    field = next((name for name, taxonomy in SCOPE.items() if taxonomy == term.taxonomy), None)
    if field is None:
        return PressContact._default_manager.none()
    wanted = {"pk": term.pk} if only_this else {"translation_key": term.translation_key}
    return PressContact._default_manager.filter(
        **{f"{field}__{name}": value for name, value in wanted.items()}
    )


def why_contact_not_deletable(contact: PressContact) -> str | None:
    """Return the reason why ``contact`` must stay, or ``None`` when it may go.

    The reason is for an editor to read.
    """
    count = pages_with(contact, only_this=contact.versions().count() > 1).count()
    if count:
        return _("“%(name)s” is named by %(count)d pages. Retire it: it disappears from them at once.") % {
            "name": contact.name,
            "count": count,
        }
    other = PressContact._default_manager.filter(out_of_hours=contact).first()
    if other is not None:
        return _("“%(name)s” answers for “%(other)s” out of hours. Choose another there first.") % {
            "name": contact.name,
            "other": other.name,
        }
    return None


def _protect_contact(sender: type[PressContact], instance: PressContact, **kwargs: Any) -> None:
    reason = why_contact_not_deletable(instance)
    if reason:
        raise ProtectedError(reason, {instance})


def _protect(sender: type[Term], instance: Term, origin: Any = None, **kwargs: Any) -> None:
    reason = why_not_deletable(instance, _deleted_together(sender, origin))
    if reason:
        raise ProtectedError(reason, {instance})


def _protect_label(
    sender: type[OutcomeLabel], instance: OutcomeLabel, origin: Any = None, **kwargs: Any
) -> None:
    if reason := reason_label_must_stay(instance, _deleted_together(sender, origin)):
        raise ProtectedError(reason, {instance})


def _deleted_together(sender: type[Any], origin: Any) -> Iterable[Any]:
    """Return the primary keys of the rows that one act deletes."""
    return (
        origin.values_list("pk", flat=True) if isinstance(origin, QuerySet) and origin.model is sender else ()
    )


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    pre_delete.connect(_protect_contact, sender=PressContact, dispatch_uid="cpsnews.protect.contact")
    pre_delete.connect(_protect_label, sender=OutcomeLabel, dispatch_uid="cpsnews.protect.outcome")
    for model in MODELS.values():
        pre_delete.connect(_protect, sender=model, dispatch_uid=f"cpsnews.protect.{model.taxonomy}")
