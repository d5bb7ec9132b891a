"""Deprecated: import from ``wagtail_cpsnews.usage.models``.

Kept until 1.0, and for good for a migration that names it.
"""

from ..usage.models import EmbedMethod, EmbedSite, EmbedUse, draw_lot

__all__ = ["EmbedMethod", "EmbedSite", "EmbedUse", "draw_lot"]
