"""Rebuilding and checking the whole catalogue, in batches, while it serves."""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.utils import timezone

from ..compat import get_page_model
from ..images.renditions import making_nothing, verifying
from . import counting, text
from . import lookups as reference_module
from .db import using
from .entries import BATCH, EntryWriter, batches, matches
from .languages import misgrouped
from .models import ROW_FORMAT, Entry, Invalidation, Retry, State, Visibility
from .pending import is_reference_pending, pending_pages
from .projection import project_pending, projecting, writer_for
from .routing import reading_from
from .rules import has_rules, rule_codes
from .snapshots import refresh_at_next_request
from .state import locking
from .text import feeding
from .walks import Walk, forget

logger = logging.getLogger("wagtail_cpsnews")


@dataclass
class Report:
    """What was found or done."""

    public: int = 0
    changed: int = 0
    gone: int = 0
    failed: int = 0
    unknown_terms: set[tuple[str, str]] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    #: How many differences an interrupted run had found, which this one went on with.
    earlier_differences: int = 0
    #: Pages whose picture still can't be made after a repair.
    unrepaired: list[int] = field(default_factory=list)
    #: Stories that differ and wait for an invalidation to be applied.
    pending: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return what a later run has to know when this one is interrupted."""
        of_stories = sum(difference.page_pk is not None for difference in self.differences)
        return {
            **{name: getattr(self, name) for name in ("changed", "gone", "failed", "pending", "unrepaired")},
            "unknown_terms": sorted(self.unknown_terms),
            "earlier_differences": self.earlier_differences + of_stories,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """Return the report to go on with, of ``as_json()`` or of nothing."""
        return cls(**{**data, "unknown_terms": set(map(tuple, data.get("unknown_terms", ())))})


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    ``resumed_at``: how many stories an interrupted run had done.
    """

    done: int
    total: int
    resumed_at: int
    report: Report


#: Called before the first batch and after each.
ProgressHandler = Callable[[Progress], None]


@dataclass(frozen=True)
class Difference:
    """One place where catalogue and pages disagree.

    what: "missing", "stale", "picture", "not public", "decision" (of a rule), "not searchable", "searchable",
        ``SEARCH_BACKEND``, ``SEARCH_BACKEND_FAILS`` or "state".
    """

    what: str
    page_pk: int | None
    detail: str = ""

    def __str__(self) -> str:
        subject = f"page {self.page_pk}" if self.page_pk is not None else "catalogue"
        return f"{subject}: {self.what}{f' ({self.detail})' if self.detail else ''}"


def _pinned(function: Callable[..., Report]) -> Callable[..., Report]:
    """Make the function read from the catalogue's database, never a replica."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Report:
        with reading_from(using()):
            return function(*args, **kwargs)

    return wrapped


#: What differs where the backend that ``SEARCH_BACKEND`` names is not filled, or fails.
SEARCH_BACKEND, SEARCH_BACKEND_FAILS = "search backend", "search backend fails"

#: Names of the walks that commands go on with.
REBUILD, CHECK, REPAIR = "rebuild", "check", "repair"

#: Pages that a rebuild looks at in one transaction: its lock is held for about 0.3 seconds.
REBUILD_BATCH = 50


def start_again(name: str) -> None:
    """Have the next run begin with the first story.

    What an interrupted run has done is not used.
    """
    forget(name, using())


@_pinned
def rebuild(
    progress: ProgressHandler | None = None, *, restored: bool = False, resumable: bool = False
) -> Report:
    """Project every story and every entry, and mark the catalogue as built.

    Args:
        progress: Called before the first batch and after each.
        restored: The database was put back from a copy, so cursors, tokens and ETags of before mean nothing any more.
        resumable: Whether to go on with a run that was interrupted, and to note how far this one has come.
    """
    alias = using()
    with locking(alias) as state:
        if restored:
            state.epoch = uuid.uuid4()
            state.save(using=alias, update_fields=["epoch"])
        Invalidation.objects.using(alias).create(scope=Invalidation.REFERENCE, rank=Invalidation.TAKES_AWAY)
    project_pending()
    walk = Walk(REBUILD, alias, resumable=resumable)
    report = Report.from_json(walk.earlier)
    _tell(progress, walk, report)
    for pks in walk.batches(REBUILD_BATCH):
        with projecting(alias) as projection:
            writer = projection.writer
            writer.refresh(pks, compare_content=True)
            report.changed += writer.written
            report.gone += writer.taken_out
            report.failed += writer.failed
            report.unknown_terms |= writer.unknown_terms
            walk.note(report.as_json())
        _tell(progress, walk, report)
    with locking(alias) as state:
        state.built_at, state.row_format = timezone.now(), ROW_FORMAT
        state.rules = " ".join(rule_codes())
        state.save(using=alias, update_fields=["built_at", "row_format", "rules"])
    _check_decisions(alias, repair=True)
    of_text = _check_text(alias, repair=True)
    report.differences += [one for one in of_text if one.what == SEARCH_BACKEND_FAILS]
    walk.finish()
    report.public = Entry.objects.using(alias).filter(public=True).count()
    counting.store(alias)
    refresh_at_next_request()
    return report


def _tell(progress: ProgressHandler | None, walk: Walk, report: Report) -> None:
    if progress is not None:
        progress(Progress(min(walk.done, walk.total), walk.total, walk.resumed_at, report))


def _state(alias: str) -> State:
    return State.objects.using(alias).get(pk=1)


@_pinned
def check(
    progress: ProgressHandler | None = None, *, repair: bool = False, resumable: bool = False
) -> Report:
    """Compare every story with its entry, and ask for the file of every picture.

    Without ``repair`` it writes nothing but how far it has come, where it is ``resumable``: no other row, no file, and no
    invalidation that waits is applied. A difference counts only when it is found twice and no invalidation explains it;
    with ``repair``, under the catalogue's lock.

    Args:
        progress: Called before the first batch and after each.
        repair: Whether to bring entries that differ up to date.
        resumable: Whether to go on with a run that was interrupted, and to note how far this one has come.
    """
    alias = using()
    if repair:
        project_pending()
    of_state = _check_state(alias, repair)
    if not State.objects.using(alias).filter(pk=1).exists():
        return Report(differences=of_state)
    walk = Walk(REPAIR if repair else CHECK, alias, resumable=resumable)
    report = Report.from_json(walk.earlier)
    report.differences += of_state
    _tell(progress, walk, report)
    for pks in walk.batches(BATCH):
        _check_batch(alias, pks, report, repair)
        if len(pks) == BATCH:
            walk.note(report.as_json())
        _tell(progress, walk, report)
    report.differences += _check_decisions(alias, repair)
    report.differences += _text_alone(alias, _check_text(alias, repair), report)
    walk.finish()
    report.public = Entry.objects.using(alias).filter(public=True).count()
    if repair and (report.differences or report.earlier_differences):
        refresh_at_next_request()
    return report


def _check_batch(alias: str, pks: list[int], report: Report, repair: bool) -> None:
    first = _compare(alias, pks)
    if not first:
        return
    pks = sorted({difference.page_pk for difference in first if difference.page_pk is not None})
    if not repair:
        # Twice, without a lock: what a change of this very second explains is gone or waits for projection.
        found = [difference for difference in _compare(alias, pks) if difference in first]
        waiting = pending_pages(alias, pks) if found else set()
        report.pending += len(waiting)
        report.differences += [one for one in found if one.page_pk not in waiting]
        return
    with projecting(alias) as projection:
        found = _compare(alias, pks, projection.writer)
        report.differences += found
        different = [difference.page_pk for difference in found if difference.page_pk]
        projection.writer.refresh(different, compare_content=True)
        projection.writer.regroup(different)
        failed = Retry.objects.using(alias).filter(page_pk__in=different)
        report.unrepaired += list(failed.values_list("page_pk", flat=True))


def _check_decisions(alias: str, repair: bool) -> list[Difference]:
    """Return decisions whose pages have gone, and whether stories await one."""
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
    """Return where the text index and the public entries disagree.

    The index is a table of its own that nothing else watches.
    """
    found = []
    for engine in text.engines(alias):
        if isinstance(engine, text.OutsideEngine):
            found += _check_backend(alias, engine, repair)
        else:
            found += _check_index(alias, engine, repair)
    return found


def _check_backend(alias: str, engine: text.OutsideEngine, repair: bool) -> list[Difference]:
    """Return where the search backend and the public entries disagree.

    With ``repair``, fill it.
    """
    states = State.objects.using(alias).filter(pk=1)
    is_filled = states.filter(search_backend=engine.name).exists()
    found = [] if is_filled else [Difference(SEARCH_BACKEND, None, f"{engine.name} has not been filled")]
    try:
        if repair and not (is_filled and engine.has_index()):
            feeding.reset(alias, engine.name)
        found += _check_index(alias, engine, repair)
        if repair:
            feeding.feed(alias)
        if lost := engine.difference():
            found.append(Difference(SEARCH_BACKEND, None, lost))
        if repair and lost:
            feeding.reset(alias, engine.name)
            feeding.feed(alias)
        if repair:
            states.update(search_backend=engine.name)
    except Exception as error:  # whatever a backend's library raises
        logger.exception("The search backend failed.")
        found.append(Difference(SEARCH_BACKEND_FAILS, None, f"{engine.name}: {error}"))
    return found


def _check_index(alias: str, engine: text.Engine, repair: bool) -> list[Difference]:
    found = []
    entries = Entry.objects.using(alias).filter(public=True).order_by("page_pk")
    entries = entries.only("page_pk", "language", "title", "summary", "text")
    for chunk in batches(entries.iterator(chunk_size=500), 500):
        lost = engine.lacking(chunk)
        found += [Difference("not searchable", pk, engine.place) for pk in sorted(lost)]
        if repair and lost:
            with locking(alias):
                if still := list(entries.filter(page_pk__in=lost)):
                    engine.write(still)
    strays = engine.remove_strays(dry_run=True)
    detail = f"the story is not public{engine.place and ', but '}{engine.place}"
    found += [Difference("searchable", pk, detail) for pk in strays]
    if repair and strays:
        with locking(alias):
            engine.remove_strays(dry_run=False)
    return found


def _text_alone(alias: str, found: list[Difference], report: Report) -> list[Difference]:
    """Return those of ``found`` whose entries do not differ.

    Of an entry that differs so does its text.

    What the entries of an interrupted run were is not kept, so they are compared again.
    """
    told = {difference.page_pk for difference in report.differences} - {None}
    rest = [one for one in found if one.page_pk not in told]
    if report.earlier_differences:
        pks = sorted({one.page_pk for one in rest if one.page_pk is not None})
        for chunk in batches(pks, BATCH):
            again = Report()
            _check_batch(alias, chunk, again, repair=False)
            told |= {difference.page_pk for difference in again.differences}
    return [one for one in rest if one.page_pk not in told]


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
        project_pending()
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
        elif row is not None and (pk in alone or not matches(entry, row, compare_content=True)):
            found.append(Difference("stale", pk, row.columns["title"]))
        elif row is None and entry is not None and entry.public:
            found.append(Difference("not public", pk, entry.title))
    return found
