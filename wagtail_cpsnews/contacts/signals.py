"""Keep a contact's terms the same in all its languages.

They are written after the contact, so ``save()`` comes too early.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import m2m_changed

from .models import SCOPE, PressContact


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    for name in SCOPE:
        through = getattr(PressContact, name).through
        m2m_changed.connect(_share, sender=through, dispatch_uid=f"cpsnews.contact.{name}")


def _share(sender: Any, instance: Any, action: str, **kwargs: Any) -> None:
    if action not in ("post_add", "post_remove", "post_clear") or getattr(instance, "is_sharing", False):
        return
    name = next(name for name in SCOPE if getattr(PressContact, name).through is sender)
    instance.share_terms(name, instance.versions().exclude(pk=instance.pk).select_related("locale"))
