"""Purges caches in front of the site, after each change that readers can see.

By tag (``PURGE_TAGS``), and by address through Wagtail's frontend cache. A job for each change of what readers can see, enqueued in the transaction that makes the change. A second one follows
when every process has seen it: until then one of them may have filled a cache with what was there before. See
docs/scaling.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string

from ..catalogue.changed import catalogue_changed
from ..catalogue.db import using
from ..catalogue.jobs import enqueue_in, enqueue_with_change, task
from ..catalogue.models import Entry
from ..catalogue.routing import reading_from
from ..catalogue.rows import hash_path
from ..catalogue.sites import SiteRoot, address_of
from ..catalogue.snapshots import current, refresh_at_next_request
from ..catalogue.visibility import visible_pages
from ..compat import AbstractPage, get_page_model
from ..conf import get_settings
from ..outputs import outputs
from .files import addresses_of_files
from .tags import EVERYTHING, LISTS, story_tag

logger = logging.getLogger("wagtail_cpsnews")

#: A change of more stories purges everything.
MOST_STORIES = 100

#: Index pages whose addresses are purged.
MOST_INDEXES = 200

#: How long after ``LOOK_SECONDS`` an answer that was begun before may take, in seconds.
SLOW_ANSWER = 0.5

#: When a purge that failed is tried again, in seconds. After ``MAX_AGE`` there is nothing left to purge.
RETRIES = (1, 5, 20)


def connect() -> None:
    """Purge after each change of the catalogue."""
    catalogue_changed.connect(_after_change, dispatch_uid="cpsnews.purging")


def is_purging() -> bool:
    """Return whether the project has a cache that can be purged."""
    return bool(get_settings().PURGE_TAGS) or _has_frontend_cache()


def _has_frontend_cache() -> bool:
    if not apps.is_installed("wagtail.contrib.frontend_cache"):
        return False
    from wagtail.contrib.frontend_cache.utils import get_backends

    return bool(get_backends())


def _after_change(*, alias: str, number: int, everything: bool, **kwargs: Any) -> None:
    """Enqueue the jobs; what fails here must not undo the change."""
    try:
        if not is_purging():
            return
        written = Entry.objects.using(alias).filter(number=number).order_by()
        ids = (
            [] if everything else [str(pk) for pk in written.values_list("pk", flat=True)[: MOST_STORIES + 1]]
        )
        everything = everything or len(ids) > MOST_STORIES
        args = ([] if everything else ids, everything)
        enqueue_with_change(alias, purge_caches, lambda: _enqueue(*args))
    except Exception:
        logger.exception("The caches can’t be purged; they hold what they have for MAX_AGE at most.")


def _enqueue(ids: list[str], everything: bool) -> None:
    purge_caches.enqueue(ids, everything)
    enqueue_in(purge_caches, get_settings().LOOK_SECONDS + SLOW_ANSWER, ids, everything)


@task()
def purge_caches(ids: list[str], everything: bool, attempt: int = 0) -> None:
    """Purge what depends on lists and on these stories.

    Args:
        ids: Public ids of stories that have changed or gone.
        everything: Whether to purge everything instead.
        attempt: How often it has failed.
    """
    refresh_at_next_request()  # a process that runs jobs may serve, too
    failures = [
        error
        for purge in (_purge_tags, _purge_addresses)
        if (error := _attempt(purge, ids, everything)) is not None
    ]
    if failures and attempt < len(RETRIES) and _try_again(ids, everything, attempt):
        logger.warning("A cache could not be purged; it is tried again: %s", failures[0])
    elif failures:
        logger.error("A cache could not be purged; it may hold an old answer for MAX_AGE: %s", failures[0])


def _try_again(ids: list[str], everything: bool, attempt: int) -> bool:
    return enqueue_in(purge_caches, RETRIES[attempt], ids, everything, attempt + 1)


def _attempt(purge: Callable[[list[str], bool], None], ids: list[str], everything: bool) -> Exception | None:
    try:
        purge(ids, everything)
    except Exception as error:  # whatever a hook or a cache's library raises
        return error
    return None


def tags_of(ids: Iterable[str], everything: bool) -> list[str]:
    """Return the tags of the answers that a change concerns."""
    return [EVERYTHING] if everything else [LISTS, *map(story_tag, ids)]


def _purge_tags(ids: list[str], everything: bool) -> None:
    if path := get_settings().PURGE_TAGS:
        import_string(path)(tags_of(ids, everything))


def _purge_addresses(ids: list[str], everything: bool) -> None:
    if not _has_frontend_cache():
        return
    from wagtail.contrib.frontend_cache.utils import purge_urls_from_cache

    with reading_from(using()):
        purge_urls_from_cache(sorted(addresses_of(ids)))


def addresses_of(ids: Collection[str]) -> set[str]:
    """Return the addresses that a change of stories concerns, as far as is known.

    Their pages and those of their translations, index pages, each output's answer about them, each output's list
    without parameters, and the files of those that are gone. A page that has been deleted has none any more.
    """
    roots = current().reference.roots
    entries = Entry.objects.using(using()).filter(pk__in=[UUID(pk) for pk in ids])
    pages = set(entries.values_list("page_pk", flat=True))
    found = {address for path in _pages(pages, roots) if (address := address_of(roots, path))}
    bases = {root.url for root in roots}
    for output in outputs():
        try:
            paths = {output.list_address()} if output.about_list is not None else set()
            if output.about_story is not None and "{url}" not in str(output.about_story):
                paths |= {output.story_address(id=pk) for pk in ids}
        except NoReverseMatch:  # the project has left it out
            continue
        found |= {f"{base}{path}" for base in bases for path in paths}
    for address in addresses_of_files(ids):
        found |= {f"{base}{address}" for base in bases} if address.startswith("/") else {address}
    return found


def _pages(pks: Collection[int], roots: Iterable[SiteRoot]) -> set[str]:
    """Return the tree’s paths of pages, of their translations and of index pages.

    Only such as readers have been able to know: a cache’s operator learns no address of a draft or a private page.
    """
    pages = get_page_model()._default_manager.using(using()).order_by()
    keys = pages.filter(pk__in=pks).values("translation_key")
    versions = dict(pages.filter(translation_key__in=keys).values_list("pk", "url_path"))
    known = Entry.objects.using(using()).filter(page_pk__in=versions).values_list("page_pk", "path_hash")
    # A page that was withdrawn and has another slug since is not named by it.
    paths = {versions[pk] for pk, path_hash in known if hash_path(versions[pk]) == path_hash}
    indexes = [
        ContentType.objects.get_for_model(model, for_concrete_model=False).pk
        for model in apps.get_models()
        if issubclass(model, AbstractPage) and getattr(model, "is_news_index", False)
    ]
    above = {path[: end + 1] for path in paths for end, character in enumerate(path[:-1]) if character == "/"}
    listed = pages.filter(content_type__in=indexes, live=True).order_by("depth", "path")
    visible = visible_pages(Q(content_type__in=indexes), roots).using(using()).values("pk")
    listed = listed.filter(Q(pk__in=visible) | Q(url_path__in=above))
    return paths | set(listed.values_list("url_path", flat=True)[:MOST_INDEXES])
