"""The text index: SQLite's FTS5 or PostgreSQL's tsvector.

Other databases compare text and need none.
"""

from django.db import migrations

CREATE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE IF NOT EXISTS cpsnews_text USING fts5("
        "title, summary, body, tokenize = 'porter unicode61 remove_diacritics 2')",
    ],
    "postgresql": [
        "CREATE TABLE IF NOT EXISTS cpsnews_text ("
        "page_pk bigint PRIMARY KEY, config regconfig NOT NULL, document tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS cpsnews_text_document ON cpsnews_text USING gin (document)",
    ],
}


def create(apps, schema_editor):
    for statement in CREATE.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor in CREATE:
        schema_editor.execute("DROP TABLE IF EXISTS cpsnews_text")


class Migration(migrations.Migration):
    dependencies = [("cpsnews", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
