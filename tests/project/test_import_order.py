"""Imports run one way through the rooms of the house."""

import ast
import pkgutil
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import wagtail_cpsnews
from tests.guards.table import GUARDS

ROOT = Path(wagtail_cpsnews.__file__).parent

#: From the ground up: a room may import rooms on lower floors, and its own.
FLOORS = [
    {"registry", "outputs", "conf", "compat", "fields", "widgets", "characters", "languages"},
    {"images"},
    {"taxonomy", "contacts"},
    {"catalogue"},
    {"http", "usage"},
    {"stories"},
    {"desk"},
    {"api", "feeds", "embed", "frontend"},
    {"admin", "importers"},
    {"pages"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

#: The front hall: what stands at the package's top, and the rooms that it may look into.
HALL = {
    "registry": set(),
    "outputs": {"registry"},
    "conf": {"registry"},
    "compat": set(),
    "languages": set(),
    "characters": set(),
    "checks": {"conf", "registry", "outputs"},
    "middleware": {"http", "stories"},
    "models": {"taxonomy", "contacts", "catalogue", "desk", "usage", "importers"},
    "urls": {"http", "desk", "api", "feeds", "embed", "frontend"},
    "apps": {
        "checks",
        "images",
        "taxonomy",
        "contacts",
        "catalogue",
        "http",
        "stories",
        "desk",
        "frontend",
        "usage",
    },
    "wagtail_hooks": {
        "conf",
        "images",
        "taxonomy",
        "contacts",
        "catalogue",
        "http",
        "stories",
        "desk",
        "frontend",
        "admin",
    },
    "signal_handlers": {"conf", "taxonomy", "catalogue"},
}


def imports(path):
    """The room (or hall module) of every import of ours in a file, with its line."""
    for name, line in imported_names(path):
        parts = name.split(".")
        if parts[0] == "wagtail_cpsnews" and len(parts) > 1 and parts[1] != "__version__":
            yield parts[1], line


def imported_names(path):
    """The dotted name of everything that a file imports, with its line."""
    package = ("wagtail_cpsnews", *path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            yield name, node.lineno


def modules():
    """Return the modules that each module imports.

    Also inside functions and for type checkers.
    """
    paths = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts
    }
    graph = {}
    for name, path in paths.items():
        found = {imported for imported, _line in imported_names(path)}
        known = {one if one in paths else one.rpartition(".")[0] for one in found}
        graph[name] = known & paths.keys() - {name}
    return graph


def files():
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if room not in ("management", "migrations", "test", "templatetags", "__init__"):
            yield pytest.param(path, room, id=str(path.relative_to(ROOT)))


@pytest.mark.parametrize(("path", "room"), list(files()))
def test_imports_run_one_way(path, room):
    if "migrations" in path.parts:
        return
    assert room in HALL or room in FLOOR, f"{room} is on no floor"
    for imported, line in imports(path):
        where = f"{path.relative_to(ROOT)}:{line} imports {imported}"
        if imported == room:
            continue
        if room in HALL:
            assert imported in HALL[room], where
        elif imported in FLOOR:
            assert FLOOR[imported] < FLOOR[room], where
        else:
            pytest.fail(where)


def test_no_module_imports_itself_by_way_of_others():
    sorter = TopologicalSorter(modules())
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other in a circle: {' <- '.join(error.args[1])}")


def test_importers_never_import_pages():
    assert FLOOR["importers"] < FLOOR["pages"]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_what_a_guard_switches_off_exists(guard):
    target = getattr(guard.switch_off, "target", "")
    if target:
        pkgutil.resolve_name(f"wagtail_cpsnews.{target}")
