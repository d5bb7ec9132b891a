"""The checkboxes of a list: what can be chosen, with how many stories each finds."""

from __future__ import annotations

from collections.abc import Collection

from ..catalogue.results import Results
from ..conf import get_settings
from ..registry import BY_ORDER
from .list_parts import FilterGroup, Option, capitalised


def filter_groups(results: Results, locked: Collection[str]) -> list[FilterGroup]:
    """Return the groups of checkboxes, in the order of the summary.

    A taxonomy without terms has none.

    Args:
        results: What was found, with facets.
        locked: Taxonomies whose filter a reader cannot change.
    """
    groups = []
    for name in BY_ORDER:
        facets = results.facets.get(name)
        if not facets or name in locked:
            continue
        retired = results.snapshot.reference.taxonomies[name].retired_keys
        options = [
            Option(
                f"filter-{name}-{facet.slug}",
                facet.slug,
                facet.label,
                facet.count,
                facet.selected,
                facet.language,
                facet.key in retired,
            )
            for facet in facets
        ]
        legend = capitalised(get_settings().label(name))
        groups.append(FilterGroup(name, legend, options, any(option.checked for option in options)))
    return groups
