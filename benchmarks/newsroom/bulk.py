"""Write rows with COPY.

The quickest way into PostgreSQL, past signals and constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from django.db import connection, models
from wagtail.fields import StreamField

from .stories import Story, pk_of

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows of a table, given as values by column.

    What is left out has the field's default.

    The columns of a parent model are not written.
    """
    fields = model._meta.local_concrete_fields
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    fields = [field for field in fields if field.attname in first or not _is_automatic(field)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [_value_of(field, first) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as table:
            for row in _with_first(first, rows):
                table.write_row([value(row) for value in values])
        cursor.execute("RESET session_replication_role")


def _with_first(first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    yield first
    yield from rest


def _is_automatic(field: models.Field) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _value_of(field: models.Field, first: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Return what gives the value of a column from a row."""
    if field.attname not in first:
        if isinstance(field, models.UUIDField) and callable(field.default):  # another for each row
            return lambda row: field.get_default()
        default = field.get_db_prep_save(field.get_default(), connection)
        return lambda row: default
    if isinstance(field, models.JSONField | StreamField):
        return lambda row: field.get_db_prep_save(row[field.attname], connection)
    return itemgetter(field.attname)


def tree_path(parent: str, place: int) -> str:
    """Return the path of a page in treebeard's tree.

    Args:
        place: Among the children of its parent, from 1.
    """
    digits = ""
    for _ in range(4):
        place, digit = divmod(place, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return parent + digits


def count_children(page: models.Model, count: int) -> None:
    """Tell treebeard how many children a page has.

    And PostgreSQL which key comes next.
    """
    table = page._meta.get_parent_list()[-1]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET numchild = %s WHERE id = %s', [count, page.pk])
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
        )


def page_row(story: Story, parent: Any, content_type: int) -> dict[str, Any]:
    """Return the row of a story in the table of all pages."""
    return {
        "id": pk_of(story),
        "path": tree_path(parent.path, story.number + 1),
        "depth": parent.depth + 1,
        "numchild": 0,
        "title": story.title,
        "draft_title": story.title,
        "slug": story.slug,
        "live": story.live,
        "has_unpublished_changes": not story.live,
        "url_path": f"{parent.url_path}{story.slug}/",
        "content_type_id": content_type,
        "first_published_at": story.published,
        "last_published_at": story.published,
        "locale_id": parent.locale_id,
    }


def analyse() -> None:
    """Let PostgreSQL count what it has, so that it plans well."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
