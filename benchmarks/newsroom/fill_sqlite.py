"""Copies our database from PostgreSQL into an SQLite file, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction

from wagtail_cpsnews.catalogue import text
from wagtail_cpsnews.catalogue.entry_store import batches
from wagtail_cpsnews.catalogue.models import Entry

#: The alias of the SQLite file in Django's settings.
ALIAS = "sqlite"

BATCH = 500

#: Apps whose tables differ from database to database, and that nothing measured here reads.
OTHERS = {"wagtailsearch"}


def fill() -> None:
    """Write what the PostgreSQL database has into the file, which has all tables already."""
    with connections[ALIAS].constraint_checks_disabled():
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy and model._meta.app_label not in OTHERS:
                _copy(model)
    entries = Entry.objects.using(ALIAS).filter(public=True)
    for batch in batches(entries.iterator(chunk_size=BATCH), BATCH):
        text.database_engine(ALIAS).write(batch)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(model: type[models.Model]) -> None:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # what the migrations have written
        for rows in batches(_rows(model, fields), BATCH):
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', rows)


def _rows(model: type[models.Model], fields: Any) -> Iterator[list[Any]]:
    """Yield the rows of a table as SQLite takes them."""
    rows = (
        model._base_manager.using("default").order_by("pk").values_list(*(field.attname for field in fields))
    )
    for row in rows.iterator(chunk_size=BATCH):
        yield [
            field.get_db_prep_save(value, connections[ALIAS])
            for field, value in zip(fields, row, strict=True)
        ]
