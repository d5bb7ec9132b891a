"""Measure all cases of all workers in turn.

Batch by batch, pass by pass; the least of each is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .cases import CASES, Case
from .servers import Response, Used, Worker
from .truth import PAGE_SIZE

#: Answers in one batch at the most.
ANSWERS = 100

#: How long the answers of a case are asked for before the clock starts, in seconds.
WARM_UP = 5.0

#: What takes longer than this is asked for in one pass only, in seconds.
SLOW = 15.0


@dataclass
class Measured:
    """The result of one case: processor time of one answer, the least of all batches."""

    site: str
    size: int
    case: str
    used: Used
    status: int
    size_of_body: int
    requests: int
    is_slow: bool = False

    def as_json(self) -> dict[str, object]:
        """Return it as a row of the results."""
        return {
            "site": self.site,
            "size": self.size,
            "case": self.case,
            "server_ms": round(self.used.server, 3),
            "database_ms": round(self.used.database, 3),
            "status": self.status,
            "bytes": self.size_of_body,
            "requests": self.requests,
        }


class Round:
    """All workers with their cases."""

    def __init__(self, workers: list[Worker], seconds: float, say: Callable[[str], None]) -> None:
        self.seconds, self.say = seconds, say
        self.results: dict[tuple[str, int, str], Measured] = {}
        self._cases = {
            worker: CASES[worker.site](worker, max(2, worker.size // (2 * PAGE_SIZE))) for worker in workers
        }
        self._asked: dict[tuple[str, int, str], int] = {}

    def run(self, passes: int) -> None:
        """Measure everything ``passes`` times."""
        names = list(dict.fromkeys(case.name for cases in self._cases.values() for case in cases))
        for number in range(1, passes + 1):
            for name in names:
                for worker, cases in self._cases.items():
                    for case in cases:
                        if case.name == name:
                            self._measure(worker, case)
            self.say(f"pass {number} of {passes} done")

    def _warm_up(self, worker: Worker, case: Case, is_first_pass: bool) -> Response:
        """Ask before the clock starts, the first time for each answer, so that none is a first one."""
        first = worker.get(case.answers[0][0], case.headers)
        until = time.monotonic() + WARM_UP
        for paths in case.answers[1:] if is_first_pass else []:
            if time.monotonic() > until:  # a peer that takes seconds; its answers are not kept anyway
                break
            for path in paths:
                worker.get(path, case.headers)
        return first

    def _measure(self, worker: Worker, case: Case) -> None:
        key = (worker.site, worker.size, case.name)
        known = self.results.get(key)
        if known is not None and known.is_slow:
            return
        asked = self._asked.get(key, 0)
        if not case.once:
            first = self._warm_up(worker, case, known is None)
        began, before, answers, longest = time.monotonic(), worker.used(), 0, 3 if case.once else ANSWERS
        while not answers or (answers < longest and time.monotonic() - began < self.seconds):
            if case.once and asked >= len(case.answers):
                break
            for path in case.answers[asked % len(case.answers)]:
                response = worker.get(path, case.headers)
            asked, answers = asked + 1, answers + 1
        self._asked[key] = asked
        if not answers:
            return
        if case.once:
            first = response
        spent = worker.used() - before
        used = Used(spent.server / answers, spent.database / answers)
        if known is None:
            requests = len(case.answers[0])
            known = Measured(*key, used, first.status, len(first.body), requests)
            self.results[key] = known
        elif used.total < known.used.total:
            known.used = used
        known.is_slow = time.monotonic() - began > SLOW
