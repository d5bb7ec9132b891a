"""Each guard of the table is switched off in turn; its tests must fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.table import GUARDS

ROOT = Path(__file__).resolve().parent.parent.parent


PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--reuse-db")


def run(folder, *args):
    """Run pytest on the database in ``folder``; return its exit code and what it printed."""
    environ = {**os.environ, "NEWSROOM_VAR": str(folder)}
    command = [*PYTEST, *args]
    result = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=540)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="session")
def made_database(tmp_path_factory):
    """A file with all tables, made once: making them takes longer than a guard's tests."""
    folder = tmp_path_factory.mktemp("made")
    code, text = run(folder, "--create-db", "tests/project/test_smoke.py")
    assert code == 0, text
    return folder / "test.sqlite3"


@pytest.fixture
def folder(made_database, tmp_path):
    """A folder with a fresh copy of the database."""
    shutil.copyfile(made_database, tmp_path / made_database.name)
    return tmp_path


def test_names_are_unique():
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)


@pytest.mark.slow
@pytest.mark.planted
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_fault_is_noticed(guard, folder):
    tests = [f"tests/{test}" for test in guard.tests]
    code, text = run(folder, "-p", "tests.guards.plant", "--plant", guard.name, *tests)
    assert code == 1, text
    assert f"{len(guard.tests)} failed" in text, text
    assert " error" not in text.splitlines()[-1], text
