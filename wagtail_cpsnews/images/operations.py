"""The filter operation that says which metadata a rendition may keep.

It is a part of the filter specification.
"""

from __future__ import annotations

from typing import Any

from wagtail.images.image_operations import FilterOperation

from ..conf import get_settings

#: As it is written in a filter specification: ``fill-720x480|stripmetadata``.
NAME = "stripmetadata"


class StripMetadataOperation(FilterOperation):
    """A name in the specifications of renditions without metadata.

    Renditions that were made before metadata was removed don't have it.

    It changes nothing: what is removed is removed from the file of every rendition when it is stored
    (``storing.py``). ``kept``: the credit fields that were kept, so that other settings make other renditions.
    """

    def construct(self, *kept: str) -> None:
        self.kept = kept

    def run(self, willow: Any, image: Any, env: dict[str, Any]) -> None:
        """Leave the picture as it is."""


def rendition_spec(spec: str) -> str:
    """Return the filter specification to ask for.

    With it no rendition from before metadata was removed is found.
    """
    own = "-".join((NAME, *get_settings().image_credits))
    return spec if own in spec.split("|") else f"{spec}|{own}"


def kept_credits(spec: str) -> tuple[str, ...]:
    """Return the credit fields that a rendition may have kept.

    A rendition with this specification.
    """
    for part in spec.split("|"):
        name, *kept = part.split("-")
        if name == NAME:
            return tuple(kept)
    return get_settings().image_credits
