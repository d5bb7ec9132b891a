"""Each guard of the table is switched off in turn; its tests must fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.table import GUARDS

ROOT = Path(__file__).resolve().parent.parent.parent


PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


def run(folder, *args):
    """Run pytest with its files in ``folder``.

    Returns its exit code and what it printed.
    """
    environ = {**os.environ, "NEWSROOM_VAR": str(folder)}
    command = [*PYTEST, *args]
    result = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=540)
    return result.returncode, result.stdout + result.stderr


def test_names_are_unique():
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)


@pytest.mark.slow
@pytest.mark.planted
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_fault_is_noticed(guard, tmp_path):
    tests = [f"tests/{test}" for test in guard.tests]
    code, text = run(tmp_path, "-p", "tests.guards.plant", "--plant", guard.name, *tests)
    assert code == 1, text
    assert f"{len(guard.tests)} failed" in text, text
    assert " error" not in text.splitlines()[-1], text
