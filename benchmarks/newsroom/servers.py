"""A web server with one worker, and what it has used.

It and its database connections, of the processor and memory.
"""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .environment import environ

if TYPE_CHECKING:
    from .database import Server as Database

WSGI = "benchmarks.newsroom.site.wsgi"


@dataclass(frozen=True)
class Response:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Used:
    """Processor time in milliseconds.

    Of the worker, and of its connections' processes in PostgreSQL.
    """

    server: float
    database: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.server + self.database

    def __sub__(self, other: Used) -> Used:
        return Used(self.server - other.server, self.database - other.database)


class Worker:
    """gunicorn with one worker of one project on a database of one size."""

    def __init__(self, site: str, size: int, database: Database, log: Path) -> None:
        self.site, self.size, self.log = site, size, log
        self.name = f"benchmark-{site}-{size}"
        self._control = database.control
        self.start()

    def start(self) -> None:
        """Start the server; it answers some seconds later."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--workers=1", f"--bind=127.0.0.1:{self.port}"]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--timeout=900", "--log-level=error", WSGI],
                env=environ(f"{self.site}_{self.size}", self.site) | {"PGAPPNAME": self.name},
                stderr=output,
            )

    def wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(600):
            try:
                self.get("/empty/")
                break
            except OSError:
                if self._process.poll() is not None:
                    raise SystemExit(f"gunicorn ended: see {self.log}") from None
                time.sleep(0.2)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        self._worker = int(children.split()[0])

    def stop(self) -> None:
        """Stop the server."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask for an address of the site."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)
        connection.request("GET", path, headers={"Host": "localhost", **(headers or {})})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Response(response.status, dict(response.getheaders()), body)

    def used(self) -> Used:
        """Return the processor time used since the start."""
        activity = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
        backends = [pid for (pid,) in self._control.execute(activity, [self.name]).fetchall()]
        return Used(processor_ms(self._worker), sum(map(processor_ms, backends)))

    @property
    def memory_mb(self) -> float:
        """The memory that the worker holds now, in MB."""
        lines = Path(f"/proc/{self._worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def processor_ms(pid: int) -> float:
    """Return the processor time of a process and its threads in milliseconds.

    0 for one that has ended.
    """
    spent = 0
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            spent += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return spent / 1e6
