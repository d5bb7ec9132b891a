"""What a list of results shows of the words that were searched for.

The title with the words marked, and a passage that has them. A passage is made from the story's own plain text, for the
stories of one page. What a text says of other things is asked for each time, as when the story itself is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import SafeString

from . import deferred, text
from .counting import Key
from .db import using
from .item_source import reader_of
from .models import ROW_FORMAT, Entry, listed_now
from .references import Resolver
from .results import Results
from .rows import text_of
from .stored_references import all_refs
from .text.grammar import Expression
from .text.marks import MAX_READ, beginning_of, best_passage, marked, passage_html, places_in
from .text.words import is_stemmed

#: How a story has what was searched for: the API's names of the two groups of a list by relevance.
AS_TYPED, OTHER_FORMS = "as_typed", "other_forms"

#: Characters of a passage.
LENGTH = 220


@dataclass(frozen=True)
class Highlight:
    """A story's title and a passage of it, as HTML with the words found marked.

    snippet: "" where the story has neither summary nor text.
    """

    id: UUID
    title: SafeString
    snippet: SafeString


def highlights_of(results: Results) -> dict[int, Highlight]:
    """Return what to show of each story of a page, by page.

    Nothing where the search only leaves stories out. One query where not all is kept, and those for what texts point
    to.
    """
    expression = text.parse(results.query.q)
    if not expression.required:
        return {}
    kept, about = results.selection.items, ("highlight", expression)
    found: dict[int, Highlight | None] = {key.page_pk: kept.get((key, about)) for key in results.keys}
    entries = _read([page_pk for page_pk, known in found.items() if known is None])
    reference = results.snapshot.reference
    resolver = Resolver(reference, reference.default_language)
    for entry in entries:
        resolver.want(all_refs(entry.content))
    for entry in entries:
        words = entry.text
        if _points_to_others(entry):
            reader = reader_of(entry, reference, entry.language, resolver=resolver, snapshot=results.snapshot)
            words = text_of(entry.content, reader)
        found[entry.page_pk] = made = _highlight(entry, words, expression)
        if not _points_to_others(entry):
            kept.set((Key(entry.page_pk, entry.number), about), made)
    return {page_pk: highlight for page_pk, highlight in found.items() if highlight is not None}


def highlights_as_json(results: Results) -> dict[int, dict[str, str]]:
    """Return what the API says of each story of a page, by page.

    ``match`` is there where the order tells apart the words as typed and other forms of them.
    """
    found = {
        page_pk: {"title": str(highlight.title), "snippet": str(highlight.snippet)}
        for page_pk, highlight in highlights_of(results).items()
    }
    if found and results.as_typed is not None:
        for place, key in enumerate(results.keys, results.first):
            if key.page_pk in found:
                found[key.page_pk]["match"] = AS_TYPED if place <= results.as_typed else OTHER_FORMS
    return found


def are_kept(results: Results) -> bool:
    """Return whether all that a page shows of its stories depends on these alone."""
    expression = text.parse(results.query.q)
    kept, about = results.selection.items, ("highlight", expression)
    return not expression.required or all(kept.get((key, about)) for key in results.keys)


def _read(page_pks: Sequence[int]) -> list[Entry]:
    if not page_pks:
        return []
    entries = Entry.objects.using(using()).filter(listed_now(), page_pk__in=page_pks).order_by()
    return [entry for entry in entries if entry.facts.get("format") == ROW_FORMAT]


def _points_to_others(entry: Entry) -> bool:
    """Return whether the words of a story depend on something else."""
    return any(
        deferred.is_own(kind) for _path, _place, kind, _data in deferred.placeholders_in(entry.content)
    )


def _highlight(entry: Entry, words: str, expression: Expression) -> Highlight:
    stemmed = is_stemmed(entry.language)
    in_title = places_in(entry.title, expression, stemmed=stemmed)
    summary, body = entry.summary[:MAX_READ], words[:MAX_READ]
    shown = best_passage(summary, places_in(summary, expression, stemmed=stemmed), LENGTH)
    source = summary or body
    wanted = len(expression.required)
    known = {place.group for place in in_title} | {place.group for place in (shown.places if shown else ())}
    if len(known) < wanted or not summary:
        passage = best_passage(body, places_in(body, expression, stemmed=stemmed), LENGTH)
        if passage is not None and (shown is None or passage.groups > shown.groups):
            shown, source = passage, body
    return Highlight(
        entry.pk, marked(entry.title, in_title), passage_html(source, shown or beginning_of(source, LENGTH))
    )
