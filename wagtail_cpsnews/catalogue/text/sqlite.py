"""SQLite's FTS5: a virtual table whose rowid is the entry's page (made by migration 0002).

English endings are cut ("courts" finds "court"), accents do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import FloatField, Q
from django.db.models.expressions import Combinable, RawSQL

from .base import Engine, Phrase


class SQLiteEngine(Engine):
    def write(self, entry: Any) -> None:
        self.remove([entry.page_pk])
        with self.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cpsnews_text (rowid, title, summary, body) VALUES (%s, %s, %s, %s)",
                [entry.page_pk, entry.title, entry.summary, entry.text],
            )

    def remove(self, page_pks: Sequence[int]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany("DELETE FROM cpsnews_text WHERE rowid = %s", [[pk] for pk in page_pks])

    def holding(self, page_pks: Sequence[int]) -> set[int]:
        with self.connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(page_pks))
            cursor.execute(f"SELECT rowid FROM cpsnews_text WHERE rowid IN ({marks})", list(page_pks))  # noqa: S608
            return {pk for (pk,) in cursor.fetchall()}

    def matching(self, phrases: Sequence[Phrase]) -> Q:
        return Q(
            page_pk__in=RawSQL(
                "SELECT rowid FROM cpsnews_text WHERE cpsnews_text MATCH %s", [_match(phrases)]
            )
        )

    def relevance(self, phrases: Sequence[Phrase]) -> Combinable:
        return RawSQL(
            "(SELECT -bm25(cpsnews_text, 10.0, 4.0, 1.0) FROM cpsnews_text"
            ' WHERE cpsnews_text MATCH %s AND rowid = "cpsnews_entry"."page_pk")',
            [_match(phrases)],
            output_field=FloatField(),
        )


def _match(phrases: Sequence[Phrase]) -> str:
    """An FTS5 expression; words hold letters, digits and apostrophes only, so quoting is enough."""
    return " AND ".join(f'"{" ".join(words)}"' for words in phrases)
