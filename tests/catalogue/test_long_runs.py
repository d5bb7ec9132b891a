"""Commands that look at every story.

What one costs, how far they have come, and that they can be interrupted.
"""

import datetime
import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from tests.oracle import assert_true
from wagtail_cpsnews.catalogue import maintenance
from wagtail_cpsnews.catalogue.entries import EntryWriter
from wagtail_cpsnews.catalogue.maintenance import Progress, Report, check, rebuild
from wagtail_cpsnews.catalogue.models import Checkpoint, Entry, State
from wagtail_cpsnews.management.progress import ProgressLine, describe
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area


def make_stories(parent, numbers):
    """Write the rows of stories without a signal: hundreds in a moment."""
    pages = Page.objects.bulk_create(
        Page(
            title=f"Story {number}",
            draft_title=f"Story {number}",
            slug=f"story-{number}",
            path=Page._get_path(parent.path, parent.depth + 1, 1000 + number),
            depth=parent.depth + 1,
            url_path=f"{parent.url_path}story-{number}/",
            content_type=ContentType.objects.get_for_model(NewsItemPage),
            locale=parent.locale,
            first_published_at=timezone.now(),
        )
        for number in numbers
    )
    for page in pages:
        story = NewsItemPage(page_ptr=page, summary="Words.")
        story.__dict__.update({name: value for name, value in page.__dict__.items() if name != "_state"})
        story.save_base(raw=True, force_insert=True)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    areas = NewsItemPage.areas.through.objects
    area = Area.find("wessex")
    areas.bulk_create(areas.model(newsitempage_id=page.pk, area=area) for page in pages)
    return [page.pk for page in pages]


# -- what a story costs -----------------------------------------------------------------------------------------------


def cost(task):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        task()
    return len(queries)


def test_a_story_costs_few_statements(world):
    def measure():
        Entry.objects.all().delete()
        new = cost(rebuild)
        Entry.objects.update(digest="", title="Another")
        changed = cost(rebuild)
        unchanged = cost(check)
        return new, changed, unchanged

    make_stories(world.index, range(10))
    few = measure()
    make_stories(world.index, range(10, 70))
    new, changed, unchanged = ((b - a) / 60 for a, b in zip(few, measure(), strict=True))
    assert new <= 1
    assert changed <= 1
    assert unchanged <= 0.2
    assert check().differences == []


# -- interruptions ----------------------------------------------------------------------------------------------------

COMMANDS = [("rebuild_catalogue",), ("check_catalogue",), ("check_catalogue", "--repair")]


@pytest.fixture
def pks(newsroom, monkeypatch):
    """Five stories in the catalogue; a batch is two of them."""
    found = make_stories(newsroom, range(5))
    rebuild()
    monkeypatch.setattr(maintenance, "BATCH", 2)
    monkeypatch.setattr(maintenance, "REBUILD_BATCH", 2)
    return found


@pytest.fixture
def run(pks, monkeypatch):
    """A function that runs a command.

    It returns the stories that were looked at, the output and the exit code.
    """
    rows = EntryWriter.rows

    def run(command, *options, stop_after=None, verbosity=1):
        seen, out, err, code = [], io.StringIO(), io.StringIO(), 0

        def look(self, pks):
            if stop_after is not None and len(seen) >= stop_after:
                raise KeyboardInterrupt
            seen.extend(pk for pk in pks if pk not in seen)
            return rows(self, pks)

        monkeypatch.setattr(EntryWriter, "rows", look)
        try:
            call_command(command, *options, stdout=out, stderr=err, verbosity=verbosity)
        except CommandError as error:
            out.write(str(error))
            code = error.returncode
        return seen, out.getvalue(), err.getvalue(), code

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_next_run_goes_on_after_an_interruption(pks, run, command):
    seen, out, _err, code = run(*command, stop_after=4)
    assert (seen, code) == (pks[:4], 130)
    assert "Stopped after 4 of 5 stories." in out
    seen, _out, err, code = run(*command)
    assert (seen, code) == (pks[4:], 0)
    assert "Going on after 4 of 5 stories" in err
    assert not Checkpoint.objects.exists()
    assert run(*command)[0] == pks


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_run_can_begin_again(pks, run, command):
    run(*command, stop_after=4)
    seen, _out, err, _code = run(*command, "--restart")
    assert seen == pks
    assert "Going on" not in err


def test_what_an_interrupted_check_found_is_not_forgotten(pks, run):
    Entry.objects.filter(page_pk__in=[pks[0], pks[4]]).update(title="Another")
    assert run("check_catalogue", stop_after=4)[3] == 130
    _seen, out, _err, code = run("check_catalogue")
    assert "The run that was interrupted found 1 more." in out
    assert "2 differences. Run again with --repair" in out
    assert code == 1


def test_what_an_interrupted_rebuild_did_is_counted(pks, run):
    Entry.objects.filter(page_pk__in=[pks[0], pks[4]]).update(title="Another")
    run("rebuild_catalogue", stop_after=4)
    assert "5 public stories; 2 entries written, 0 taken out." in run("rebuild_catalogue")[1]
    assert_true()


@pytest.mark.parametrize("change", ["epoch", "format", "age"])
def test_a_run_that_means_nothing_any_more_is_not_gone_on_with(pks, run, change, monkeypatch):
    run("check_catalogue", stop_after=4)
    if change == "epoch":
        State.objects.update(epoch="00000000-0000-4000-8000-000000000000")
    elif change == "format":
        monkeypatch.setattr("wagtail_cpsnews.catalogue.walks.ROW_FORMAT", 999)
    else:
        Checkpoint.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    assert run("check_catalogue")[0] == pks


def test_a_check_of_one_batch_writes_nothing(pks, run, monkeypatch):
    monkeypatch.setattr(maintenance, "BATCH", 100)
    with CaptureQueriesContext(connection) as queries:
        run("check_catalogue")
    assert [
        query["sql"]
        for query in queries
        if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "DECLARE"))
    ] == []


# -- progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_progress_is_told_on_the_error_stream(run, command, monkeypatch):
    monkeypatch.setattr(ProgressLine, "IN_LOG", 0)
    lines = run(*command)[2].splitlines()
    assert [line.split(",")[0] for line in lines] == [f"{n} of 5 stories" for n in (2, 4, 5)]
    assert run(*command, verbosity=0)[2] == ""


@pytest.mark.parametrize(
    ("done", "resumed_at", "seconds", "line"),
    [
        (1200, 0, 8.0, "1,200 of 9,460 stories, 150 a second, 55 seconds left"),
        (1200, 900, 2.0, "1,200 of 9,460 stories, 150 a second, 55 seconds left"),
        (1200, 0, 80.0, "1,200 of 9,460 stories, 15 a second, 9 minutes left"),
        (0, 0, 1.0, "0 of 9,460 stories"),
    ],
)
def test_a_line_of_progress(done, resumed_at, seconds, line):
    assert describe(Progress(done, 9460, resumed_at, Report()), seconds) == line


def test_a_terminal_has_one_line(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(ProgressLine, "ON_TERMINAL", 0)
    terminal = Terminal()
    line = ProgressLine(OutputWrapper(terminal), 1)
    for done in (0, 5, 10):
        line(Progress(done, 10, 0, Report()))
    line.end()
    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().count("\r") == 3
