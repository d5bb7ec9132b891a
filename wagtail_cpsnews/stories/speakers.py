"""“More by this speaker”: other public speeches of the person who gave one."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..catalogue.counting import get_counter
from ..catalogue.db import using
from ..catalogue.dependencies import depend_on_others
from ..catalogue.query import Query
from ..catalogue.serializers import item, resolver_for
from ..catalogue.snapshots import current
from ..http.list_parts import language_mark
from .reading import reader_for

#: Speeches beside a speech.
MOST = 3

#: "KC", "CBE": they change while the person stays the same.
_POST_NOMINAL = re.compile(r"[A-Z][A-Z.]+")


def more_by_speaker(page: Any, request: HttpRequest) -> dict[str, Any] | None:
    """Return the newest other speeches of a speech's speaker.

    For the template of related stories; ``None`` where there is none. One query for the speaker's pages and one for what is shown of them: the catalogue knows
    which of them are public, and which version is for readers of this language.
    """
    name = person(page.speaker)
    if not name or page.pk is None:
        return None
    depend_on_others()
    speeches = type(page)._default_manager.using(using()).filter(alias_of=None, speaker__istartswith=name)
    rows = speeches.exclude(pk__in=[page.pk, page.alias_of_id or page.pk]).order_by()
    pks = [pk for pk, speaker in rows.values_list("pk", "speaker") if is_same_person(speaker, name)]
    reader, snapshot = reader_for({"page": page, "request": request}), current()
    query = Query(language=reader.language, lang=reader.lang, sites=reader.sites)
    selection = get_counter(using()).select(query, snapshot)
    keys = selection.among(pks, MOST) if pks else ()
    entries = selection.entries(keys) if keys else []
    cards, resolver = [], resolver_for(entries, reader.reference)
    for entry in entries:
        card = item(entry, reader.reference, reader.lang, resolver=resolver)
        cards.append({**card, "language_mark": language_mark(entry.language, reader.language)})
    return {"heading": _("More by this speaker"), "cards": cards} if cards else None


def person(speaker: str) -> str:
    """Return a speaker's name without the letters after it.

    "Rosalind Ackerley KC" is the person who was "Rosalind Ackerley QC" before.
    """
    words = speaker.replace(",", " ").split()
    while len(words) > 2 and _POST_NOMINAL.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


def is_same_person(speaker: str, name: str) -> bool:
    """Return whether ``speaker`` is the name of the person ``name``."""
    return person(speaker).casefold() == name.casefold()
