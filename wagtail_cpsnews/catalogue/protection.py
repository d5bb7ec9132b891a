"""A term that is in use, or that was ever public, cannot be deleted: it is retired or merged instead."""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _

from ..taxonomy.models import MODELS, Term
from .models import EntryTerm


def why_not_deletable(term: Term) -> str | None:
    """The reason why ``term`` must stay, for an editor to read, or ``None`` when it may go."""
    versions = type(term)._default_manager.filter(translation_key=term.translation_key)
    if versions.exclude(pk=term.pk).exists():
        return None  # one language version goes, the term stays
    count = term.used_by().count()
    if count:
        return _("“%(name)s” is used by %(count)d pages. Retire it, or merge it into another term.") % {
            "name": term.name,
            "count": count,
        }
    if EntryTerm.objects.filter(key=term.translation_key).exists() or (
        type(term)._default_manager.filter(successor__translation_key=term.translation_key).exists()
    ):
        return _("“%(name)s” has been public, and links to it must go on working. Retire it instead.") % {
            "name": term.name
        }
    return None


def _protect(sender: type[Term], instance: Term, **kwargs: Any) -> None:
    reason = why_not_deletable(instance)
    if reason:
        raise ProtectedError(reason, {instance})


def connect() -> None:
    """Called once, when the app is ready."""
    for model in MODELS.values():
        pre_delete.connect(_protect, sender=model, dispatch_uid=f"cpsnews.protect.{model.taxonomy}")
