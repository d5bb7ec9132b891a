"""Blocks of stories, one file for each family.

``story_blocks()`` is the list that editors get.
"""

from . import adapters  # noqa: F401  registers how the live list is edited
from .registry import story_blocks

__all__ = ["story_blocks"]
