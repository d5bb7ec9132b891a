"""The result summary: how many of how many, and by which filters.

One for page, API and embeds.
"""

from __future__ import annotations

import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import get_settings
from ..languages import language_name
from ..registry import BY_ORDER
from .dates import display
from .lookups import Reference
from .query import Query


def summarise(query: Query, reference: Reference, *, count: int, first: int, shown: int) -> str:
    """Return the result summary of a list, in the query's label language.

    For example ``Showing 41 - 50 of 50 results for crime type "International and organised crime" & area "CPS"``. A
    list by cursor does not know its place, so only its count is given.

    Args:
        count: How many stories there are on all pages.
        first: The number of the first story shown, from 1.
        shown: How many stories this page shows.
    """
    with translation.override(query.lang):
        filters = describe(query, reference)
        if not count:
            return _("No results for %(filters)s") % {"filters": filters} if filters else _("No results")
        if count == 1:
            start = _("Showing 1 result")
        elif query.cursor:
            start = ngettext("%(count)d result", "%(count)d results", count) % {"count": count}
        else:
            start = _("Showing %(first)d - %(last)d of %(count)d results") % {
                "first": first,
                "last": first + shown - 1,
                "count": count,
            }
        if not filters:
            return start
        return _("%(showing)s for %(filters)s") % {"showing": start, "filters": filters}


def describe(query: Query, reference: Reference) -> str:
    """Return the filters of a query in words, joined by " & ".

    In the active language; empty when there are none.
    """
    parts = []
    settings = get_settings()
    for name in BY_ORDER:
        slugs = query.selected(name)
        if not slugs or not settings.is_on(name):
            continue
        taxonomy = reference.taxonomies[name]
        terms = [term for term in taxonomy.terms if term.slug in slugs]
        values = _(" or ").join(f'"{term.label(query.lang)}"' for term in terms)
        parts.append(f"{settings.label(name)} {values}")
    if query.q:
        quoted = f"“{query.q}”" if '"' in query.q else f'"{query.q}"'
        label = _("search term")
        parts.append(f"{label} {quoted}")
    if dates := _dates(query.published_after, query.published_before):
        parts.append(dates)
    if query.language_only:
        parts.append(_("language “%(language)s” only") % {"language": language_name(query.language)})
    return " & ".join(parts)


def _dates(after: datetime.date | None, before: datetime.date | None) -> str:
    if after and before:
        if after == before:
            return _("published on %(day)s") % {"day": display(after)}
        return _("published from %(first)s to %(last)s") % {"first": display(after), "last": display(before)}
    if after:
        return _("published on or after %(day)s") % {"day": display(after)}
    if before:
        return _("published on or before %(day)s") % {"day": display(before)}
    return ""
