"""A search backend of Wagtail's that is away, behind, emptied, or still has what is withdrawn."""

import logging
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageViewRestriction
from wagtail.search.backends import database

from tests.outputs import ask, list_questions, shows
from wagtail_cpsnews.catalogue import maintenance, text
from wagtail_cpsnews.catalogue.db import using
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.catalogue.snapshots import refresh_at_next_request
from wagtail_cpsnews.catalogue.text import documents, feeding, outside
from wagtail_cpsnews.catalogue.text.checks import check_search_backend
from wagtail_cpsnews.catalogue.text.documents import SearchDocument

#: How the service is: whether it answers, how often it was asked, and what happens while it writes.
service = SimpleNamespace(is_away=False, searches=0, before_writing=None)


class Service:
    """Wagtail's search backend in the database, which can be away as a service can."""

    def __init__(self, params):
        self._backend = database.SearchBackend(params)

    def __getattr__(self, name):
        if service.is_away:
            raise ConnectionError("no route to the search service")
        return getattr(self._backend, name)

    def search(self, *args, **kwargs):
        service.searches += 1
        return self.__getattr__("search")(*args, **kwargs)

    def get_index_for_model(self, model):
        return Index(self.__getattr__("get_index_for_model")(model))


class Index:
    """Where a service stores documents; something may happen before it does."""

    def __init__(self, index):
        self._index = index

    def __getattr__(self, name):
        if name in ("add_items", "delete_item") and service.before_writing:
            before_writing, service.before_writing = service.before_writing, None
            before_writing()
        return getattr(self._index, name)


class Refused:
    """A search backend whose library or options are wrong."""

    def __init__(self, params):
        raise ValueError("URLS is missing")


@pytest.fixture
def engine(settings):
    """The setting, with a backend that is not filled."""
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "wagtail.search.backends.database"},
        "newsroom": {"BACKEND": "tests.catalogue.test_search_outside.Service"},
    }
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SEARCH_BACKEND": "newsroom", "LOOK_SECONDS": 0}
    settings.TASKS = {"default": {"BACKEND": "tests.stored_jobs.DatabaseBackend"}}
    service.is_away, service.searches, service.before_writing = False, 0, None
    return service


@pytest.fixture
def filled(engine, world):
    """A world whose stories are all in the backend."""
    call_command("rebuild_catalogue", verbosity=0)
    assert is_ready()
    service.searches = 0
    return world


def is_ready():
    return text.engine(using()).is_ready()


def jobs():
    return DBTaskResult.objects.filter(task_path="wagtail_cpsnews.catalogue.text.feeding.feed_search_backend")


def work():
    """Run the jobs that are stored and due, as a worker does."""
    due = list(jobs())
    jobs().delete()
    for job in due:
        job.task.call(*job.args_kwargs["args"])


def titles(search):
    """Return what a reader finds, and check that the counts agree."""
    answer = Client().get("/newsroom/api/v1/items/", {"q": search})
    assert answer.status_code == 200, answer.content
    data = answer.json()
    assert data["count"] == len(data["results"])
    return {item["title"] for item in data["results"]}


def is_held(word):
    """Return whether the backend has a story with this word, whoever may read it."""
    (group,) = text.parse(word).required
    return bool(text.OutsideEngine(using(), None).find([group], text.LEVELS[2]))


def test_the_backend_answers_and_the_job_is_stored_with_the_change(filled):
    assert titles("deep") == {"Deep Lantern", "Deep Marigold"}
    assert service.searches
    page = filled.plain
    page.title = "Plain Quayside"
    with transaction.atomic():
        page.save_revision().publish()
        assert not jobs().exists()
    assert jobs().count() == 1
    service.searches = 0
    assert titles("quayside") == {"Plain Quayside"}  # the database answers: the backend is behind
    assert titles("harbour") == set()
    assert not service.searches
    work()
    assert is_ready()
    assert is_held("quayside")
    assert not is_held("harbour")
    assert not jobs().exists()


@pytest.mark.slow
def test_a_service_that_is_away(filled, caplog):
    service.is_away = True
    assert titles("lantern") == {"Deep Lantern"}
    asked = service.searches
    assert titles("marigold") == {"Deep Marigold"}
    assert service.searches == asked == 1  # it is left alone for a while
    assert "no route to the search service" in caplog.text
    filled.publish("New Capstan")
    filled.plain.unpublish()
    work()
    for again in jobs():  # tried again later, for both changes
        assert again.args_kwargs["args"] == [1]
        assert again.run_after > timezone.now()
    assert jobs().count() == 2
    assert SearchDocument.objects.filter(is_pending=True, claim=None).count() == 2
    assert (titles("capstan"), titles("harbour")) == ({"New Capstan"}, set())
    assert not is_ready()
    service.is_away = False
    outside._away_until.clear()  # as time does
    work()
    assert is_ready()
    assert (is_held("capstan"), is_held("harbour")) == (True, False)
    assert maintenance.check().differences == []


@pytest.mark.slow
def test_after_the_last_try_the_clock_goes_on(filled, caplog):
    filled.publish("New Capstan")
    service.is_away = True
    feeding.feed_search_backend.call(len(feeding.RETRIES))
    jobs().delete()  # a worker's table that somebody has emptied
    with caplog.at_level(logging.ERROR):
        call_command("newsroom_clock")
    assert not is_ready()
    service.is_away = False
    call_command("newsroom_clock")
    assert is_ready()
    assert is_held("capstan")


def hide_by_unpublishing(page):
    page.unpublish()


def hide_by_restricting(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def hide_by_deleting(page):
    Page.objects.get(pk=page.pk).delete()


def hide_by_expiring(page):
    past = timezone.now() - timezone.timedelta(seconds=1)
    Page.objects.filter(pk=page.pk).update(expire_at=past)
    Entry.objects.filter(page_pk=page.pk).update(expires_at=past)
    refresh_at_next_request()


@pytest.mark.parametrize(
    "hide",
    [
        hide_by_unpublishing,
        *(
            pytest.param(hide, marks=pytest.mark.slow)
            for hide in (hide_by_restricting, hide_by_deleting, hide_by_expiring)
        ),
    ],
)
def test_what_is_withdrawn_is_not_found_though_the_backend_has_it(filled, hide):
    hide(filled.plain)
    SearchDocument.objects.update(is_pending=False)  # a mistake: the backend is asked as if it had all
    outside._count_at[using()] = float("inf")
    assert is_held("harbour")
    assert titles("harbour") == set()
    assert "Deep Lantern" in titles("-nothing")
    assert service.searches
    for name, address in list_questions(q="harbour").items():
        status, answer = ask(address)
        assert status == 200, (name, answer)
        assert not shows(answer, "Plain Harbour"), (name, answer)
    # Once the mistake is found, nothing of it is left there.
    call_command("check_catalogue", "--repair", verbosity=0)
    assert not is_held("harbour")


@pytest.mark.slow
def test_a_draft_or_what_is_private_never_reaches_the_backend(filled):
    page = filled.plain
    page.title = "Sealed Envelope"
    page.save_revision()
    hide_by_restricting(filled.section)
    deep = filled.deep
    deep.title = "Secret Envelope"
    deep.save_revision().publish()
    work()
    assert is_ready()
    assert not is_held("envelope")
    assert not is_held("lantern")
    assert is_held("harbour")


@pytest.mark.parametrize("is_public", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_story_changes_while_a_job_writes_it(filled, is_public):
    """The job has read it as public, or as withdrawn, and writes that after the opposite."""
    page = filled.plain
    page.title = "Plain Quayside"
    page.save_revision().publish()
    if is_public:
        Entry.objects.filter(page_pk=page.pk).update(public=False)

    def change():
        if is_public:  # with the mark that the job has found
            Entry.objects.filter(page_pk=page.pk).update(public=True)
            text.engine(using()).write([Entry.objects.get(page_pk=page.pk)])
        else:
            filled.plain.unpublish()
        work()  # the job of that change has to leave alone what another is writing
        assert SearchDocument.objects.get(pk=page.pk).is_pending

    claimed = feeding._claim(using())
    assert [document.pk for document in claimed] == [page.pk]
    service.before_writing = change
    feeding._write(using(), claimed)
    assert not is_ready()
    feeding._claimed(using(), claimed[0].claim).update(claim=None)
    feeding.feed(using())
    assert is_ready()
    assert is_held("quayside") == is_public
    assert titles("quayside") == ({"Plain Quayside"} if is_public else set())


@pytest.mark.slow
def test_what_a_dead_job_was_writing_is_written_by_another(filled, monkeypatch):
    filled.publish("New Capstan")
    assert feeding._claim(using())
    work()
    assert not is_ready()
    monkeypatch.setattr(documents, "LEASE", timezone.timedelta(0))
    monkeypatch.setattr(feeding, "LEASE", timezone.timedelta(0))
    feeding.feed(using())
    assert is_ready()
    assert is_held("capstan")


@pytest.mark.slow
def test_a_text_that_changed_without_a_word_does_not_keep_a_job_busy(filled):
    Entry.objects.filter(page_pk=filled.plain.pk).update(text="Bollard by hand")
    SearchDocument.objects.filter(pk=filled.plain.pk).update(is_pending=True)
    assert feeding.feed(using()) == 1
    assert is_ready()
    assert is_held("bollard")


@pytest.mark.slow
def test_update_index_has_all_written_again(filled):
    call_command("update_index", "--backend", "newsroom", verbosity=0)
    assert not is_ready()
    feeding.feed(using())
    assert not is_ready()  # the command may not have finished
    SearchDocument.objects.update(claimed_at=timezone.now() - documents.LEASE * 2)
    assert feeding.feed(using()) == 3
    assert is_ready()
    assert maintenance.check().differences == []


@pytest.mark.slow
def test_a_backend_that_somebody_has_emptied(filled, caplog):
    index = outside.get_backend("newsroom").get_index_for_model(SearchDocument)
    index.delete_item(SearchDocument.objects.get(pk=filled.plain.pk))
    outside._count_at.clear()  # as time does
    assert titles("harbour") == {"Plain Harbour"}
    assert "newsroom has 2 stories instead of 3" in caplog.text
    found = {difference.what for difference in maintenance.check().differences}
    assert found == {"not searchable", maintenance.SEARCH_BACKEND}
    maintenance.check(repair=True)
    assert maintenance.check().differences == []
    assert is_held("harbour")


@pytest.mark.slow
def test_the_database_answers_for_words_in_very_many_stories(filled, monkeypatch):
    monkeypatch.setattr(outside, "MOST", 1)
    assert titles("deep") == {"Deep Lantern", "Deep Marigold"}
    assert titles("-deep harbour") == {"Plain Harbour"}
    assert using() not in outside._away_until  # no failure


@pytest.mark.slow
def test_another_setting_has_the_backend_filled_again(filled, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SEARCH_BACKEND": ""}
    filled.publish("New Capstan")
    assert State.objects.get(pk=1).search_backend == ""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SEARCH_BACKEND": "newsroom"}
    assert titles("capstan") == {"New Capstan"}
    assert maintenance.check().differences
    call_command("rebuild_catalogue", verbosity=0)
    assert is_ready()
    assert is_held("capstan")


@pytest.mark.slow
def test_a_rebuild_while_the_service_is_away(engine, world, capsys):
    engine.is_away = True
    call_command("rebuild_catalogue", verbosity=0)
    assert "the database answers searches" in capsys.readouterr().err
    assert titles("harbour") == {"Plain Harbour"}
    assert not is_ready()


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("", []),
        ("newsroom", []),
        ("nowhere", ["cpsnews.E068"]),
        (7, ["cpsnews.E068"]),
        ("refused", ["cpsnews.E069"]),
        ("unknown", ["cpsnews.E069"]),
    ],
)
def test_settings_that_are_wrong(engine, settings, name, ids):
    settings.WAGTAILSEARCH_BACKENDS = {
        **settings.WAGTAILSEARCH_BACKENDS,
        "refused": {"BACKEND": "tests.catalogue.test_search_outside.Refused"},
        "unknown": {"BACKEND": "wagtail.search.backends.nothing"},
    }
    settings.WAGTAIL_CPSNEWS = {"SEARCH_BACKEND": name}
    assert [message.id for message in check_search_backend(None)] == ids


def test_jobs_within_requests_are_warned_of(engine, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    assert [message.id for message in check_search_backend(None)] == ["cpsnews.W046"]


@pytest.mark.slow
def test_a_backend_that_is_not_filled_is_warned_of(engine, world):
    from django.core.checks import run_checks

    def warned():
        return "cpsnews.W047" in {message.id for message in run_checks(databases=["default"])}

    assert warned()
    call_command("rebuild_catalogue", verbosity=0)
    assert not warned()
