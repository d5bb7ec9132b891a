"""The page of a given type that a site shows.

For outputs that are asked for "the press office", not for a page by its key.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from .lookups import Reference
from .sites import address_of, page_paths, root_of
from .visibility import visible_pages, why_not_current


@dataclass(frozen=True)
class PublicPage:
    """A page that everybody may read now, without its content."""

    pk: int
    model: type
    translation_key: Any
    language: str
    url: str
    site_id: int
    tree_path: str
    url_path: str
    expires_at: datetime.datetime | None

    @property
    def distance(self) -> tuple[int, str]:
        """How deep it lies, then its place in the tree."""
        return len(self.tree_path), self.tree_path

    def specific(self) -> Any:
        """Return the page with its content, by one query.

        ``None`` where it has just ceased to be public.
        """
        page = self.model._default_manager.filter(pk=self.pk).select_related("locale").first()  # type: ignore[attr-defined]
        return page if page is not None and not why_not_current(page) else None


@dataclass(frozen=True)
class Found:
    """The requested page and its other public language versions.

    Wherever they are.
    """

    page: PublicPage
    others: tuple[PublicPage, ...]


def public_pages(mixin: type, reference: Reference) -> list[PublicPage]:
    """Return all public pages of every class with ``mixin``, in one query.

    Aliases are not among them.
    """
    models = {
        ContentType.objects.get_for_model(model, for_concrete_model=False).pk: model
        for model in apps.get_models()
        if issubclass(model, mixin)
    }
    if not models:
        return []
    pages: Any = visible_pages(Q(content_type__in=models, alias_of=None), reference.roots)
    found = []
    for page in pages.select_related("locale"):
        root = root_of(reference.roots, page.url_path)
        if root is None:
            continue
        language = page.locale.language_code
        found.append(
            PublicPage(
                pk=page.pk,
                model=models[page.content_type_id],
                translation_key=page.translation_key,
                language=reference.match_language(language) or language,
                url=address_of(reference.roots, page.url_path),
                site_id=root.site_id,
                tree_path=page.path,
                url_path=page.url_path,
                expires_at=page.expire_at,
            )
        )
    return found


def find_page(
    pages: list[PublicPage],
    reference: Reference,
    *,
    site: int | None,
    sites: tuple[int, ...] | None,
    language: str = "",
    path: str = "",
    last: Callable[[Iterable[PublicPage]], set[int]] | None = None,
) -> Found | None:
    """Return the page among ``pages`` that a site shows.

    In ``language`` where there is a public version in it.

    site: the site that is asked; sites: those whose pages count, ``None`` for all.
    path: the page's path on that site; without it, the page nearest to the site's home page.
    language: without it the version at ``path``, or the default language's.
    last: returns the keys of pages that are taken only where there is no other.
    """
    candidates = [page for page in pages if sites is None or page.site_id in sites]
    if path:
        return _at(path, candidates, pages, reference, site, language)
    groups: dict[Any, list[PublicPage]] = {}
    for page in candidates:
        groups.setdefault(page.translation_key, []).append(page)
    if not groups:
        return None
    wanted = (language or reference.default_language, reference.default_language)
    put_last = last(candidates) if last is not None and len(groups) > 1 else set()
    nearest = min(
        groups.values(),
        key=lambda group: (
            not any(page.language in wanted for page in group),
            not any(page.site_id == site for page in group),
            all(page.pk in put_last for page in group),
            min(page.distance for page in group),
        ),
    )
    return _with_others(_version(nearest, wanted, site), pages)


def _at(
    path: str,
    candidates: list[PublicPage],
    pages: list[PublicPage],
    reference: Reference,
    site: int | None,
    language: str,
) -> Found | None:
    paths = page_paths(reference.roots, site, path) if site is not None else []
    there = next((page for page in candidates if page.url_path in paths), None)
    if there is None:
        return None
    same = [page for page in candidates if page.translation_key == there.translation_key]
    wanted = (language or there.language, reference.default_language, there.language)
    return _with_others(_version(same, wanted, site), pages)


def _version(group: list[PublicPage], wanted: tuple[str, ...], site: int | None) -> PublicPage:
    """Return the version in the first of the languages ``wanted``.

    Languages without a version are passed over.
    """

    def rank(page: PublicPage) -> tuple[Any, ...]:
        place = wanted.index(page.language) if page.language in wanted else len(wanted)
        return place, page.site_id != site, page.distance

    return min(group, key=rank)


def _with_others(page: PublicPage, pages: list[PublicPage]) -> Found:
    others = [
        other for other in pages if other.translation_key == page.translation_key and other.pk != page.pk
    ]
    return Found(page, tuple(sorted(others, key=lambda other: other.language)))
