"""The chart: bars on a logarithmic scale, as SVG that says in text what it shows."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from .report import EMPTY, OURS, empty_ms, number, sizes, total

#: What the chart shows of each project: case as in the results, and what it is called.
SHOWN = (
    ("peers", "API v2: two terms, total, 43 counts", "Wagtail API v2, with counts"),
    ("peers", "API v3: two terms, total, 43 counts", "Wagtail API v3, with counts"),
    ("peers", "grapple: two terms, total, 43 counts", "wagtail-grapple, with counts"),
    ("peers", "API v2: two terms, total", "Wagtail API v2, list only"),
    ("peers", "ordinary index page: two terms", "an ordinary index page"),
    ("peers", "DRF with django-filter: two terms, total", "DRF with django-filter, list only"),
    ("peers", "grapple: two terms, total", "wagtail-grapple, list only"),
    ("peers", "API v3: two terms, total (titles only)", "Wagtail API v3, titles only"),
    ("ours", "HTML index, warm", "wagtail-cpsnews, news centre page"),
    ("ours", OURS, "wagtail-cpsnews, with counts"),
    ("peers", "one SQL statement: two terms, total, facets", "one SQL statement, with counts"),
    ("ours", EMPTY, "an empty view"),
)

WIDTH, LEFT, RIGHT, TOP, STEP = 800, 270, 90, 84, 30

COLOURS = {"ours": "#005ea5", "peers": "#6f777b"}


def chart(result: dict[str, Any]) -> str:
    """Return the SVG of the largest size at which peers were measured."""
    of = [size for size in sizes(result) if any(_matches(row, "peers", size) for row in result["cases"])]
    size, unit = of[-1], empty_ms(result)
    found = {(row["site"], row["case"]): total(row) / unit for row in result["cases"] if row["size"] == size}
    bars = [(site, name, found[site, case]) for site, case, name in SHOWN if (site, case) in found]
    bars.sort(key=lambda bar: -bar[2])
    highest = math.ceil(math.log10(max(value for *_names, value in bars)))
    height = TOP + STEP * len(bars) + 46
    title = f"Processor time of a filtered list of {size:,} stories"
    told = "; ".join(f"{name}: {number(value)}" for _site, name, value in bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-labelledby="title description" font-family="Arial, Helvetica, sans-serif" font-size="14">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">Multiples of an empty view, on a logarithmic scale. {escape(told)}.</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(16, 30, title, size=20, weight="bold"),
        _text(16, 54, "Server and database together, as a multiple of an empty view. Logarithmic scale."),
    ]
    for power in range(highest + 1):
        place = LEFT + (WIDTH - LEFT - RIGHT) * power / highest
        bottom = TOP + STEP * len(bars)
        parts.append(f'<path d="M{place:.0f} {TOP - 6}V{bottom}" stroke="#dcdee0"/>')
        parts.append(_text(place, bottom + 20, f"{10**power:,}", anchor="middle"))
    for row, (site, name, value) in enumerate(bars):
        top = TOP + STEP * row
        width = (WIDTH - LEFT - RIGHT) * max(math.log10(value), 0) / highest
        weight = "bold" if name.startswith("wagtail-cpsnews") else "normal"
        parts.append(_text(LEFT - 10, top + 16, name, anchor="end", weight=weight))
        parts.append(
            f'<rect x="{LEFT}" y="{top + 2}" width="{max(width, 2):.0f}" height="20" fill="{COLOURS[site]}"/>'
        )
        parts.append(_text(LEFT + max(width, 2) + 8, top + 17, number(value), weight=weight))
    parts.append(
        _text(
            16, height - 8, f"Measured on {result['date']}; ratios differ from machine to machine.", size=12
        )
    )
    return "\n".join([*parts, "</svg>\n"])


def _matches(row: dict[str, Any], site: str, size: int) -> bool:
    return row["site"] == site and row["size"] == size


def _text(
    left: float, top: float, text: str, *, anchor: str = "start", size: int = 14, weight: str = "normal"
) -> str:
    return (
        f'<text x="{left:.0f}" y="{top:.0f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
        f' fill="#0b0c0c">{escape(text)}</text>'
    )
