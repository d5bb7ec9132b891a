"""Results as text: tables in Markdown.

With each time as a multiple of the empty view's.
"""

from __future__ import annotations

from typing import Any

EMPTY = "empty view"

#: The case that is compared with the peers', and theirs.
OURS = "two terms, total, all facets"


def empty_ms(result: dict[str, Any]) -> float:
    """Return the unit, in milliseconds.

    The least time that any worker took for the empty view.
    """
    return min(total(row) for row in result["cases"] if row["case"] == EMPTY)


def total(row: dict[str, Any]) -> float:
    """Return processor time of server and database in milliseconds."""
    return float(row["server_ms"] + row["database_ms"])


def sizes(result: dict[str, Any]) -> list[int]:
    """Return the sizes of the run."""
    return sorted({row["size"] for row in result["cases"]})


def number(value: float) -> str:
    """Return a number with two or three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, numbers to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cases_table(result: dict[str, Any], site: str) -> str:
    """Return the times of all cases of one project.

    And how they grow from the least to the largest size.
    """
    unit, of = empty_ms(result), sizes(result)
    of = [size for size in of if any(row["site"] == site and row["size"] == size for row in result["cases"])]
    if not of:
        return ""
    heads = ["Answer"]
    for size in of:
        heads += [f"{size:,} stories: ms (server + database)", "× empty view"]
    heads += ["growth"] if len(of) > 1 else []
    rows = []
    names = dict.fromkeys(row["case"] for row in result["cases"] if row["site"] == site)
    for name in names:
        by_size = {row["size"]: row for row in result["cases"] if row["case"] == name and row["site"] == site}
        line = [name]
        for size in of:
            row = by_size.get(size)
            line += [_time(row), number(total(row) / unit)] if row else ["–", "–"]
        if len(of) > 1:
            ends = [by_size.get(of[0]), by_size.get(of[-1])]
            line.append(f"{total(ends[1]) / total(ends[0]):.1f} ×" if all(ends) else "–")  # type: ignore[arg-type]
        rows.append(line)
    return table(heads, rows)


def _time(row: dict[str, Any]) -> str:
    parts = f"{number(row['server_ms'])} + {number(row['database_ms'])}"
    status = "" if row["status"] in (200, 304) else f" [{row['status']}]"
    return f"{number(total(row))} ({parts}){status}"


def ratios_table(result: dict[str, Any]) -> str:
    """Return how many times as much each peer takes as the newsroom's list.

    The list with total and all facets.
    """
    of = [size for size in sizes(result) if any(_is_peer(row, size) for row in result["cases"])]
    names = dict.fromkeys(
        row["case"] for row in result["cases"] if row["site"] == "peers" and row["case"] != EMPTY
    )
    found = {(row["site"], row["size"], row["case"]): total(row) for row in result["cases"]}
    rows = [
        [name, *(f"{number(found['peers', size, name] / found['ours', size, OURS])} ×" for size in of)]
        for name in names
        if "two terms" in name
    ]
    return table(["Peer", *(f"{size:,} stories" for size in of)], rows)


def _is_peer(row: dict[str, Any], size: int) -> bool:
    return row["site"] == "peers" and row["size"] == size


NAMES = {"ours": "ours", "sqlite": "ours on SQLite", "peers": "peers"}


def memory_table(result: dict[str, Any]) -> str:
    """Return the memory of workers, and what their first list costs."""
    rows = [
        [NAMES[row["site"]], f"{row['size']:,}", row["when"], f"{row['mb']:.0f} MB"]
        for row in result["memory"]
    ]
    return table(["Worker", "stories", "when", "memory"], rows)


def cold_table(result: dict[str, Any]) -> str:
    """Return what the first list of a new worker costs."""
    rows = [
        [f"{row['size']:,}", f"{number(row['ms'])} ms", f"{row['seconds']:.2f} s"]
        for row in result["cold_start"]
    ]
    return table(["Stories", "processor time of the first list", "wait"], rows)


def publishing_table(result: dict[str, Any]) -> str:
    """Return what publishing costs with and without the catalogue."""
    costs = {(row["step"], row["catalogue"]): row for row in result["publishing"]}
    rows = []
    for step in dict.fromkeys(row["step"] for row in result["publishing"]):
        has, without = costs[step, True], costs[step, False]
        rows.append(
            [
                step,
                f"{number(without['ms'])} ms, {without['statements']}",
                f"{number(has['ms'])} ms, {has['statements']}",
                f"{has['ms'] / without['ms']:.2f} ×",
            ]
        )
    return table(["Step", "without the catalogue", "with it", "ratio"], rows)


def about(result: dict[str, Any]) -> str:
    """Return where and when it was measured."""
    machine, versions = result["machine"], result["versions"]
    names = ("Python", "Django", "wagtail", "PostgreSQL", "wagtail-grapple", "django-filter", "pyroaring")
    software = ", ".join(f"{name} {versions[name]}" for name in names)
    year, month, day = result["date"].split("-")
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    load = " to ".join(f"{load}" for load in (min(result["load"]), max(result["load"])))
    note = f" {result['note']}" if result["note"] else ""
    return (
        f"Measured on {int(day)} {months[int(month) - 1]} {year}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gb']} GB, {machine['system']}; {software}. Load average {load}.{note} "
        f"The empty view took {empty_ms(result):.2f} ms. "
        f"Before measuring, {result['questions']} random questions were answered as the stories say, by everybody."
    )


SECTIONS = (
    ("Us", lambda result: cases_table(result, "ours")),
    ("Us on SQLite", lambda result: cases_table(result, "sqlite")),
    ("Peers", lambda result: cases_table(result, "peers")),
    (f"Peers beside our “{OURS}”", ratios_table),
    ("Memory", memory_table),
    ("Cold start", cold_table),
    ("Publishing", publishing_table),
)


def text(result: dict[str, Any]) -> str:
    """Return the whole report."""
    sections = [(title, make(result)) for title, make in SECTIONS]
    return "\n\n".join([about(result), *(f"## {title}\n\n{told}" for title, told in sections if told)])
