"""Whether a story is the one that an earlier import made.

The same source, id and language, and not another by mistake.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ..catalogue.db import using
from ..compat import get_page_model
from .fields import Unreadable
from .models import ImportedStory
from .slugs import wanted_slug
from .story import Reading, SourceError, Story


@dataclass(frozen=True)
class Facts:
    """What tells one story from another that has the same id."""

    title: str
    slug: str
    published: datetime.datetime

    def differences(self, story: Story) -> tuple[str, ...]:
        """Return which of title, date and slug are others than the story's."""
        slug = wanted_slug(story)
        same = {
            "title": _plain(self.title) == _plain(story.title),
            "date": self.published == story.published,
            "slug": bool(
                re.fullmatch(rf"{re.escape(slug)}(-{re.escape(story.language.lower())})?(-\d+)?", self.slug)
            ),
        }
        return tuple(name for name, is_same in same.items() if not is_same)


def name_sources(reading: Reading, given: str) -> list[Story]:
    """Return the stories, each with the name of its source.

    Declared in its file, given, or the format's own.

    Raises:
        SourceError: When a file declares another name than the one that is given.
    """
    named = []
    for story in reading.stories:
        if given and story.source_name not in ("", given):
            raise SourceError(
                f"{story.origin} says that it comes from “{story.source_name}”; --source-name says “{given}”. "
                "Leave the option out, or correct the file."
            )
        named.append(
            dataclasses.replace(story, source_name=story.source_name or given or reading.default_name)
        )
    return named


class KnownStories:
    """The stories of a format that earlier imports took over, by id and language."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._rows: dict[tuple[str, str], dict[str, ImportedStory]] = defaultdict(dict)
        self._versions: dict[tuple[str, str], list[ImportedStory]] = defaultdict(list)
        for row in ImportedStory.objects.filter(source=source).iterator():
            self._add(row)

    def _add(self, row: ImportedStory) -> None:
        self._rows[row.source_id, row.language][row.source_name] = row
        self._versions[row.source_name, row.source_id].append(row)

    def get(self, story: Story) -> ImportedStory | None:
        """Return what is known of a story under the name of its source."""
        return self._rows.get(story.key, {}).get(story.source_name)

    def get_versions(self, source_name: str, source_id: str) -> list[ImportedStory]:
        """Return what is known of an id of a source, in all languages."""
        return self._versions.get((source_name, source_id), [])

    def count(self, names: Iterable[str]) -> int:
        """Return how many stories are known under these names."""
        wanted = set(names)
        return sum(len(wanted & rows.keys()) for rows in self._rows.values())

    def remember(self, story: Story, page_pk: int, digest: str) -> None:
        """Write down which page a story became and what it said."""
        row, is_new = ImportedStory.objects.update_or_create(
            source=self.source,
            source_name=story.source_name,
            source_id=story.source_id,
            language=story.language,
            defaults={
                "page_pk": page_pk,
                "digest": digest,
                "title": story.title[:255],
                "slug": wanted_slug(story),
                "published_at": story.published,
                "file": story.file[:255],
                "source_url": story.source_url,
                "authors": list(story.authors),
            },
        )
        if is_new:
            self._add(row)

    def adopt(self, stories: Iterable[Story]) -> list[ImportedStory]:
        """Record stories that are known without a source under its name.

        Not saved yet.

        A row of a story with another title, date and slug is left, and so is one whose story is known by the name.
        """
        adopted = []
        for story in stories:
            rows = self._rows.get(story.key, {})
            if "" in rows and story.source_name not in rows and not self.is_another(rows[""], story):
                row = rows.pop("")
                self._versions["", row.source_id].remove(row)
                row.source_name = story.source_name
                self._add(row)
                adopted.append(row)
        return adopted

    @staticmethod
    def save_names(rows: list[ImportedStory]) -> None:
        """Save the names of adopted rows, and nothing else of them."""
        with transaction.atomic(using=using()):
            for row in rows:
                ImportedStory.objects.filter(pk=row.pk).update(source_name=row.source_name)

    def check(self, story: Story) -> None:
        """Raise ``Unreadable`` for a story that may be of another source.

        It must not be taken for a story of the other source.
        """
        rows = self._rows.get(story.key, {})
        own, unnamed = rows.get(story.source_name), rows.get("")
        known = f"{story.source_id!r} is known "
        if own is None and unnamed is not None and not self.is_another(unnamed, story):
            raise Unreadable(
                "id",
                f"{known}from an import that gave its source no name",
                f"--adopt {story.source_name!r} if it is the same source",
            )
        if own is None and rows and not story.source_name:
            names = ", ".join(f"“{name}”" for name in sorted(rows))
            raise Unreadable(
                "id", f"{known}from {names}", "a --source-name: that one, or another for another source"
            )
        if own is not None and not story.source_name and own.file != story.file:
            facts = self.get_facts(own)
            different = [name for name in facts.differences(story) if name != "title"] if facts else []
            if different:
                where = f"the file {own.file!r}" if own.file else "an earlier import"
                raise Unreadable(
                    "id",
                    f"{known}from {where} with another {' and '.join(different)}, and neither names its source",
                    "--adopt NAME if it is the same source, --source-name NAME if it is another",
                )

    def is_another(self, row: ImportedStory, story: Story) -> bool:
        """Return whether title, date and slug all differ from the last import's."""
        facts = self.get_facts(row)
        return facts is not None and len(facts.differences(story)) == 3

    def get_facts(self, row: ImportedStory) -> Facts | None:
        """Return what a story was last imported with, or what its page says.

        ``None`` when that is gone.
        """
        if row.slug and row.published_at:
            return Facts(row.title, row.slug, row.published_at)
        page: Any = get_page_model()._default_manager.filter(pk=row.page_pk).first()
        if page is None:
            return None
        published = getattr(page.specific, "published_at", None) or page.first_published_at
        return Facts(page.title, page.slug, published)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
