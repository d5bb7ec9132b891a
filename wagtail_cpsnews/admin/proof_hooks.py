"""Where Wagtail's admin shows the proof of absence.

Its screen, the panel on the admin home, and the button of a story.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from . import desk_proof


@hooks.register("register_admin_urls")
def register_proof_urls() -> list[Any]:
    """Register the screen."""
    return desk_proof.urls()


@hooks.register("construct_homepage_panels")
def show_failing_proofs(request: HttpRequest, panels: list[Any]) -> None:
    """Put proofs of absence that fail at the head of the admin home."""
    desk_proof.add_panel(request, panels)


@hooks.register("register_page_header_buttons")
def offer_proof_of_absence(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Offer the proof of absence of a story that was held or withdrawn."""
    if button := desk_proof.button_for(page, user):
        yield button
