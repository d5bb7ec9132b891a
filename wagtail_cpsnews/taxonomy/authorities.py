"""Police forces, counties and councils by area.

Seed data, like the areas; ``data/places.csv`` holds it.

Columns: ``areas`` (slugs, separated by spaces; the Metropolitan Police has two), ``kind`` (area, force, county, council,
former), ``name`` and ``other_names`` (Welsh names, short forms; separated by ``|``).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from io import StringIO

from django.utils.text import slugify


@cache
def place_names() -> dict[str, tuple[str, ...]]:
    """Return the names of each area's places, by the area's slug, without repetition."""
    text = files(__package__).joinpath("data/places.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(StringIO(text)):
        names = [name.strip() for name in (row["name"], *row["other_names"].split("|"))]
        for area in row["areas"].split():
            known = found.setdefault(area, {})
            for name in filter(None, names):
                known.setdefault(slugify(name), name)
    return {area: tuple(known.values()) for area, known in found.items()}
