"""What a reader is told who comes by the old name of a term."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..catalogue.lookups import Reference
from ..catalogue.query import Query
from ..conf import get_settings


def former_names(params: Any, query: Query, reference: Reference) -> tuple[str, ...]:
    """Return a sentence for each term that an address names as it was called before.

    params: of the address, anything with ``getlist()``. query: what they were understood as.
    """
    found = {}
    for name in get_settings().taxonomies:
        terms = reference.taxonomies[name]
        for value in params.getlist(name) if query.selected(name) else ():
            old, now = terms.former_name(value, query.lang), terms.find(value)
            label = now.label(query.lang) if now is not None and now.slug in query.selected(name) else ""
            if old and label and old != label:
                found[old, label] = _("“%(now)s” was formerly “%(old)s”.") % {"now": label, "old": old}
    return tuple(found.values())
