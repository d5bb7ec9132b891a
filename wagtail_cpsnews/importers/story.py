"""What a source says about one story, in the same shape for every source.

Plain data: no database, no pages.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..registry import BUILT_IN, TAXONOMIES, with_fields
from .remarks import Remark


@dataclass(frozen=True, kw_only=True)
class Update:
    """What was added to a story later; all texts are plain.

    kind: outcome, update, correction or clarification. An outcome has ``outcome``, the name of its label in any
    language, and may have ``concerns``: whom it is about.
    """

    date: datetime.datetime
    text: str
    kind: str = "update"
    outcome: str = ""
    concerns: str = ""


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What a speech has besides a story.

    ``script`` is one of ``stories.speech.Script``, or empty.
    """

    speaker: str = ""
    role: str = ""
    event: str = ""
    location: str = ""
    delivered_on: datetime.date | None = None
    script: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter has besides a story; all plain text."""

    addressee: str = ""
    publication: str = ""
    in_reply_to: str = ""
    in_reply_to_url: str = ""
    signatory: str = ""


@dataclass(frozen=True, kw_only=True)
class Archived:
    """The story is kept for the record since a day, with a notice (HTML)."""

    on: datetime.date
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that comes with a story.

    ``path`` is ``None`` when the file was not found.
    """

    name: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    path: Path | None = None
    #: SHA-1 of the file's bytes, as Wagtail keeps it for its images; empty when there is no file.
    content_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """One story of a source, in one language.

    source_name: the name of its source as the file declares it, or empty.
    source_id: the source's own name for it; with the source's name and ``language`` it names the story for ever.
    body, notes_to_editors: HTML; relative links are read against ``base_url``.
    published: aware; ``last_changed``: when the source last changed it, if it says so.
    kind, crime_types, areas, topics and the field of each other built-in taxonomy: text that names terms. ``None`` means that the source does not say: what editors
        have set here is then left as it is. Empty means that the source says "none". terms: those of the host's own
        taxonomies, by their names.
    notes_to_editors, letter, picture: as above, ``None`` leaves what is there.
    old_addresses: where it was read before, as paths or whole addresses: redirects lead from there.
    source_url: its address at the source; authors: who wrote it, by name.
    translation_of: the ``source_id`` of the story that this is the same story as, in another language.
    file: the name of the file it was found in, without its ending.
    origin: where it was found, for reports: ``"file.jsonl, line 3"``.
    remarks: what the reader has to tell about it. None of these three, nor ``source_name``, belongs to the digest.
    """

    source_id: str
    language: str
    title: str
    slug: str
    published: datetime.datetime
    summary: str = ""
    body: str = ""
    base_url: str = ""
    last_changed: datetime.datetime | None = None
    kind: str | None = None
    crime_types: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    updates: tuple[Update, ...] = ()
    notes_to_editors: str | None = None
    speech: Speech | None = None
    letter: Letter | None = None
    archived: Archived | None = None
    picture: Picture | None = None
    old_addresses: tuple[str, ...] = ()
    source_url: str = ""
    authors: tuple[str, ...] = ()
    translation_of: str | None = None
    source_name: str = ""
    file: str = ""
    origin: str = ""
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def key(self) -> tuple[str, str]:
        """What names the story within its source."""
        return self.source_id, self.language

    @property
    def identity(self) -> tuple[str, str, str]:
        """What names the story among those of all sources."""
        return self.source_name, self.source_id, self.language

    def texts_of(self, taxonomy: str) -> tuple[str, ...] | None:
        """Return the texts that name terms of a taxonomy.

        ``None`` where the source names no such field.
        """
        declared = TAXONOMIES[taxonomy]
        if declared.is_own:
            return self.terms.get(taxonomy)
        value = getattr(self, declared.field)
        if declared.many or value is None:
            texts: tuple[str, ...] | None = value
            return texts
        return (value,) if value else ()

    def digest(self, missing: Iterable[str] = ()) -> str:
        """Return the SHA-256 of the story, and of what it names that is ``missing``.

        A story whose term did not exist is looked at again once the term does.
        """
        data = dataclasses.asdict(self)
        for name in ("source_name", "file", "origin", "remarks"):
            del data[name]
        for name in ("letter", "old_addresses", "source_url", "authors"):
            if not data[name] and data[name] != {}:  # stories from before there were these have not changed
                del data[name]
        for name in data.keys() - _NAMED:  # taxonomies that were added
            if data[name] is None:
                del data[name]
        if not data["terms"]:  # as above
            del data["terms"]
        for update in data["updates"]:
            for name in ("outcome", "concerns"):
                if not update[name]:  # as above
                    del update[name]
        if data["picture"]:
            del data["picture"]["path"]
            if not data["picture"]["caption"]:  # as above
                del data["picture"]["caption"]
        data["missing"] = sorted(missing)
        return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


_NAMED = frozenset(field.name for field in dataclasses.fields(Story))

if not TYPE_CHECKING:
    Story = with_fields(Story, [taxonomy.field for taxonomy in BUILT_IN], None)


@dataclass(frozen=True)
class Refusal:
    """A story that cannot be read.

    Where it is, which field, what is wrong with it, what is allowed.
    """

    origin: str
    field: str
    problem: str
    allowed: str = ""
    #: How many items it speaks of.
    count: int = 1

    def __str__(self) -> str:
        text = (
            f"{self.origin}: {self.field}: {self.problem}" if self.field else f"{self.origin}: {self.problem}"
        )
        return f"{text}. Allowed: {self.allowed}" if self.allowed else text


@dataclass(frozen=True)
class Reading:
    """What a source gave.

    Stories, what was refused (an error), and what was left out on purpose (with the reason).

    default_name: the name of the source where neither its files nor the command give one.
    """

    stories: tuple[Story, ...]
    refused: tuple[Refusal, ...] = ()
    left_out: tuple[Remark, ...] = ()
    default_name: str = ""


class SourceError(Exception):
    """A path that cannot be read as this source at all. The text is for people."""


def in_order(stories: Iterable[Story], first_language: str) -> list[Story]:
    """Return the stories with each after the one that it translates.

    In any order of files.

    Stories in ``first_language`` (the site's own) come first; a circle of translations is broken at its first story.
    """
    given = list(stories)
    by_id: dict[tuple[str, str], list[Story]] = {}
    for story in given:
        by_id.setdefault((story.source_name, story.source_id), []).append(story)

    def is_foreign(story: Story) -> bool:
        return story.language.split("-")[0].lower() != first_language.split("-")[0].lower()

    def originals(story: Story) -> list[Story]:
        if story.translation_of is None:
            return []
        if (
            story.translation_of == story.source_id
        ):  # one item in several languages: the first language comes first
            return []
        return by_id.get((story.source_name, story.translation_of), [])

    depth: dict[tuple[str, str, str], int] = {}
    for story in given:
        chain, seen = [story], {story.identity}
        while (
            before := next(iter(originals(chain[-1])), None)
        ) and before.identity not in seen | depth.keys():
            chain.append(before)
            seen.add(before.identity)
        for link in reversed(chain):
            known = [depth[other.identity] for other in originals(link) if other.identity in depth]
            depth[link.identity] = 1 + max(known) if known else 0
    return sorted(given, key=lambda story: (depth[story.identity], is_foreign(story)))
