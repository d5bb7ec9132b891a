"""The list, its count and all facets in one SQL statement.

Over an array of terms with a GIN index.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from ..stories import OFFSETS

_LIST = (
    "SELECT json_build_object("
    "'count', (SELECT count(*) FROM peers_flatstory WHERE terms @> %s::int[]),"
    "'items', (SELECT coalesce(json_agg(page), '[]') FROM (SELECT id, date, title, url, summary, terms"
    " FROM peers_flatstory WHERE terms @> %s::int[] ORDER BY date DESC, id DESC LIMIT 10 OFFSET %s) page),"
    "'facets', (SELECT coalesce(json_object_agg(term, stories), '{{}}') FROM ({facets}) counted))::text"
)

#: A filter ignores its own choice, so what is chosen in it is counted apart.
_FACET = (
    "SELECT term, count(*) AS stories FROM peers_flatstory, unnest(terms) AS term"
    " WHERE terms @> %s::int[] AND term / 100 = ANY(%s::int[]) GROUP BY term"
)


def sql_list(request: HttpRequest) -> HttpResponse:
    """Answer with a page of the list, its count, and the counts beside every filter."""
    chosen = {name: OFFSETS[name] + int(request.GET[name]) for name in OFFSETS if request.GET.get(name)}
    terms = list(chosen.values())
    groups: list[tuple[list[int], list[int]]] = []
    if rest := [offset // 100 for name, offset in OFFSETS.items() if name not in chosen]:
        groups.append((terms, rest))
    groups += [([one for one in terms if one != own], [own // 100]) for own in terms]
    parameters: list[Any] = [terms, terms, (int(request.GET.get("page", 1)) - 1) * 10]
    for group in groups:
        parameters += group
    with connection.cursor() as cursor:
        cursor.execute(_LIST.format(facets=" UNION ALL ".join([_FACET] * len(groups))), parameters)
        found = cursor.fetchone()[0]
    return HttpResponse(found, content_type="application/json")
