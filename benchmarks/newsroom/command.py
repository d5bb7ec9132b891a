"""The command: fill the databases, check answers, measure, write results.

It runs in the scratch environment.
"""

from __future__ import annotations

import argparse
import datetime
import fcntl
import json
import os
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .environment import PACKAGES, ROOT, run_step

#: Fewer stories fill no page for most pairs of terms; treebeard has room for 1.6 million children of a page.
SMALLEST, LARGEST = 100, 1_500_000


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newsroom", description=__doc__)
    parser.add_argument(
        "--stories", type=sizes, default="10000", help="how many; several sizes as 10000,100000"
    )
    parser.add_argument(
        "--peers-up-to", type=int, default=100_000, help="leave the peers out above this size"
    )
    parser.add_argument("--passes", type=int, default=3, help="how often each case is measured")
    parser.add_argument("--seconds", type=float, default=0.5, help="for one batch of answers")
    parser.add_argument(
        "--questions", type=int, default=40, help="random questions whose answers are checked"
    )
    parser.add_argument("--rounds", type=int, default=8, help="how often each step of publishing is measured")
    parser.add_argument("--reuse", action="store_true", help="take the databases of the last run")
    parser.add_argument("--note", default="", help="what was special: it is kept with the results")
    parser.add_argument(
        "--results", default=str(ROOT / "benchmarks" / "results"), help="folder for the results"
    )
    parser.add_argument("--scratch", default="", help="folder for environment and databases: build/benchmark")
    return parser.parse_args(arguments)


def sizes(text: str) -> list[int]:
    """Return the sizes that an option names, the smallest first."""
    try:
        found = sorted({int(size) for size in text.split(",")})
    except ValueError:
        found = [0]
    if found[0] < SMALLEST or found[-1] > LARGEST:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no number of stories: choose from {SMALLEST} to {LARGEST}, such as 10000 or 10000,100000"
        )
    return found


class Run:
    """One run of the command."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        from .database import Server

        self.options, self.scratch = options, scratch
        self.sizes: list[int] = options.stories
        self.began = time.monotonic()
        self.database = Server(scratch)
        self.found: dict[str, Any] = {"memory": [], "cold_start": []}

    def say(self, text: str) -> None:
        """Tell how far the run has come."""
        print(f"[{time.monotonic() - self.began:5.0f} s] {text}", flush=True)

    def sites(self, size: int) -> list[str]:
        """Return which projects are measured at a size."""
        return ["ours", "peers"] if size <= self.options.peers_up_to else ["ours"]

    def fill(self) -> None:
        """Make the databases of all sizes, those of one size at the same time."""
        base = self.database.migrated()
        for size in self.sizes:
            names = {site: f"{site}_{size}" for site in self.sites(size)}
            if self.options.reuse and all(map(self.database.has, names.values())):
                continue
            for name in names.values():
                self.database.copy(base, f"{name}_new")
            with ThreadPoolExecutor() as pool:
                steps = [
                    pool.submit(run_step, "fill", str(size), database=f"{name}_new", site=site)
                    for site, name in names.items()
                ]
                for step in steps:
                    step.result()
            for name in names.values():
                self.database.rename(f"{name}_new", name)
            self.say(f"filled the databases of {size:,} stories")
        file = self.scratch / "stories.sqlite3"
        for path in self.scratch.glob(f"{file.name}*"):
            path.unlink()
        run_step("migrate", database="", site="sqlite")
        run_step("fill_sqlite", database=f"ours_{self.sizes[0]}", site="ours")
        self.say(f"copied {self.sizes[0]:,} stories into SQLite")

    def publish(self) -> None:
        """Measure publishing, on a copy of the smallest database."""
        output = self.scratch / "publishing.json"
        self.database.copy(f"ours_{self.sizes[0]}", "ours_writing")
        run_step("publish", str(self.options.rounds), str(output), database="ours_writing", site="ours")
        self.database.drop("ours_writing")
        self.found["publishing"] = json.loads(output.read_text())
        self.say("measured publishing")

    def read(self) -> None:
        """Check and measure what all workers answer."""
        from .measuring import Round
        from .servers import Worker

        log = self.scratch / "gunicorn.log"
        log.unlink(missing_ok=True)
        workers: list[Worker] = []
        try:
            for size in self.sizes:
                workers += [Worker(site, size, self.database, log) for site in self.sites(size)]
            workers.append(Worker("sqlite", self.sizes[0], self.database, log))
            for worker in workers:
                worker.wait()
                self._note_memory(worker, "idle")
            self._start_cold([worker for worker in workers if worker.site == "ours"])
            self._check(workers)
            measured = Round(workers, self.options.seconds, self.say)
            measured.run(self.options.passes)
            self.found["cases"] = [one.as_json() for one in measured.results.values()]
            for worker in workers:
                self._note_memory(worker, "after all cases")
        finally:
            for worker in workers:
                worker.stop()

    def _note_memory(self, worker: Any, when: str) -> None:
        place = {"site": worker.site, "size": worker.size, "when": when}
        self.found["memory"].append({**place, "mb": round(worker.memory_mb, 1)})

    def _start_cold(self, workers: list[Any]) -> None:
        """Measure the first list of a worker.

        It has answered nothing but the empty view.
        """
        from .cases import ITEMS

        for worker in workers:
            place = {"site": worker.site, "size": worker.size}
            costs = []
            for start in range(2 if self.options.passes > 1 else 1):
                if start:
                    worker.stop()
                    worker.start()
                    worker.wait()
                before, began = worker.used(), time.monotonic()
                worker.get(ITEMS)
                seconds = time.monotonic() - began
                costs.append(((worker.used() - before).total, seconds))
            spent, seconds = min(costs)
            self.found["cold_start"].append({**place, "ms": round(spent, 1), "seconds": round(seconds, 2)})
            self._note_memory(worker, "after the first list")
        self.say("measured cold starts")

    def _check(self, workers: list[Any]) -> None:
        """Stop the run where anybody's answers are wrong."""
        from .answers import check
        from .stories import stories
        from .truth import Truth

        wrong: list[str] = []
        for size in self.sizes:
            truth = Truth(stories(size), size)
            for worker in workers:
                if worker.size == size:
                    wrong += check(worker, truth, self.options.questions)
        if wrong:
            raise SystemExit("\n".join(["Wrong answers:", *wrong[:20]]))
        self.found["questions"] = self.options.questions
        self.say(f"all answers to {self.options.questions} random questions are right")

    def result(self) -> dict[str, Any]:
        """Return everything that was found, with the machine and the date."""
        return {
            "date": datetime.date.today().isoformat(),
            "note": self.options.note,
            "machine": machine(),
            "versions": versions(self.database.version),
            "passes": self.options.passes,
            **self.found,
        }


def machine() -> dict[str, Any]:
    """Return what the machine is; not what it is called."""
    about = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in about.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def versions(postgresql: str) -> dict[str, str]:
    """Return the versions of everything that is measured."""
    names = [package.split("[")[0].split("~")[0].split(">")[0] for package in PACKAGES]
    found = {name: version(name) for name in (*names, "djangorestframework")}
    return {"Python": platform.python_version(), "PostgreSQL": postgresql, **found}


def main(arguments: list[str]) -> None:
    """Run the command."""
    from .report import text

    options, scratch = parse(arguments), Path(os.environ["BENCHMARK_SCRATCH"])
    lock = (scratch / "lock").open("w")  # two runs would fill the same databases
    fcntl.flock(lock, fcntl.LOCK_EX)
    run = Run(options, scratch)
    loads = [os.getloadavg()[0]]
    run.fill()
    run.publish()
    loads.append(os.getloadavg()[0])
    run.read()
    loads.append(os.getloadavg()[0])
    result = run.result() | {"load": [round(load, 1) for load in loads]}
    folder = Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['date']}-{'-'.join(map(str, run.sizes))}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(text(result))
    run.say(f"results are in {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
