"""The report of an import: counts, and remarks grouped by kind.

Each remark is passed on as it occurs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from .remarks import HEADINGS, Remark, get_heading
from .story import Refusal, Story

#: Remarks of one kind that are shown on screen, and what they are about most often.
EXAMPLES = 5
#: Refusals and failures shown on screen.
ERRORS_SHOWN = 50
#: Different subjects of one kind of remark that are counted apart.
MAX_SUBJECTS = 10_000

#: Control characters and changes of direction: a title must not steer a terminal.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Outcome(Enum):
    """What became of a story. The values are words for the report."""

    MADE = "made"
    CHANGED = "changed"
    CHANGED_DRAFT = "changed as draft"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Sink(Protocol):
    """Takes what happens as it happens: a report file."""

    def begin(self, story: Story) -> None:
        """Note that a story is about to be written."""

    def write(self, event: Event) -> None:
        """Note that something is done."""


@dataclass(frozen=True)
class Event:
    """One story that was written, skipped, refused or failed."""

    outcome: str
    origin: str
    title: str = ""
    source_name: str = ""
    source_id: str = ""
    language: str = ""
    page: int | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass
class Group:
    """The remarks of one kind: how many, examples, and what they are about."""

    count: int = 0
    examples: list[str] = field(default_factory=list)
    subjects: Counter[str] = field(default_factory=Counter)

    def add(self, example: str, subject: str, limit: int = EXAMPLES) -> None:
        """Count a remark, and keep it where it is one of the first."""
        self.count += 1
        if len(self.examples) < limit:
            self.examples.append(to_printable(example))
        if subject and (subject in self.subjects or len(self.subjects) < MAX_SUBJECTS):
            self.subjects[subject] += 1


@dataclass
class Report:
    """Counts, and groups of remarks by their code.

    ``sink`` gets every event as it occurs.
    """

    dry_run: bool = False
    sink: Sink | None = None
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    groups: dict[str, Group] = field(default_factory=dict)
    refused: Group = field(default_factory=Group)
    left_out: int = 0
    #: What concerns the whole run.
    notices: list[str] = field(default_factory=list)

    def begin(self, story: Story) -> None:
        """Note that a story is about to be written: a run that is killed leaves its name."""
        if self.sink is not None:
            self.sink.begin(story)

    def add(
        self, outcome: Outcome, story: Story, remarks: Iterable[Remark] = (), page: int | None = None
    ) -> None:
        """Count a story. Unchanged stories are counted only."""
        self.counts[outcome] += 1
        if outcome is Outcome.UNCHANGED:
            return
        reported = tuple(remarks)
        for remark in reported:
            self._group(remark, f"{outcome.value}: {story.origin}: “{story.title}”: {remark}")
        self._pass_on(
            Event(
                outcome.value,
                story.origin,
                story.title,
                story.source_name,
                story.source_id,
                story.language,
                page,
                reported,
            )
        )

    def refuse(self, refusal: Refusal) -> None:
        """Count an item that could not be read."""
        self.refused.add(str(refusal), "", ERRORS_SHOWN)
        self.refused.count += refusal.count - 1
        message = str(refusal).removeprefix(f"{refusal.origin}: ")
        self._pass_on(Event("refused", refusal.origin, remarks=(Remark("refused", message, refusal.field),)))

    def leave_out(self, remark: Remark) -> None:
        """Count an item that was left out on purpose."""
        self.left_out += 1
        self._group(remark, f"skipped: {remark}")
        self._pass_on(Event("skipped", "", remarks=(remark,)))

    def _group(self, remark: Remark, example: str) -> None:
        group = self.groups.setdefault(remark.code, Group())
        group.add(example, remark.subject, ERRORS_SHOWN if remark.code == "failed" else EXAMPLES)

    def _pass_on(self, event: Event) -> None:
        if self.sink is not None:
            self.sink.write(event)

    @property
    def errors(self) -> int:
        """Stories that should have been imported and were not."""
        return self.refused.count + self.counts[Outcome.FAILED]

    @property
    def is_shortened(self) -> bool:
        """Whether ``lines`` shows examples only."""
        return any(group.count > len(group.examples) for group in (*self.groups.values(), self.refused))

    def summary(self) -> str:
        """Return the counts as one sentence."""
        counts = self.counts
        drafts = counts[Outcome.CHANGED_DRAFT]
        changed = f"{counts[Outcome.CHANGED] + drafts} changed"
        if drafts:
            changed += f" ({drafts} of them as drafts)"
        parts = [
            f"{counts[Outcome.MADE]} made",
            changed,
            f"{counts[Outcome.UNCHANGED]} unchanged",
            f"{counts[Outcome.SKIPPED] + self.left_out} skipped",
        ]
        if self.errors:
            parts.append(f"{self.refused.count} refused, {counts[Outcome.FAILED]} failed")
        start = "Nothing was written. It would be: " if self.dry_run else ""
        return f"{start}{', '.join(parts)}."

    def lines(self) -> Iterator[str]:
        """Yield the remarks by kind, with examples.

        Then what was refused and what concerns the whole run.
        """
        order = {code: place for place, code in enumerate(HEADINGS)}
        for code in sorted(self.groups, key=lambda code: (order.get(code, len(order)), code)):
            yield from _group_lines(get_heading(code), self.groups[code])
        if self.refused.count:
            yield from _group_lines(get_heading("refused"), self.refused, "refused: ")
        yield from map(to_printable, self.notices)


def _group_lines(heading: str, group: Group, prefix: str = "") -> Iterator[str]:
    different = len(group.subjects)
    of = f", {different:,} different" if 1 < different < group.count else ""
    yield f"{heading}: {group.count:,}{of}"
    for example in group.examples:
        yield f"  {prefix}{example}"
    if more := group.count - len(group.examples):
        yield f"  … and {more:,} more"
        often = [f"{to_printable(subject)} ({count:,})" for subject, count in group.subjects.most_common(10)]
        if often:
            yield f"  most often: {', '.join(often)}"


def to_printable(text: str) -> str:
    """Return text without characters that steer a terminal.

    Or that turn the direction of what follows.
    """
    return _UNPRINTABLE.sub("\ufffd", text)
