"""What a withdrawal for legal reasons seals, and decisions to erase it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import PublicationStop


class SealedText(models.Model):
    """What a row said before a withdrawal for legal reasons sealed it."""

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="sealed_texts")
    #: ``"wagtailcore.pagelogentry"``
    table = models.CharField(max_length=100)
    row_pk = models.CharField(max_length=40)
    #: Its columns that held text.
    values = models.JSONField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["stop", "table", "row_pk"], name="cpsnews_sealed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_pk}"


class Erasure(models.Model):
    """A request to erase what is sealed, and another person’s decision."""

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="erasures")
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_granted = models.BooleanField(_("granted"), default=False)
    #: How many rows of which table were erased: ``{"wagtailcore.revision": 4}``.
    erased = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["stop"], condition=models.Q(decided_at=None), name="cpsnews_erasure_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure for stop {self.stop_id}"
