"""An import from beginning to end.

Read the source, check whose stories they are, write them, report.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from wagtail.models import Locale

from . import govuk, jsonl
from .doubts import find_doubts
from .fields import Unreadable
from .identity import KnownStories, name_sources
from .markup import clean_html
from .nesting import UnacceptableHtml
from .report import Report, Sink
from .story import Reading, Refusal, Story, in_order
from .writer import Writer

#: By the name of a source: what reads its stories from a path (and raises ``SourceError``).
SOURCES: dict[str, Callable[[Path], Reading]] = {
    "govuk": govuk.read,
    "jsonl": jsonl.read,
}

#: Wraps stories while something is done with them, which the text names: a progress bar, or nothing.
Progress = Callable[[Sequence[Story], str], Iterable[Story]]


class ImportStopped(Exception):
    """The run was not confirmed, and nothing was written. The text is for people."""


@dataclasses.dataclass(frozen=True)
class Naming:
    """What the command says about the name of the source.

    source_name: for files that don't declare one.
    adopt: whether stories that an earlier import took over without a name get this one.
    """

    source_name: str = ""
    adopt: bool = False


def _without_progress(stories: Sequence[Story], doing: str) -> Iterable[Story]:
    return stories


def run_import(
    source: str,
    path: Path,
    *,
    parent: Any,
    page_type: Any,
    speech_type: Any,
    dry_run: bool = False,
    naming: Naming = Naming(),
    base_url: str = "",
    confirm: Callable[[list[str]], bool] = lambda doubts: False,
    progress: Progress = _without_progress,
    sink: Sink | None = None,
) -> Report:
    """Import what is at ``path`` below ``parent`` and say what was done.

    Each story has its own transaction; one that fails is reported and the others go on.

    Args:
        base_url: What links without a host are read against, where neither a story nor its file says it.
        confirm: Asked with its doubts when a run would change much or would replace stories by others.

    Raises:
        KeyError: For a ``source`` that is not in ``SOURCES``.
        SourceError: When nothing can be read, or its name is not the one that is given.
        ImportStopped: When ``confirm`` says no. Nothing is written then.
    """
    reading = SOURCES[source](path)
    report = Report(dry_run=dry_run, sink=sink)
    for refusal in reading.refused:
        report.refuse(refusal)
    for remark in reading.left_out:
        report.leave_out(remark)
    known = KnownStories(source)
    named = [
        dataclasses.replace(story, base_url=story.base_url or base_url)
        for story in name_sources(reading, naming.source_name)
    ]
    adopted = known.adopt(named) if naming.adopt else []
    stories = in_order(
        _acceptable(progress(named, "Reading"), known, report), Locale.get_default().language_code
    )
    writer = Writer(known, parent, page_type, speech_type, dry_run)
    if doubts := find_doubts(writer, known, stories, progress(stories, "Comparing")):
        if dry_run:
            report.notices += ["This import would ask first, or need --yes:", *doubts]
        elif not confirm(doubts):
            raise ImportStopped("\n".join(doubts))
    if adopted:
        if not dry_run:
            known.save_names(adopted)
        verb = "would now be" if dry_run else "are now"
        report.notices.append(f"{len(adopted):,} known stories {verb} stories of “{naming.source_name}”.")
    for story in progress(stories, "Importing"):
        report.begin(story)
        result = writer.write(story)
        report.add(result.outcome, story, result.remarks, result.page)
    return report


def _acceptable(stories: Iterable[Story], known: KnownStories, report: Report) -> list[Story]:
    """Return the stories that can be written; the others are refused."""
    found: dict[tuple[str, str, str], Story] = {}
    for story in stories:
        try:
            if twin := found.get(story.identity):
                raise Unreadable(
                    "id", f"{story.source_id!r} is used already, in {twin.origin}", "an id of its own"
                )
            known.check(story)
            _check_texts(story)
        except Unreadable as error:
            report.refuse(Refusal(story.origin, error.field, error.problem, error.allowed))
            continue
        found[story.identity] = story
    return list(found.values())


def _check_texts(story: Story) -> None:
    note = story.archived.note if story.archived else ""
    for name, html in (
        ("body", story.body),
        ("notes_to_editors", story.notes_to_editors or ""),
        ("archived", note),
    ):
        try:
            clean_html(html)
        except UnacceptableHtml as error:
            raise Unreadable(name, str(error), error.allowed) from error
