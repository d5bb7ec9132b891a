"""Which blocks editors get: ours, less what ``WAGTAIL_CPSNEWS["BLOCKS"]`` removes, plus what it adds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from wagtail import blocks

from ...conf import get_settings
from .contacts import PressContactBlock
from .media import DocumentBlock, EmbedBlock, ImageBlock
from .tables import TableBlock
from .words import HeadingBlock, NotesBlock, QuoteBlock, TextBlock

#: Our blocks by name, in the order of the editor's menu.
BLOCKS: dict[str, type[blocks.Block]] = {
    "text": TextBlock,
    "heading": HeadingBlock,
    "quote": QuoteBlock,
    "image": ImageBlock,
    "embed": EmbedBlock,
    "document": DocumentBlock,
    "table": TableBlock,
    "notes": NotesBlock,
    "contact": PressContactBlock,
}


def story_blocks() -> list[tuple[str, blocks.Block]]:
    """The body's blocks as (name, block).

    Raises ``ImproperlyConfigured`` when the setting names a class that cannot be imported or is no block.
    """
    chosen: dict[str, Any] = dict(BLOCKS)
    for name, given in get_settings().BLOCKS.items():
        if given is None:
            if name not in chosen:
                raise ImproperlyConfigured(
                    f"WAGTAIL_CPSNEWS['BLOCKS'] removes {name!r}, which is not there. There are: {', '.join(BLOCKS)}."
                )
            del chosen[name]
        else:
            chosen[name] = _block_class(name, given)
    return [(name, block()) for name, block in chosen.items()]


def _block_class(name: str, given: Any) -> type[blocks.Block]:
    try:
        block = import_string(given) if isinstance(given, str) else given
    except ImportError as error:
        raise ImproperlyConfigured(
            f"WAGTAIL_CPSNEWS['BLOCKS'][{name!r}] cannot be imported: {error}"
        ) from error
    if not (isinstance(block, type) and issubclass(block, blocks.Block)):
        raise ImproperlyConfigured(f"WAGTAIL_CPSNEWS['BLOCKS'][{name!r}] is not a block class: {block!r}")
    return block
