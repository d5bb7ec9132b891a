"""Which changes leave which marks. Signals of models only: Wagtail's own publishing signals come too early or not at all."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction, Locale, PageViewRestriction, Site

from ..compat import AbstractPage, get_page_model
from ..contacts.models import PressContact
from ..taxonomy.models import FormerSlug, Term
from ..taxonomy.outcomes import OutcomeLabel
from .adapters import adapter_for, related_models
from .db import using
from .invalidation import invalidate_page, invalidate_reference, invalidate_subtree, invalidate_use
from .models import EntryUse
from .routing import reading_from
from .rows import page_subject, subject_of


def connect() -> None:
    """Called once, when the app is ready. Senders are not named: pages are saved as their base class too."""
    pre_save.connect(_before_save, dispatch_uid="cpsnews.before_save")
    post_save.connect(_after_save, dispatch_uid="cpsnews.after_save")
    pre_delete.connect(_before_delete, dispatch_uid="cpsnews.before_delete")
    post_delete.connect(_after_delete, dispatch_uid="cpsnews.after_delete")
    m2m_changed.connect(_after_m2m, dispatch_uid="cpsnews.after_m2m")
    _watch_collections()


def _before_save(sender: type, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Remembers what the database says of a page's place: a new slug or parent moves all below it."""
    if issubclass(sender, AbstractPage) and instance.pk and not raw:
        manager = get_page_model()._default_manager.using(using())
        instance._cpsnews_before = (
            manager.filter(pk=instance.pk)
            .values_list("url_path", "alias_of_id", "live", "title", "expire_at")
            .first()
        )


def _after_save(sender: type, instance: Any, raw: bool = False, created: bool = False, **kwargs: Any) -> None:
    if raw:  # loaddata: other rows may be missing still; check_catalogue finds what it brought
        return
    if issubclass(sender, AbstractPage):
        _page_saved(instance)
    elif not (created and issubclass(sender, get_image_model().get_rendition_model())):
        _other_changed(sender, instance)


def _page_saved(page: Any) -> None:
    if adapter_for(page.specific_class) is not None:
        invalidate_page(page.pk, takes_away=not page.live or _is_past(page.expire_at))
    before = getattr(page, "_cpsnews_before", None)
    old_path, old_source, was_live, old_title, old_expiry = before or (None, None, None, None, None)
    if adapter_for(page.specific_class) is None and (
        Site.objects.using(using()).filter(root_page__translation_key=page.translation_key).exists()
    ):
        invalidate_reference()  # a home page in another language is a root of its own, and answers only when it is live
        if was_live is not None and was_live != page.live:
            invalidate_subtree(page.pk)
            invalidate_use(page_subject(page.pk))
    if was_live != page.live:
        _mark_links_to_versions(page)
    if before is None:
        return
    if (was_live or page.live) and (
        (was_live, old_title, old_expiry) != (page.live, page.title, page.expire_at)
    ):
        invalidate_use(page_subject(page.pk))  # stories that link to it show its address now, or no longer
    if old_path != page.url_path:
        invalidate_subtree(page.pk)
        invalidate_use(page_subject(page.pk))  # links to it and to what lies below it
    elif old_source != page.alias_of_id:
        invalidate_subtree(page.pk)  # what lies below an alias is as private as the alias's source


def _is_past(moment: Any) -> bool:
    return moment is not None and moment <= timezone.now()


def _before_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    """Aliases of a deleted page become pages of their own in an update that sends no signal."""
    if sender is get_page_model():
        aliases = sender._default_manager.using(using()).filter(alias_of_id=instance.pk)
        for pk in aliases.values_list("pk", flat=True):
            invalidate_subtree(pk)


def _after_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    if issubclass(sender, AbstractPage):
        if sender is get_page_model():
            invalidate_page(instance.pk, takes_away=True)
            invalidate_use(page_subject(instance.pk))  # links to it lead nowhere, versions of it stand alone
    else:
        _other_changed(sender, instance)


def _other_changed(sender: type, instance: Any) -> None:
    if issubclass(sender, CollectionViewRestriction):
        _collection_changed(instance.collection)
    elif issubclass(sender, PageViewRestriction):
        invalidate_subtree(instance.page_id)
        invalidate_use(page_subject(instance.page_id))  # links to it and to what lies below it
    elif issubclass(sender, (Site, Locale, Term, FormerSlug, OutcomeLabel, PressContact)):
        invalidate_reference()
    elif issubclass(sender, get_image_model().get_rendition_model()):
        invalidate_use(f"{get_image_model()._meta.label_lower}:{instance.image_id}")
    elif issubclass(sender, (get_image_model(), get_document_model(), *related_models())):
        # Whether a story shows it is asked when it is projected: one may have begun to at this moment.
        invalidate_use(subject_of(instance))


def _after_m2m(sender: type, instance: Any, action: str, **kwargs: Any) -> None:
    """What a contact is for is written after the contact itself."""
    if isinstance(instance, PressContact) and action.startswith("post_"):
        invalidate_reference()


def _mark_links_to_versions(page: Any) -> None:
    """A link leads to the version in the language of its text: it may be another when one comes or goes."""
    if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        others = get_page_model()._default_manager.using(using()).filter(translation_key=page.translation_key)
        for pk in others.exclude(pk=page.pk).order_by().values_list("pk", flat=True):
            invalidate_use(page_subject(pk))


def _collection_changed(collection: Any) -> None:
    """Files that are private now, or are no longer, leave or join the stories that show them or link to them."""
    with reading_from(using()):
        collections = list(collection.get_descendants(inclusive=True))
    for model in (get_document_model(), get_image_model()):
        prefix = f"{model._meta.label_lower}:"
        uses = EntryUse.objects.using(using()).filter(subject__startswith=prefix)
        used = {int(use.removeprefix(prefix)) for use in uses.values_list("subject", flat=True).distinct()}
        inside = model._default_manager.using(using()).filter(collection__in=collections)
        for pk in sorted(used & set(inside.order_by().values_list("pk", flat=True))):
            invalidate_use(f"{prefix}{pk}")


def files_changed(objects: Iterable[Any]) -> None:
    """Look again at every story that shows one of these, as far as they are documents or images."""
    for instance in objects:
        if isinstance(instance, (get_document_model(), get_image_model())):
            invalidate_use(subject_of(instance))


def _watch_collections() -> None:
    """Wagtail sends no signal when a collection is moved, which may make its files private: its method is wrapped."""
    move = Collection.move
    if hasattr(move, "_cpsnews"):
        return

    @functools.wraps(move)
    def moved(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = move(self, *args, **kwargs)
        _collection_changed(Collection.objects.using(using()).get(pk=self.pk))
        return result

    moved._cpsnews = True  # type: ignore[attr-defined]
    Collection.move = moved
