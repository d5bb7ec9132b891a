"""``python -m benchmarks.newsroom``: makes the environment, then measures in it (``command.py``)."""

import sys
from pathlib import Path

from .command import parse
from .environment import ROOT, enter, make

if __name__ == "__main__":
    options = parse(sys.argv[1:])
    scratch = Path(options.scratch or ROOT / "build" / "benchmark").resolve()
    enter(make(scratch), scratch, sys.argv[1:])
