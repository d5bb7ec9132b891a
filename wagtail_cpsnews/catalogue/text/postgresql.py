"""PostgreSQL's text search: a tsvector column in a table of its own.

With the configuration of each story's language.

The table is made by migration 0002.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import FloatField, Q
from django.db.models.expressions import Combinable, RawSQL

from ...conf import get_settings
from .base import Engine, Phrase


class PostgreSQLEngine(Engine):
    def write(self, entries: Sequence[Any]) -> None:
        row = (
            "(%s, %s::regconfig,"
            " setweight(to_tsvector(%s::regconfig, %s), 'A') || setweight(to_tsvector(%s::regconfig, %s), 'B')"
            " || to_tsvector(%s::regconfig, %s))"
        )
        params: list[Any] = []
        for entry in entries:
            config = _configs().get(entry.language.split("-")[0], "simple")
            weighted = (entry.title, entry.summary, entry.text[:500_000])
            params += [entry.page_pk, config]
            params += [value for words in weighted for value in (config, words)]
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO cpsnews_text (page_pk, config, document) VALUES {', '.join([row] * len(entries))}"  # noqa: S608
                " ON CONFLICT (page_pk) DO UPDATE SET config = EXCLUDED.config, document = EXCLUDED.document",
                params,
            )

    def remove(self, page_pks: Sequence[int]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("DELETE FROM cpsnews_text WHERE page_pk = ANY(%s)", [list(page_pks)])

    def holding(self, page_pks: Sequence[int]) -> set[int]:
        with self.connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(page_pks))
            cursor.execute(f"SELECT page_pk FROM cpsnews_text WHERE page_pk IN ({marks})", list(page_pks))  # noqa: S608
            return {pk for (pk,) in cursor.fetchall()}

    def search(self, phrases: Sequence[Phrase]) -> list[int]:
        parts, all_params = [], []
        for config in sorted({"simple", *_configs().values()}):
            query, params = _tsquery(config, phrases)
            parts.append(f"config = %s::regconfig AND document @@ ({query})")
            all_params += [config, *params]
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT page_pk FROM cpsnews_text WHERE {' OR '.join(parts)}", all_params)  # noqa: S608
            return [pk for (pk,) in cursor.fetchall()]

    def matching(self, phrases: Sequence[Phrase]) -> Q:
        condition = Q()
        for config in sorted({"simple", *_configs().values()}):
            query, params = _tsquery(config, phrases)
            condition |= Q(
                page_pk__in=RawSQL(  # noqa: S611  the text is ours, the words are parameters
                    f"SELECT page_pk FROM cpsnews_text WHERE config = %s::regconfig AND document @@ ({query})",  # noqa: S608
                    [config, *params],
                )
            )
        return condition

    def relevance(self, phrases: Sequence[Phrase]) -> Combinable:
        cases, all_params = [], []
        for config in sorted({"simple", *_configs().values()}):
            query, params = _tsquery(config, phrases)
            cases.append(f"WHEN config = %s::regconfig THEN ts_rank(document, ({query}))")
            all_params += [config, *params]
        return RawSQL(  # noqa: S611  the text is ours, the words are parameters
            f"(SELECT CASE {' '.join(cases)} ELSE 0 END FROM cpsnews_text"  # noqa: S608
            ' WHERE cpsnews_text.page_pk = "cpsnews_entry"."page_pk")',
            all_params,
            output_field=FloatField(),
        )


def _configs() -> dict[str, str]:
    return dict(get_settings().SEARCH_CONFIGS)


def _tsquery(config: str, phrases: Sequence[Phrase]) -> tuple[str, list[str]]:
    parts, params = [], []
    for words in phrases:
        parts.append("phraseto_tsquery(%s::regconfig, %s)")
        params += [config, " ".join(words)]
    return " && ".join(parts), params
