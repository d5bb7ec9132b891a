"""Which changes leave which invalidations.

Signals of models only: Wagtail's own publishing signals come too early or not at all.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    Collection,
    CollectionViewRestriction,
    Locale,
    PageViewRestriction,
    Site,
)

from ..compat import AbstractPage, get_page_model
from ..contacts.models import PressContact
from ..taxonomy.models import FormerSlug, Term
from ..taxonomy.outcomes import OutcomeLabel
from .adapters import adapter_for, related_models
from .db import using
from .invalidation import invalidate_page, invalidate_reference, invalidate_subtree, invalidate_use, together
from .models import EntryUse
from .routing import reading_from
from .rules import invalidate_watching, is_watched
from .saved_pages import SavedPage, read_saved_page
from .uses import page_subject, subject_of


def connect() -> None:
    """Connect all signals, once, when the app is ready.

    Senders are not named: pages are saved as their base class too.
    """
    pre_save.connect(_before_save, dispatch_uid="cpsnews.before_save")
    post_save.connect(_after_save, dispatch_uid="cpsnews.after_save")
    pre_delete.connect(_before_delete, dispatch_uid="cpsnews.before_delete")
    post_delete.connect(_after_delete, dispatch_uid="cpsnews.after_delete")
    m2m_changed.connect(_after_m2m, dispatch_uid="cpsnews.after_m2m")
    _watch_collections()


#: What a save of a page can write without any reader noticing: a save of anything else can matter.
DRAFT_FIELDS = frozenset(
    {
        *("latest_revision", "latest_revision_id", "latest_revision_created_at", "draft_title"),
        *("has_unpublished_changes", "live_revision", "live_revision_id"),
        *("locked", "locked_at", "locked_by", "locked_by_id", "numchild"),
        COMMENTS_RELATION_NAME,
    }
)


def saved_page(page: Any) -> SavedPage | None:
    """Return what the database said about ``page`` before the current save.

    ``None`` for a new page.
    """
    before: SavedPage | None = getattr(page, "_cpsnews_before", None)
    return before


def is_draft_save(update_fields: Iterable[str] | None) -> bool:
    """Return whether a save of a page writes nothing but what only editors see."""
    return update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)


def _before_save(
    sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Remember what the database says about a page's place.

    A new slug or parent moves all below it.
    """
    if raw or not instance.pk:
        return
    is_draft = issubclass(sender, AbstractPage) and is_draft_save(update_fields)
    if is_watched(sender) and not is_draft:
        instance._cpsnews_watched = sender._default_manager.using(using()).filter(pk=instance.pk).first()  # type: ignore[attr-defined]
    if not issubclass(sender, AbstractPage):
        return
    # modelcluster takes the names of relations out of update_fields, and saves their rows after the page.
    instance._cpsnews_is_draft_save = is_draft
    if is_draft:
        return
    instance._cpsnews_before = read_saved_page(instance, using())


def _after_save(
    sender: type,
    instance: Any,
    raw: bool = False,
    created: bool = False,
    update_fields: Any = None,
    **kwargs: Any,
) -> None:
    if raw:  # loaddata: other rows may be missing still; check_catalogue finds what it brought
        return
    is_page = issubclass(sender, AbstractPage)
    if not (is_page and is_draft_save(update_fields)):
        invalidate_watching(sender, instance, getattr(instance, "_cpsnews_watched", None))
    if is_page:
        if not is_draft_save(update_fields):
            with together():
                _page_saved(instance)
    elif not (created and issubclass(sender, get_image_model().get_rendition_model())):
        with together():
            _other_changed(sender, instance)
            _part_changed(sender, instance)


def _page_saved(page: Any) -> None:
    before = saved_page(page)
    is_story = adapter_for(page.specific_class) is not None
    was_alias = before is not None and before.source is not None
    if was_alias and page.alias_of_id is not None:
        is_entry = False  # an alias answers, and is never listed
    else:
        is_entry = page.live or (before is not None and before.live)
    if is_story and is_entry:
        invalidate_page(page.pk, takes_away=not page.live or _is_past(page.expire_at))
    if _is_home(page, before):
        invalidate_reference()  # a home page in another language is a root of its own, and answers only when it is live
        if before is not None and before.live != page.live:
            invalidate_subtree(page.pk)
            invalidate_use(page_subject(page.pk))
    if page.live != (before is not None and before.live) and (before is None or before.has_versions):
        _invalidate_links_to_versions(page)
    if before is None:
        return
    if (before.live or page.live) and (
        (before.live, before.title, before.expire_at) != (page.live, page.title, page.expire_at)
    ):
        invalidate_use(page_subject(page.pk))  # stories that link to it show its address now, or no longer
    if before.path != page.url_path:
        if _has_homes_below(page):
            invalidate_reference()  # where stories are read follows from where home pages lie
        invalidate_subtree(page.pk)
        invalidate_use(page_subject(page.pk))  # links to it and to what lies below it
    elif before.source != page.alias_of_id:
        invalidate_subtree(page.pk)  # what lies below an alias is as private as the alias's source


def _has_homes_below(page: Any) -> bool:
    """Return whether a site's root page is ``page`` or lies below it.

    In any language.
    """
    homes = Site.objects.using(using()).order_by().values("root_page__translation_key")
    below = get_page_model()._default_manager.using(using()).filter(path__startswith=page.path)
    return bool(below.filter(translation_key__in=homes).exists())


def _is_home(page: Any, before: SavedPage | None) -> bool:
    if before is not None:
        return before.is_home
    return Site.objects.using(using()).filter(root_page__translation_key=page.translation_key).exists()


@functools.cache
def _parental_keys(model: type) -> tuple[str, ...]:
    """Return the names of a model's keys to the page that owns its rows.

    Comments are for editors alone.
    """
    return tuple(
        field.name
        for field in model._meta.get_fields()  # type: ignore[attr-defined]
        if isinstance(field, ParentalKey)
        and issubclass(field.related_model, AbstractPage)
        and field.remote_field.get_accessor_name() != COMMENTS_RELATION_NAME
    )


def _part_changed(model: type, part: Any) -> None:
    """Invalidate a story whose parts are saved without the story.

    What only editors see is saved with them.
    """
    for name in _parental_keys(model):
        _part_of(part._state.fields_cache.get(name))


def _part_of(page: Any) -> None:
    if getattr(page, "_cpsnews_is_draft_save", False) and adapter_for(page.specific_class) is not None:
        invalidate_page(page.pk)


def _is_past(when: Any) -> bool:
    return when is not None and when <= timezone.now()


def _before_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    """Invalidate the aliases of a page that is deleted.

    They become pages of their own in an update that sends no signal.
    """
    if sender is get_page_model():
        aliases = sender._default_manager.using(using()).filter(alias_of_id=instance.pk)
        for pk in aliases.values_list("pk", flat=True):
            invalidate_subtree(pk)


def _after_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    invalidate_watching(sender, instance)
    if issubclass(sender, AbstractPage):
        if sender is get_page_model():
            invalidate_page(instance.pk, takes_away=True)
            invalidate_use(page_subject(instance.pk))  # links to it lead nowhere, versions of it stand alone
    else:
        with together():
            _other_changed(sender, instance)
            _part_changed(sender, instance)


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
        # Whether a story shows it is asked when it is projected: one may have begun to just now.
        invalidate_use(subject_of(instance))


def _after_m2m(sender: type, instance: Any, action: str, **kwargs: Any) -> None:
    """Invalidate what a many-to-many relation was changed for.

    What a contact is for is written after the contact, the terms of a page after the page.
    """
    if not action.startswith("post_"):
        return
    invalidate_watching(type(instance), instance)
    if isinstance(instance, PressContact):
        invalidate_reference()
    elif isinstance(instance, AbstractPage):
        _part_of(instance)


def _invalidate_links_to_versions(page: Any) -> None:
    """Invalidate the links to a page's language versions.

    A link leads to the version in the language of its text, which may be another when one is added or
    removed.
    """
    if getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        others = get_page_model()._default_manager.using(using()).filter(translation_key=page.translation_key)
        for pk in others.exclude(pk=page.pk).order_by().values_list("pk", flat=True):
            invalidate_use(page_subject(pk))


def _collection_changed(collection: Any) -> None:
    """Invalidate the stories that show or link to files of a collection.

    The files are private now, or are no longer.
    """
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
    """Invalidate every story that shows one of these files.

    Objects that are no documents or images are passed over.
    """
    for instance in objects:
        if isinstance(instance, (get_document_model(), get_image_model())):
            invalidate_use(subject_of(instance))


def _watch_collections() -> None:
    """Wrap the method that moves a collection, which may make its files private.

    Wagtail sends no signal for it.
    """
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
