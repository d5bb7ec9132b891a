"""Language versions of a story: which one stands for it in which list.

In a list of language L a story shows its version in L; where it has none, its default-language version; where it
has neither, its oldest version. Each story once. The columns ``primary`` and ``versions`` make that one condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from .models import Entry
from .reference import Reference


def regroup(alias: str, keys: Iterable[Any], number: int, reference: Reference) -> bool:
    """Decides anew who stands for the stories with these translation keys. Returns whether a row changed."""
    changed = False
    for entry in list(misgrouped(alias, keys, reference)):
        entry.number = number
        entry.save(using=alias, update_fields=["primary", "versions", "facts", "number"])
        changed = True
    return changed


def misgrouped(alias: str, keys: Iterable[Any], reference: Reference) -> Iterator[Entry]:
    """The entries with these translation keys that do not say rightly who stands for the story, set right."""
    keys = [key for key in keys if key]
    for start in range(0, len(keys), 500):
        groups: dict[Any, list[Entry]] = defaultdict(list)
        entries = Entry.objects.using(alias).filter(
            public=True, translation_key__in=keys[start : start + 500]
        )
        for entry in entries.defer("content", "text").order_by("published", "pk"):
            groups[entry.translation_key, entry.site_id].append(entry)
        for versions in groups.values():
            yield from _misgrouped_of_one(versions, reference.default_language)


def _misgrouped_of_one(versions: list[Entry], default: str) -> Iterator[Entry]:
    first = next((entry for entry in versions if entry.language == default), versions[0])
    # Two versions in one language cannot both be shown; the older one keeps its place.
    by_language: dict[str, Entry] = {first.language: first}
    for entry in versions:
        by_language.setdefault(entry.language, entry)
    languages = f"|{'|'.join(sorted(by_language))}|"
    for entry in versions:
        shown = by_language[entry.language] is entry
        translations = [
            {"id": str(other.pk), "language": other.language, "path": other.path, "address": other.address}
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
    """The condition on entries for a list in ``language``; ``only`` leaves out stories without a version in it."""
    own = Q(language=language, versions__gt="")
    if only:
        return own
    if language == default:
        return Q(primary=True)
    return own | (Q(primary=True) & ~Q(versions__contains=f"|{language}|"))
