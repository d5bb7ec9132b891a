"""Stores entries with their terms, uses and searchable text, and tombstones.

Each statement is for many entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils import timezone

from . import text
from .models import Departure, Entry, EntryTerm, EntryUse
from .rows import Row, have_same_terms
from .uses import of_file

#: Pages looked at in one transaction: a lock is held for some tenths of a second at the most.
BATCH = 100

#: An entry, if there is one, and what it should say.
Change = tuple[Entry | None, Row]

#: What a tombstone forgets.
WIPED: dict[str, Any] = {
    "page_type": "",
    "path": "",
    "address": "",
    "language": "",
    "translation_key": None,
    "primary": False,
    "versions": "",
    "published": None,
    "updated": None,
    "expires_at": None,
    "changes_at": None,
    "title": "",
    "summary": "",
    "facts": {},
    "content": {},
    "text": "",
    "digest": "",
}


class EntryStore:
    """Writes entries and tombstones into the catalogue, all with one number.

    ``changed`` says afterwards whether anything was written, ``groups`` which stories' language versions have to be
    sorted out.
    """

    def __init__(self, alias: str, number: int) -> None:
        self.alias = alias
        self.number = number
        self.now = timezone.now()
        self.changed = False
        #: Entries written, and turned into tombstones.
        self.written = self.taken_out = 0
        #: Translation keys.
        self.groups: set[Any] = set()

    def _write(self, changed: list[Change], compare_content: bool) -> None:
        """Write entries with their terms, uses and searchable text.

        Some statements, however many entries there are.
        """
        if not changed:
            return
        terms: dict[Entry, list[dict[str, Any]]] = {}
        uses: dict[Entry, set[str]] = {}
        new, written, moved = set(), [], []
        for known, row in changed:
            entry, facts = known, row.columns["facts"]
            if entry is None:
                # As a story in one language has them; where there are others, they are sorted out at the end.
                entry = Entry(page_pk=row.page_pk, primary=True, versions=f"|{row.columns['language']}|")
                new.add(entry)
            elif entry.translation_key:
                self.groups.add(entry.translation_key)
            if compare_content or entry.public is not True or not have_same_terms(entry.facts, facts):
                terms[entry] = [{"taxonomy": name, "key": key} for name, key in sorted(row.terms)]
            uses[entry] = row.uses
            if "translations" in entry.facts:
                facts = {**facts, "translations": entry.facts["translations"]}
            moved.append((entry, entry.site_id))
            for name, value in {**row.columns, "facts": facts}.items():
                setattr(entry, name, value)
            entry.public, entry.gone_at, entry.number = True, None, self.number
            self.groups.add(entry.translation_key)
            written.append(entry)
        self._save(written, new)
        self.record_departures(moved)
        self._replace(EntryTerm, terms, new)
        same = self._with_same_uses({entry: used for entry, used in uses.items() if entry not in new})
        subjects = {
            entry: [{"subject": subject} for subject in sorted(used)]
            for entry, used in uses.items()
            if entry not in same
        }
        self._replace(EntryUse, subjects, new)
        for engine in text.engines(self.alias):
            engine.write(written)
        self.written += len(written)
        self.changed = True

    def _save(self, entries: list[Entry], new: set[Entry]) -> None:
        if len(entries) == 1:
            entries[0].save(using=self.alias, force_insert=bool(new), force_update=not new)
            return
        names = [field.name for field in Entry._meta.concrete_fields if not field.primary_key]
        Entry.objects.using(self.alias).bulk_create(
            entries, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=names
        )

    def _replace(self, model: Any, rows: dict[Entry, list[dict[str, Any]]], new: set[Entry]) -> None:
        """Replace the terms or uses of entries by ``rows``."""
        objects = model.objects.using(self.alias)
        known = [entry.pk for entry in rows if entry not in new]
        if known:
            objects.filter(entry__in=known)._raw_delete(self.alias)
        objects.bulk_create(
            [model(entry=entry, **row) for entry, its in rows.items() for row in its], batch_size=1000
        )

    def _with_same_uses(self, uses: dict[Entry, set[str]]) -> set[Entry]:
        """Return the entries that use what they used before.

        One that uses nothing is not looked up.
        """
        asked = [entry.pk for entry, used in uses.items() if used]
        if not asked:
            return set()
        found: dict[Any, list[str]] = defaultdict(list)
        rows = EntryUse.objects.using(self.alias).filter(entry__in=asked)
        for pk, subject in rows.values_list("entry_id", "subject"):
            found[pk].append(subject)
        return {entry for entry, used in uses.items() if used and sorted(found[entry.pk]) == sorted(used)}

    def record_departures(self, moved: Iterable[tuple[Entry, int | None]]) -> None:
        """Record which site entries were on before.

        For clients that keep a copy of its list.
        """
        rows = [
            Departure(entry=entry, site_id=site_id, number=self.number, left_at=self.now)
            for entry, site_id in moved
            if site_id is not None and site_id != entry.site_id
        ]
        Departure.objects.using(self.alias).bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["entry", "site_id"],
            update_fields=["number", "left_at"],
        )

    def write_tombstones(self, pks: Iterable[int]) -> None:
        """Turn entries into tombstones: an id and a time.

        And the keys of their files, which must not be served, see ``public_files``.
        """
        for chunk in batches(sorted(pks), 500):
            hidden = self.entries().filter(page_pk__in=chunk)
            found = list(hidden.values_list("pk", "page_pk", "translation_key"))
            if not found:
                continue
            self.groups |= {key for _id, _pk, key in found if key}
            uses = EntryUse.objects.using(self.alias).filter(entry__in=[pk for pk, *_rest in found])
            uses.exclude(of_file())._raw_delete(self.alias)
            for engine in text.engines(self.alias):
                engine.remove([page_pk for _id, page_pk, _key in found])
            hidden.update(public=False, gone_at=self.now, number=self.number, **WIPED)
            self.taken_out += len(found)
            self.changed = True

    def entries(self) -> Any:
        """Return the public entries."""
        return Entry.objects.using(self.alias).filter(public=True)

    def _all_entries(self) -> Any:
        return Entry.objects.using(self.alias)


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield ``items`` in lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
