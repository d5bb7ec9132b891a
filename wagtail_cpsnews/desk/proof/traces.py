"""Traces of a story: by what it is recognised in an answer."""

from __future__ import annotations

import contextlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ...catalogue.db import using
from ...catalogue.models import Entry
from ...compat import get_page_model
from .versions import Version

#: What can be found, with the words for it.
NAMES = {
    "title": _("the title"),
    "text": _("the summary"),
    "address": _("the address"),
    "slug": _("the short name"),
    "id": _("the id"),
    "file": _("a picture or a document"),
    "answers": _("the address still answers"),
}

#: A summary that is shorter may be in any answer.
SHORTEST_TEXT = 30

#: How much of a summary is looked for: outputs cut it.
TEXT_LENGTH = 80

_MARKS = re.compile(r"</?(?:b|em|mark|strong)\b[^>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Traces:
    """What tells that an answer shows a story, in any of its languages.

    Words and names that another public page has too are left out.
    """

    titles: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def find(self, body: bytes, *, asked: str = "", ids: bool = True, titles: bool = True) -> list[str]:
        """Return the names of what an answer shows of the story.

        Args:
            asked: The address that was asked about; an error may repeat it.
            titles: Whether a title counts. An answer to a search repeats its words.
            ids: Whether an id counts. Outputs that say which stories are gone name ids, and so does an answer that
                was asked by one.
        """
        text = readable(body)
        for said in (asked, urlsplit(asked).path) if asked else ():
            if len(said) > 1:
                text = text.replace(_plain(said), " ")
        found = {
            "title": titles and any(_has_words(text, title) for title in self.titles),
            "text": any(part in text for part in self.texts),
            "address": any(_has_path(text, path) for path in self.paths),
            "slug": any(_has_path(text, f"/{slug}") for slug in self.slugs),
            "id": ids and any(pk in text for pk in self.ids),
            "file": any(f"/{name}" in text for name in self.files),
        }
        return [name for name, is_there in found.items() if is_there]


def traces_of(versions: Iterable[Version]) -> Traces:
    """Return the traces of a story's language versions, as they are known now."""
    versions = list(versions)
    alias = using()
    pks = [version.page_pk for version in versions]
    ids = [str(version.entry_pk) for version in versions if version.entry_pk]
    others = Entry.objects.using(alias).filter(public=True).exclude(page_pk__in=pks)
    pages = get_page_model()._default_manager.using(alias).filter(live=True).exclude(pk__in=pks)

    def is_shared(title: str) -> bool:
        same = Q(title__iexact=title)
        return others.filter(same).exists() or pages.filter(same).exists()

    titles = {title for version in versions for title in version.titles if title.strip()}
    slugs = {version.slug for version in versions if version.slug}
    shared_slugs = set(pages.filter(slug__in=slugs).values_list("slug", flat=True))
    taken = set(pages.filter(url_path__in=[v.url_path for v in versions]).values_list("url_path", flat=True))
    paths = {v.path.rstrip("/") for v in versions if v.url_path not in taken and v.path.strip("/")}
    return Traces(
        titles=_sorted(_plain(title) for title in titles if not is_shared(title)),
        texts=_sorted(
            _plain(version.summary)[:TEXT_LENGTH]
            for version in versions
            if len(version.summary) >= SHORTEST_TEXT
            and not others.filter(summary__iexact=version.summary).exists()
        ),
        paths=_sorted(_plain(form) for path in paths for form in (path, unquote(path))),
        slugs=_sorted(_plain(form) for slug in slugs - shared_slugs for form in (slug, quote(slug))),
        ids=tuple(sorted(ids)),
        files=_sorted(_plain(file.name) for version in versions for file in version.files),
    )


def readable(body: bytes) -> str:
    """Return an answer as words, in lower case.

    Without JSON's escapes, entities and what is bold.
    """
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return _plain(_MARKS.sub("", html.unescape(text)))


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _has_words(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _has_path(text: str, path: str) -> bool:
    """Return whether a path ends here, not somewhere below it."""
    return re.search(rf"{re.escape(path)}(?=/?(?:[\"'<>\s?#&)\\,;]|$))", text) is not None


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
