"""Bitmaps count what SQL counts.

Whatever has happened to the catalogue since they were read.
"""

import datetime
import random
import time
import uuid
from dataclasses import replace

import pytest
from django.utils import timezone
from time_machine import travel

from wagtail_cpsnews.catalogue import counting
from wagtail_cpsnews.catalogue.counting.base import Counts
from wagtail_cpsnews.catalogue.counting.sql import SQLCounter
from wagtail_cpsnews.catalogue.cursor import START, Cursor
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.models import Entry, EntryTerm, State
from wagtail_cpsnews.catalogue.query import NEWEST, OLDEST, Query
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.catalogue.state import save_sequence
from wagtail_cpsnews.registry import TAXONOMIES

bitmaps = pytest.importorskip("wagtail_cpsnews.catalogue.counting.bitmaps")

NOW = datetime.datetime(2026, 3, 14, 12, tzinfo=datetime.UTC)
SITES = (901, 902, 903)
LANGUAGES = ("en", "cy", "ur")


class Catalogue:
    """Entries written at random, as projections would write them."""

    def __init__(self, seed, reference):
        self.random = random.Random(seed)
        root = reference.roots[0]
        roots = [replace(root, site_id=site, hostname=f"site{site}.example") for site in SITES]
        self.reference = replace(reference, roots=tuple(roots), languages=LANGUAGES)
        self.terms = [
            (name, term.key) for name in TAXONOMIES for term in reference.taxonomies[name].current[:4]
        ]
        self.keys = [uuid.UUID(int=self.random.getrandbits(128)) for _ in range(80)]
        self.pks = 10_000  # no page has these
        self.state = State.objects.get(pk=1)

    def project(self, changes):
        """Write that many changes with the next number.

        Returns the snapshot after them.
        """
        self.state.refresh_from_db()
        number = self.state.sequence + 1
        for _change in range(changes):
            self.random.choice((self.write, self.write, self.write, self.write_tombstone))(number)
        save_sequence(self.state, number, using())
        return replace(
            current(),
            sequence=number,
            token=current_token(number),
            epoch=self.state.epoch,
            reference=self.reference,
            refreshed_at=time.monotonic(),
        )

    def write(self, number):
        known = list(Entry.objects.order_by("page_pk"))
        entry = self.random.choice(known) if known and self.random.random() < 0.5 else None
        if entry is None:
            self.pks += 1
            entry = Entry(pk=uuid.UUID(int=self.random.getrandbits(128)), page_pk=self.pks)
        if entry.published is None or self.random.random() < 0.3:
            # Few different times: many stories have the same one.
            days, hours = self.random.choice(((0, 0), (self.random.randrange(9), self.random.choice((0, 8)))))
            entry.published = NOW - datetime.timedelta(days=days, hours=hours)
        entry.number, entry.public, entry.gone_at = number, True, None
        entry.language = self.random.choice(LANGUAGES)
        entry.versions = self.random.choice(("", f"|{entry.language}|", "|cy|en|", "|en|ur|"))
        entry.primary = self.random.random() < 0.6
        entry.site_id, entry.translation_key = self.random.choice(self.free(entry))
        entry.expires_at = self.random.choice((None, None, NOW + datetime.timedelta(hours=1)))
        entry.save()
        entry.terms.all().delete()
        chosen = self.random.sample(self.terms, self.random.randrange(5))
        EntryTerm.objects.bulk_create(EntryTerm(entry=entry, taxonomy=name, key=key) for name, key in chosen)

    def free(self, entry):
        """Return site and translation key of stories without a version there.

        Of several, one would be listed.
        """
        taken = set(Entry.objects.exclude(pk=entry.pk).values_list("site_id", "translation_key"))
        return [(site, key) for site in SITES for key in self.keys if (site, key) not in taken]

    def write_tombstone(self, number):
        known = list(Entry.objects.filter(public=True).order_by("page_pk"))
        if known:
            pk = self.random.choice(known).pk
            Entry.objects.filter(pk=pk).update(
                public=False, number=number, published=None, versions="", primary=False, expires_at=None
            )

    def query(self):
        chance = self.random.random
        filters = {}
        for name in TAXONOMIES:
            if chance() < 0.3:
                terms = self.reference.taxonomies[name].current[:4]
                filters[name] = tuple(term.slug for term in self.random.sample(terms, min(2, len(terms))))
        if chance() < 0.3:
            filters["published_after"] = (NOW - datetime.timedelta(days=self.random.randrange(9))).date()
        if chance() < 0.3:
            filters["published_before"] = (NOW - datetime.timedelta(days=self.random.randrange(9))).date()
        return Query(
            language=self.random.choice(LANGUAGES),
            lang="en",
            language_only=chance() < 0.2,
            order=self.random.choice((NEWEST, OLDEST)),
            sites=self.random.choice((None, SITES[:1], SITES[:2], SITES, ())),
            **filters,
        )


def current_token(number):
    from wagtail_cpsnews.catalogue.models import SequenceToken

    return SequenceToken.objects.get(number=number).token


def answer(counter, query, snapshot):
    """Return everything that a counter says about a query.

    Counts, two pages, and what comes behind the first.
    """
    selection = counter.select(query, snapshot)
    counts = selection.counts(facets=True)
    first = selection.keys(0, 3)
    said = [
        Counts(counts.total, {name: dict(found) for name, found in counts.by_taxonomy.items() if found}),
        list(first),
        selection.places(first),
        [entry.page_pk for entry in selection.entries(first)],
        list(selection.keys(3, 50)),
    ]
    if first:
        _page, (published, pk) = first, selection.places(first)[-1]
        cursor = str(Cursor(snapshot.epoch, query.order, published, pk))
        said += [
            list(counter.select(replace(query, cursor=text), snapshot).keys(0, 3)) for text in (START, cursor)
        ]
    return said


@pytest.mark.parametrize("seed", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_bitmaps_answer_as_sql_does(newsroom, seed):
    with travel(NOW, tick=False):
        catalogue = Catalogue(seed, current().reference)
        for round_ in range(12):
            snapshot = catalogue.project(changes=30 if round_ == 0 else catalogue.random.randrange(1, 8))
            for _question in range(6):
                query = catalogue.query()
                expected = answer(SQLCounter(using()), query, snapshot)
                assert answer(bitmaps.BitmapCounter(using()), query, snapshot) == expected, query
    # Time alone has passed: what expires is out of both, though nobody has projected.
    with travel(NOW + datetime.timedelta(hours=2), tick=False):
        for _question in range(6):
            query = catalogue.query()
            expected = answer(SQLCounter(using()), query, snapshot)
            assert answer(bitmaps.BitmapCounter(using()), query, snapshot) == expected, query


def test_an_index_that_was_continued_is_the_one_that_is_read_again(newsroom, monkeypatch):
    from wagtail_cpsnews.catalogue.counting import loading

    catalogue = Catalogue(7, current().reference)
    snapshot = catalogue.project(changes=40)
    known = bitmaps.index_for(using(), snapshot)
    for _round in range(8):
        snapshot = catalogue.project(changes=3)
        with monkeypatch.context() as patch:
            patch.delattr(loading, "_built")  # what reads every story
            continued = bitmaps.read_index(using(), known)
        assert continued is not known
        assert contents(continued) == contents(bitmaps.read_index(using(), None))
        known = continued


def contents(index):
    """Return everything that an index says, without ordinals.

    Those of one that was continued have holes.
    """
    ordinals = sorted(index.sets.everything)

    def pages(bitmap):
        return [index.pages[ordinal] for ordinal in bitmap]

    def each(by_key):
        return {key: pages(bitmap) for key, bitmap in by_key.items() if bitmap}

    return {
        "stories": [
            (index.pages[at], index.numbers[at], index.id(at), index.published_at(at)) for at in ordinals
        ],
        "terms": {name: found for name, by_key in index.sets.terms.items() if (found := each(by_key))},
        "sites": each(index.sets.sites),
        "languages": each(index.sets.languages),
        "versions": each(index.sets.versions),
        "primary": pages(index.sets.primary),
        "expiries": index.expiries,
        "groups": index.groups,
        "ordinals": index.ordinals.many(index.pages[at] for at in ordinals) == ordinals,
    }


def test_a_restored_database_is_read_again(newsroom):
    catalogue = Catalogue(9, current().reference)
    snapshot = catalogue.project(changes=20)
    known = bitmaps.index_for(using(), snapshot)
    # The backup has the same number with another history behind it.
    Entry.objects.filter(public=True).first().delete()
    save_sequence(catalogue.state, catalogue.state.sequence, using())
    restored = replace(snapshot, token=current_token(catalogue.state.sequence))
    assert len(bitmaps.index_for(using(), restored)) == len(known) - 1


def test_many_old_stories_at_once_are_read_again(newsroom, monkeypatch):
    catalogue = Catalogue(11, current().reference)
    bitmaps.index_for(using(), catalogue.project(changes=20))
    from wagtail_cpsnews.catalogue.counting import index, loading

    monkeypatch.setattr(index.Draft, "MAX_INSERTED", 0)
    monkeypatch.setattr(loading, "MAX_CHANGED", 5)
    for changes in (3, 12):
        snapshot = catalogue.project(changes=changes)
        found = contents(bitmaps.index_for(using(), snapshot))
        assert found == contents(bitmaps.read_index(using(), None))


@pytest.mark.parametrize("pks", [(3, 1, 2), (10**15, 5, 10**12)])
def test_pages_with_keys_far_apart(pks):
    from wagtail_cpsnews.catalogue.counting.index import Ordinals

    ordinals = Ordinals(pks)
    assert ordinals.many([*pks, 4, 10**16]) == [0, 1, 2]
    ordinals.set(10**14, 3)
    ordinals.set(pks[0], None)
    assert [ordinals.get(pk) for pk in (*pks, 10**14, 10**13)] == [None, 1, 2, 3, None]
    assert ordinals.copy().many([10**14, *pks]) == [3, 1, 2]


def test_the_counter_is_the_one_that_is_installed():
    assert isinstance(counting.get_counter(using()), bitmaps.BitmapCounter)


def test_a_list_reads_no_counts_from_the_database(newsroom, story, api, django_assert_num_queries):
    for number in range(3):
        story(f"Story {number}")
    api()
    api()  # the first one has projected
    with django_assert_num_queries(0):  # every item is kept
        assert api()["count"] == 3
    with django_assert_num_queries(0):
        assert api(area="wessex")["count"] == 0
    with django_assert_num_queries(1):  # items in another form
        assert len(api(fields="title")["results"]) == 3
    assert timezone.is_aware(Entry.objects.first().published)


@travel(NOW, tick=False)
def test_a_row_that_was_lost_comes_back_with_another_id(newsroom):
    catalogue = Catalogue(14, current().reference)
    bitmaps.index_for(using(), catalogue.project(changes=20))
    lost = Entry.objects.filter(public=True).order_by("page_pk").first()
    Entry.objects.filter(pk=lost.pk).delete()
    number = catalogue.state.sequence + 1
    lost.pk, lost.number = uuid.uuid4(), number
    lost.save(force_insert=True)
    index = bitmaps.index_for(using(), catalogue.project(changes=0))
    assert index.id(index.ordinals.get(lost.page_pk)) == lost.pk
