"""Files stories under the term that has replaced another.

By the entries alone: a term can have thousands of stories.

Terms are all that such a change can do to an entry. Its digest proves that the entry says what the page said: it is
made again from the entry as it was; where that gives another one, the page is read instead.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from ..registry import TAXONOMIES
from .entries import EntryWriter
from .languages import write_columns
from .models import Entry, EntryTerm, EntryUse
from .references import Resolver
from .rows import Row, digest_of, facts_of
from .uses import refs_of_uses


def refile(writer: EntryWriter, taxonomy: str, key: str, pks: Collection[int]) -> set[int]:
    """File the entries of pages under the term that stands for ``key`` now.

    Args:
        writer: Of the projection that is going on.
        taxonomy: The name of the term's taxonomy.
        key: The translation key of the term that has been replaced.
        pks: Pages.

    Returns:
        The pages whose entries are right now; the others have to be looked at.
    """
    term = writer.reference.taxonomies[taxonomy].follow(key)
    if term is None or term.key == key:
        return set()
    filed = writer.entries().filter(page_pk__in=pks, terms__taxonomy=taxonomy, terms__key=key)
    rows = _rows_of(list(filed), writer.alias)
    resolver = Resolver(writer.reference, writer.reference.default_language)
    resolver.want(ref for row in rows.values() for ref in refs_of_uses(row.uses))
    old, new = (taxonomy, UUID(key)), (taxonomy, UUID(term.key))
    moved = []
    for entry, row in rows.items():
        its = resolver.for_language(entry.language)
        if digest_of(row, its) != entry.digest:
            continue
        row.terms = (row.terms - {old}) | {new}
        keys = sorted(str(key) for name, key in row.terms if name == taxonomy)
        facts = {**row.columns["facts"], TAXONOMIES[taxonomy].field: keys}
        row.columns["facts"] = facts
        entry.digest = digest_of(row, its)
        entry.facts = {**entry.facts, **facts}
        entry.number = writer.number
        moved.append(entry)
    if moved:
        write_columns(writer.alias, moved, ("facts", "digest", "number"))
        terms = EntryTerm.objects.using(writer.alias)
        terms.filter(entry__in=moved, taxonomy=taxonomy, key=key)._raw_delete(writer.alias)
        terms.bulk_create(
            [EntryTerm(entry=entry, taxonomy=taxonomy, key=term.key) for entry in moved],
            batch_size=1000,
            ignore_conflicts=True,
        )
        writer.changed = True
    return {entry.page_pk for entry in moved}


def _rows_of(entries: list[Entry], alias: str) -> dict[Entry, Row]:
    """Return what entries say as the rows that they were made from."""
    names = {field.name: field.attname for field in Entry._meta.concrete_fields}
    rows = {}
    for entry in entries:
        columns: dict[str, Any] = {name: getattr(entry, attname) for name, attname in names.items()}
        rows[entry.pk] = Row(entry.page_pk, columns | {"facts": facts_of(entry)}, set(), set())
    terms = EntryTerm.objects.using(alias).filter(entry__in=rows)
    for pk, taxonomy, key in terms.values_list("entry_id", "taxonomy", "key"):
        rows[pk].terms.add((taxonomy, key))
    uses = EntryUse.objects.using(alias).filter(entry__in=rows)
    for pk, subject in uses.values_list("entry_id", "subject"):
        rows[pk].uses.add(subject)
    return {entry: rows[entry.pk] for entry in entries}
