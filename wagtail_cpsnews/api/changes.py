"""``changes/``: what has changed since a token.

For clients that keep an exact copy of the list.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from ..catalogue.changes import Changes, Gone, Token, changes
from ..catalogue.dates import iso
from ..catalogue.exceptions import TokenGone
from ..catalogue.query import MAX_PAGE_SIZE, Query
from ..catalogue.serializers import item, list_fields, resolver_for
from . import schema
from .base import NewsView
from .parameters import SINCE

UPSERT, GONE = "upsert", "gone"


class ChangesView(NewsView):
    """Everything that has changed since a token, oldest change first.

    Stories are as the list gives them; of stories that are not in it any more there are ids. A client that
    sends no token gets all stories; a client that then only follows `next`, again and again, has an exact
    copy of the list in all languages.
    """

    accept = ("lang", "fields", "page_size")
    own_parameters = (SINCE,)
    operation = "changes"
    summary = "Follow what has changed"
    error_statuses = (410,)

    def get_response_schema(self) -> dict[str, Any]:
        return schema.changes_schema()

    def get_examples(self) -> list[tuple[str, Any, str]]:
        return [("One story and one that is gone", schema.example_changes(), "200"), *super().get_examples()]

    @property
    def fields(self) -> tuple[str, ...]:  # type: ignore[override]
        return list_fields()

    def get_default_query(self, request: HttpRequest) -> Query:
        return super().get_default_query(request).replace(page_size=MAX_PAGE_SIZE)

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        since = self.own["since"]
        if isinstance(since, TokenGone):
            raise since
        found = changes(query, since, self.snapshot)
        entries = [row for row in found.rows if not isinstance(row, Gone)]
        self.resolver = resolver_for(entries, self.snapshot.reference)
        return {
            "results": [self._result(row, query, found) for row in found.rows],
            "more": found.more,
            "token": str(found.token),
            "next": self._next(found.token),
        }

    def _result(self, row: Any, query: Query, found: Changes) -> dict[str, Any]:
        if isinstance(row, Gone):
            return {"change": GONE, "id": str(row.pk), "gone_at": iso(row.gone_at)}
        fields = tuple(dict.fromkeys(("id", *query.fields))) if query.fields else ()
        data = item(row, found.snapshot.reference, query.lang, resolver=self.resolver, fields=fields)
        return {"change": UPSERT, **data}

    def _next(self, token: Token) -> str:
        asked = [
            (name, value)
            for name in ("lang", "fields", "page_size")
            if (value := self.request.GET.get(name, "").strip())
        ]
        return self.request.build_absolute_uri(f"?{urlencode([('since', str(token)), *asked])}")
