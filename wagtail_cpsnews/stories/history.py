"""History: what happened to one page, which a copy of it does not get.

Wagtail copies every field that is not excluded. A copied release would be published under the old date, below
everything, with the other story's corrections.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.db.models.signals import pre_save
from django.utils import timezone
from wagtail.signals import copy_for_translation_done

from ..catalogue.signals import is_draft_save, saved_page
from ..compat import get_page_model

#: What Wagtail records of a page's publication and of its locks.
PUBLICATION_FIELDS = (
    "first_published_at",
    "last_published_at",
    "live_revision",
    "expired",
    "locked",
    "locked_at",
    "locked_by",
)

#: What ``CopyPageAction`` saves at the end of a copy that keeps its status, drafts included.
_COPIED_AS_PUBLISHED = {"live_revision", "last_published_at", "first_published_at"}


class HistoryMixin(models.Model):
    """A page whose copies are new pages. Put it before ``Page`` among the bases.

    A copy and an alias that becomes a page of its own start without ``history_fields``. A translation is the same
    story in another language: it keeps them, except ``PUBLICATION_FIELDS``.
    """

    #: Extend this with fields of your own: ``history_fields = (*NewsItemMixin.history_fields, "court_reference")``.
    history_fields: ClassVar[tuple[str, ...]] = PUBLICATION_FIELDS

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the page, without the history of another one."""
        names = kwargs.get("update_fields")
        changed: set[str] = set()
        if names is not None and self._stops_being_alias(names, kwargs.get("using")):
            changed = self.forget_history()
        elif names is not None and set(names) == _COPIED_AS_PUBLISHED and not self.live:  # type: ignore[attr-defined]
            self._reset(_COPIED_AS_PUBLISHED)  # a draft was never published, however it was copied
        if not is_draft_save(names):  # a draft must not change what readers see
            changed |= self.fill_in()
        if names is not None:
            kwargs["update_fields"] = {*names, *changed}
        return super().save(*args, **kwargs)

    @property
    def default_exclude_fields_in_copy(self) -> list[str]:
        """The names of fields that Wagtail leaves out of a copy and of its revisions."""
        return [*super().default_exclude_fields_in_copy, *self.history_fields]  # type: ignore[misc]

    def fill_in(self) -> set[str]:
        """Override this to set fields before a save; return their names."""
        return set()

    def forget_history(self) -> set[str]:
        """Reset the history, and return the names of its fields.

        A live page is first published now.
        """
        self._reset(self.history_fields)
        if self.live:  # type: ignore[attr-defined]
            self.first_published_at = self.last_published_at = timezone.now()
        return set(self.history_fields)

    def _reset(self, names: Any) -> None:
        for name in names:
            field: Any = self._meta.get_field(name)
            setattr(self, getattr(field, "attname", name), field.get_default() if field.concrete else [])

    def _stops_being_alias(self, names: Any, using: str | None) -> bool:
        """Return whether a save of some fields turns an alias into a story of its own.

        An alias that has its source's translation key is the same story in another language.
        """
        if self._state.adding or self.alias_of_id is not None or not {"alias_of", "alias_of_id"} & set(names):  # type: ignore[attr-defined]
            return False
        saved = get_page_model()._base_manager.using(using or self._state.db).filter(pk=self.pk)
        others = saved.exclude(alias_of=None).exclude(alias_of__translation_key=F("translation_key"))
        return bool(others.order_by().exists())


def leave_history(
    sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Forget the history of a story that has become one of its own.

    By a save in full: the catalogue has asked what it was.
    """
    if raw or update_fields is not None or not isinstance(instance, HistoryMixin):
        return
    page: Any = instance
    before = saved_page(page) if page.pk and not page._state.adding else None
    if before is None or page.alias_of_id is not None or before.source is None:
        return
    if before.source_key != page.translation_key:
        page.forget_history()
        page.fill_in()


def keep_record(source_obj: Any, target_obj: Any, **kwargs: Any) -> None:
    """Give a translation what the story's record says.

    Its date, its corrections, its archive notice.
    """
    target = getattr(target_obj, "specific", target_obj)
    if not isinstance(target, HistoryMixin) or target.alias_of_id is not None:  # type: ignore[attr-defined]
        return
    source = source_obj.specific
    if not source.live:
        source = source.get_latest_revision_as_object()
    names = [name for name in target.history_fields if name not in PUBLICATION_FIELDS]
    if not names:
        return
    for name in names:
        attribute = getattr(target._meta.get_field(name), "attname", name)
        setattr(target, attribute, getattr(source, attribute))
    target.save(clean=False, update_fields=names)
    revision = target.latest_revision  # type: ignore[attr-defined]
    if revision is not None:
        data = target.serializable_data()  # type: ignore[attr-defined]
        revision.content = {**revision.content, **{name: data[name] for name in names}}
        revision.save(update_fields=["content"])


def connect() -> None:
    """Connect to Wagtail's translations of pages and to saves.

    To saves after the catalogue has.
    """
    pre_save.connect(leave_history, dispatch_uid="cpsnews.leave_history")
    copy_for_translation_done.connect(keep_record, dispatch_uid="cpsnews.history")
