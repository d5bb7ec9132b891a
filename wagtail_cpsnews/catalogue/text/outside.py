"""An engine over one of Wagtail's search backends.

OpenSearch, Elasticsearch, or Wagtail's own in the database.
Jobs feed the backend after a change (see ``feeding``), so it answers only while it has all of it. While it is behind
or away, and for words in very many stories, the database's own engine answers: the same stories in the same order.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.signals import setting_changed
from django.db.models import Exists
from django.dispatch import receiver
from wagtail.search.backends import get_search_backend
from wagtail.search.query import And, Or, Phrase, PlainText

from ...conf import get_settings
from ..models import State
from .base import LEVELS, Engine, Found, Level, Term, marks_of, places
from .documents import EVERY, NOTED, SearchDocument, mark_token, token
from .grammar import Expression

logger = logging.getLogger("wagtail_cpsnews")

#: Stories that a search reads from the backend: it gives 100 an answer, and the database is faster with more.
MOST = 2_000

#: For how long the backend is left alone after it has failed, in seconds.
PAUSE_SECONDS = 30.0

#: Stories that one question asks about.
CHUNK = 100

#: How often a process asks whether the backend lacks stories, in seconds.
COUNT_SECONDS = 60.0

#: By database, until when the backend is left alone, by ``time.monotonic()``.
_away_until: dict[str, float] = {}

#: By database, when to ask whether the backend has lost stories, by ``time.monotonic()``.
_count_at: dict[str, float] = {}


class LostError(Exception):
    """Raised where a backend has fewer stories, or more, than were written to it."""


class TooManyError(Exception):
    """Raised for words that more stories have than are read from a backend."""


@functools.cache
def get_backend(name: str) -> Any:
    """Return a search backend: one of each process, which keeps its connections."""
    return get_search_backend(name)


@receiver(setting_changed)
def _forget_backends(*, setting: str, **kwargs: Any) -> None:
    if setting in ("WAGTAILSEARCH_BACKENDS", "WAGTAIL_CPSNEWS"):
        get_backend.cache_clear()
        _away_until.clear()
        _count_at.clear()


class OutsideEngine(Engine):
    """Searches the backend that ``SEARCH_BACKEND`` names."""

    place = "in the search backend"

    def __init__(self, alias: str, fallback: Engine) -> None:
        super().__init__(alias)
        self.fallback = fallback
        self.name = get_settings().SEARCH_BACKEND
        #: What the levels asked so far have found; each finds what those before it find.
        self._before: set[int] = set()

    @property
    def backend(self) -> Any:
        """The search backend."""
        return get_backend(self.name)

    def search(
        self, expression: Expression, levels: Sequence[Level] = LEVELS, below: Level | None = None
    ) -> Found:
        """Return the pages of the stories that ``expression`` finds."""
        if time.monotonic() < _away_until.get(self.alias, 0.0) or not self.is_ready():
            return self.fallback.search(expression, levels, below)
        try:
            self._look_for_losses()
            return super().search(expression, levels, below)
        except TooManyError:
            pass
        except Exception:  # whatever a backend's library raises
            _away_until[self.alias] = time.monotonic() + PAUSE_SECONDS
            logger.exception(
                "The search backend failed; the database answers for the next %d s.", PAUSE_SECONDS
            )
        return self.fallback.search(expression, levels, below)

    def _look_for_losses(self) -> None:
        """Raise ``LostError`` if the backend has other stories than were written to it.

        Somebody may have emptied or restored it; its answers would be short without a word.
        """
        now = time.monotonic()
        if now >= _count_at.get(self.alias, 0.0):
            if difference := self.difference():
                raise LostError(difference)
            _count_at[self.alias] = now + COUNT_SECONDS

    def difference(self) -> str:
        """Return in words how many stories the backend lacks or has too many.

        "" while jobs write to it: then nobody knows.
        """
        documents = SearchDocument.objects.using(self.alias).all()
        has = self.backend.search(PlainText(EVERY), documents).count()
        if has == (given := documents.count()) or documents.filter(is_pending=True).exists():
            return ""
        return f"{self.name} has {has} stories instead of {given}"

    def has_index(self) -> bool:
        """Return whether the backend can be asked."""
        try:
            self.backend.search(PlainText(EVERY), SearchDocument.objects.using(self.alias).all()).count()
        except Exception:  # whatever a backend's library raises
            return False
        return True

    def is_ready(self) -> bool:
        """Return whether the backend has every story as it is now."""
        pending = SearchDocument.objects.using(self.alias).filter(is_pending=True)
        filled = State.objects.using(self.alias).filter(pk=1, search_backend=self.name)
        return filled.exclude(Exists(pending)).exists()

    def find(self, groups: Sequence[Sequence[Term]], level: Level, below: Level | None = None) -> list[int]:
        """Return the pages of stories with one term of each group at ``level``."""
        # Wagtail's Not does not work around a phrase on PostgreSQL: what is below is taken out here.
        known = self._before if below is not None else set()
        found = self.ask(_all_of([_one_of(list(_queries(group, level))) for group in groups]), most=MOST)
        self._before = known | found
        return sorted(found - known)

    def ask(self, query: Any, *, most: int | None = None) -> set[int]:
        """Return the pages of the documents that a query of Wagtail's finds.

        Raises:
            TooManyError: there are more than ``most``.
        """
        documents = SearchDocument.objects.using(self.alias).all()
        results = self.backend.search(query, documents, order_by_relevance=False)
        if most is not None and results.count() > most:
            raise TooManyError
        return {document.pk for document in results}

    def count_words(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many stories have each of these words as typed.

        The database knows: each word would be a question to the backend.
        """
        return self.fallback.count_words(words)

    def write(self, entries: Sequence[Any]) -> None:
        """Note entries that were just saved, for the next job."""
        SearchDocument.objects.using(self.alias).bulk_create(
            [
                SearchDocument(page_pk=page, mark=mark, claimed_mark=NOTED)
                for page, mark in marks_of(entries).items()
            ],
            update_conflicts=True,
            unique_fields=["page_pk"],
            update_fields=["mark", "is_pending", "claimed_mark"],
        )

    def remove(self, page_pks: Sequence[int]) -> None:
        """Note entries that are not public any more, for the next job."""
        documents = SearchDocument.objects.using(self.alias).filter(page_pk__in=page_pks)
        documents.update(mark="", is_pending=True, claimed_mark=NOTED)

    def lacking(self, entries: Sequence[Any]) -> set[int]:
        """Return the pages of entries that the backend lacks or has otherwise."""
        marks, found = marks_of(entries), set()
        pks = sorted(marks)
        for start in range(0, len(pks), CHUNK):
            chunk = pks[start : start + CHUNK]
            found |= self.ask(PlainText(" ".join(mark_token(marks[pk]) for pk in chunk), operator="or"))
        rows = SearchDocument.objects.using(self.alias).filter(page_pk__in=pks, is_pending=False)
        noted = dict(rows.values_list("page_pk", "mark"))
        return {pk for pk, mark in marks.items() if pk not in found or noted.get(pk) != mark}

    def remove_strays(self, *, dry_run: bool) -> list[int]:
        """Note stories that are not public and that the backend still has.

        Those that wait for a job are not counted: nothing is amiss.
        """
        from ..models import Entry

        documents = SearchDocument.objects.using(self.alias)
        public = Entry.objects.using(self.alias).filter(public=True)
        known = documents.exclude(page_pk__in=public.values("page_pk")).filter(is_pending=False)
        found = set(known.values_list("page_pk", flat=True))
        outside = self.ask(PlainText(EVERY))
        found |= outside - set(documents.values_list("page_pk", flat=True))
        if found and not dry_run:
            documents.bulk_create([SearchDocument(page_pk=pk) for pk in found], ignore_conflicts=True)
            self.remove(sorted(found))
        return sorted(found)


def _all_of(queries: Sequence[Any]) -> Any:
    return And(queries) if len(queries) > 1 else queries[0]


def _one_of(queries: Sequence[Any]) -> Any:
    return Or(queries) if len(queries) > 1 else queries[0]


def _queries(terms: Iterable[Term], level: Level) -> Iterator[Any]:
    for term in terms:
        for words, place, are_stems in places(level, term):
            tokens = [token(place, word, are_stems) for word in words]
            yield Phrase(" ".join(tokens)) if len(tokens) > 1 else PlainText(tokens[0])
