"""Several workers that count in memory, with threads, while others write: each has what is public now.

Those of gunicorn are forked; those of uvicorn are started each, and a thread of its own answers each request.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction
from wagtail.models import Page

from tests.catalogue.test_concurrency import WRITE
from tests.factories import draft_story
from tests.worlds import ROOT, on_postgres
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.conf import get_settings

WORKERS, SECONDS = 3, 6

LIST = "/newsroom/api/v1/items/?page_size=100"


def _gunicorn(port):
    options = ["--preload", f"--workers={WORKERS}", "--threads=3", f"--bind=127.0.0.1:{port}"]
    return ["gunicorn", *options, "--log-level=error", "tests.workers"]


def _uvicorn(port):
    # A worker that starts on a busy machine is not taken for one that hangs.
    patient = "--timeout-worker-healthcheck=60"
    options = [f"--workers={WORKERS}", f"--port={port}", "--lifespan=off", "--log-level=error", patient]
    return ["uvicorn", *options, "tests.workers_asgi:application"]


class Server:
    """A web server with several workers."""

    def __init__(self, world, command):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command(self.port)], env=world.environment(), cwd=ROOT
        )

    def get(self):
        """Return a list and the number of the process that answered."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        client.request("GET", LIST, headers={"Host": "localhost"})
        response = client.getresponse()
        body = response.read()
        client.close()
        assert response.status == 200, body
        return json.loads(body), response.headers["X-Process"]

    def wait(self):
        for _ in range(900):
            try:
                return self.get()
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def all_answers(self):
        """Return the titles and the count that each worker has, asked at the same time until all have answered."""
        answers = {}
        with ThreadPoolExecutor(9) as pool:
            for _ in range(30):
                for answer, process in pool.map(lambda _number: self.get(), range(18)):
                    titles = frozenset(item["title"] for item in answer["results"])
                    areas = {
                        term["slug"]: term["count"] for term in answer["facets"]["area"] if term["count"]
                    }
                    answers.setdefault(process, set()).add(
                        (answer["count"], titles, frozenset(areas.items()))
                    )
                if len(answers) == WORKERS:
                    return answers
        raise AssertionError(f"only {len(answers)} of {WORKERS} workers have answered")


@pytest.fixture(params=[_gunicorn, _uvicorn])
def server(request, world):
    if request.param is _uvicorn:
        pytest.importorskip("uvicorn")
    connection.close()
    made = Server(world, request.param)
    try:
        made.wait()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(60)


def open_connections(processes):
    """Return how many connections processes have to the database: beside ours, on PostgreSQL."""
    if on_postgres():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]
    name = str(connection.settings_dict["NAME"])
    files = [file for process in processes for file in Path(f"/proc/{process}/fd").iterdir()]
    return sum(os.path.exists(file) and os.readlink(file) == name for file in files)


def public():
    """Return the titles of what is published now."""
    return frozenset(
        Page.objects.filter(live=True, depth__gt=3).exclude(slug="section").values_list("title", flat=True)
    )


@pytest.mark.slow
@pytest.mark.once
def test_every_worker_has_what_is_public_now(world, server):
    with transaction.atomic():
        pages = [draft_story(parent=world.index, title=f"Busy {n}", slug=f"busy-{n}") for n in range(9)]
    connection.close()
    writers = [world.start(WRITE, SECONDS, *[page.pk for page in pages[n::3]]) for n in range(3)]
    for writer in writers:
        assert writer.stdout.readline().strip() == "ready"
        writer.stdin.write("go\n")
        writer.stdin.flush()
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(6) as readers:
        while time.monotonic() < end:
            for answer, _process in readers.map(lambda _number: server.get(), range(12)):
                # What went between counting and reading is left out; nothing is there twice or unasked.
                titles = [item["title"] for item in answer["results"]]
                assert len(set(titles)) == len(titles) <= answer["count"] <= 3 + len(pages)
    for writer in writers:
        _out, error = writer.communicate(timeout=120)
        assert writer.returncode == 0, error
    for _round in range(4):
        page = random.choice(pages)
        page.refresh_from_db()
        page.unpublish() if page.live else page.save_revision().publish()
        connection.close()
        time.sleep(
            get_settings().LOOK_SECONDS + snapshots.GRACE_SECONDS
        )  # then each worker looks at its next request
        expected = public()
        for process, answers in server.all_answers().items():
            assert len(answers) == 1, process
            ((count, titles, areas),) = answers
            assert (count, titles) == (len(expected), expected)
            assert areas == {("wessex", 2)}
    # Each request closes its thread's connection, after the answer has been sent.
    processes, deadline = server.all_answers(), time.monotonic() + 10
    while (left := open_connections(processes)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == 0
    assert check().differences == []
