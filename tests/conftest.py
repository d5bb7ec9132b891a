"""What all tests share: a small newsroom, and factories for its stories."""

import gc

import pytest
from django.core.cache import cache
from django.utils import timezone, translation

pytest_plugins = [
    "wagtail_cpsnews.test.pytest_plugin",
    "tests.answering",
    "tests.browser",
    "tests.desk.people",
    "tests.databases",
    "tests.editors",
    "tests.large",
    "tests.pointing",
    "tests.publisher",
    "tests.wordpress",
    "tests.worlds",
]


def pytest_collection_modifyitems(items):
    """Run a test that drives a browser once more when it fails.

    A busy machine may have been too slow for it.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish():
    """Collect garbage seldom.

    What was imported and collected stays, and looking through it took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _site_language():
    """Begin each test with the site's language.

    Requests leave their language active behind them.
    """
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _ledger_waits_for_a_database(request):
    """Keep the usage ledger from writing where there is no database.

    After any answer it writes what is due, also from earlier tests.
    """
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    from django.core.signals import request_finished

    from wagtail_cpsnews.usage import recording

    request_finished.disconnect(dispatch_uid="cpsnews.usage")
    yield
    request_finished.connect(recording._after_response, dispatch_uid="cpsnews.usage")


@pytest.fixture
def newsroom(newsroom_catalogue, settings, tmp_path):
    """A site with home page, news index and the terms; returns the index page."""
    from tests.factories import build_newsroom
    from wagtail_cpsnews.pages.models import NewsIndexPage

    settings.MEDIA_ROOT = tmp_path / "media"
    return NewsIndexPage.objects.first() or build_newsroom()


@pytest.fixture
def story(newsroom):
    """A function that publishes a story under the index.

    ``story("Title", areas=["wessex"])``
    """
    from tests.factories import publish_story

    def publish(title="A story", **kwargs):
        kwargs.setdefault("parent", newsroom)
        return publish_story(title=title, **kwargs)

    return publish


@pytest.fixture
def api(client):
    """A function that asks the API and returns the answer's JSON.

    ``api("items/", area="wessex")``
    """

    def ask(path="items/", status=200, **params):
        response = client.get(f"/newsroom/api/v1/{path}", params, headers={"host": "localhost"})
        assert response.status_code == status, response.content
        return response.json()

    return ask


@pytest.fixture
def titles(api):
    """A function that returns the titles that the API lists now, sorted."""

    def listed(**params):
        params.setdefault("page_size", 100)
        return sorted(item["title"] for item in api("items/", **params)["results"])

    return listed


@pytest.fixture
def terms(newsroom_catalogue):
    from tests.factories import load_terms

    load_terms()


@pytest.fixture
def yesterday():
    return timezone.now() - timezone.timedelta(days=1)


def pytest_sessionfinish():
    """Forget what the tests did: it is nobody's use.

    Else a kept test database would have it in the next run.
    """
    from wagtail_cpsnews.usage import recording as usage

    usage.forget()


@pytest.fixture
def rule(monkeypatch):
    """A function that registers a rule of a test, instead of any other.

    ``rule(check, watches)``

    check: takes a page and returns the code of why it is hidden, "" where it is not, or a ``Decision``.
    """
    from wagtail_cpsnews.catalogue import rules

    def register(check, watches=None):
        monkeypatch.setattr(rules, "_rules", {})

        def decide(page):
            found = check(page)
            return rules.Decision(not found, found) if isinstance(found, str) else found

        return rules.register_rule(rules.Rule("test", decide, watches or {}))

    return register


@pytest.fixture
def kept_answers(settings):
    """A host that keeps whole answers, for longer than we would."""
    settings.MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *settings.MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    settings.CACHE_MIDDLEWARE_SECONDS = 3600
    cache.clear()
    yield
    cache.clear()
