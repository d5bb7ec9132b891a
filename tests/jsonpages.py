"""The three pages that the API gives, and questions about them."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Site

from tests.protocols import NEW, OLD
from wagtail_cpsnews.pages.models import MediaProtocolPage, PressOfficePage

SORTS = ("news-centre", "press-office", "media-protocol")


CLIENT = "https://www.client.example"


def publish(parent, page):
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def home(newsroom):
    return newsroom.get_parent().specific


@pytest.fixture
def office(home):
    return publish(home, PressOfficePage(title="Press office", slug="press-office"))


@pytest.fixture
def protocol(home):
    page = MediaProtocolPage(title="Media protocol", slug="media-protocol")
    page.versions = [("version", NEW), ("version", OLD)]
    return publish(home, page)


@pytest.fixture
def pages(newsroom, office, protocol):
    return {"news-centre": newsroom, "press-office": office, "media-protocol": protocol}


@pytest.fixture
def ask(client):
    """A function that asks for a page and returns the whole response."""

    def get(sort, host="localhost", tag="", **params):
        headers = {"host": host, **({"if-none-match": tag} if tag else {})}
        return client.get(f"/newsroom/api/v1/pages/{sort}/", params, headers=headers)

    return get


@pytest.fixture
def give(ask):
    """A function that returns the answer's data."""

    def get(sort, **params):
        response = ask(sort, **params)
        assert response.status_code == 200, response.content
        return response.json()

    return get


@contextmanager
def undone():
    """Undo what is written in this context.

    A newsroom is not built again for every case.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    Site.clear_site_root_paths_cache()


def queries(call):
    """Return the queries of a call.

    Without the refreshes of the snapshot, which tests make every time.
    """
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if 'FROM "cpsnews_state"' not in query["sql"]]


def in_welsh(page, **fields):
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    for name, value in fields.items():
        setattr(welsh, name, value)
    welsh.save_revision().publish()
    return type(page).objects.get(pk=welsh.pk)
