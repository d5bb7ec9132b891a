"""``python -m benchmarks.caches``: the scaled example with its real servers, as the slow tests start it.

Prints requests a second over one connection and processor time of varnishd a request, each the best of several rounds that
take turns.
"""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
import time
from pathlib import Path

from tests import machines

REQUESTS, ROUNDS = 2000, 7
LIST = "/newsroom/api/v1/items/?page_size=10"
FILE = "/newsroom/embed/v1.js"
TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(parent: int) -> float:
    """The processor time of a process and its children, in seconds."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent in (int(stat.parent.name), int(fields[1])):
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def ask(port: int, path: str, count: int, headers: dict[str, str]) -> tuple[float, int]:
    """Ask so often over one connection; return the seconds and the bytes of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    start, size = time.perf_counter(), 0
    for _number in range(count):
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        response = connection.getresponse()
        size = len(response.read())
        assert response.status == 200, response.status
    seconds = time.perf_counter() - start
    connection.close()
    return seconds, size


def main() -> None:
    """Start the servers, measure, and print."""
    folder = Path(tempfile.mkdtemp(prefix="newsroom-caches-"))
    folder.chmod(0o755)
    primary = machines.Postgres(folder / "primary").make().start()
    try:
        primary.sql("CREATE DATABASE newsroom", "postgres")
        (folder / "site").mkdir()
        site = machines.Site(folder / "site", primary, primary)
        site.run(machines.BUILD)
        site.run(STORIES)
        backend = machines.free_port()
        with (
            site.workers(backend),
            machines.varnish(folder / "varnish", backend) as port,
        ):
            measure(port, backend, folder / "varnish" / "pid")
    finally:
        primary.stop()
        shutil.rmtree(folder, ignore_errors=True)


#: So that a page of the list is full.
STORIES = """
from tests.factories import publish_story
from tests.worlds import World
index = World("").index
for number in range(12):
    publish_story(parent=index, title=f"Story {number} about a trial at the Crown Court", areas=["wessex"], kind="news")
"""


def measure(port: int, backend: int, pid: Path) -> None:
    """Print the table."""
    parent = int(pid.read_text())
    cases = {
        "static file, from Varnish": (port, FILE, REQUESTS),
        "hot list, from Varnish": (port, LIST, REQUESTS),
        "hot list, from the site": (backend, LIST, REQUESTS // 20),
    }
    best: dict[str, tuple[float, float, int]] = {}
    for _round in range(ROUNDS):
        for name, (where, path, count) in cases.items():
            before = processor_seconds(parent)
            seconds, size = ask(where, path, count, {})
            spent = (processor_seconds(parent) - before) / count * 1000
            known = best.get(name, (0.0, float("inf"), size))
            best[name] = max(known[0], count / seconds), min(known[1], spent), size
    print(f"{'':28} {'requests/s':>12} {'varnishd ms':>12} {'bytes':>8}")
    for name, (rate, spent, size) in best.items():
        print(f"{name:28} {rate:12,.0f} {spent:12.4f} {size:8,}")
    file, list_ = best["static file, from Varnish"], best["hot list, from Varnish"]
    print(f"list / file: {list_[0] / file[0]:.2f} × the requests a second")


if __name__ == "__main__":
    main()
