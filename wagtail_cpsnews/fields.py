"""A StreamField whose blocks can change without migrations.

Its drafts may be as unfinished as they like.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator, URLValidator
from wagtail import blocks
from wagtail.blocks.base import BlockField
from wagtail.fields import StreamField

#: Wagtail defers validation by changing the block definitions, which all threads share: without a lock, somebody's
#: autosave would let somebody else's unfinished story be published.
_validation = threading.RLock()


class StoryStreamField(StreamField):
    """A StreamField that leaves its block list out of migrations.

    Blocks are settings of the host (``WAGTAIL_CPSNEWS["BLOCKS"]``); with them in migrations every host would have
    to write one into this package. A data migration that rewrites blocks needs the list: take it with
    ``stories.migrate.stream_block(model, field)``.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        kwargs.pop("block_lookup", None)
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field that keeps whatever can be stored in a draft."""
        return super().formfield(**{"form_class": StoryBlockField, **kwargs})


class StoryBlockField(BlockField):
    """The form field of a ``StoryStreamField``.

    Only publishing asks for valid values.
    """

    def clean(self, value: Any) -> Any:
        """Return the cleaned value; a draft's need not be complete, well-formed or few."""
        with _validation:
            if not getattr(self, "is_deferred_validation", False):
                return super().clean(value)
            with relaxed_blocks(self.block):
                return super().clean(value)


@contextmanager
def relaxed_blocks(block: Any) -> Iterator[None]:
    """Suspend the rules of ``block`` that storing a value does not need.

    Those of the blocks in it, too, while the context lasts.
    """
    undo: list[tuple[Any, dict[str, Any]]] = []
    try:
        for found in _walk(block, set()):
            field = getattr(found, "field", None)
            if field is not None:
                undo.append((field, dict(vars(field))))
                relax(field)
            elif getattr(found.meta, "max_num", None) is not None:
                undo.append((found.meta, dict(vars(found.meta))))
                found.meta.max_num = None
        yield
    finally:
        for changed, before in undo:
            vars(changed).clear()
            vars(changed).update(before)


def _walk(block: Any, seen: set[int]) -> Iterator[Any]:
    if id(block) in seen:
        return
    seen.add(id(block))
    yield block
    children = getattr(block, "child_blocks", None)
    if children:
        for child in children.values():
            yield from _walk(child, seen)
    if isinstance(block, blocks.ListBlock):
        yield from _walk(block.child_block, seen)


def relax(field: forms.Field, *, max_length: bool = False) -> None:
    """Leave a form field only the rules that its value needs to be stored.

    Args:
        max_length: Whether the place that it is stored in has no room for more.
    """
    needed = (ProhibitNullCharactersValidator, *((MaxLengthValidator,) if max_length else ()))
    field.validators = [validator for validator in field.validators if isinstance(validator, needed)]
    if isinstance(field, forms.URLField):
        field.to_python = _AnyText(field.to_python)  # type: ignore[method-assign]


class _AnyText:
    """What a field makes of an address; otherwise the text as it was typed."""

    def __init__(self, to_python: Any) -> None:
        self.to_python = to_python

    def __call__(self, value: Any) -> Any:
        try:
            address = self.to_python(value)
            if address:
                URLValidator()(address)
        except ValidationError:
            return str(value).strip()
        return address
