"""Deprecated: import from ``wagtail_cpsnews.usage.recording``.

Kept until 1.0 for host projects.
"""

from ..usage.recording import note, story_key

__all__ = ["note", "story_key"]
