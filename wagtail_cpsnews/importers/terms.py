"""The terms that stories name, found once for a whole import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..conf import get_settings
from ..taxonomy.models import MODELS, Term
from .story import Story


@dataclass(frozen=True)
class Filing:
    """How a story is to be filed: terms by taxonomy.

    ``None`` leaves what the page has.

    A text that names no term is in ``missing``.
    """

    terms: dict[str, list[Term] | None]
    missing: list[str]


class Terms:
    """Finds terms by slug, name, alias or former slug.

    In the language of the page where there is one.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Term | None] = {}

    def filing(self, story: Story, locale: Any) -> Filing:
        """Return the terms of a story for a page in ``locale``.

        A taxonomy that is off is left alone.
        """
        missing: list[str] = []

        def find(taxonomy: str, texts: tuple[str, ...] | None) -> list[Term] | None:
            if texts is None or not get_settings().is_on(taxonomy):
                return None
            terms = [self._find(taxonomy, text) for text in texts]
            missing.extend(
                f"{taxonomy} “{text}”" for text, term in zip(texts, terms, strict=True) if term is None
            )
            chosen = {term.translation_key: term for term in terms if term is not None}
            return [term.get_translation_or_none(locale) or term for term in chosen.values()]

        return Filing({name: find(name, story.texts_of(name)) for name in MODELS}, missing)

    def _find(self, taxonomy: str, text: str) -> Term | None:
        key = (taxonomy, text)
        if key not in self._found:
            self._found[key] = MODELS[taxonomy].find(text)
        return self._found[key]
