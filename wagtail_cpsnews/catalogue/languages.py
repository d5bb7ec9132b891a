"""Language versions of a story: which one stands for it in which list.

In a list of language L a story shows its version in L; where it has none, its default-language version; where it
has neither, its oldest version. Each story once. The columns ``primary`` and ``versions`` make that one condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connections
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from .lookups import Reference
from .models import Entry


def regroup(alias: str, keys: Iterable[Any], number: int, reference: Reference) -> bool:
    """Decide again which version of these stories is listed.

    ``keys`` are translation keys. Returns whether a row changed.
    """
    entries = list(misgrouped(alias, keys, reference))
    for entry in entries:
        entry.number = number
    write_columns(alias, entries, ("primary", "versions", "facts", "number"))
    return bool(entries)


def write_columns(alias: str, entries: list[Entry], names: tuple[str, ...]) -> None:
    """Write columns of many rows with one prepared statement.

    A section that moves can touch a thousand versions.
    """
    if not entries:
        return
    connection = connections[alias]
    quote = connection.ops.quote_name
    fields: list[Any] = [Entry._meta.get_field(name) for name in (*names, "id")]
    *columns, key = [f"{quote(field.column)} = %s" for field in fields]
    rows = [
        [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields]
        for entry in entries
    ]
    with connection.cursor() as cursor:
        table = quote(Entry._meta.db_table)
        cursor.executemany(f"UPDATE {table} SET {', '.join(columns)} WHERE {key}", rows)  # noqa: S608


def misgrouped(alias: str, keys: Iterable[Any], reference: Reference) -> Iterator[Entry]:
    """Yield entries that name the wrong representative, corrected.

    Only entries with these translation keys are read.
    """
    keys = [key for key in keys if key]
    for start in range(0, len(keys), 500):
        entries = Entry.objects.using(alias).filter(public=True)
        several = _with_several_versions(entries.filter(translation_key__in=keys[start : start + 500]))
        if not several:
            continue
        groups: dict[Any, list[Entry]] = defaultdict(list)
        found = entries.filter(translation_key__in=several).defer("content", "text")
        for entry in found.order_by("published", "pk"):
            groups[entry.translation_key, entry.site_id].append(entry)
        for versions in groups.values():
            yield from _misgrouped_of_one(versions, reference.default_language)


def _with_several_versions(entries: QuerySet[Entry]) -> set[Any]:
    """Return the translation keys whose entries have to be read whole.

    Those of several entries, or of one that does not say that it is alone. Most stories are in one language, so whole entries are read of the others alone.
    """
    alone: set[Any] = set()
    others: set[Any] = set()
    columns = ("translation_key", "language", "primary", "versions", "facts")
    for key, language, primary, versions, facts in entries.order_by().values_list(*columns):
        says_so = primary and versions == f"|{language}|" and not facts.get("translations")
        if key in alone or not says_so:
            others.add(key)
        alone.add(key)
    return others


def _misgrouped_of_one(versions: list[Entry], default: str) -> Iterator[Entry]:
    first = next((entry for entry in versions if entry.language == default), versions[0])
    # Two versions in one language cannot both be shown; the older one keeps its place.
    by_language: dict[str, Entry] = {first.language: first}
    for entry in versions:
        by_language.setdefault(entry.language, entry)
    languages = f"|{'|'.join(sorted(by_language))}|"
    for entry in versions:
        shown = by_language[entry.language] is entry
        translations: list[dict[str, Any]] = [
            {
                "id": str(other.pk),
                "language": other.language,
                "path": other.path,
                "address": other.address,
                **({"noindex": True} if other.facts.get("noindex") else {}),
            }
            for other in by_language.values()
            if other.pk != entry.pk
        ]
        translations.sort(key=lambda row: row["language"])
        new = (entry is first, languages if shown else "", translations)
        old = (entry.primary, entry.versions, entry.facts.get("translations", []))
        if new != old:
            entry.primary, entry.versions = new[0], new[1]
            entry.facts["translations"] = translations
            yield entry


def shown_in(language: str, *, default: str, only: bool) -> Q:
    """Return the condition on entries for a list in ``language``.

    ``only`` leaves out stories without a version in it.
    """
    own = Q(language=language, versions__gt="")
    if only:
        return own
    if language == default:
        return Q(primary=True)
    return own | (Q(primary=True) & ~Q(versions__contains=f"|{language}|"))


def once_across_sites(entries: QuerySet[Entry], language: str, default: str) -> QuerySet[Entry]:
    """Return ``entries`` of several sites with each story once.

    Each site's stories can also be shown alone.

    Versions are grouped a site, because a site's readers are not sent to another. A list of several sites shows of
    the groups' entries the one in its language, else the one in the default language, else the oldest.
    """
    rank = Case(
        When(language=language, then=Value(0)),
        When(language=default, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    entries = entries.annotate(rank=rank)
    older = Q(published__lt=OuterRef("published")) | Q(published=OuterRef("published"), pk__lt=OuterRef("pk"))
    before = entries.filter(translation_key=OuterRef("translation_key")).filter(
        Q(rank__lt=OuterRef("rank")) | (Q(rank=OuterRef("rank")) & older)
    )
    return entries.filter(~Exists(before.order_by()))
