"""A story as a line of JSON, and an import of such lines."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image as PILImage
from wagtail.models import Page

from tests.factories import load_terms
from tests.importing import make_index
from wagtail_cpsnews.importers.models import ImportedStory

STORY = {
    "id": "a-1",
    "type": "news",
    "kind": "press-release",
    "title": "Lorry driver jailed after a chase through Devizes",
    "summary": "A lorry driver has been sentenced for dangerous driving.",
    "body": "<p>First.</p><h2>What happened</h2><p>Second with <a href='https://example.org/'>a link</a>.</p>",
    "published": "2025-03-04T10:15:00+00:00",
    "language": "en",
    "crime_types": ["driving-offences", "violent-crime"],
    "areas": ["wessex"],
    "topics": [],
}


@pytest.fixture
def bare_index(settings, tmp_path):
    return make_index(settings, tmp_path)


@pytest.fixture
def index(bare_index):
    load_terms()
    return bare_index


@pytest.fixture
def file(tmp_path):
    return tmp_path / "stories.jsonl"


def write(path, *stories):
    """One line a story; changes of ``STORY`` are enough, text is written as it is."""
    lines = [story if isinstance(story, str) else json.dumps(STORY | story) for story in stories]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(path, *args, **options):
    out = io.StringIO()
    call_command("import_news", "jsonl", str(path), *args, stdout=out, **options)
    return out.getvalue()


def refused(path, *args):
    """The report of a run that ends with an error."""
    out = io.StringIO()
    with pytest.raises(CommandError, match="could not be imported"):
        call_command("import_news", "jsonl", str(path), *args, stdout=out)
    return out.getvalue()


def page_of(source_id):
    return Page.objects.get(pk=ImportedStory.objects.get(source_id=source_id).page_pk).specific


def slugs(terms):
    return sorted(term.slug for term in terms.all())


def picture(path, colour="red"):
    path.parent.mkdir(exist_ok=True)
    PILImage.new("RGB", (40, 30), colour).save(path)
