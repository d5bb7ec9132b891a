"""What a search backend is given: a story as tokens that no analyser changes.

A token is the hash of a word after letters for its place: a backend neither stems nor cuts it, and holds no text that
can be read. See docs/search.md.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from ..db import using
from ..models import Entry
from .base import ANYWHERE, PARTS, SUMMARY, TITLE
from .words import Document

#: The shape of the documents: part of each one's mark.
FORMAT = 1

#: In every document.
EVERY = "ee0"

#: For how long other jobs leave alone what one is writing: a job that takes longer has died.
LEASE = datetime.timedelta(seconds=300)

#: Between a title, a summary and a text, so that no phrase runs from one into the next.
_BAR = "bb0"

#: No mark.
NOTED = "-"

_LETTERS = {TITLE: "t", SUMMARY: "s", ANYWHERE: "a"}


class SearchDocument(index.Indexed, models.Model):
    """A story in the search backend, and whether it is there as it is now.

    One row for each story that was ever fed to ``SEARCH_BACKEND`` and is not removed there yet. Empty without that
    setting.
    """

    #: Saved by the feeder alone, to one backend.
    search_auto_update = False
    search_fields = [index.SearchField("tokens")]

    page_pk = models.BigIntegerField(primary_key=True)
    #: Of the text that the backend should have, see ``words.mark_of()``; "" for none: the story is not public.
    mark = models.CharField(max_length=32, default="", blank=True)
    is_pending = models.BooleanField(default=True)
    #: Which feeder is writing it, since when, and the mark that it found; ``NOTED`` where it was noted again since.
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    claimed_mark = models.CharField(max_length=32, default="", blank=True, editable=False)

    class Meta:
        verbose_name = _("story in the search backend")
        indexes = [
            models.Index(fields=["page_pk"], name="cpsnews_search_pending", condition=Q(is_pending=True)),
            models.Index(fields=["claim"], name="cpsnews_search_claim", condition=Q(claim__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.page_pk}{': pending' if self.is_pending else ''}"

    @classmethod
    def get_indexed_objects(cls) -> Any:
        """Return nothing for ``update_index``, and have jobs write everything again.

        The command has emptied the index, or puts another in its place soon; what it would read now could be written
        after a change of it. It is given the time of a lease to finish.
        """
        documents = cls._default_manager.using(using())
        documents.update(is_pending=True, claim=uuid.uuid4(), claimed_at=timezone.now())
        return documents.none()

    @functools.cached_property
    def entry(self) -> Any:
        """The story's entry, or ``None`` where it is not public."""
        return Entry.objects.using(self._state.db).filter(page_pk=self.page_pk, public=True).first()

    def tokens(self) -> str:
        """Return what the backend searches."""
        if self.entry is None:
            return ""
        return " ".join([EVERY, mark_token(self.mark), *_tokens(Document.of(self.entry))])


def _tokens(document: Document) -> Iterator[str]:
    for place, parts in PARTS.items():
        for part in parts:
            for are_stems in (False, True):
                words = getattr(document, f"{part}_forms" if are_stems else part)
                yield from (token(place, word, are_stems) for word in words)
                yield _BAR


def token(place: str, word: str, is_stem: bool) -> str:
    """Return the token of a word in a place."""
    return f"{_LETTERS[place]}{'f' if is_stem else 'w'}{_number(word)}"


def mark_token(mark: str) -> str:
    """Return the token that tells which text a document was made of."""
    return f"mm{_number(f'{FORMAT} {mark}')}"


@functools.lru_cache(maxsize=50_000)
def _number(text: str) -> int:
    """Return a number of 56 bits.

    Of a million words, two share one in 1 of 100,000 cases.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest, "big")
