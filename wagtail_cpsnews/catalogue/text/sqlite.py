"""SQLite's FTS5: a virtual table whose rowid is the entry's page.

It is made by migration 0002.

English endings are cut ("courts" finds "court"), accents do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import FloatField, Q
from django.db.models.expressions import Combinable, RawSQL

from .base import Engine, Phrase


class SQLiteEngine(Engine):
    def write(self, entries: Sequence[Any]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO cpsnews_text (rowid, title, summary, body) VALUES (%s, %s, %s, %s)",
                [[entry.page_pk, entry.title, entry.summary, entry.text] for entry in entries],
            )

    def remove(self, page_pks: Sequence[int]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany("DELETE FROM cpsnews_text WHERE rowid = %s", [[pk] for pk in page_pks])

    def holding(self, page_pks: Sequence[int]) -> set[int]:
        with self.connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(page_pks))
            cursor.execute(f"SELECT rowid FROM cpsnews_text WHERE rowid IN ({marks})", list(page_pks))  # noqa: S608
            return {pk for (pk,) in cursor.fetchall()}

    def search(self, phrases: Sequence[Phrase]) -> list[int]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM cpsnews_text WHERE cpsnews_text MATCH %s", [_match(phrases)])
            return [pk for (pk,) in cursor.fetchall()]

    def scores(self, phrases: Sequence[Phrase]) -> dict[int, float]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid, -bm25(cpsnews_text, 10.0, 4.0, 1.0) FROM cpsnews_text WHERE cpsnews_text MATCH %s",
                [_match(phrases)],
            )
            return dict(cursor.fetchall())

    def matching(self, phrases: Sequence[Phrase]) -> Q:
        return Q(
            page_pk__in=RawSQL(
                "SELECT rowid FROM cpsnews_text WHERE cpsnews_text MATCH %s", [_match(phrases)]
            )
        )

    def relevance(self, phrases: Sequence[Phrase]) -> Combinable:
        # All hits are ranked in one pass of the index: bm25 asked row by row reads the whole posting list for each hit.
        # LIMIT keeps SQLite from merging the inner query into the outer one (rule 6 of its "flattening" optimisation:
        # https://www.sqlite.org/optoverview.html#flattening); it is evaluated once and looked up by an automatic index.
        return RawSQL(
            "(SELECT ranked.score FROM (SELECT rowid AS page_pk, -bm25(cpsnews_text, 10.0, 4.0, 1.0) AS score"
            " FROM cpsnews_text WHERE cpsnews_text MATCH %s LIMIT -1) AS ranked"
            ' WHERE ranked.page_pk = "cpsnews_entry"."page_pk")',
            [_match(phrases)],
            output_field=FloatField(),
        )


def _match(phrases: Sequence[Phrase]) -> str:
    """Return an FTS5 expression.

    Words hold letters, digits and apostrophes only, so quoting is enough.
    """
    return " AND ".join(f'"{" ".join(words)}"' for words in phrases)
