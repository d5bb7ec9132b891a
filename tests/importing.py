"""Runs of ``import_news`` on files of JSON Lines."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Locale, Page, Site

from demo.models import HomePage
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsIndexPage

STORY = {
    "id": "1",
    "title": "Harbour theft gang sentenced",
    "summary": "Four men have been sentenced.",
    "body": "<p>First.</p><h2>What happened</h2><p>Second.</p>",
    "published": "2025-03-04T10:15:00+00:00",
}
#: Another newsroom's story that has the same id there.
OTHER = STORY | {"title": "Council opens new library", "published": "2024-01-01T10:00:00+00:00"}


def make_index(settings, tmp_path):
    """Make a news index page without terms, and a place for pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    Locale.objects.get_or_create(language_code="cy")
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Home", slug="home-page"))
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    site.root_page = home
    site.save()
    return home.add_child(instance=NewsIndexPage(title="News", slug="news"))


def write(path, *lines):
    """Write one line for each story, or text as it is."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def run(path, *args):
    """Import, and return what was said."""
    out = io.StringIO()
    call_command("import_news", "jsonl", str(path), *args, stdout=out)
    return out.getvalue()


def run_to_error(path, *args):
    """Import, and return what was said and the error that ended it."""
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("import_news", "jsonl", str(path), *args, stdout=out)
    return f"{out.getvalue()}{raised.value}"


def page_of(source_id, source_name=""):
    """Return the page that a story became."""
    row = ImportedStory.objects.get(source_id=source_id, source_name=source_name)
    return Page.objects.get(pk=row.page_pk).specific


def story_titles():
    """Return the titles of all stories, as their pages have them."""
    rows = ImportedStory.objects.values_list("page_pk", flat=True)
    return sorted(Page.objects.filter(pk__in=list(rows)).values_list("title", flat=True))
