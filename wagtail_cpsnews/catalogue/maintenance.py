"""Rebuilding and checking the whole catalogue, in batches, while it serves."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.utils import timezone

from ..compat import get_page_model
from ..images.renditions import making_nothing, verifying
from . import lookups as reference_module
from . import text
from .adapters import story_models
from .db import using
from .entries import BATCH, EntryWriter, batches, matches
from .installed import entries_without_class
from .languages import misgrouped
from .models import ROW_FORMAT, Entry, Invalidation, Retry, State, Visibility
from .pending import is_reference_pending, pending_pages
from .projection import project_marks, projecting, writer_for
from .routing import reading_from
from .rules import has_rules, rule_codes
from .snapshots import refresh_at_next_request
from .state import locking


@dataclass
class Report:
    """What was found or done."""

    public: int = 0
    changed: int = 0
    gone: int = 0
    failed: int = 0
    unknown_terms: set[tuple[str, str]] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    #: Pages whose picture still can't be made after a repair.
    unrepaired: list[int] = field(default_factory=list)
    #: Stories that differ and wait for an invalidation to be applied.
    pending: int = 0


@dataclass(frozen=True)
class Difference:
    """One place where catalogue and pages disagree.

    what: "missing", "stale", "picture", "not public", "decision" (of a rule), "not searchable" or "state".
    """

    what: str
    page_pk: int | None
    detail: str = ""

    def __str__(self) -> str:
        subject = f"page {self.page_pk}" if self.page_pk is not None else "catalogue"
        return f"{subject}: {self.what}{f' ({self.detail})' if self.detail else ''}"


def _pinned(function: Callable[..., Report]) -> Callable[..., Report]:
    """Decorator: read from the database that the catalogue is in, never from a replica."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Report:
        with reading_from(using()):
            return function(*args, **kwargs)

    return wrapped


@_pinned
def rebuild(progress: Callable[[int, int], None] | None = None, *, restored: bool = False) -> Report:
    """Project every story and every entry, and mark the catalogue as built.

    restored: the database was put back from a copy, so cursors, tokens and ETags of before mean nothing any more.
    """
    alias, report = using(), Report()
    with locking(alias) as state:
        if restored:
            state.epoch = uuid.uuid4()
            state.save(using=alias, update_fields=["epoch"])
        Invalidation.objects.using(alias).create(scope=Invalidation.REFERENCE, rank=Invalidation.TAKES_AWAY)
    project_marks()
    total = sum(model._default_manager.using(alias).count() for model in story_models())
    for done, pks in _batches_with_count(alias):
        before = _state(alias).sequence
        with projecting(alias) as projection:
            public = Entry.objects.using(alias).filter(public=True, page_pk__in=pks)
            shown = set(public.values_list("page_pk", flat=True))
            projection.writer.look_at(pks, closely=True)
            report.gone += len(shown - set(public.values_list("page_pk", flat=True)))
            report.failed += projection.writer.failed
            report.unknown_terms |= projection.writer.unknown_terms
        report.changed += (
            Entry.objects.using(alias).filter(number__gt=before, page_pk__in=pks, public=True).count()
        )
        if progress is not None:
            progress(min(done, total), total)
    with locking(alias) as state:
        state.built_at, state.row_format = timezone.now(), ROW_FORMAT
        state.rules = " ".join(rule_codes())
        state.save(using=alias, update_fields=["built_at", "row_format", "rules"])
    _check_decisions(alias, repair=True)
    _check_text(alias, repair=True)
    report.public = Entry.objects.using(alias).filter(public=True).count()
    refresh_at_next_request()
    return report


def _state(alias: str) -> State:
    return State.objects.using(alias).get(pk=1)


def _batches_with_count(alias: str) -> Iterator[tuple[int, list[int]]]:
    done = 0
    for pks in _page_batches(alias):
        done += len(pks)
        yield done, pks


def _page_batches(alias: str) -> Iterator[list[int]]:
    """Yield the pages of all stories, and then of all entries whose page is no story any more."""
    for model in story_models():
        queryset = model._default_manager.using(alias).order_by("pk").values_list("pk", flat=True)
        yield from batches(queryset.iterator(chunk_size=BATCH), BATCH)
    pages = get_page_model()._default_manager.using(alias).order_by().values("pk")
    public = Entry.objects.using(alias).filter(public=True)
    orphans = public.exclude(page_pk__in=pages) | entries_without_class(alias)
    yield from batches(list(orphans.values_list("page_pk", flat=True)), BATCH)


@_pinned
def check(*, repair: bool = False) -> Report:
    """Compare every story with its entry, and ask for the file of every picture.

    Without ``repair`` it writes nothing: no row, no file, and no invalidation that waits is applied. A difference
    counts only when it is found twice and no invalidation explains it; with ``repair``, under the catalogue's lock.
    """
    alias, report = using(), Report()
    if repair:
        project_marks()
    report.differences += _check_state(alias, repair)
    if not State.objects.using(alias).filter(pk=1).exists():
        return report
    for pks in _page_batches(alias):
        first = _compare(alias, pks)
        if not first:
            continue
        if not repair:
            # Twice, without a lock: what a change of this very second explains is gone or waits for projection.
            found = [difference for difference in _compare(alias, pks) if difference in first]
            waiting = pending_pages(alias, pks) if found else set()
            report.pending += len(waiting)
            report.differences += [one for one in found if one.page_pk not in waiting]
            continue
        with projecting(alias) as projection:
            found = _compare(alias, pks, projection.writer)
            report.differences += found
            if repair:
                different = [difference.page_pk for difference in found if difference.page_pk]
                projection.writer.look_at(different, closely=True)
                projection.writer.regroup(different)
                failed = Retry.objects.using(alias).filter(page_pk__in=different)
                report.unrepaired += list(failed.values_list("page_pk", flat=True))
    report.differences += [*_check_decisions(alias, repair), *_check_text(alias, repair)]
    report.public = Entry.objects.using(alias).filter(public=True).count()
    if repair and report.differences:
        refresh_at_next_request()
    return report


def _check_decisions(alias: str, repair: bool) -> list[Difference]:
    """Return decisions about pages that there are no more, and whether stories wait for being decided about."""
    pages = get_page_model()._default_manager.using(alias).order_by().values("pk")
    rows = Visibility.objects.using(alias)
    orphans = rows.exclude(page_pk__in=pages) if has_rules() else rows.all()
    found = [Difference("decision", pk) for pk in orphans.order_by("pk").values_list("pk", flat=True)]
    if repair:
        orphans._raw_delete(alias)
    rules = " ".join(rule_codes())
    if State.objects.using(alias).filter(pk=1).exclude(rules=rules).exists():
        found.append(Difference("state", None, f"the rules of the site are now: {rules or 'none'}"))
        if repair:
            State.objects.using(alias).filter(pk=1).update(rules=rules)
    return found


def _check_text(alias: str, repair: bool) -> list[Difference]:
    """Public entries that the text index has lost: it is a table of its own that nothing else watches."""
    engine, found = text.engine(alias), []
    entries = Entry.objects.using(alias).filter(public=True).order_by("page_pk")
    for pks in batches(entries.values_list("page_pk", flat=True).iterator(chunk_size=500), 500):
        lost = set(pks) - engine.holding(pks)
        found += [Difference("not searchable", pk) for pk in sorted(lost)]
        if repair and lost:
            with locking(alias):
                if still := list(entries.filter(page_pk__in=lost)):
                    engine.write(still)
    return found


def _check_state(alias: str, repair: bool) -> list[Difference]:
    state = State.objects.using(alias).filter(pk=1).first()
    if not repair:
        return _differences_of_state(alias, state)
    with locking(alias) as state:
        found = _differences_of_state(alias, state)
        highest = _highest(alias)
        if highest > state.sequence:
            state.sequence, state.epoch = highest, uuid.uuid4()
            state.save(using=alias)
        if found:
            Invalidation.objects.using(alias).create(
                scope=Invalidation.REFERENCE, rank=Invalidation.TAKES_AWAY
            )
    if found:
        project_marks()
    return found


def _highest(alias: str) -> int:
    return Entry.objects.using(alias).aggregate(highest=Max("number"))["highest"] or 0


def _differences_of_state(alias: str, state: State | None) -> list[Difference]:
    if state is None:
        return [Difference("state", None, "there is no state row")]
    found, highest = [], _highest(alias)
    if highest > state.sequence:
        detail = f"an entry has number {highest}, the state says {state.sequence}"
        found.append(Difference("state", None, detail))
    if not is_reference_pending(alias) and reference_module.read(alias) != state.reference:
        found.append(Difference("state", None, "terms or sites have changed"))
    return found


def _compare(alias: str, pks: list[int], writer: EntryWriter | None = None) -> list[Difference]:
    if writer is None:
        writer = writer_for(alias, _state(alias))
    writer.decisions = {}
    with making_nothing(), verifying():
        rows = {row.page_pk: row for row in writer.rows(pks)}
    objects = Entry.objects.using(alias).filter(page_pk__in=pks).prefetch_related("terms", "uses")
    entries = {entry.page_pk: entry for entry in objects}
    keys = {entry.translation_key for entry in entries.values() if entry.public}
    alone = {entry.page_pk for entry in misgrouped(alias, keys, writer.reference)}
    found = [Difference("decision", pk, one.code or "shown") for pk, one in writer.decisions.items()]
    for pk in pks:
        row, entry = rows.get(pk), entries.get(pk)
        if row is not None and (entry is None or not entry.public):
            found.append(Difference("missing", pk, row.columns["title"]))
        elif row is not None and row.failed_images:
            images = ", ".join(map(str, sorted(row.failed_images)))
            found.append(Difference("picture", pk, f"{row.columns['title']}: image {images} can't be shown"))
        elif row is not None and (pk in alone or not matches(entry, row, closely=True)):
            found.append(Difference("stale", pk, row.columns["title"]))
        elif row is None and entry is not None and entry.public:
            found.append(Difference("not public", pk, entry.title))
    return found
