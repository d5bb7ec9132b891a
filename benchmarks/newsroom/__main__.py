"""``python -m benchmarks.newsroom``: make the environment, measure in it.

``command.py`` does the latter.
"""

import sys
from pathlib import Path

from .command import parse
from .environment import ROOT, enter, make

if __name__ == "__main__":
    options = parse(sys.argv[1:])
    scratch = Path(options.scratch or ROOT / "build" / "benchmark").resolve()
    enter(make(scratch), scratch, sys.argv[1:])
