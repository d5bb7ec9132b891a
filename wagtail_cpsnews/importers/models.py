"""What was imported from where: an import that runs again changes only what has changed at its source."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedStory(models.Model):
    """One story of one source, the page it became, and what it said when it was last taken over."""

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=255)
    language = models.CharField(max_length=35)
    page_pk = models.BigIntegerField(db_index=True)
    #: SHA-256 of the story as the source gave it.
    digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("imported story")
        verbose_name_plural = _("imported stories")
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id", "language"], name="cpsnews_imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id} ({self.language})"
