"""A media protocol with an old and a new version."""

import datetime
import json

import pytest

from wagtail_cpsnews.pages.models import MediaProtocolPage
from wagtail_cpsnews.stories.blocks.protocol import VersionsBlock
from wagtail_cpsnews.stories.protocol_history import History

OLD = {
    "title": "2005 protocol",
    "status": "superseded",
    "in_force_from": datetime.date(2005, 10, 1),
    "in_force_to": datetime.date(2025, 12, 16),
    "clauses": [
        {"number": "1", "heading": "Purpose", "text": "<p>Open justice for the press.</p>"},
        {"number": "2", "heading": "Requests", "text": "<p>Ask by fax.</p>"},
    ],
}


NEW = {
    "title": "2025 protocol",
    "status": "in_force",
    "in_force_from": datetime.date(2025, 12, 17),
    "replaces": "2005 Protocol",
    "agreed_by": [{"name": "Guild of Reporters", "group": "crime_reporters"}],
    "introduction": "<p>Written anew.</p>",
    "clauses": [
        {"number": "1", "heading": "Purpose", "text": "<p>Open justice for everybody.</p>"},
        {"number": "2", "heading": "Victims", "text": "<p>They hear first.</p>"},
        {"number": "2.1", "heading": "Requests", "text": "<p>Ask by e-mail.</p>"},
    ],
    "annexes": [
        {"title": "Annex A", "lists": [{"release": "normally", "title": "", "items": ["Maps", "CCTV"]}]}
    ],
}


TODAY = datetime.date(2026, 3, 14)


def stream(*versions):
    """A stream value as the database gives it."""
    block = VersionsBlock()
    value = block.to_python([{"type": "version", "value": raw_of(version)} for version in versions])
    return block.to_python(json.loads(json.dumps(block.get_prep_value(value), default=str)))


def raw_of(version):
    return {
        name: str(value) if isinstance(value, datetime.date) else value for name, value in version.items()
    }


def history(*versions, day=TODAY):
    return History(stream(*versions), "/protocol/", day)


@pytest.fixture
def protocol(newsroom):
    """A published protocol in two versions beside the news centre."""
    page = MediaProtocolPage(title="Media protocol", slug="media-protocol", live=False)
    page.versions = [("version", NEW), ("version", OLD)]
    newsroom.get_parent().add_child(instance=page)
    page.save_revision().publish()
    return MediaProtocolPage.objects.get(pk=page.pk)


@pytest.fixture
def read(client):
    def get(path="/media-protocol/", **params):
        response = client.get(path, params, headers={"host": "localhost"})
        response.text_ = response.content.decode()
        return response

    return get
