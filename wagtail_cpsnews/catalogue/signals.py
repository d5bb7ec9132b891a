"""Which changes leave which marks. Signals of models only: Wagtail's own publishing signals come too early or not at all."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, PageViewRestriction, Site

from ..compat import AbstractPage, get_page_model
from ..taxonomy.models import FormerSlug, Term
from .adapters import adapter_for, related_models
from .build import subject_of
from .marks import mark_page, mark_reference, mark_subtree, mark_use
from .models import EntryUse


def connect() -> None:
    """Called once, when the app is ready. Senders are not named: pages are saved as their base class too."""
    pre_save.connect(_before_save, dispatch_uid="cpsnews.before_save")
    post_save.connect(_after_save, dispatch_uid="cpsnews.after_save")
    post_delete.connect(_after_delete, dispatch_uid="cpsnews.after_delete")


def _before_save(sender: type, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Remembers the address that a page has in the database: a new slug or parent moves all below it."""
    if issubclass(sender, AbstractPage) and instance.pk and not raw:
        manager = get_page_model()._default_manager
        instance._cpsnews_old_path = manager.filter(pk=instance.pk).values_list("url_path", flat=True).first()


def _after_save(sender: type, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if raw:  # loaddata: other rows may be missing still; check_catalogue finds what it brought
        return
    if issubclass(sender, AbstractPage):
        _page_saved(instance)
    else:
        _other_changed(sender, instance)


def _page_saved(page: Any) -> None:
    if adapter_for(page.specific_class) is not None:
        mark_page(page.pk)
    elif Site.objects.filter(root_page__translation_key=page.translation_key).exists():
        mark_reference()  # a home page in another language is a root of its own
    old_path = getattr(page, "_cpsnews_old_path", None)
    if old_path is not None and old_path != page.url_path:
        mark_subtree(page.pk)
        mark_use(f"{get_page_model()._meta.label_lower}:{page.pk}")


def _after_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    if issubclass(sender, AbstractPage):
        if sender is get_page_model():
            mark_page(instance.pk)
    else:
        _other_changed(sender, instance)


def _other_changed(sender: type, instance: Any) -> None:
    if issubclass(sender, PageViewRestriction):
        mark_subtree(instance.page_id)
    elif issubclass(sender, (Site, Locale, Term, FormerSlug)):
        mark_reference()
    elif issubclass(sender, (get_image_model(), get_document_model(), *related_models())):
        subject = subject_of(instance)
        if EntryUse.objects.filter(subject=subject).exists():
            mark_use(subject)
