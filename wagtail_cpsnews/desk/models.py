"""Advance copies: what named recipients may read before a story is public."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import PublicationStop


def hash_token(token: str) -> str:
    """Return what is stored of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def draw_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


class AdvanceCopy(models.Model):
    """A link for one recipient to a story on embargo.

    Holds personal data: the recipient's name, organisation and e-mail address. They are needed to tell the recipient
    when the story is held or withdrawn. The token itself is not stored.
    """

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="advance_copies")
    name = models.CharField(_("name"), max_length=150)
    organisation = models.CharField(_("organisation"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("works until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: When a hold or a withdrawal of the story ended it, and when the recipient was told.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    told_at = models.DateTimeField(_("recipient told"), null=True, blank=True)

    class Meta:
        verbose_name = _("advance copy")
        verbose_name_plural = _("advance copies")
        default_permissions = ("view",)
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"advance copy {self.pk} of {self.stop.reference}"


class AdvanceCopyView(models.Model):
    """That an advance copy was read: when and in which language."""

    copy = models.ForeignKey(AdvanceCopy, on_delete=models.CASCADE, related_name="views")
    viewed_at = models.DateTimeField(_("read"), default=timezone.now)
    language = models.CharField(_("language"), max_length=35)

    class Meta:
        verbose_name = _("view of an advance copy")
        verbose_name_plural = _("views of advance copies")
        default_permissions = ()
        ordering = ("-viewed_at", "-pk")

    def __str__(self) -> str:
        return f"view of {self.copy_id}"
