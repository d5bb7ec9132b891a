"""Terms to start with.

Staff edit, rename, retire and translate them; loading them again overwrites nothing.

A set is a file in ``data/`` in the form that ``load_newsroom_terms`` takes from anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.text import slugify

from .authorities import place_names

#: The sets that come with the package.
SETS = ("cps",)


@dataclass(frozen=True)
class Seed:
    """One term.

    Slug, name, names in other languages by their code, and what it is also found as.
    """

    slug: str
    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    legacy_number: int | None = None
    aliases: tuple[str, ...] = ()


@cache
def load_set(name: str) -> dict[str, tuple[Seed, ...]]:
    """Return the terms of a set by taxonomy.

    Its areas are also found by the names of their councils and forces.
    """
    seeds = read_seeds(files(__package__).joinpath(f"data/{name}.json").read_text(encoding="utf-8"))
    places = place_names()
    areas = tuple(replace(seed, aliases=places.get(seed.slug, ())) for seed in seeds["area"])
    return {**seeds, "area": areas}


def read_seeds(text: str) -> dict[str, tuple[Seed, ...]]:
    """Return the terms in a JSON text by taxonomy.

    Raises:
        ValueError, KeyError, AttributeError, TypeError: If the text is no JSON of this form.
    """
    return {name: tuple(_read_seed(row) for row in rows) for name, rows in json.loads(text).items()}


def _read_seed(row: dict[str, Any]) -> Seed:
    names = dict(row.get("names") or {})
    if row.get("welsh"):
        names.setdefault("cy", row["welsh"])
    return Seed(
        slug=row.get("slug") or slugify(row["name"]),
        name=row["name"],
        names=names,
        legacy_number=_read_number(row),
        aliases=tuple(row.get("aliases", ())),
    )


def _read_number(row: dict[str, Any]) -> int | None:
    number = row.get("legacy_number")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 0):
        raise ValueError(f"legacy_number {number!r} of “{row.get('name')}” is not a whole number")
    return number
