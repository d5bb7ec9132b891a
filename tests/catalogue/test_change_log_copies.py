"""Copies that others keep by the change log stay exact.

With the client of the documentation, while all else changes.
"""

import contextlib
import importlib.util
import itertools
import json
import random
import socketserver
import sqlite3
import threading
import wsgiref.simple_server
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from tests import worlds
from tests.catalogue.test_concurrency import WRITE
from tests.factories import draft_story
from tests.life import Life
from tests.oracle import API
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import State

CHANGES = f"{API}/changes/"


def load_client():
    """The example of the documentation, as it is."""
    path = Path(__file__).resolve().parents[2] / "docs" / "examples" / "keep_a_copy.py"
    spec = importlib.util.spec_from_file_location("keep_a_copy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- a copy ---------------------------------------------------------------------------------------------------------


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def port(world):
    """The world served by threads of this process; returns the port."""
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def items(host, lang):
    """Everything that ``items/`` lists, in all languages, by id."""
    found = {}
    for language in ("en", "cy", "ur"):
        params = {"language": language, "language_only": 1, "lang": lang, "page_size": 100, "facets": "none"}
        url, params = f"{API}/items/", {**params, "cursor": "start"}
        while url:
            response = Client().get(url, params, headers={"host": host})
            assert response.status_code == 200, response.content
            found |= {item["id"]: item for item in response.json()["results"]}
            url, params = response.json()["next"], {}
    return found


def copied(path):
    with contextlib.closing(sqlite3.connect(path)) as copy:
        return {pk: json.loads(text) for pk, text in copy.execute("SELECT id, item FROM stories")}


class Reader:
    """One copy: of a site, with labels in a language."""

    def __init__(self, port, host, lang, path, page_size):
        self.host, self.lang, self.path = f"{host}:{port}", lang, path
        self.start = f"http://{self.host}{CHANGES}?lang={lang}&page_size={page_size}"
        self.client = load_client()

    def follow(self):
        return self.client.follow(self.start, self.path)

    def assert_exact(self, done=()):
        self.follow()
        assert copied(self.path) == items(self.host, self.lang), done


def live(world, port, tmp_path, changes, seed):
    """Make random changes; update copies and compare them now and then.

    With changes between pages.
    """
    chance = random.Random(seed)
    life = Life(world, chance, second_host="127.0.0.1")
    readers = [
        Reader(port, "localhost", "en", tmp_path / "en.sqlite3", 4),
        Reader(port, "localhost", "cy", tmp_path / "cy.sqlite3", 100),
        Reader(port, "127.0.0.1", "en", tmp_path / "second.sqlite3", 2),
    ]
    for reader in readers:
        _disturb(reader, life, chance)
    compared = 0
    for _ in range(changes):
        life.change()
        if chance.random() < 0.2:
            reader = chance.choice(readers)
            with contextlib.suppress(Crash):
                reader.follow()
            reader.disturbed = False
            reader.assert_exact(life.done)
            reader.disturbed = True
            compared += 1
    for reader in readers:
        reader.disturbed = False
        reader.assert_exact(life.done)
    assert compared > changes / 10
    assert any(copied(reader.path) for reader in readers)
    return SimpleNamespace(life=life, readers=readers)


class Crash(Exception):
    """The client dies."""


def _disturb(reader, life, chance):
    """Between two pages the world goes on, and now and then the client dies."""
    fetch, reader.disturbed = reader.client.fetch, True

    def disturbed(url, wait):
        page = fetch(url, wait)
        if reader.disturbed:
            if chance.random() < 0.3:
                life.change()
            if chance.random() < 0.1:
                raise Crash
        return page

    reader.client.fetch = disturbed


def test_a_copy_stays_exact(world, port, tmp_path):
    live(world, port, tmp_path, 40, 1)


@pytest.mark.slow
def test_a_copy_stays_exact_through_a_thousand_changes_and_a_restore(world, port, tmp_path):
    """After 500 changes the database of 250 changes ago is put back.

    No process remembers the newer one.
    """
    lived = live(world, port, tmp_path, 500, 11)
    connection.close()
    saved = worlds._name(tmp_path, "saved")
    worlds._clone(world.name, saved)
    lived.life.changes(250)
    for reader in lived.readers:
        reader.assert_exact()
    epoch = State.objects.get().epoch
    connection.close()
    before = worlds._use(saved)
    try:
        for reader in lived.readers:
            reader.assert_exact()
        assert State.objects.get().epoch != epoch
        for _ in range(25):
            lived.life.changes(10)
            for reader in lived.readers:
                reader.assert_exact(lived.life.done)
        assert check().differences == []
    finally:
        worlds._return_to(before)
        worlds._drop(saved)


def test_a_copy_while_others_write(world, port, tmp_path):
    """Two processes publish and unpublish while the copy is made.

    Page by page, again and again.
    """
    pages = [draft_story(parent=world.index, title=f"Busy {n}", slug=f"busy-{n}") for n in range(6)]
    before = State.objects.get().sequence
    connection.close()
    writers = [world.start(WRITE, 3, *[page.pk for page in pages[n::2]]) for n in range(2)]
    for writer in writers:
        assert writer.stdout.readline().strip() == "ready", writer.stderr.read()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    reader = Reader(port, "localhost", "en", tmp_path / "copy.sqlite3", 1)
    rounds = itertools.count()
    while any(writer.poll() is None for writer in writers):
        reader.follow()
        next(rounds)
    for writer in writers:
        _out, error = writer.communicate(timeout=60)
        assert writer.returncode == 0, error
    assert next(rounds) > 1
    snapshots.reset()
    reader.assert_exact()
    assert State.objects.get().sequence > before


# -- the client -----------------------------------------------------------------------------------------------------


def test_the_client_waits_when_it_is_asked_to(world, port, tmp_path):
    """503 with Retry-After while the catalogue is not built."""
    State.objects.update(built_at=None)
    snapshots.reset()
    waited = []

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            from django.utils import timezone

            State.objects.update(built_at=timezone.now())
            snapshots.reset()

    reader = Reader(port, "localhost", "en", tmp_path / "copy.sqlite3", 100)
    reader.client.follow(reader.start, reader.path, wait)
    assert waited == [60, 60]
    reader.assert_exact()


def test_the_old_copy_stays_until_the_new_one_is_whole(world, port, tmp_path):
    reader = Reader(port, "localhost", "en", tmp_path / "copy.sqlite3", 1)
    reader.assert_exact()
    State.objects.update(epoch="00000000-0000-4000-8000-000000000000")
    snapshots.reset()
    world.plain.unpublish()
    fetch = reader.client.fetch
    asked = itertools.count(1)

    def dies(url, wait):
        page = fetch(url, wait)
        if next(asked) == 2:
            raise Crash
        return page

    reader.client.fetch = dies
    with pytest.raises(Crash):
        reader.follow()
    assert len(copied(reader.path)) == 3
    reader.client.fetch = fetch
    reader.assert_exact()
    assert len(copied(reader.path)) == 2


def test_a_restriction_says_no_more_than_gone(world, port, tmp_path):
    reader = Reader(port, "localhost", "en", tmp_path / "copy.sqlite3", 100)
    reader.assert_exact()
    PageViewRestriction.objects.create(page=world.section, restriction_type=PageViewRestriction.LOGIN)
    assert Locale.objects.count() == 2
    reader.assert_exact()
    assert [item["title"] for item in copied(reader.path).values()] == ["Plain Harbour"]
