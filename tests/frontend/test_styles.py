"""The newsroom's style sheets.

Readable sources, one prefix, documented properties, and a build that matches.
"""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "wagtail_cpsnews"
STATIC = PACKAGE / "static/wagtail_cpsnews"
SOURCES = sorted((PACKAGE / "styles/newsroom").glob("*.css"))
SHEETS = [*SOURCES, STATIC / "builder.css"]
TEMPLATES = sorted(PACKAGE.glob("templates/**/*.html"))

#: The most selectors that one ``:is()`` joins: more are parts that do not belong together.
MOST = 5

tools = pytest.mark.skipif(
    not (ROOT / "widget/node_modules/.bin/esbuild").exists() or not shutil.which("node"),
    reason="the widget's tools are not installed: `make widget-tools`, which needs npm",
)


def read(path):
    """The text of a sheet without comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)


def selectors(path):
    """Every selector of a sheet, at-rules left out."""
    for head in re.findall(r"([^{};]+)\{", read(path)):
        if not head.strip().startswith("@"):
            for selector in re.split(r",(?![^(]*\))", head):
                yield selector.strip()


@tools
def test_the_committed_sheets_are_what_the_sources_give(tmp_path):
    subprocess.run(["node", ROOT / "widget/build.mjs", "--styles", tmp_path], check=True)
    for name, home in (("newsroom", STATIC), ("frame", PACKAGE / "embed")):
        assert (tmp_path / f"{name}.css").read_bytes() == (home / f"{name}.css").read_bytes(), (
            f"{name}.css: run `make widget`"
        )


def test_the_sheet_that_pages_load_is_small():
    assert len(gzip.compress((STATIC / "newsroom.css").read_bytes(), 9, mtime=0)) <= 5500


def test_every_component_is_in_the_sheet():
    index = (PACKAGE / "styles/newsroom.css").read_text(encoding="utf-8")
    assert sorted(re.findall(r'@import "./newsroom/(.+?)"', index)) == [path.name for path in SOURCES]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_is_scoped_and_has_one_prefix(path):
    assert path.read_text(encoding="utf-8").startswith("/* ")
    for selector in selectors(path):
        assert selector.startswith(".cpsnews"), selector
        for name in re.findall(r"\.([A-Za-z][\w-]*)", selector):
            assert name == "cpsnews" or name.startswith("cpsnews-"), selector
        for joined in re.findall(r":is\(([^()]*)\)", selector):
            assert joined.count(",") < MOST, selector
    assert set(re.findall(r"--[a-z][\w-]*", read(path))) <= properties()


def test_classes_in_templates_have_the_prefix():
    names = set()
    for path in TEMPLATES:
        text = re.sub(r"\{[{%].*?[%}]\}", " ", path.read_text(encoding="utf-8"))
        if "/admin/" not in path.as_posix():
            names |= {name for value in re.findall(r'class="([^"]*)"', text) for name in value.split()}
    assert len(names) > 80
    wrong = {name for name in names if not re.match(r"cpsnews(-|$)", name)}
    assert not {name for name in wrong if not name.startswith("cps-")}  # public names of embedded lists


def properties():
    return set(re.findall(r"(--cpsnews-[\w-]+):", read(PACKAGE / "styles/newsroom/tokens.css")))


def test_every_property_is_documented_with_its_values():
    tokens = read(PACKAGE / "styles/newsroom/tokens.css")
    guide = (ROOT / "docs/theming.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(--cpsnews-[\w-]+)` \| [^|]+ \| ([^\n]+) \|$", guide, flags=re.M))
    assert set(rows) == properties()
    for name, light, dark in re.findall(r"(--[\w-]+): light-dark\((\S+), (\S+)\);", tokens):
        assert rows[name] == f"`{light}` | `{dark}`", name


def test_paper_leaves_out_no_story():
    """What printing hides is in no card: the bar at the top once shared a class with the lead story."""
    printed = read(PACKAGE / "styles/newsroom/states.css").split("@media print")[1]
    hidden = set(re.findall(r"\.(cpsnews-[\w-]+)", printed.split("display: none")[0].split("light;")[1]))
    assert {"cpsnews-header", "cpsnews-filters"} <= hidden
    card = (PACKAGE / "templates/wagtail_cpsnews/card.html").read_text(encoding="utf-8")
    assert not hidden & set(re.findall(r"cpsnews-[\w-]+", card))
