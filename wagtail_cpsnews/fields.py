"""A StreamField whose blocks can change without migrations in this package on somebody else's project."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


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
