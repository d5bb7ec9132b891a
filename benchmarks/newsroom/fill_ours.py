"""Fill the newsroom's database: pages and the catalogue's rows in bulk.

A sample is compared with what the projector writes.
"""

from __future__ import annotations

import io
import json
import random
import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from wagtail_cpsnews.catalogue import maintenance, text
from wagtail_cpsnews.catalogue.entry_store import batches
from wagtail_cpsnews.catalogue.models import ROW_FORMAT, Entry, EntryTerm, State
from wagtail_cpsnews.catalogue.projection import project_pending, projecting
from wagtail_cpsnews.catalogue.references import Resolver
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.taxonomy.models import MODELS

from .bulk import analyse, copy, count_children, page_row
from .entries import EntryMaker, html_of, key_of
from .stories import FIRST_PAGE, Story, batches_of_stories, pk_of
from .truth import TERMS

#: How many stories are compared with what the projector would write.
SAMPLE = 300


def fill(count: int) -> None:
    """Make terms, the news centre, the stories and the catalogue."""
    _load_terms()
    home = Page.objects.get(depth=2)
    Site.objects.update(hostname="localhost", port=80)
    parent = home.add_child(instance=NewsIndexPage(title="News", slug="news"))
    parent.save_revision().publish()
    project_pending()
    terms = {name: _terms(name, slugs) for name, slugs in TERMS.items()}
    maker: EntryMaker | None = None
    for batch in batches_of_stories(count):
        _copy_pages(batch, parent, terms)
        if maker is None:
            maker = _project_one(next(story for story in batch if story.live), parent, terms)
        live = [story for story in batch if story.live and story != maker.pattern]
        copy(Entry, map(maker.entry, live))
        copy(EntryTerm, (row for story in live for row in maker.entry_terms(story)))
    assert maker is not None
    count_children(parent, count)
    _finish_catalogue(maker, count)
    analyse()
    _check(count)


def _load_terms() -> None:
    seeds = {name: [{"slug": slug, "name": slug.title()} for slug in slugs] for name, slugs in TERMS.items()}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(seeds, file)
        file.flush()
        with transaction.atomic():  # one projection for all of them
            call_command("load_newsroom_terms", file.name, stdout=io.StringIO())


def _terms(name: str, slugs: tuple[str, ...]) -> list[Any]:
    """Return the terms of a taxonomy in the order of their places."""
    by_slug = {term.slug: term for term in MODELS[name].objects.all()}
    return [by_slug[slug] for slug in slugs]


def _copy_pages(batch: list[Story], parent: Any, terms: dict[str, list[Any]]) -> None:
    content_type = ContentType.objects.get_for_model(NewsItemPage).pk
    pages = (
        page_row(story, parent, content_type) | {"translation_key": key_of("page", story)} for story in batch
    )
    copy(Page, pages)
    copy(NewsItemPage, (_item_row(story, terms["kind"][story.kind].pk) for story in batch))
    copy(NewsItemPage.areas.through, _joined(batch, "area", terms))
    copy(NewsItemPage.crime_types.through, _joined(batch, "crime_type", terms))


def _item_row(story: Story, kind: int) -> dict[str, Any]:
    return {
        "page_ptr_id": pk_of(story),
        "summary": story.summary,
        "published_at": story.published,
        "kind_id": kind,
        "body": [{"type": "text", "value": html_of(story), "id": str(key_of("block", story))}],
    }


def _joined(batch: list[Story], name: str, terms: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows that join stories with their terms of one taxonomy."""
    for story in batch:
        for place in story.places[name]:
            term = terms[name][place]
            yield {"newsitempage_id": pk_of(story), f"{term._meta.model_name}_id": term.pk}


def _project_one(pattern: Story, parent: Any, terms: dict[str, list[Any]]) -> EntryMaker:
    """Project one story as the package does.

    Returns what makes the entries of the others like it.
    """
    with projecting("default") as projection:
        row = next(projection.writer.rows([pk_of(pattern)]))
        projection.writer.refresh([pk_of(pattern)])
        resolver = Resolver(projection.writer.reference, "en")
    return EntryMaker(pattern, row, resolver, parent, terms, State.objects.get().sequence + 1)


def _finish_catalogue(maker: EntryMaker, count: int) -> None:
    _index_text()
    State.objects.update(
        sequence=maker.first + count, built_at=timezone.now(), row_format=ROW_FORMAT, rules=""
    )
    # A projection of its own at the end, so that the last number has a token like every other.
    pattern = pk_of(maker.pattern)
    Entry.objects.filter(page_pk=pattern).update(digest="")
    with projecting("default") as projection:
        projection.writer.refresh([pattern])


def _index_text() -> None:
    """Index the text of all entries."""
    entries = Entry.objects.only("page_pk", "language", "title", "summary", "text")
    for chunk in batches(entries.iterator(chunk_size=500), 500):
        text.database_engine("default").write(chunk)


def _check(count: int) -> None:
    """Compare a sample with what the projector would write.

    As ``check_catalogue`` does.
    """
    sample = random.Random(1).sample(range(count), min(count, SAMPLE))
    pks = sorted(FIRST_PAGE + number for number in sample)
    found = [
        difference
        for start in range(0, len(pks), 100)
        for difference in maintenance._compare("default", pks[start : start + 100])
    ]
    lost = text.database_engine("default").lacking(Entry.objects.filter(page_pk__in=pks, public=True))
    if found or lost:
        told = ", ".join(map(str, found[:3]))
        raise SystemExit(
            f"The rows are not what the projector writes: {told}; not searchable: {sorted(lost)}"
        )
