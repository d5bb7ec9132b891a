"""Differences between Wagtail 7.4 and 8.0.

The page model can be swapped since 8.0.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from wagtail.models import AbstractPage

try:
    import swapper
except ImportError:  # Wagtail 7.4
    swapper = None

__all__ = ["AbstractPage", "get_page_model", "page_model_name"]


def page_model_name() -> str:
    """Return the base page model as ``app_label.Model``.

    For foreign keys, in migrations too.
    """
    if swapper is None:
        return "wagtailcore.Page"
    return str(swapper.get_model_name("wagtailcore", "Page"))


@cache
def get_page_model() -> Any:
    """Return the base page model class.

    Wagtail's ``Page``, or the project's own where it is swapped.
    """
    if swapper is None:
        from wagtail.models import Page

        return Page
    return swapper.load_model("wagtailcore", "Page")
