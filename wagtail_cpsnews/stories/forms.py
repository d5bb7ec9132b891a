"""The form that pages are edited with.

Only publishing, scheduling and submitting refuse.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import models
from wagtail.admin.forms import WagtailAdminPageForm

from ..catalogue.guards import PublishingRefused, refuse_publishing
from ..fields import StoryBlockField, StoryStreamField, relax

#: The code of an error that keeps a page from being published, and not from being saved as a draft.
PUBLISHING = "publishing"

#: Errors of fields that the database would make.
_NEEDED = {
    "null_characters_not_allowed",
    "max_length",
    "unique",
    "unique_together",
    "unique_for_date",
    "max_digits",
    "max_decimal_places",
    "max_whole_digits",
    "null",
    "blank",
}

#: Fields that a page cannot be stored without.
_NAMES = ("title", "slug")


def publishing_error(message: Any) -> ValidationError:
    """Return an error for a page's ``clean()`` that a draft may have."""
    return ValidationError(message, code=PUBLISHING)


class StoryForm(WagtailAdminPageForm):
    """A form whose drafts may hold whatever can be stored.

    Base a host's own form on it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields and not self.is_bound and not self.initial.get("kind"):
            self.initial["kind"] = getattr(self._default_kind(), "pk", None)

    def _default_kind(self) -> Any:
        find = getattr(self.instance, "get_default_kind", None)
        return find() if find is not None else None

    def defer_required_fields(self) -> None:
        """Prepare the form for a draft.

        Keeps only the rules that storing the values needs.
        """
        super().defer_required_fields()
        for name, field in self.fields.items():
            if name not in _NAMES and not isinstance(field, StoryBlockField):
                relax(field, max_length=self._has_width(name))

    def _has_width(self, name: str) -> bool:
        """Return whether the database limits the length of a field; of texts it does not."""
        try:
            return not isinstance(self._meta.model._meta.get_field(name), models.TextField)
        except FieldDoesNotExist:
            return True

    def add_error(self, field: str | None, error: Any) -> None:
        """Leave out of a draft that its schedule has passed or is the wrong way round."""
        is_schedule = field in ("go_live_at", "expire_at") and field in self.cleaned_data
        if not (self.is_deferred_validation and is_schedule):
            super().add_error(field, error)

    def _update_errors(self, errors: ValidationError) -> None:
        """Take over the model's errors, except those of a draft that can wait.

        Django fails on errors of fields that a host leaves out of its form: they are shown above the form.
        """
        kept: dict[str, list[ValidationError]] = {}
        for name, found in ValidationError(errors).update_error_dict({}).items():
            for error in found:
                if not (self.is_deferred_validation and self._can_wait(name, error)):
                    shown = name if name in self.fields else NON_FIELD_ERRORS
                    kept.setdefault(shown, []).append(error)
        if kept:
            super()._update_errors(ValidationError(kept))

    def _can_wait(self, name: str, error: ValidationError) -> bool:
        if error.code == PUBLISHING:
            return True
        if name in (*_NAMES, NON_FIELD_ERRORS):
            return False
        return error.code not in _NEEDED or (error.code == "max_length" and not self._has_width(name))

    def _post_clean(self) -> None:
        super()._post_clean()
        self._refuse_publishing()
        if not self.is_deferred_validation and "kind" in self.fields and self.instance.kind_id is None:
            self.instance.kind = self._default_kind()

    def _refuse_publishing(self) -> None:
        """Say in the form that the story is stopped, so that nothing typed is lost.

        Approving is publishing where no other task follows.
        """
        approves = (
            "action-workflow-action" in self.data and self.data.get("workflow-action-name") == "approve"
        )
        if self.instance.pk and ("action-publish" in self.data or approves):
            try:
                refuse_publishing(self.instance)
            except PublishingRefused as error:
                self.add_error(None, str(error))


def is_ready(page: Any) -> bool:
    """Return whether ``page``, as it is in memory, may be published.

    For publishing without its form.
    """
    try:
        page.full_clean()
        for field in page._meta.get_fields():
            if isinstance(field, StoryStreamField):
                field.formfield().clean(getattr(page, field.name))
    except ValidationError:
        return False
    return True
