"""PostgreSQL: a tsvector without positions, in a table that migration 0022 makes.

Its lexemes are words and stems after a letter for their place: no dictionary of PostgreSQL's takes part. A GIN index
answers for words without reading a row; for phrases, words in their order are compared in those rows alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import transaction

from .base import ANYWHERE, MAX_COUNTED, PARTS, SUMMARY, TITLE, Engine, Level, Term, marks_of, places
from .words import VERSION, Document, mark_of

TABLE = "cpsnews_words"
_LETTERS = {TITLE: "t", SUMMARY: "s", ANYWHERE: "a"}
#: Between title, summary and body where words are kept in their order: no word has it.
_BAR = "|"


class PostgreSQLEngine(Engine):
    """An index of lexemes beside the entries."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have the index used.

        The planner takes a scan for cheaper: it does not count that rows are unpacked.
        """
        with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            yield
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")

    def find(self, groups: Sequence[Sequence[Term]], level: Level, below: Level | None = None) -> list[int]:
        """Return the pages of stories with one term of each group at ``level``."""
        has_phrase = any(len(term.words) > 1 for group in groups for term in group)
        query = _tsquery(groups, level)
        if below is not None and not has_phrase:
            query = f"({query}) & !({_tsquery(groups, below)})"
        # One row: thousands of rows take Python longer than PostgreSQL.
        sql = f"SELECT array_agg(page_pk)::text FROM {TABLE} WHERE document @@ %s::tsquery"  # noqa: S608
        params = [query]
        if has_phrase:
            condition, its = _conditions(groups, level)
            sql, params = f"{sql} AND {condition}", params + its
            if below is not None:
                condition, its = _conditions(groups, below)
                sql, params = f"{sql} AND NOT ({condition})", params + its
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            found: list[int] = json.loads(f"[{(cursor.fetchone()[0] or '{}')[1:-1]}]")
            return found

    def count_words(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many stories have each of these words as typed."""
        lexemes = ["'" + _lexeme(ANYWHERE, word, False).replace("'", "''") + "'" for word in words]
        counted = f"SELECT 1 FROM {TABLE} WHERE document @@ lexeme::tsquery LIMIT {MAX_COUNTED}"  # noqa: S608
        with self.reading(), self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT word, (SELECT count(*) FROM ({counted}) counted)"  # noqa: S608
                " FROM unnest(%s::text[], %s::text[]) asked (word, lexeme)",
                [list(words), lexemes],
            )
            return {word: number for word, number in cursor.fetchall() if number}

    def write(self, entries: Sequence[Any]) -> None:
        """Take over the texts of entries that were just saved."""
        params: list[Any] = []
        for entry in entries:
            document = Document.of(entry)
            words = _in_order(document.title, document.summary, document.body)
            forms = _in_order(document.title_forms, document.summary_forms, document.body_forms)
            params += [entry.page_pk, sorted(_all_lexemes(document)), words, forms, mark_of(entry), VERSION]
        row = "(%s, array_to_tsvector(%s::text[]), %s, %s, %s, %s)"
        names = ("document", "words", "forms", "mark", "version")
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (page_pk, {', '.join(names)}) VALUES {', '.join([row] * len(entries))}"  # noqa: S608
                f" ON CONFLICT (page_pk) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in names)}",
                params,
            )

    def remove(self, page_pks: Sequence[int]) -> None:
        """Forget entries, by page."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE page_pk = ANY(%s)", [list(page_pks)])  # noqa: S608

    def lacking(self, entries: Sequence[Any]) -> set[int]:
        """Return the pages of entries that the index lacks or has otherwise."""
        marks = marks_of(entries)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT page_pk, mark FROM {TABLE} WHERE page_pk = ANY(%s)", [list(marks)])  # noqa: S608
            known = dict(cursor.fetchall())
        return {pk for pk, mark in marks.items() if known.get(pk) != mark}

    def remove_strays(self, *, dry_run: bool) -> list[int]:
        """Forget stories that are not public, and return their pages."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT page_pk FROM {TABLE} WHERE NOT EXISTS (SELECT FROM cpsnews_entry entry"  # noqa: S608
                f" WHERE entry.page_pk = {TABLE}.page_pk AND entry.public) ORDER BY page_pk"
            )
            found = [pk for (pk,) in cursor.fetchall()]
        if found and not dry_run:
            self.remove(found)
        return found

    def is_outdated(self) -> bool:
        """Return whether some of it was written by another version."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {TABLE} WHERE version <> %s LIMIT 1", [VERSION])  # noqa: S608
            return cursor.fetchone() is not None


def _all_lexemes(document: Document) -> set[str]:
    """Return the lexemes of a story: words and stems with their places."""
    found = set()
    for place, parts in PARTS.items():
        for part in parts:
            found |= {_lexeme(place, word, False) for word in set(getattr(document, part))}
            found |= {_lexeme(place, word, True) for word in set(getattr(document, f"{part}_forms"))}
    return found


def _lexeme(place: str, word: str, is_stem: bool) -> str:
    return f"{_LETTERS[place]}{'~' if is_stem else '='}{word}"


def _in_order(*parts: Sequence[str]) -> str:
    return _BAR.join(f" {' '.join(part)} " if part else "" for part in parts)


def _tsquery(groups: Sequence[Sequence[Term]], level: Level) -> str:
    return " & ".join(f"({' | '.join(_lexemes(term, level) for term in group)})" for group in groups)


def _conditions(groups: Sequence[Sequence[Term]], level: Level) -> tuple[str, list[str]]:
    """Return the condition that a term of each group is there, and parameters."""
    conditions: list[str] = []
    params: list[str] = []
    for group in groups:
        its = [_condition(term, level) for term in group]
        conditions.append(f"({' OR '.join(condition for condition, _params in its)})")
        params += chain.from_iterable(values for _condition, values in its)
    return " AND ".join(conditions), params


def _lexemes(term: Term, level: Level) -> str:
    """Return the tsquery of a term, which asks for all of its words."""
    found = []
    for words, place, are_stems in places(level, term):
        quoted = ["'" + _lexeme(place, word, are_stems).replace("'", "''") + "'" for word in words]
        found.append(f"({' & '.join(quoted)})")
    return " | ".join(found)


def _condition(term: Term, level: Level) -> tuple[str, list[str]]:
    """Return the condition that a term's words are side by side, and parameters."""
    conditions: list[str] = []
    params: list[str] = []
    for words, place, are_stems in places(level, term):
        column = "forms" if are_stems else "words"
        text = f" {' '.join(words)} "
        if place == ANYWHERE:
            conditions.append(f"strpos({column}, %s) > 0")
            params.append(text)
        else:
            for number, _part in enumerate(PARTS[place], 1):
                conditions.append(f"strpos(split_part({column}, '{_BAR}', {number}), %s) > 0")
                params.append(text)
    return " OR ".join(conditions), params
