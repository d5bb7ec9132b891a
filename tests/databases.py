"""The test database, migrated once for each state of the migrations.

Then it is copied; beside it is one with a newsroom.

Migrating costs twenty seconds of processor time in each worker of each run, and a copy next to nothing. On PostgreSQL,
and with ``--create-db``, the tests migrate as Django does.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from wagtail.models import Site

from tests.factories import build_newsroom
from wagtail_cpsnews.catalogue import snapshots

FOLDER = Path(__file__).resolve().parent.parent / "build" / "test-databases"

#: What a database depends on besides migrations: permissions, content types and what ``post_migrate`` makes.
FILES = ("migrations/*.py", "models.py", "models/*.py", "apps.py")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment,
    django_db_blocker,
    django_db_modify_db_settings,
    django_db_keepdb,
    django_db_createdb,
):
    """Replace the fixture of pytest-django."""
    keepdb = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and not django_db_createdb:
            remove = _copy()
        else:
            made = setup_databases(verbosity=0, interactive=False, keepdb=keepdb)
            remove = (lambda: None) if django_db_keepdb else lambda: teardown_databases(made, verbosity=0)
    yield
    with django_db_blocker.unblock():
        remove()


#: The database with a newsroom, of this process; made when the first test needs it.
_newsroom = []


@pytest.fixture
def _django_db_helper(_database, _django_db_helper):
    """Extend the fixture of pytest-django that begins the test's transaction.

    First the database is chosen.
    """


@pytest.fixture
def _database(request, django_db_setup, django_db_blocker):
    """Use the database that has a newsroom, and a copy of it where commits are real."""
    names, marker = set(request.fixturenames), request.node.get_closest_marker("django_db")
    commits = names & {"transactional_db", "live_server"} or (marker and marker.kwargs.get("transaction"))
    if connection.vendor != "sqlite" or ("served_newsroom" if commits else "newsroom") not in names:
        yield
        return
    with django_db_blocker.unblock():
        if not _newsroom:
            _newsroom.append(_make_newsroom())
        name = _newsroom[0]
        if commits:
            name = f"{name}-copy"
            _remove(name)
            shutil.copyfile(_newsroom[0], name)
        bare = _open(name)
        Site.clear_site_root_paths_cache()
    # After a test with commits Django would empty the database: it is a copy that is removed.
    emptying = mock.patch.object(TransactionTestCase, "_fixture_teardown", return_value=None)
    with emptying if commits else contextlib.nullcontext():
        yield
    with django_db_blocker.unblock():
        _open(bare)
        Site.clear_site_root_paths_cache()


def _open(name):
    """Connect to another database; return the name of the one before."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    snapshots.reset()
    return before


def _make_newsroom():
    bare = connection.settings_dict["NAME"]
    name = f"{bare}-newsroom"
    Path(name).unlink(missing_ok=True)
    _save(bare, Path(name))
    _open(name)
    # In one transaction the catalogue follows once, not after each of its many terms.
    with translation.override("en"), transaction.atomic():
        build_newsroom()
    _open(bare)
    return name


def _copy():
    """Make the test database from a migrated one; return what removes it.

    The migrated one is made first if there is none.
    """
    saved, name = FOLDER / f"{_state()}.sqlite3", connection.creation._get_test_db_name()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _lock(FOLDER / "lock"):
        if not saved.exists():
            setup_databases(verbosity=0, interactive=False)
            connection.close()
            for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-3]:
                old.unlink()
            _save(name, saved)
    Path(name).unlink(missing_ok=True)
    shutil.copyfile(saved, name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name

    def remove():
        connection.close()
        for file in (name, *_newsroom, *(f"{newsroom}-copy" for newsroom in _newsroom)):
            _remove(file)

    return remove


def _remove(name):
    for suffix in ("", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)


def _save(name, saved):
    unfinished = Path(f"{saved}.unfinished")
    unfinished.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(name)) as database:
        database.execute("VACUUM INTO ?", [str(unfinished)])
    unfinished.rename(saved)


def _state():
    """Return a hash of what decides what a migrated database holds.

    Versions and files.
    """
    digest = hashlib.sha256(repr([version("Django"), version("wagtail"), settings.LANGUAGES]).encode())
    for config in apps.get_app_configs():
        digest.update(f"{config.name}\n".encode())
        for path in sorted(path for pattern in FILES for path in Path(config.path).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _lock(path):
    """One worker migrates; another one waits for its result."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
