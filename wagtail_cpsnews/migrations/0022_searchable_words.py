"""The text index in words and stems that the package makes.

It is FTS5 on SQLite and a tsvector on PostgreSQL.
The index of before is emptied: it would keep the words of stories that are withdrawn from now on.
"""

from django.db import migrations

from wagtail_cpsnews.catalogue.text import database_engine

TEXTS = "title, summary, body, title_forms, summary_forms, body_forms"

CREATE = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS cpsnews_words USING fts5({TEXTS}, "
        "mark UNINDEXED, version UNINDEXED, tokenize = \"ascii tokenchars ''''\")",
    ],
    "postgresql": [
        # Rows are kept out of the way of a scan of the index, which reads page_pk alone.
        "CREATE TABLE IF NOT EXISTS cpsnews_words (page_pk bigint PRIMARY KEY, document tsvector NOT NULL, "
        "words text NOT NULL, forms text NOT NULL, mark text NOT NULL, version text NOT NULL) "
        "WITH (toast_tuple_target = 128)",
        "CREATE INDEX IF NOT EXISTS cpsnews_words_document ON cpsnews_words USING gin (document)",
    ],
}


def create(apps, schema_editor):
    alias = schema_editor.connection.alias
    for statement in CREATE.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement, params=None)
    entries = apps.get_model("cpsnews", "Entry").objects.using(alias).filter(public=True).order_by("page_pk")
    chunk = []
    for entry in entries.only("page_pk", "language", "title", "summary", "text").iterator(chunk_size=200):
        chunk.append(entry)
        if len(chunk) == 200:
            database_engine(alias).write(chunk)
            chunk = []
    if chunk:
        database_engine(alias).write(chunk)
    if schema_editor.connection.vendor in CREATE:
        schema_editor.execute("DELETE FROM cpsnews_text")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor in CREATE:
        schema_editor.execute("DROP TABLE IF EXISTS cpsnews_words")


class Migration(migrations.Migration):
    dependencies = [("cpsnews", "0021_stored_index")]

    operations = [migrations.RunPython(create, drop)]
