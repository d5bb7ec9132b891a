"""Adapters: how a page type joins the catalogue.

An adapter is registered for a page class.

An adapter serves the class it is registered for and every subclass of it that has none of its own, so an adapter
of an abstract mixin serves all concrete pages that use the mixin.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from ..compat import AbstractPage
from .facts import PublicFacts

_adapters: dict[type, Adapter] = {}


class Adapter:
    """Tells the catalogue what is public about a page.

    Subclass it and register it with ``@register(PageClass)``.
    """

    #: Models whose change makes the facts of a page stale, besides images, documents and linked pages:
    #: ``related_models = (Service,)``. The catalogue asks ``related()`` which rows a page depends on.
    related_models: Sequence[type[models.Model]] = ()

    #: The values of ``extra`` that stories may have, with their OpenAPI schemas: ``fields`` takes these names.
    #: ``extra_fields = {"reporter": {"type": "string"}}``
    extra_fields: Mapping[str, Mapping[str, Any]] = {}

    def facts(self, page: Any) -> PublicFacts | None:
        """Override this to return the public facts of ``page``.

        ``None`` for a page that is no story.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a facts() method")

    def get_queryset(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """Override this to load pages cheaply (``select_related``, ``prefetch_related``)."""
        return model._default_manager.all()

    def address(self, page: Any) -> str | None:
        """Override this to give the address of a page that Wagtail does not know.

        Takes a page; returns an absolute URL, or ``None`` for Wagtail's own address. By default it asks the
        page where its class overrides ``get_url_parts``, ``get_full_url`` or ``get_url``.
        """
        for name in ("get_url_parts", "get_full_url", "get_url", "full_url"):
            if not is_wagtails(type(page), name):
                return str(page.get_full_url() or "")
        return None

    def related(self, page: Any) -> Iterable[models.Model]:
        """Override this to return the related rows that ``page`` depends on.

        They are rows of ``related_models``.
        """
        return ()


def is_wagtails(cls: type, name: str) -> bool:
    """Return whether a class has a method as Wagtail defines it.

    Which of Wagtail's classes defines it differs between versions.
    """
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__module__.startswith("wagtail.models")
    return True


def register(page_class: type) -> Callable[[type[Adapter]], type[Adapter]]:
    """Register the decorated adapter for ``page_class`` and its subclasses.

    A later one replaces an earlier.
    """

    def decorate(adapter_class: type[Adapter]) -> type[Adapter]:
        _adapters[page_class] = adapter_class()
        adapter_for.cache_clear()
        story_models.cache_clear()
        newsroom_models.cache_clear()
        related_models.cache_clear()
        declared_extra.cache_clear()
        return adapter_class

    return decorate


@functools.cache
def adapter_for(page_class: type | None) -> Adapter | None:
    """Return the adapter of a page class, or ``None`` if its pages are no stories."""
    if page_class is None:
        return None
    for base in page_class.__mro__:
        if base in _adapters:
            return _adapters[base]
    return None


@functools.cache
def story_models() -> tuple[type[models.Model], ...]:
    """Return all concrete page classes that have an adapter."""
    return tuple(
        model
        for model in apps.get_models()
        if issubclass(model, AbstractPage) and adapter_for(model) is not None
    )


@functools.cache
def newsroom_models() -> tuple[type[models.Model], ...]:
    """Return all concrete page classes of the newsroom.

    Stories, and what the package brings besides: the media protocol, the press office, the index.
    """
    package = __name__.partition(".")[0]
    return tuple(
        model
        for model in apps.get_models()
        if issubclass(model, AbstractPage)
        and (
            adapter_for(model) is not None
            or any(base.__module__.partition(".")[0] == package for base in model.__mro__)
        )
    )


@functools.cache
def related_models() -> tuple[type[models.Model], ...]:
    """Return the models that adapters name as ``related_models``."""
    return tuple({model for adapter in _adapters.values() for model in adapter.related_models})


@functools.cache
def declared_extra() -> dict[str, Mapping[str, Any]]:
    """Return the ``extra`` values that adapters declare, with OpenAPI schemas."""
    return {name: schema for adapter in _adapters.values() for name, schema in adapter.extra_fields.items()}
