"""What ``manage.py check`` says about the database.

And that it is silent where it cannot ask.
"""

import io

import pytest
from django.core import checks as django_checks
from django.core.management import call_command
from django.db import connection
from django.db.utils import OperationalError
from wagtail.models import Site

from wagtail_cpsnews.catalogue import adapters, checks, snapshots
from wagtail_cpsnews.catalogue.maintenance import check, rebuild
from wagtail_cpsnews.catalogue.models import ROW_FORMAT, Entry, State
from wagtail_cpsnews.pages.models import SpeechPage


def ids():
    """The ids of what a plain ``check`` says about the database."""
    found = {message.id for message in django_checks.run_checks()}
    return found & {"cpsnews.W040", "cpsnews.W041", "cpsnews.W042", "cpsnews.W043", "cpsnews.W044"}


@pytest.fixture
def story(story):
    """As ``story`` everywhere; the catalogue has taken it in."""

    def publish(*args, **kwargs):
        page = story(*args, **kwargs)
        snapshots.current()
        return page

    return publish


@pytest.fixture
def site(newsroom):
    """The default site, set up as an operator should."""
    site = Site.objects.get(is_default_site=True)
    site.hostname, site.port = "www.example.org", 443
    site.save()
    return site


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "port", "settings_", "speaks"),
    [
        ("localhost", 80, {}, True),
        ("localhost", 80, {"DEBUG": True}, True),
        ("localhost", 8000, {"DEBUG": True}, False),
        ("localhost", 8000, {}, True),
        ("www.example.org", 80, {}, False),
        ("www.example.org", 80, {"SECURE_SSL_REDIRECT": True}, True),
        ("www.example.org", 80, {"WAGTAILADMIN_BASE_URL": "https://www.example.org"}, True),
        ("www.example.org", 443, {"SECURE_SSL_REDIRECT": True}, False),
        ("localhost", 80, {"WAGTAIL_CPSNEWS": {"STORY_BASE_URL": "https://www.example.org"}}, False),
    ],
)
def test_the_default_site_is_still_wagtails(site, story, settings, host, port, settings_, speaks):
    site.hostname, site.port = host, port
    site.save()
    for name, value in {"WAGTAILADMIN_BASE_URL": "http://localhost", **settings_}.items():
        setattr(settings, name, value)
    assert ids() == set()  # a new site, or a test database: nothing is at stake
    story("One")
    assert ids() == ({"cpsnews.W040"} if speaks else set())


@pytest.mark.django_db
def test_the_message_names_the_step(story):
    story("One")
    [message] = [message for message in django_checks.run_checks() if message.id == "cpsnews.W040"]
    assert "http://localhost" in message.msg
    assert "Settings → Sites" in message.hint
    out = io.StringIO()
    call_command("check", stdout=out, stderr=out)
    assert "cpsnews.W040" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [0, ROW_FORMAT + 1])
def test_rows_of_another_format_are_told_and_served(site, story, titles, stored):
    story("One")
    assert ids() == set()
    State.objects.update(row_format=stored)
    snapshots.reset()
    assert ids() == {"cpsnews.W041"}
    assert [entry.title for entry in Entry.objects.filter(public=True)] == ["One"]
    rebuild()
    assert ids() == set()
    assert State.objects.get().row_format == ROW_FORMAT


@pytest.mark.django_db
def test_other_rules_than_stories_were_decided_about_by_are_told(site, story, rule):
    story("One")
    assert ids() == set()
    rule(lambda page: "")
    assert ids() == {"cpsnews.W043"}
    rebuild()
    assert ids() == set()


@pytest.mark.django_db
def test_a_new_catalogue_has_the_format_of_the_code(newsroom, site, story):
    State.objects.all().delete()
    snapshots.current()
    assert State.objects.get().row_format == ROW_FORMAT


@pytest.fixture
def uninstall(monkeypatch):
    """A function that takes a page class away, as a release without its app does."""

    def take(model):
        kept = tuple(known for known in adapters.story_models() if known is not model)
        for module in (adapters, *_users()):
            monkeypatch.setattr(module, "story_models", lambda: kept)
        snapshots.reset()

    return take


def _users():
    import sys

    package = [
        module for name, module in sys.modules.items() if name.startswith("wagtail_cpsnews.catalogue.")
    ]
    return [module for module in package if hasattr(module, "story_models") and module is not adapters]


@pytest.mark.django_db
def test_entries_of_a_class_that_is_gone_leave_every_output(site, story, client, uninstall, newsroom):
    story("Said", speech=True)
    story("Written")
    entry = Entry.objects.get(title="Said")
    uninstall(SpeechPage)
    assert ids() == {"cpsnews.W042"}
    for address in (
        "/newsroom/api/v1/items/",
        "/newsroom/feeds/news.rss",
        "/newsroom/",
        newsroom.url,
        "/newsroom/embed/list/",
    ):
        answer = client.get(address, headers={"host": "www.example.org"}, secure=True, follow=True)
        assert answer.status_code == 200, address
        text = b"".join(answer).decode()
        assert "Written" in text, address
        assert "Said" not in text, address
    item = client.get(f"/newsroom/api/v1/items/{entry.pk}/", headers={"host": "www.example.org"}, secure=True)
    assert item.status_code == 410
    assert ids() == set()


@pytest.mark.django_db
def test_they_come_back_with_the_class_and_their_id(site, story, titles, uninstall, monkeypatch):
    story("Said", speech=True)
    before = Entry.objects.get(title="Said").pk
    with monkeypatch.context():
        uninstall(SpeechPage)
        assert titles() == []
    monkeypatch.undo()
    snapshots.reset()
    rebuild()
    assert Entry.objects.get(title="Said", public=True).pk == before


@pytest.mark.django_db
def test_the_nightly_check_finds_them(site, story, uninstall):
    story("Said", speech=True)
    uninstall(SpeechPage)
    assert [difference.what for difference in check().differences] == ["not public"]
    check(repair=True)
    assert check().differences == []


@pytest.mark.django_db
def test_two_first_refreshes_leave_one_invalidation(site, story, uninstall):
    from wagtail_cpsnews.catalogue.installed import invalidate_without_class
    from wagtail_cpsnews.catalogue.models import Invalidation

    story("Said", speech=True)
    uninstall(SpeechPage)
    for _number in range(2):
        invalidate_without_class("default")
    assert Invalidation.objects.count() == 1


# -- silence ------------------------------------------------------------------------------------------------------------


def test_nothing_is_said_without_a_database():
    """No database may be used in this test: pytest raises when one is asked."""
    assert checks.check_database(None) == []


@pytest.mark.django_db
def test_nothing_is_said_before_migrate(story, monkeypatch):
    story("One")
    assert checks.check_database(None)

    def missing(alias):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM no_such_table")

    monkeypatch.setattr(checks, "_check_default_site", missing)
    assert checks.check_database(None) == []
    assert Entry.objects.exists()  # the test's transaction goes on


@pytest.mark.django_db
def test_nothing_is_said_when_the_database_is_down(story, monkeypatch):
    story("One")

    def down(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(checks.transaction, "atomic", down)
    assert checks.check_database(None) == []


def test_a_check_makes_no_database_file(tmp_path, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite makes files")
    path = tmp_path / "new.sqlite3"
    monkeypatch.setitem(connection.settings_dict, "NAME", path)
    assert checks.check_database(None) == []
    assert not path.exists()
