"""What stories have used and do not use any more.

Wagtail's index of references says what a page names now. A picture that was taken out of a story would otherwise be
forgotten, and served again.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import post_delete, pre_delete
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from .adapters import newsroom_models
from .uses import subject_of


class FormerUse(models.Model):
    """A file that a page of the newsroom used to name.

    subject: as in ``EntryUse``, "wagtailimages.image:5".
    """

    subject = models.CharField(max_length=150)
    page_pk = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "page_pk"], name="cpsnews_former_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} by page {self.page_pk}"


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    pre_delete.connect(_remember, sender=ReferenceIndex, dispatch_uid="cpsnews.former_uses")
    for model in (get_image_model(), get_document_model()):
        post_delete.connect(_forget, sender=model, dispatch_uid="cpsnews.former_uses")


def newsroom_types() -> frozenset[int]:
    """Return the content types of the pages whose files are looked after."""
    return frozenset(
        ContentType.objects.get_for_model(model, for_concrete_model=False).pk for model in newsroom_models()
    )


def _remember(sender: type, instance: ReferenceIndex, using: str, **kwargs: Any) -> None:
    """Record a file that a page names no longer.

    Those of a page that is deleted, too.
    """
    if instance.content_type_id not in newsroom_types():
        return
    for model in (get_image_model(), get_document_model()):
        if instance.to_content_type_id == ReferenceIndex._get_base_content_type(model).pk:
            subject = f"{model._meta.label_lower}:{instance.to_object_id}"
            use = FormerUse(subject=subject, page_pk=int(instance.object_id))
            FormerUse.objects.using(using).bulk_create([use], ignore_conflicts=True)


def _forget(sender: type, instance: Any, using: str, **kwargs: Any) -> None:
    FormerUse.objects.using(using).filter(subject=subject_of(instance)).delete()
