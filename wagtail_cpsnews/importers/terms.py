"""The terms that stories name, found once for a whole import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..conf import get_settings
from ..taxonomy.models import MODELS, Term
from .story import Story


@dataclass(frozen=True)
class Filing:
    """How a story is to be filed. ``None`` leaves what the page has; an unknown term is in ``missing`` by its text."""

    kind: list[Term] | None
    crime_types: list[Term] | None
    areas: list[Term] | None
    topics: list[Term] | None
    missing: list[str]


class Terms:
    """Finds terms by slug, name, alias or former slug, in the language of the page where there is one."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Term | None] = {}

    def filing(self, story: Story, locale: Any) -> Filing:
        """The terms of a story for a page in ``locale``. A taxonomy that is off is left alone."""
        missing: list[str] = []
        kinds = None if story.kind is None else tuple(filter(None, [story.kind]))

        def find(taxonomy: str, texts: tuple[str, ...] | None) -> list[Term] | None:
            if texts is None or not get_settings().is_on(taxonomy):
                return None
            terms = [self._find(taxonomy, text) for text in texts]
            missing.extend(
                f"{taxonomy} “{text}”" for text, term in zip(texts, terms, strict=True) if term is None
            )
            chosen = {term.translation_key: term for term in terms if term is not None}
            return [term.get_translation_or_none(locale) or term for term in chosen.values()]

        return Filing(
            kind=find("kind", kinds),
            crime_types=find("crime_type", story.crime_types),
            areas=find("area", story.areas),
            topics=find("topic", story.topics),
            missing=missing,
        )

    def _find(self, taxonomy: str, text: str) -> Term | None:
        key = (taxonomy, text)
        if key not in self._found:
            self._found[key] = MODELS[taxonomy].find(text)
        return self._found[key]
