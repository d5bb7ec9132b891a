"""Find the areas of a police force, county or council.

Its name is read as people write it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify

from ..catalogue.lookups import Reference, Taxonomy
from ..conf import get_settings

_GENERIC = (
    "police constabulary force service council county city borough district metropolitan unitary authority national "
    "headquarters corporation combined of the mbc mdc cbc lbc bc cc dc lb rb mb "
    "heddlu heddlur gwasanaeth cyngor sir dinas bwrdeistref sirol dosbarth awdurdod y yr"
)

#: Words of organisations' names that do not say where they are, in English and Welsh.
GENERIC_WORDS = frozenset(_GENERIC.split())

#: The shortest name that is looked for inside what was typed; below it lie abbreviations.
SHORTEST_NAME = 4


@dataclass(frozen=True)
class FoundArea:
    """An area, with the name that it was found by."""

    slug: str
    label: str
    found_as: str

    def __str__(self) -> str:
        return self.label if self.label == self.found_as else f"{self.label} ({self.found_as})"


@dataclass(frozen=True)
class FoundAreas:
    """The areas that a text names.

    is_exact: the text is a whole name, so that several areas are those of one force or council.
    """

    areas: tuple[FoundArea, ...] = ()
    is_exact: bool = False

    @property
    def is_clear(self) -> bool:
        """True if there is nothing left to choose."""
        return len(self.areas) == 1 or (self.is_exact and bool(self.areas))

    @property
    def clear_slugs(self) -> tuple[str, ...]:
        """The areas to select; empty if somebody has to choose."""
        return tuple(area.slug for area in self.areas) if self.is_clear else ()


@dataclass(frozen=True)
class _Name:
    slug: str
    text: str
    plain: str
    core: str


def find_areas(text: str, reference: Reference, lang: str) -> FoundAreas:
    """Return the areas that ``text`` names.

    First those with exactly that name, then with the same name but for generic words ("Kent Police"), then with a
    name in which a word begins so ("bris"), then with the longest name that is part of ``text``.

    Args:
        text: What somebody typed.
        lang: The language of the labels.
    """
    typed, core = _plain(text), _core(text)
    if len(typed) < 2 or not get_settings().is_on("area"):
        return FoundAreas()
    taxonomy = reference.taxonomies["area"]
    names = _names(taxonomy)
    labels = {term.slug: term.label(lang) for term in taxonomy.current}

    def found(matches: Iterable[_Name], *, is_exact: bool = False) -> FoundAreas:
        by_slug: dict[str, _Name] = {}
        for name in matches:
            by_slug.setdefault(name.slug, name)
        return FoundAreas(
            tuple(FoundArea(slug, labels[slug], name.text) for slug, name in by_slug.items()),
            is_exact,
        )

    if exact := [name for name in names if name.plain == typed]:
        return found(exact, is_exact=True)
    if not core:
        return FoundAreas()
    if same := [name for name in names if name.core == core]:
        return found(same, is_exact=True)
    if begun := [name for name in names if f"-{typed}" in f"-{name.plain}" or f"-{core}" in f"-{name.core}"]:
        return found(begun)
    inside = [name for name in names if len(name.core) >= SHORTEST_NAME and f"-{name.core}-" in f"-{core}-"]
    longest = max((len(name.core) for name in inside), default=0)
    return found(name for name in inside if len(name.core) == longest)


#: The names of the taxonomy that was searched last: a worker has one at a time.
_known: tuple[Taxonomy | None, tuple[_Name, ...]] = (None, ())


def _names(taxonomy: Taxonomy) -> tuple[_Name, ...]:
    """Return every name that leads to an area which is still used."""
    global _known
    last, names = _known
    if last is not taxonomy:
        names = tuple(
            _Name(term.slug, text, _plain(text), _core(text))
            for term in taxonomy.current
            if not term.retired
            for text in dict.fromkeys((*term.names.values(), *term.aliases))
        )
        _known = taxonomy, names
    return names


def _plain(text: str) -> str:
    """Return the words in letters and digits, joined by hyphens.

    Without a leading article.
    """
    return slugify(text.replace("&", " and ")).removeprefix("the-")


def _core(text: str) -> str:
    """Return the plain words that say where a force or council is.

    Empty if there are none.
    """
    words = _plain(text).replace("london-borough", "").replace("royal-borough", "").split("-")
    return "-".join(word for word in words if word and word not in GENERIC_WORDS)
