"""What an import reports: remarks by kind.

Complete in a file that is written as things occur.
"""

import ast
import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.core.management.base import CommandError

import wagtail_cpsnews.importers
from tests.importing import STORY, make_index, run, run_to_error, write
from wagtail_cpsnews.importers import report_files
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.importers.progress import INTERVAL, describe, with_lines
from wagtail_cpsnews.importers.remarks import HEADINGS, Remark, get_heading
from wagtail_cpsnews.importers.report import EXAMPLES, Event
from wagtail_cpsnews.importers.report_files import FORMATS


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


STORIES = [STORY | {"id": str(number), "title": f"Story {number}"} for number in range(8)]


def read_html(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture
def index(db, settings, tmp_path):
    return make_index(settings, tmp_path)


def test_remarks_are_grouped_with_examples(index, tmp_path):
    many = [story | {"topics": [f"topic {int(story['id']) % 3}", "common"]} for story in STORIES]
    report = tmp_path / "report.json"
    text = run_to_error(write(tmp_path / "a.jsonl", *many, "{"), "--report", str(report))
    lines = text.splitlines()
    assert lines[0] == "Terms that are not here, left out: 16, 4 different"
    assert lines[1] == "  made: a.jsonl, line 1: “Story 0”: not there, left out: topic “topic 0”"
    assert lines[EXAMPLES + 1] == "  … and 11 more"
    assert lines[EXAMPLES + 2].startswith("  most often: topic “common” (8), topic “topic 0” (3)")
    assert "refused: a.jsonl, line 9: is not JSON" in text
    data = json.loads(report.read_text())
    told = [remark for story in data["stories"] for remark in story["remarks"]]
    assert [remark["code"] for remark in told].count("missing-term") == 16
    assert data["kinds"] == {"missing-term": 16, "refused": 1}
    assert data["outcomes"] == {"made": 8, "refused": 1}
    assert data["finished"]
    assert data["in_progress"] is None
    made = [story for story in data["stories"] if story["outcome"] == "made"]
    assert {story["source_id"]: story["page"] for story in made} == dict(
        ImportedStory.objects.values_list("source_id", "page_pk")
    )


def test_what_is_cut_is_said_where_to_find(index, tmp_path):
    many = [story | {"topics": ["common"]} for story in STORIES]
    path = write(tmp_path / "a.jsonl", *many)
    assert "--report FILE writes it all to a file" in run(path, "--dry-run")
    assert "--report FILE" not in run(path, "--dry-run", "--report", str(tmp_path / "r.html"))
    rows = read_html(tmp_path / "r.html").select("tbody tr")
    assert len(rows) == 8
    assert "topic “common”" in rows[7].get_text()


def test_a_report_of_hostile_titles(index, tmp_path):
    title = "</table><script>alert(1)</script>\u202e"
    report = tmp_path / "r.html"
    run(write(tmp_path / "a.jsonl", STORY | {"title": title, "<b>": 1}), "--report", str(report))
    page = read_html(report)
    assert not page.find_all(["script", "b"], string="alert(1)")
    assert "<script>alert(1)</script>" in page.select_one("tbody").get_text()
    assert page.select_one("#counts")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.txt", "has to end in .json or .html"),
        ("nowhere/report.json", "cannot be written: No such file or directory"),
        ("stories/report.json", "would lie among the files that are imported"),
        ("stories/../stories/report.json", "would lie among the files that are imported"),
    ],
)
def test_a_report_that_cannot_be_written(index, tmp_path, name, words):
    path = write(tmp_path / "stories" / "a.jsonl", STORY)
    assert words in run_to_error(path.parent, "--report", str(tmp_path / name))
    assert not ImportedStory.objects.exists()


def test_a_report_over_the_source_is_refused(index, tmp_path):
    path = write(tmp_path / "a.json", STORY)
    out = io.StringIO()
    with pytest.raises(CommandError, match="would lie among"):
        call_command("import_news", "govuk", str(path), "--report", str(path), stdout=out)
    assert json.loads(path.read_text()) == STORY


def test_a_disk_that_is_full_does_not_end_the_import(index, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_all = report_files._write_all
    monkeypatch.setattr(
        report_files, "_write_all", lambda *args: full() if args[2] > 500 else write_all(*args)
    )
    text = run_to_error(write(tmp_path / "a.jsonl", *STORIES), "--report", str(tmp_path / "r.json"))
    assert "8 made" in text
    assert "The report could not be written to its end: No space left on device." in text


@pytest.mark.parametrize("format_", FORMATS.values())
def test_a_report_is_a_whole_document_at_any_time(tmp_path, format_):
    path = tmp_path / f"report{format_.ending}"
    report = format_(path, source="jsonl")
    sizes = []

    def check():
        text = path.read_text(encoding="utf-8")
        sizes.append(len(text))
        if format_.ending == ".json":
            return json.loads(text)
        assert text.endswith("</html>\n")
        return text

    check()
    for number in range(3):
        story = SimpleNamespace(origin=f"a.jsonl, line {number}" * (3 - number))
        report.begin(story)
        assert story.origin in str(check())
        report.write(Event("made", story.origin, title="é" * 10, remarks=(Remark("cut", "cut"),)))
        check()
    report.finish("3 made.")
    assert "3 made." in str(check())


def test_a_line_a_minute():
    said = []
    assert list(with_lines([1, 2, 3], "Importing", said.append, interval=0)) == [1, 2, 3]
    assert [line.split(",")[0] for line in said] == [
        "Importing: 1 of 3 stories",
        "Importing: 2 of 3 stories",
    ]
    assert describe("Importing", 1_250, 9_460, 183) == (
        "Importing: 1,250 of 9,460 stories, 410 a minute, about 20 minutes left."
    )
    assert describe("Importing", 9_400, 9_460, 1_380) == (
        "Importing: 9,400 of 9,460 stories, 409 a minute, less than a minute left."
    )
    assert INTERVAL == 60


SCRIPT = """
import os, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from wagtail_cpsnews.importers import progress, writer

progress.with_lines.__defaults__ = (0.0,)
write = writer.Writer.write
def and_say(self, story):
    result = write(self, story)
    sys.stderr.write("written\\n")
    sys.stderr.flush()
    return result
writer.Writer.write = and_say
call_command("import_news", "jsonl", sys.argv[1], "--report", sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", FORMATS)
def test_a_run_that_is_killed_has_reported_what_it_did(settings, tmp_path, ending):
    """The run is a process of its own, with a database of its own.

    It is killed after its third story.
    """
    database = tmp_path / "db.sqlite3"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_killed",
        "KILLED_DATABASE": str(database),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    prepare = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from pathlib import Path; from types import SimpleNamespace\n"
        "from tests.importing import make_index; make_index(SimpleNamespace(), Path('.'))"
    )
    subprocess.run([sys.executable, "-c", prepare], env=environment, check=True, cwd=tmp_path)
    path = write(tmp_path / "a.jsonl", *(STORIES[number % 8] | {"id": str(number)} for number in range(200)))
    report = tmp_path / f"report{ending}"
    run = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path), str(report)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _number in range(3):
        while "written" not in run.stderr.readline():
            assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    said = run.communicate()[0]
    assert run.returncode == -signal.SIGKILL
    assert "Importing: 1 of 200 stories" in said
    with sqlite3.connect(database) as connection:
        made = {row[0] for row in connection.execute("SELECT source_id FROM cpsnews_importedstory")}
    assert 3 <= len(made) < 200
    if ending == ".json":
        data = json.loads(report.read_text())
        told = {story["source_id"] for story in data["stories"]}
        in_progress = data["in_progress"]
        assert data["finished"] is None
    else:
        page = read_html(report)
        told = {
            row.select("td")[2].get_text(" ").split(" · ")[0].split()[-1] for row in page.select("tbody tr")
        }
        in_progress = page.get_text()
        assert "Not ended." in page.get_text()
    # What was committed in the instant of the kill is named as in progress.
    assert told <= made
    assert len(made - told) <= 1
    for source_id in made - told:
        assert f"a.jsonl, line {int(source_id) + 1}" in in_progress
