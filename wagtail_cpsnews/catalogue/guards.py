"""Publishing guards: what is held, on embargo or withdrawn is not published.

Every way ends in one of two saves: of the page with ``live=True``, or of a revision with a time to be published at.
Nor may what a stop covers become another story: by a copy, or by an alias that becomes a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils.translation import gettext as _
from wagtail.models import Revision

from ..compat import AbstractPage, get_page_model
from .adapters import adapter_for
from .invalidation import invalidate_pages
from .models import PublicationStop
from .signals import is_draft_save, saved_page
from .stops import forget_known, pages_of, stop_of

_allowed: ContextVar[bool] = ContextVar("cpsnews_publishing_allowed", default=False)
_translating: ContextVar[bool] = ContextVar("cpsnews_translating", default=False)
_refusals: ContextVar[list[PublishingRefused] | None] = ContextVar("cpsnews_refusals", default=None)


class PublishingRefused(PermissionDenied):
    """A story must not be published now; the message is for the person who tried.

    Attributes:
        stop: the ``PublicationStop`` that is in force.
    """

    def __init__(self, stop: PublicationStop) -> None:
        self.stop = stop
        super().__init__(why_refused(stop))


def why_refused(stop: PublicationStop) -> str:
    """Return what a person is told who tries to publish a story that is stopped."""
    texts = {
        PublicationStop.Kind.HOLD: _("This story is on hold (%(reference)s), so it cannot be published."),
        PublicationStop.Kind.EMBARGO: _(
            "This story is on embargo (%(reference)s), so it cannot be published yet."
        ),
        PublicationStop.Kind.WITHDRAWAL: _(
            "This story is withdrawn (%(reference)s), so it cannot be published."
        ),
    }
    return texts[PublicationStop.Kind(stop.kind)] % {"reference": stop.reference}


@contextmanager
def publishing_allowed() -> Iterator[None]:
    """Let the desk's own acts bring back what a stop took down."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


@contextmanager
def translating(is_translation: bool) -> Iterator[None]:
    """Tell ``refuse_copying`` whether a copy is a translation.

    That is the same story, and stopped as it is.
    """
    token = _translating.set(is_translation)
    try:
        yield
    finally:
        _translating.reset(token)


@contextmanager
def collecting_refusals() -> Iterator[list[PublishingRefused]]:
    """Collect what is refused in the context.

    Wagtail's admin drops the message of an exception.
    """
    refused: list[PublishingRefused] = []
    token = _refusals.set(refused)
    try:
        yield refused
    finally:
        _refusals.reset(token)


def refuse_publishing(page: Any) -> None:
    """Raise ``PublishingRefused`` where ``page`` is a story that is stopped."""
    if not _allowed.get() and adapter_for(page.specific_class) is not None and (stop := stop_of(page)):
        _refuse(stop)


def refuse_copying(page: Any) -> None:
    """Raise ``PublishingRefused`` where ``page`` may not be copied.

    The copy would be another story with a text that is stopped.
    """
    if page.pk is not None and not _translating.get():
        refuse_publishing(page)


def _refuse(stop: PublicationStop) -> None:
    error = PublishingRefused(stop)
    if (refused := _refusals.get()) is not None:
        refused.append(error)
    raise error


def connect() -> None:
    """Connect the signals; called once, when the app is ready."""
    pre_save.connect(_guard_page, dispatch_uid="cpsnews.guard.page")
    pre_save.connect(_guard_revision, sender=Revision, dispatch_uid="cpsnews.guard.revision")
    for signal in (post_save, post_delete):
        signal.connect(_stop_changed, sender=PublicationStop, dispatch_uid="cpsnews.guard.changed")


def _guard_page(
    sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    if raw or not issubclass(sender, AbstractPage) or is_draft_save(update_fields):
        return
    if instance.live:
        refuse_publishing(instance)
    before = saved_page(instance) if instance.pk and not instance._state.adding else None
    if before is None or before.source is None or instance.alias_of_id is not None:
        return
    if before.source_key != instance.translation_key:  # an alias becomes a story of its own
        source = get_page_model()._base_manager.filter(pk=before.source).first()
        if source is not None:
            refuse_publishing(source)


def _guard_revision(
    sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    if raw or instance.approved_go_live_at is None or not _is_of_page(instance):
        return
    if update_fields is None or "approved_go_live_at" in update_fields:
        page = get_page_model()._base_manager.filter(pk=instance.object_id).first()
        if page is not None:
            refuse_publishing(page)


def _is_of_page(revision: Any) -> bool:
    model = revision.base_content_type.model_class()
    return model is not None and issubclass(model, AbstractPage)


def _stop_changed(sender: type, instance: PublicationStop, raw: bool = False, **kwargs: Any) -> None:
    forget_known()
    if not raw:  # loaddata: check_catalogue finds what it brought
        invalidate_pages(pages_of(instance.translation_key).values_list("pk", flat=True))
