"""Labels of outcomes, for staff to choose: “Not guilty”, “Discontinued”.

They say how a case ended.

A label has one row a language (Wagtail's translation); an update keeps the translation key, so a label that is
renamed is renamed in every story at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import ReferenceIndex, TranslatableMixin

#: Keys of the labels to start with are made from their seed's slug: loading them again finds one that was renamed.
NAMESPACE = uuid.UUID("5c0f1a52-7c1c-4c0d-9e61-1f0b6d7f2a90")

#: Characters of a label.
MAX_LABEL = 60


class OutcomeLabel(TranslatableMixin, models.Model):
    """One outcome of a case, as readers see it beside a story's title."""

    #: Same in every language version of a label; ``save()`` copies them to the other versions.
    shared_fields: ClassVar[tuple[str, ...]] = ("sort_order", "retired")

    name = models.CharField(
        _("label"),
        max_length=MAX_LABEL,
        help_text=_("What readers see beside the title, such as “Not guilty”."),
    )
    sort_order = models.IntegerField(_("order"), default=0, db_index=True)
    retired = models.BooleanField(
        _("retired"),
        default=False,
        help_text=_(
            "Marked as retired where editors choose, and last. Stories that show this label keep it."
        ),
    )

    panels = [FieldPanel("name"), FieldPanel("sort_order"), FieldPanel("retired")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("outcome label")
        verbose_name_plural = _("outcome labels")
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the label, and keep its other language versions in step."""
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            others = self.versions().exclude(pk=self.pk)
            others.update(**{name: getattr(self, name) for name in self.shared_fields})

    def clean(self) -> None:
        """Refuse a second label of the same name in one language.

        Editors could not tell them apart.
        """
        super().clean()
        others = type(self)._default_manager.filter(locale_id=self.locale_id, name__iexact=self.name)
        if others.exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("Another label has this name. Choose a different one.")})

    def versions(self) -> models.QuerySet[Any]:
        """Return the rows of this label in all languages."""
        return type(self)._default_manager.filter(translation_key=self.translation_key)


def reason_label_must_stay(label: OutcomeLabel, together: Iterable[Any] = ()) -> str | None:
    """Return why ``label`` cannot be deleted, or None if it can.

    The reason is for an editor to read.

    Args:
        label: A label in one language. It may go while the label stays in another language.
        together: Primary keys of the labels that are deleted with it.
    """
    if label.versions().exclude(pk__in=[label.pk, *together]).exists():
        return None
    pages = {
        (reference.base_content_type_id, reference.object_id)
        for reference in ReferenceIndex.get_references_to(label)
    }
    if not pages:
        return None
    return str(
        _("“%(name)s” is shown by %(count)d pages. Retire it: they keep it.")
        % {"name": label.name, "count": len(pages)}
    )
