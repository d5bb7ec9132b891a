"""The slow part of the tests.

The slow tests themselves, and other combinations of versions and databases.

Each leg is an environment of its own under ``.venv-legs/``. A Python that this machine does not have is reported
and left out; everything else must pass. ``make test-slow`` runs on each combination what it can change; ``make
test-all`` runs the whole suite on each, and measures coverage.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")


@dataclass(frozen=True)
class Leg:
    """One combination.

    Name, Python, what to install besides the project, what to run.

    subset: the tests that this combination can change; all of them where it is empty. without: packages that a site
    need not have, taken out again.
    """

    name: str
    python: str
    packages: tuple[str, ...]
    pytest: tuple[str, ...]
    subset: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()


#: Faults are planted in one combination only, each in a run of pytest of its own; some slow tests run once too.
NO_BROWSER = ("-m", "not browser and not planted and not once")

OF_WAGTAIL = (
    *("tests/admin", "tests/desk", "tests/frontend", "tests/project", "tests/stories", "tests/taxonomy"),
    *(f"tests/catalogue/test_{name}.py" for name in ("aliases", "invalidation", "publishing_costs")),
)
OF_DATABASE = (
    *("tests/api", "tests/catalogue", "tests/desk", "tests/taxonomy", "tests/usage"),
    *("tests/project/test_smoke.py", "tests/project/test_upgrade.py"),
)

#: Measured where Python itself helps (PEP 669): elsewhere it nearly doubles the time.
COVERAGE = ("--cov", "--cov-report=term:skip-covered", "--cov-fail-under=90")

#: The main suite (Python 3.11, Django 5.2, Wagtail 8.0, SQLite) is `make test`. PostgreSQL comes with the newest of all.
LEGS = (
    Leg("slow tests, Wagtail 8.0", "3.11", ("wagtail~=8.0.0", "Django~=5.2.0"), ("-m", "slow")),
    Leg(
        "Python 3.12, Django 6.0, Wagtail 7.4",
        "3.12",
        ("wagtail~=7.4.0", "Django~=6.0.0"),
        NO_BROWSER,
        OF_WAGTAIL,
        {"COVERAGE_CORE": "sysmon"},
        without=("pyroaring",),  # lists are counted by SQL
    ),
    Leg(
        "Python 3.13, Django 6.1, Wagtail 8.0, PostgreSQL",
        "3.13",
        ("wagtail~=8.0.0", "Django~=6.1.0"),
        NO_BROWSER,
        OF_DATABASE,
        {"DATABASE": "postgresql"},
    ),
)


def interpreter(version: str) -> str | None:
    """Return a Python of this version that really starts.

    On the path, or among pyenv's, whose shims may not.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "--version"], capture_output=True).returncode == 0:
            return str(candidate)
    return None


def environment(leg: Leg) -> Path | None:
    """The leg's Python, installed; ``None`` when this machine has no such version."""
    folder = ROOT / ".venv-legs" / f"{leg.python}-{'-'.join(leg.packages)}".replace("~=", "")
    python = folder / "bin" / "python"
    if not python.exists():
        base = interpreter(leg.python)
        if base is None:
            return None
        subprocess.run([UV, "venv", "--quiet", "--clear", "-p", base, folder], check=True)
    install = [UV, "pip", "install", "--quiet", "-p", python, "-e", ROOT, "--group", "dev", "--group", "demo"]
    subprocess.run([*install, *leg.packages], cwd=ROOT, check=True)
    if leg.without:
        subprocess.run([UV, "pip", "uninstall", "--quiet", "-p", python, *leg.without], check=True)
    return python


def run(leg: Leg, *, whole: bool = False) -> str:
    """Run one leg, or the whole suite on it.

    Returns "passed", "failed" or why it was left out.
    """
    python = environment(leg)
    if python is None:
        return f"left out: no Python {leg.python} on this machine"
    environ = {**os.environ, **leg.environ}
    environ.pop("NEWSROOM_VAR", None)
    tests = COVERAGE if whole and "COVERAGE_CORE" in leg.environ else () if whole else leg.subset
    command = [python, "-m", "pytest", "-q", "-n", "2", *leg.pytest, *tests]
    result = subprocess.run(command, cwd=ROOT, env=environ)
    return "passed" if result.returncode == 0 else "failed"


def main() -> int:
    """Run the legs whose name holds the first argument, or all.

    Returns 1 when one failed.

    ``--whole`` runs every test on each.
    """
    arguments = [argument for argument in sys.argv[1:] if argument != "--whole"]
    wanted, whole = arguments[0] if arguments else "", "--whole" in sys.argv
    outcomes = {}
    for leg in LEGS:
        if wanted in leg.name:
            print(f"\n== {leg.name}", flush=True)
            started = time.monotonic()
            outcomes[leg.name] = run(leg, whole=whole)
            print(f"== {leg.name}: {outcomes[leg.name]} in {time.monotonic() - started:.0f} s", flush=True)
    print("\n" + "\n".join(f"{name}: {outcome}" for name, outcome in outcomes.items()))
    return int("failed" in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
