"""A database of its own for every test, with real commits.

A copy of a small newsroom that is built once.

Inside Django's ``TestCase`` nothing is committed, which hides every fault of order: what is projected too early, too
late or twice. Here a test commits as a site does, and other threads and processes see the same database.
"""

import contextlib
import itertools
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections, transaction
from wagtail.models import Locale, Page, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from wagtail_cpsnews.catalogue import projection, snapshots
from wagtail_cpsnews.taxonomy.models import Area, CrimeType, Kind, Topic
from wagtail_cpsnews.usage import recording

ROOT = Path(__file__).resolve().parent.parent
_numbers = itertools.count(1)


def on_postgres():
    return connection.vendor == "postgresql"


def _use(name):
    """Make ``name`` the default database of this process; return the old one.

    For new threads too.
    """
    before = connections.settings["default"], connections["default"]
    connections.settings["default"] = {**before[0], "NAME": str(name)}
    del connections["default"]
    _forget()
    return before


def _return_to(before):
    connections["default"].close()
    connections.settings["default"], connections["default"] = before
    _forget()


def _forget():
    cache.clear()  # Wagtail keeps site roots there
    ContentType.objects.clear_cache()  # another database can have other ids
    snapshots.reset()
    recording.forget()  # what was served from another database is written after some answer, to this one


@contextlib.contextmanager
def _administration():
    before = _use("postgres")
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        _return_to(before)


def _clone(source, target):
    """Copy the database ``source`` to ``target``.

    On PostgreSQL nothing may be connected to ``source``.
    """
    if on_postgres():
        with _administration() as cursor:
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    else:
        original = sqlite3.connect(source)
        original.execute("VACUUM INTO ?", [str(target)])
        original.close()


def _drop(name):
    if on_postgres():
        with _administration() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)


def _name(directory, label):
    name = f"{label}_{os.getpid()}_{next(_numbers)}"
    return name if on_postgres() else str(directory / f"{name}.sqlite3")


def _build():
    """Build a home page, an index, sections and a few terms.

    A section with two stories, one beside it, one in Welsh.
    """
    for code in ("en", "cy"):
        Locale.objects.get_or_create(language_code=code)
    en, cy = Locale.objects.get(language_code="en"), Locale.objects.get(language_code="cy")
    for model, slug, name in (
        (Area, "wessex", "Wessex"),
        (Area, "mersey-cheshire", "Mersey-Cheshire"),
        (Area, "cymru-wales", "Wales"),
        (CrimeType, "fraud", "Fraud"),
        (CrimeType, "hate-crime", "Hate crime"),
        (Kind, "news", "News"),
        (Topic, "victims", "Victims"),
    ):
        model.objects.create(locale=en, slug=slug, name=name)
    Area.objects.get(slug="cymru-wales").copy_for_translation(cy).save()
    root = Page.objects.get(depth=1)
    Page.objects.filter(depth=2).first().delete()
    home = HomePageFactory(parent=root, title="Home", slug="home-page")
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    index = NewsIndexPageFactory(parent=home, title="News centre", slug="news")
    section = NewsIndexPageFactory(parent=index, title="Section", slug="section")
    publish_story(
        parent=index,
        title="Plain Harbour",
        slug="plain",
        areas=["wessex"],
        crime_types=["fraud"],
        kind="news",
    )
    publish_story(parent=section, title="Deep Lantern", slug="deep", areas=["wessex"])
    publish_story(parent=section, title="Deep Marigold", slug="deeper", topics=["victims"], speech=True)


@pytest.fixture(scope="session")
def template_database(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        directory = tmp_path_factory.mktemp("worlds")
        name = _name(directory, "template")
        connection.close()
        _clone(str(connection.settings_dict["NAME"]), name)
        before = _use(name)
        try:
            with transaction.atomic():
                _build()
            call_command("rebuild_catalogue", verbosity=0)
        finally:
            _return_to(before)
    return SimpleNamespace(name=name, directory=directory)


@pytest.fixture
def world(template_database, db, settings, tmp_path, monkeypatch):
    """The small newsroom, on a database of this test's own; commits are real."""
    settings.MEDIA_ROOT = tmp_path / "media"
    # On a busy machine even a small change may take longer than an editor's request waits for.
    monkeypatch.setattr(projection, "COMMIT_SECONDS", 20)
    name = _name(template_database.directory, "world")
    _clone(template_database.name, name)
    before = _use(name)
    try:
        yield World(name)
    finally:
        _return_to(before)
        _drop(name)


class World:
    """Pages of the small newsroom by short names, freshly read each time."""

    def __init__(self, name):
        self.name = name

    def page(self, slug):
        return Page.objects.get(slug=slug, locale__language_code="en").specific

    home = property(lambda self: self.page("home-page"))
    index = property(lambda self: self.page("news"))
    section = property(lambda self: self.page("section"))
    plain = property(lambda self: self.page("plain"))
    deep = property(lambda self: self.page("deep"))
    deeper = property(lambda self: self.page("deeper"))

    def publish(self, title, **kwargs):
        kwargs.setdefault("parent", self.index)
        return publish_story(title=title, **kwargs)

    def environment(self):
        """The environment of another process on the same database."""
        database = connection.settings_dict
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings_world",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'example_site'}",
            "WORLD_ENGINE": database["ENGINE"],
            "WORLD_NAME": str(self.name),
            "WORLD_HOST": database["HOST"],
            "WORLD_PORT": str(database["PORT"]),
            "WORLD_USER": database["USER"],
            "WORLD_PASSWORD": database["PASSWORD"],
            "PYTHONWARNINGS": "ignore",
        }

    def start(self, code, *args):
        """Another process that runs ``code`` with Django set up; communicates by pipes."""
        return subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}", *map(str, args)],
            env=self.environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code, *args, returncode=0):
        """Runs ``code`` in another process and returns what it printed."""
        process = self.start(code, *args)
        out, error = process.communicate(timeout=120)
        assert process.returncode == returncode, error
        return out
