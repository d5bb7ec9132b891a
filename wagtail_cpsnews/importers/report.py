"""What an import did: how many stories were made, changed and skipped, and a line for each that needs a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from .remarks import Remark


class Outcome(Enum):
    """What became of a story. The values are words for the report."""

    MADE = "made"
    CHANGED = "changed"
    CHANGED_DRAFT = "changed as draft"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass
class Report:
    """Counts and lines. ``refused`` are stories that could not be read, ``left_out`` those left out on purpose."""

    dry_run: bool = False
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    told: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome, name: str, remarks: Iterable[Remark] = ()) -> None:
        """Counts a story; ``name`` says which it is. Unchanged stories are counted only."""
        self.counts[outcome] += 1
        if outcome is not Outcome.UNCHANGED:
            self.told += [f"{outcome.value}: {name}: {remark}" for remark in remarks]

    @property
    def errors(self) -> int:
        """Stories that should have been imported and were not."""
        return len(self.refused) + self.counts[Outcome.FAILED]

    def summary(self) -> str:
        """The counts as one sentence."""
        counts = self.counts
        drafts = counts[Outcome.CHANGED_DRAFT]
        changed = f"{counts[Outcome.CHANGED] + drafts} changed"
        if drafts:
            changed += f" ({drafts} of them as drafts)"
        parts = [
            f"{counts[Outcome.MADE]} made",
            changed,
            f"{counts[Outcome.UNCHANGED]} unchanged",
            f"{counts[Outcome.SKIPPED] + len(self.left_out)} skipped",
        ]
        if self.errors:
            parts.append(f"{len(self.refused)} refused, {counts[Outcome.FAILED]} failed")
        start = "Nothing was written. It would be: " if self.dry_run else ""
        return f"{start}{', '.join(parts)}."

    def lines(self) -> list[str]:
        """A line for every story that was noted, skipped or refused, and why."""
        return [
            *self.told,
            *(f"skipped: {line}" for line in self.left_out),
            *(f"refused: {line}" for line in self.refused),
        ]
