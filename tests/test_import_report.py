"""What an import reports: remarks by kind, complete in a file that is written as things occur."""

import ast
from pathlib import Path

import wagtail_cpsnews.importers
from wagtail_cpsnews.importers.remarks import HEADINGS, Remark, get_heading


def codes_in_use():
    for file in Path(wagtail_cpsnews.importers.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            name = getattr(name, "id", "") or getattr(name, "attr", "")
            if isinstance(node, ast.Call) and name in ("Remark", "_missing", "_remark", "note"):
                (code, *_rest) = node.args
                if isinstance(code, ast.Constant):
                    yield code.value


def test_every_kind_of_remark_has_a_heading():
    used = set(codes_in_use())
    assert len(used) > 10
    assert used == set(HEADINGS)


def test_a_kind_of_a_hosts_own_source():
    assert get_heading("lost-tables") == "Lost tables"
    assert str(Remark("lost-tables", "two tables").within("notes")) == "notes: two tables"
