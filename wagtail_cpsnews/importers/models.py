"""What was imported, and from where.

An import that runs again changes only what has changed at its source.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedStory(models.Model):
    """One imported story of one source.

    With the page it became, and what it said when it was last imported.

    A story is known by the name of its source, its id there and its language. The same id in two sources is two
    stories. Rows of an import that gave no name have the empty name, until ``import_news --adopt`` names them.
    """

    #: The format: a key of ``importers.run.SOURCES``.
    source = models.CharField(max_length=40)
    source_name = models.CharField(max_length=100, blank=True, default="")
    source_id = models.CharField(max_length=255)
    language = models.CharField(max_length=35)
    page_pk = models.BigIntegerField(db_index=True)
    #: SHA-256 of the story as the source gave it.
    digest = models.CharField(max_length=64)
    #: What tells one story from another with the same id, as the source last gave it. Rows that were written before
    #: these columns existed have none of it; their page is asked.
    title = models.CharField(max_length=255, blank=True, default="")
    slug = models.CharField(max_length=255, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    #: The file it was last found in, without its ending.
    file = models.CharField(max_length=255, blank=True, default="")
    #: Its address at the source, and who wrote it; shown with the story.
    source_url = models.URLField(max_length=500, blank=True, default="")
    authors = models.JSONField(default=list, blank=True)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("imported story")
        verbose_name_plural = _("imported stories")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_name", "source_id", "language"],
                name="cpsnews_imported_once_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_name or self.source}: {self.source_id} ({self.language})"
