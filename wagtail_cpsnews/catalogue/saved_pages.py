"""What the database says of a page before it is saved."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.db import connections
from wagtail.models import Site

from ..compat import get_page_model


@dataclass(frozen=True)
class SavedPage:
    """What the database said of a page before a save.

    source_key: the translation key of the page that this one is an alias of. is_home: the page is a site's root page,
    or a translation of one. has_versions: it is there in other languages.
    """

    path: str
    source: Any
    live: bool
    title: str
    expire_at: Any
    source_key: Any
    is_home: bool
    has_versions: bool


def read_saved_page(page: Any, alias: str) -> SavedPage | None:
    """Return what the database says of ``page`` now.

    ``None`` where it has no such page. The row of a page that is not live stays locked until the transaction ends: somebody may publish the page between
    this read and the save, which would then take it away.
    """
    connection, model = connections[alias], get_page_model()
    lock = ""
    if not page.live and connection.in_atomic_block and connection.features.has_select_for_update:
        no_key = connection.features.has_select_for_no_key_update
        of = ("page",) if connection.features.has_select_for_update_of else ()
        lock = f" {connection.ops.for_update_sql(no_key=no_key, of=of)}"
    key = model._meta.get_field("translation_key").get_db_prep_value(page.translation_key, connection)
    pages = model._default_manager.using(alias).raw(f"{_query(alias)}{lock}", [key, key, page.pk])
    saved: Any = next(iter(pages), None)
    if saved is None:
        return None
    return SavedPage(
        path=saved.url_path,
        source=saved.alias_of_id,
        live=saved.live,
        title=saved.title,
        expire_at=saved.expire_at,
        source_key=model._meta.get_field("translation_key").to_python(saved.source_key),
        is_home=bool(saved.is_home),
        has_versions=bool(saved.has_versions),
    )


@functools.cache
def _query(alias: str) -> str:
    """Return the query.

    Written out, since the ORM took longer to put it together than the database to answer it.
    """
    quote = connections[alias].ops.quote_name
    model: Any = get_page_model()
    names = {"pages": model._meta.db_table, "pk": model._meta.pk.column, "sites": Site._meta.db_table}
    # Tables and columns of models alone.
    sql = """SELECT page.{pk}, page.url_path, page.alias_of_id, page.live, page.title, page.expire_at,
            (SELECT source.translation_key FROM {pages} source WHERE source.{pk} = page.alias_of_id) AS source_key,
            EXISTS(
                SELECT 1 FROM {sites} site INNER JOIN {pages} home ON home.{pk} = site.root_page_id
                WHERE home.translation_key = %s
            ) AS is_home,
            EXISTS(
                SELECT 1 FROM {pages} version WHERE version.translation_key = %s AND version.{pk} <> page.{pk}
            ) AS has_versions
        FROM {pages} page WHERE page.{pk} = %s
    """.format(**{name: quote(value) for name, value in names.items()})  # noqa: S608
    return " ".join(sql.split())
