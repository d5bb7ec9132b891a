"""Publishing and searching on PostgreSQL.

``make test-slow`` also runs there whatever a database can change.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.skipif(os.environ.get("DATABASE") == "postgresql", reason="this run is on PostgreSQL already")
def test_publishing_and_searching_on_postgresql():
    kept = {
        name: value for name, value in os.environ.items() if name != "NEWSROOM_VAR" and "PYTEST" not in name
    }
    outcome = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/project/test_smoke.py",
            "tests/catalogue/test_search.py",
        ],
        cwd=ROOT,
        env={**kept, "DATABASE": "postgresql"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert outcome.returncode == 0, outcome.stdout[-8000:] + outcome.stderr[-2000:]
    assert "passed" in outcome.stdout
