"""Fills our database: pages and the catalogue's rows in bulk, and a sample compared with what the projector writes."""

from __future__ import annotations

import io
import json
import random
import tempfile
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, Site

from wagtail_cpsnews.catalogue import maintenance, text
from wagtail_cpsnews.catalogue.models import ROW_FORMAT, Entry, EntryTerm, State
from wagtail_cpsnews.catalogue.projection import project_marks, projecting
from wagtail_cpsnews.catalogue.rows import Row, _digest, hash_path
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.registry import TAXONOMIES
from wagtail_cpsnews.taxonomy.models import MODELS

from .bulk import analyse, copy, count_children, page_row
from .stories import AREAS, CRIME_TYPES, FIRST_PAGE, KINDS, Story, pk_of, stories
from .truth import TERMS

#: How many stories are compared with what the projector would write.
SAMPLE = 300

SPACE = uuid.UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def fill(count: int) -> None:
    """Make terms, the news centre, the stories and the catalogue."""
    _load_terms()
    home = Page.objects.get(depth=2)
    Site.objects.update(hostname="localhost", port=80)
    parent = home.add_child(instance=NewsIndexPage(title="News", slug="news"))
    parent.save_revision().publish()
    terms = {name: _terms(name, slugs) for name, slugs in TERMS.items()}
    _copy_pages(count, parent, terms)
    count_children(parent, count)
    _copy_catalogue(count, parent, terms)
    analyse()
    _check(count)


def _load_terms() -> None:
    slugs = {"kind": KINDS, "area": AREAS, "crime_type": CRIME_TYPES}
    seeds = {name: [{"slug": slug, "name": slug.title()} for slug in of] for name, of in slugs.items()}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(seeds, file)
        file.flush()
        call_command("load_newsroom_terms", file.name, stdout=io.StringIO())


def _terms(name: str, slugs: tuple[str, ...]) -> list[Any]:
    """Return the terms of a taxonomy in the order of their places."""
    by_slug = {term.slug: term for term in MODELS[name].objects.all()}
    return [by_slug[slug] for slug in slugs]


def _copy_pages(count: int, parent: Any, terms: dict[str, list[Any]]) -> None:
    content_type = ContentType.objects.get_for_model(NewsItemPage).pk
    rows = (
        page_row(story, parent, content_type, pk_of(story)) | {"translation_key": _key("page", story)}
        for story in stories(count)
    )
    copy(Page, rows)
    copy(
        NewsItemPage,
        (
            {
                "page_ptr_id": pk_of(story),
                "summary": story.summary,
                "published_at": story.published,
                "kind_id": terms["kind"][story.kind].pk,
                "body": [{"type": "text", "value": _html(story), "id": str(_key("block", story))}],
            }
            for story in stories(count)
        ),
    )
    areas, crime_types = NewsItemPage.areas.through, NewsItemPage.crime_types.through
    copy(
        areas,
        (
            {"newsitempage_id": pk_of(story), "area_id": terms["area"][story.area].pk}
            for story in stories(count)
        ),
    )
    copy(
        crime_types,
        (
            {"newsitempage_id": pk_of(story), "crimetype_id": terms["crime_type"][place].pk}
            for story in stories(count)
            for place in story.crime_types
        ),
    )


def _key(what: str, story: Story) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"{what} {story.number}")


def _html(story: Story) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)


def _copy_catalogue(count: int, parent: Any, terms: dict[str, list[Any]]) -> None:
    """Project one story as the package does, and write the entries of all others after its model."""
    project_marks()
    pattern = next(story for story in stories(count) if story.live)
    with projecting("default") as projection:
        row = next(projection.writer.rows([pk_of(pattern)]))
        projection.writer.look_at([pk_of(pattern)])
    first = State.objects.get().sequence + 1
    maker = EntryMaker(pattern, row, parent, terms, first)
    copy(Entry, (maker.entry(story) for story in _others(count, pattern)))
    copy(EntryTerm, (term for story in _others(count, pattern) for term in maker.entry_terms(story)))
    _index_text(maker.entry_of_pattern)
    State.objects.update(sequence=first + count, built_at=timezone.now(), row_format=ROW_FORMAT, rules="")
    # A projection of its own at the end, so that the last number has a token like every other.
    Entry.objects.filter(page_pk=pk_of(pattern)).update(digest="")
    with projecting("default") as projection:
        projection.writer.look_at([pk_of(pattern)])


def _others(count: int, pattern: Story) -> Iterator[Story]:
    return (story for story in stories(count) if story.live and story.number != pattern.number)


class EntryMaker:
    """Makes the entries of stories after the one that the package wrote of the story ``pattern``."""

    def __init__(
        self, pattern: Story, row: Row, parent: Any, terms: dict[str, list[Any]], first: int
    ) -> None:
        self.row, self.parent, self.first = row, parent, first
        self.html_of_pattern = _html(pattern)
        self.entry_of_pattern = Entry.objects.get(page_pk=pk_of(pattern))
        self.values = {
            field.attname: getattr(self.entry_of_pattern, field.attname)
            for field in Entry._meta.concrete_fields
        }
        self.keys = {name: [term.translation_key for term in of] for name, of in terms.items()}

    def terms(self, story: Story) -> set[tuple[str, uuid.UUID]]:
        """Return the terms of a story as (taxonomy, key)."""
        crime_types = {("crime_type", self.keys["crime_type"][place]) for place in story.crime_types}
        filed = {("kind", self.keys["kind"][story.kind]), ("area", self.keys["area"][story.area])}
        return crime_types | filed

    def entry(self, story: Story) -> dict[str, Any]:
        """Return the row of a story in the table of entries."""
        terms, path = self.terms(story), f"{self.parent.url_path}{story.slug}/"
        facts = {**self.row.columns["facts"], "kind": [], "areas": [], "crime_types": []}
        for name, key in sorted(terms):
            facts[TAXONOMIES[name].field].append(str(key))
        content = self.row.columns["content"]
        block = {**content["body"][0], "value": _html(story), "id": str(_key("block", story))}
        columns = {
            **self.row.columns,
            "path": path,
            "path_hash": hash_path(path),
            "translation_key": _key("page", story),
            "published": story.published,
            "title": story.title,
            "summary": story.summary,
            "facts": facts,
            "content": {
                **content,
                "body": [block],
                "body_html": content["body_html"].replace(self.html_of_pattern, _html(story)),
            },
            "text": " ".join(story.paragraphs),
        }
        columns["digest"] = _digest(
            {name: value for name, value in columns.items() if name != "digest"}, terms, self.row.uses, []
        )
        stored = {**self.values["facts"], **facts}
        number = {"id": _key("entry", story), "page_pk": pk_of(story), "number": self.first + story.number}
        return {**self.values, **columns, "facts": stored, **number}

    def entry_terms(self, story: Story) -> Iterator[dict[str, Any]]:
        """Yield the rows of a story in the table of terms."""
        for name, key in sorted(self.terms(story)):
            yield {"entry_id": _key("entry", story), "taxonomy": name, "key": key}


def _index_text(pattern: Entry) -> None:
    """Index the text of all entries as the one of the pattern was indexed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cpsnews_text (page_pk, config, document) SELECT entry.page_pk, pattern.config,"
            " setweight(to_tsvector(pattern.config, entry.title), 'A')"
            " || setweight(to_tsvector(pattern.config, entry.summary), 'B')"
            " || to_tsvector(pattern.config, entry.text)"
            " FROM cpsnews_entry entry, cpsnews_text pattern WHERE pattern.page_pk = %s AND entry.page_pk <> %s",
            [pattern.page_pk, pattern.page_pk],
        )


def _check(count: int) -> None:
    """Compare a sample with what the projector would write, as ``check_catalogue`` does."""
    sample = sorted(random.Random(1).sample(range(count), min(count, SAMPLE)))
    drafts = {story.number for story in stories(count) if not story.live}
    pks = [FIRST_PAGE + number for number in sample]
    found = [
        difference for start in range(0, len(pks), 100) for difference in _compared(pks[start : start + 100])
    ]
    live = [FIRST_PAGE + number for number in sample if number not in drafts]
    lost = set(live) - text.engine("default").holding(live)
    if found or lost:
        raise SystemExit(f"The rows are not what the projector writes: {found[:3]}, not searchable: {lost}")


def _compared(pks: list[int]) -> list[maintenance.Difference]:
    return maintenance._compare("default", pks)
