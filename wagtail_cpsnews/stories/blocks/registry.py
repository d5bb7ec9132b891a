"""Which blocks editors get.

The package's, less what ``WAGTAIL_CPSNEWS["BLOCKS"]`` removes, plus what it adds.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...conf import get_settings
from .contacts import PressContactBlock
from .facts import CalloutBlock, KeyFactsBlock, StatisticBlock
from .lists import LiveListBlock, RelatedStoriesBlock
from .media import DocumentBlock, EmbedBlock, ImageBlock
from .tables import TableBlock
from .text import HeadingBlock, NotesBlock, QuoteBlock, TextBlock

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
    "statistic": StatisticBlock,
    "key_facts": KeyFactsBlock,
    "callout": CalloutBlock,
    "related_stories": RelatedStoriesBlock,
    "live_list": LiveListBlock,
    "contact": PressContactBlock,
}

#: The headings of the editor's menu; a block of a host is under "More" unless its class names a group of its own.
GROUPS: dict[Any, tuple[str, ...]] = {
    _("Words"): ("text", "heading", "quote", "callout", "notes"),
    _("Facts and figures"): ("statistic", "key_facts", "table"),
    _("Media"): ("image", "embed", "document"),
    _("Other stories"): ("related_stories", "live_list"),
    _("People"): ("contact",),
}


def story_blocks() -> list[tuple[str, blocks.Block]]:
    """Return the body's blocks as (name, block).

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
    return [(name, _made(name, block)) for name, block in chosen.items()]


def _made(name: str, block: type[blocks.Block]) -> blocks.Block:
    made = block()
    if not made.meta.group:
        made.meta.group = _group(name)
    return made


def _group(name: str) -> Any:
    return next((group for group, names in GROUPS.items() if name in names), _("More"))


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
