"""An import from beginning to end: read the source, write its stories in a good order, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from wagtail.models import Locale

from . import govuk, jsonl
from .report import Report
from .story import Reading, Story, in_order
from .writer import Writer

#: By the name of a source: what reads its stories from a path (and raises ``SourceError``).
SOURCES: dict[str, Callable[[Path], Reading]] = {
    "govuk": govuk.read,
    "jsonl": jsonl.read,
}

#: Wraps the stories while they are written: a progress bar, or nothing.
Progress = Callable[[list[Story]], Iterable[Story]]


def run_import(
    source: str,
    path: Path,
    *,
    parent: Any,
    page_type: Any,
    speech_type: Any,
    dry_run: bool = False,
    progress: Progress = iter,
) -> Report:
    """Imports what is at ``path`` below ``parent`` and says what it did.

    Each story has its own transaction; one that fails is reported and the others go on. Raises ``KeyError`` for a
    ``source`` that is not in ``SOURCES``, ``SourceError`` when nothing can be read.
    """
    reading = SOURCES[source](path)
    writer = Writer(source, parent, page_type, speech_type, dry_run)
    report = Report(
        dry_run=dry_run,
        refused=[str(refusal) for refusal in reading.refused],
        left_out=[str(remark) for remark in reading.left_out],
    )
    for story in progress(in_order(reading.stories, Locale.get_default().language_code)):
        result = writer.write(story)
        report.add(result.outcome, f"{story.origin}: “{story.title}”", result.remarks)
    return report
