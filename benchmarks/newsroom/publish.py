"""Write the tables and the chart of the documentation.

From a file of results: ``make benchmark-docs RESULTS=FILE``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .chart import chart
from .environment import ROOT
from .report import text

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "pictures" / "performance.svg"

BEGIN, END = "<!-- results: written by make benchmark-docs -->", "<!-- end of results -->"


def write(path: Path) -> None:
    """Put the results into the page, and draw the chart."""
    result = json.loads(path.read_text())
    CHART.write_text(chart(result), encoding="utf-8")
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text(result)}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
