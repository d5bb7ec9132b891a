"""FTS5 of SQLite: a virtual table, made by migration 0022; its rowid is the page.

Words and stems are columns of words with spaces between; the ``ascii`` tokenizer leaves them as they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from .base import ANYWHERE, MAX_COUNTED, PARTS, Engine, Level, Term, marks_of, places
from .words import VERSION, Document, mark_of

TABLE = "cpsnews_words"
#: The index's own list of its words, of this connection alone: it holds nothing itself.
_VOCABULARY = "temp.cpsnews_vocabulary"
#: Words with the same two first letters for which it takes less time to read all words of the index that begin so.
_MANY = 30
_COLUMNS = ("title", "summary", "body", "title_forms", "summary_forms", "body_forms")


class SQLiteEngine(Engine):
    """A full-text index beside the entries."""

    def find(self, groups: Sequence[Sequence[Term]], level: Level, below: Level | None = None) -> list[int]:
        """Return the pages of stories with one term of each group at ``level``."""
        match = _match(groups, level)
        if below is not None:
            match = f"({match}) NOT ({_match(groups, below)})"
        with self.connection.cursor() as cursor:
            # One row: thousands of rows take Python longer than SQLite.
            cursor.execute(f"SELECT json_group_array(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s", [match])  # noqa: S608
            found: list[int] = json.loads(cursor.fetchone()[0])
            return found

    def count_words(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many stories have each of these words as typed."""
        match = f"'{{{' '.join(PARTS[ANYWHERE])}}} : \"' || value || '\"'"
        counted = f"SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH {match} LIMIT {MAX_COUNTED}"  # noqa: S608
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT value, (SELECT count(*) FROM ({counted})) FROM json_each(%s)",  # noqa: S608
                [json.dumps(_in_index(words, cursor))],
            )
            return {word: number for word, number in cursor.fetchall() if number}

    def write(self, entries: Sequence[Any]) -> None:
        """Take over the texts of entries that were just saved."""
        rows = []
        for entry in entries:
            document = Document.of(entry)
            texts = [" ".join(getattr(document, name)) for name in _COLUMNS]
            rows.append([entry.page_pk, *texts, mark_of(entry), VERSION])
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT OR REPLACE INTO {TABLE} (rowid, {', '.join(_COLUMNS)}, mark, version)"  # noqa: S608
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                rows,
            )

    def remove(self, page_pks: Sequence[int]) -> None:
        """Forget entries, by page."""
        with self.connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [[pk] for pk in page_pks])  # noqa: S608

    def lacking(self, entries: Sequence[Any]) -> set[int]:
        """Return the pages of entries that the index lacks or has otherwise."""
        marks = marks_of(entries)
        with self.connection.cursor() as cursor:
            places_ = ", ".join(["%s"] * len(marks))
            cursor.execute(f"SELECT rowid, mark FROM {TABLE} WHERE rowid IN ({places_})", list(marks))  # noqa: S608
            known = dict(cursor.fetchall())
        return {pk for pk, mark in marks.items() if known.get(pk) != mark}

    def remove_strays(self, *, dry_run: bool) -> list[int]:
        """Forget stories that are not public, and return their pages."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE rowid NOT IN (SELECT page_pk FROM cpsnews_entry WHERE public)"  # noqa: S608
            )
            found = [pk for (pk,) in cursor.fetchall()]
        if found and not dry_run:
            self.remove(found)
        return found

    def is_outdated(self) -> bool:
        """Return whether its first or last story was written by another version."""
        with self.connection.cursor() as cursor:
            for order in ("ASC", "DESC"):
                cursor.execute(f"SELECT version FROM {TABLE} ORDER BY rowid {order} LIMIT 1")  # noqa: S608
                if (row := cursor.fetchone()) and row[0] != VERSION:
                    return True
        return False


def _match(groups: Sequence[Sequence[Term]], level: Level) -> str:
    """Return an FTS5 expression.

    Words hold letters, digits and apostrophes alone, so quoting is enough.
    """
    return " AND ".join(f"({' OR '.join(_term(term, level) for term in group)})" for group in groups)


def _term(term: Term, level: Level) -> str:
    found = []
    for words, place, are_stems in places(level, term):
        columns = " ".join(f"{part}_forms" if are_stems else part for part in PARTS[place])
        found.append(f'{{{columns}}} : "{" ".join(words)}"')
    return " OR ".join(found)


def _in_index(words: Sequence[str], cursor: Any) -> list[str]:
    """Return those of many words that the index may have.

    To look one up takes as long as to read ten that are side by side.
    """
    beginnings = defaultdict(set)
    for word in words:
        beginnings[word[:2]].add(word)
    found = []
    for beginning, its in sorted(beginnings.items()):
        if len(its) > _MANY:
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {_VOCABULARY} USING fts5vocab(main, {TABLE}, row)"
            )
            cursor.execute(
                f"SELECT json_group_array(term) FROM {_VOCABULARY} WHERE term BETWEEN %s AND %s",  # noqa: S608
                [beginning, f"{beginning}\U0010ffff"],
            )
            its &= set(json.loads(cursor.fetchone()[0]))
        found += sorted(its)
    return found
