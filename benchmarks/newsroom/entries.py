"""The catalogue's rows of a story.

Made after those that the package wrote of another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.references import Resolver
from wagtail_cpsnews.catalogue.rows import Row, digest_of, hash_path
from wagtail_cpsnews.registry import TAXONOMIES

from .stories import Story, pk_of

SPACE = uuid.UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def key_of(what: str, story: Story) -> uuid.UUID:
    """Return a key of something of a story: the same in every run."""
    return uuid.uuid5(SPACE, f"{what} {story.number}")


def html_of(story: Story) -> str:
    """Return the text of a story."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)


class EntryMaker:
    """Makes the entries of stories like another one.

    The package wrote those of the story ``pattern``.
    """

    def __init__(
        self,
        pattern: Story,
        row: Row,
        resolver: Resolver,
        parent: Any,
        terms: dict[str, list[Any]],
        first: int,
    ) -> None:
        self.resolver = resolver
        self.pattern, self.row, self.parent, self.first = pattern, row, parent, first
        self.html_of_pattern = html_of(pattern)
        self.entry_of_pattern = Entry.objects.get(page_pk=pk_of(pattern))
        self.values = {
            field.attname: getattr(self.entry_of_pattern, field.attname)
            for field in Entry._meta.concrete_fields
        }
        self.keys = {name: [term.translation_key for term in of] for name, of in terms.items()}

    def terms(self, story: Story) -> set[tuple[str, uuid.UUID]]:
        """Return the terms of a story as (taxonomy, key)."""
        return {(name, self.keys[name][place]) for name, places in story.places.items() for place in places}

    def entry(self, story: Story) -> dict[str, Any]:
        """Return the row of a story in the table of entries."""
        terms, path = self.terms(story), f"{self.parent.url_path}{story.slug}/"
        facts = {**self.row.columns["facts"], "kind": [], "areas": [], "crime_types": []}
        for name, key in sorted(terms):
            facts[TAXONOMIES[name].field].append(str(key))
        content = self.row.columns["content"]
        block = {**content["body"][0], "value": html_of(story), "id": str(key_of("block", story))}
        columns = {
            **self.row.columns,
            "path": path,
            "path_hash": hash_path(path),
            "translation_key": key_of("page", story),
            "published": story.published,
            "title": story.title,
            "summary": story.summary,
            "facts": facts,
            "content": {
                **content,
                "body": [block],
                "body_html": content["body_html"].replace(self.html_of_pattern, html_of(story)),
            },
            "text": " ".join(story.paragraphs),
        }
        row = Row(pk_of(story), columns, terms, self.row.uses)
        columns["digest"] = digest_of(row, self.resolver)
        stored = {**self.values["facts"], **facts}
        number = {"id": key_of("entry", story), "page_pk": pk_of(story), "number": self.first + story.number}
        return {**self.values, **columns, "facts": stored, **number}

    def entry_terms(self, story: Story) -> Iterator[dict[str, Any]]:
        """Yield the rows of a story in the table of terms."""
        for name, key in sorted(self.terms(story)):
            yield {"entry_id": key_of("entry", story), "taxonomy": name, "key": key}
