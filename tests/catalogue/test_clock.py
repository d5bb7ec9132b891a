"""``newsroom_clock``: what it does without a reader.

It finishes large changes and removes what has expired.
"""

import io
import signal
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from wagtail.models import Page

from wagtail_cpsnews.catalogue import invalidation
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, Invalidation
from wagtail_cpsnews.management.commands import newsroom_clock

LOOP = """
from django.core.management import call_command
print("ready", flush=True)
call_command("newsroom_clock", "--loop", "--interval", "0.1")
"""


@pytest.fixture
def killed(monkeypatch):
    """Whoever commits a change ends right after: the marks are left for others."""
    monkeypatch.setattr(invalidation, "_project_now", lambda: None)


def clock(*args):
    out = io.StringIO()
    call_command("newsroom_clock", *args, stdout=out)
    return out.getvalue().strip()


def test_it_finishes_what_a_process_has_left(world, killed):
    world.section.move(world.home, pos="last-child")
    assert Invalidation.objects.exists()
    assert clock() == "1 batches written."
    assert not Invalidation.objects.exists()
    assert check().differences == []
    assert clock() == "Nothing to do."


def test_it_takes_out_what_has_expired(world):
    entry = Entry.objects.get(page_pk=world.plain.pk)
    past = timezone.now() - timezone.timedelta(seconds=1)
    Page.objects.filter(pk=world.plain.pk).update(expire_at=past)
    Entry.objects.filter(pk=entry.pk).update(expires_at=past)
    clock()
    assert not Entry.objects.get(pk=entry.pk).public


def test_it_says_when_the_database_is_gone(world, monkeypatch):
    def gone():
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(newsroom_clock, "project_batch", gone)
    with pytest.raises(CommandError, match="the connection is closed"):
        clock()


def test_a_loop_goes_on_when_the_database_is_back(world, killed, monkeypatch, caplog):
    world.plain.unpublish()
    real, tries = newsroom_clock.project_batch, []

    def sometimes():
        tries.append(None)
        if len(tries) == 1:
            raise OperationalError("the connection is closed")
        if not Invalidation.objects.exists():
            signal.raise_signal(signal.SIGTERM)
        return real()

    monkeypatch.setattr(newsroom_clock, "project_batch", sometimes)
    before = signal.getsignal(signal.SIGTERM)
    assert clock("--loop", "--interval", "0.1").endswith("Stopped.")
    assert signal.getsignal(signal.SIGTERM) is before
    assert "tried again in 1 s" in caplog.text
    assert not Entry.objects.get(page_pk=world.plain.pk).public


@pytest.mark.parametrize("interval", ["0", "-1", "soon", "nan", "1e9"])
def test_an_interval_that_makes_no_sense(world, interval):
    with pytest.raises(CommandError, match="number of seconds"):
        clock("--loop", "--interval", interval)


@pytest.mark.slow
def test_a_loop_beside_everything_else_ends_when_it_is_told(world, killed):
    process = world.start(LOOP)
    assert process.stdout.readline().strip() == "ready"
    world.plain.unpublish()
    end = time.monotonic() + 30
    while Entry.objects.get(page_pk=world.plain.pk).public:
        assert time.monotonic() < end
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 0, error
    assert out.strip() == "Stopped."
