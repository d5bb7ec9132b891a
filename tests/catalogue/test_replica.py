"""A router that sends every read to a replica which lags behind.

Nothing public may come from it.
"""

import io
import shutil
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from tests import worlds
from tests.factories import make_contact, publish_story
from tests.oracle import API, get
from tests.outputs import LINKS_ONLY, list_questions, names, story_questions
from tests.outputs import PAGES as PAGES_OF_OUTPUTS
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, Invalidation
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.taxonomy.models import Area

HIDDEN = "Kestrel Ludlow"


class StaleRouter:
    """A router as many projects have it.

    Reads go to the replica, whatever the object they belong to was read from.
    """

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *objects, **hints):
        return True


@pytest.fixture
def replicated(world, settings, tmp_path):
    """A story with all that one can have, and then a replica that stays as it is now."""
    if worlds.on_postgres():
        pytest.skip(
            "a stale copy is a file that is copied; what is read from where does not depend on the database"
        )
    collection = Collection.get_first_root_node().add_child(name="Files")
    Document = get_document_model()
    world.document = Document.objects.create(
        title="Kestrel Minutes", file=ContentFile(b"x", name="kestrel-minutes.txt"), collection=collection
    )
    make_contact("Kestrel Desk", areas=["wessex"])
    notes = f'<p><a linktype="document" id="{world.document.pk}">the minutes</a></p>'
    world.story = publish_story(
        parent=world.section,
        title=HIDDEN,
        slug="kestrel",
        areas=["wessex"],
        kind="news",
        notes_to_editors=notes,
    )
    world.linking = publish_story(
        parent=world.index,
        title="Links Away",
        slug="links",
        notes_to_editors=f'<p><a linktype="page" id="{world.story.pk}">{HIDDEN}</a></p>',
    )
    world.elsewhere = Page.objects.get(depth=1).add_child(instance=Page(title="Elsewhere", slug="elsewhere"))
    snapshots.current()
    assert not Invalidation.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "replica.sqlite3"
    shutil.copy(str(world.name), copy)
    connections.settings["replica"] = {**connections.settings["default"], "NAME": str(copy)}
    connections[
        "replica"
    ].connect()  # Django's tests allow no new connection to a database that they do not know
    pages = {name: getattr(world, name) for name in ("section", "index")}
    settings.DATABASE_ROUTERS = [StaleRouter()]
    world = SimpleNamespace(**vars(world), **pages)
    world.entry = Entry.objects.using("default").get(page_pk=world.story.pk)
    yield world
    connections["replica"].close()
    del connections["replica"]
    del connections.settings["replica"]


def primary(page):
    return type(page)._default_manager.using("default").get(pk=page.pk)


def outputs(world):
    """Every public output by name: what it answers, in full."""
    item, link = world.entry.pk, Entry.objects.using("default").get(page_pk=world.linking.pk).pk
    story = story_questions(item, "http://localhost/news/section/kestrel/")
    paths = {
        **{f"{name} about the story": address for name, address in story.items()},
        **list_questions(),
        **{output.name: output.list_address() for output in PAGES_OF_OUTPUTS},
        "linking item": f"{API}/items/{link}/",
        "facets": f"{API}/facets/",
        "areas": f"{API}/areas/",
        "contacts": f"{API}/press-contacts/",
        "index": "/news/",
        "section": "/news/section/",
        "page": "/news/section/kestrel/",
        "linking page": "/news/links/",
    }
    answers = {}
    for name, path in paths.items():
        response = get(path)
        if response.status_code == 301:  # the newsroom’s own list leads to the index page
            response = get(response["Location"])
        assert response.status_code < 500, (name, response.status_code)
        answers[name] = response.status_code, response.content.decode()
    return answers


def assert_hidden(world, *, of_page=True):
    for name, (_status, text) in outputs(world).items():
        if name in ("linking item", "linking page"):
            continue  # what a story links to is for tests/catalogue/test_references.py, and asked below where it is in scope
        assert HIDDEN not in text, name
    assert not Entry.objects.using("default").get(pk=world.entry.pk).public
    assert not Invalidation.objects.using("default").exclude(rank=Invalidation.REST).exists()


def test_before_anything_changes_the_story_is_everywhere(replicated):
    answers = outputs(replicated)
    shown = {name for name, (status, text) in answers.items() if status == 200 and HIDDEN in text}
    missing = {"facets", "areas", "contacts", "sitemap", *names(PAGES_OF_OUTPUTS), *LINKS_ONLY}
    missing |= {f"{name} about the story" for name in LINKS_ONLY}
    assert set(answers) - shown <= missing, set(answers) - shown


def restrict(world):
    section = primary(world.section)
    PageViewRestriction.objects.using("default").create(page=section, restriction_type="login")


def unpublish(world):
    primary(world.story).unpublish()


def expire(world):
    page = primary(world.story)
    page.expire_at = timezone.now() - timezone.timedelta(minutes=1)
    page.save()


def delete(world):
    primary(world.story).delete()


def move_away(world):
    primary(world.story).move(primary(world.elsewhere), pos="last-child")


@pytest.mark.parametrize("change", [restrict, unpublish, expire, delete, move_away])
def test_what_is_taken_away_is_gone_from_every_output(replicated, change):
    change(replicated)
    assert_hidden(replicated)


def test_a_story_that_has_moved_has_its_new_address(replicated):
    section = primary(replicated.section)
    section.slug = "chapter"
    section.save()
    assert (
        get(f"{API}/items/{replicated.entry.pk}/").json()["url"] == "http://localhost/news/chapter/kestrel/"
    )
    assert "/news/section/kestrel/" not in get(f"{API}/items/?page_size=100").content.decode()
    assert not Invalidation.objects.using("default").exists()


def test_a_term_that_is_merged_is_gone(replicated):
    wessex = Area.objects.using("default").get(slug="wessex")
    wessex.merge_into(Area.objects.using("default").get(slug="mersey-cheshire"))
    item = get(f"{API}/items/{replicated.entry.pk}/").json()
    assert [area["slug"] for area in item["areas"]] == ["mersey-cheshire"]
    areas = get(f"{API}/areas/").json()
    assert "wessex" not in {area["slug"] for area in areas["results"]}
    entry = Entry.objects.using("default").get(pk=replicated.entry.pk)
    assert "Wessex" not in get("/news/section/kestrel/").content.decode(), entry.facts


def test_a_contact_that_is_retired_is_gone(replicated):
    assert "Kestrel Desk" in get(f"{API}/press-contacts/").content.decode()
    contact = PressContact.objects.using("default").get(name="Kestrel Desk")
    contact.retired = True
    contact.save()
    for name, (_status, text) in outputs(replicated).items():
        assert "Kestrel Desk" not in text, name


def test_a_document_whose_collection_is_restricted_is_gone(replicated):
    assert "kestrel-minutes" in get(f"{API}/items/{replicated.entry.pk}/").content.decode()
    collection = Collection.objects.using("default").get(name="Files")
    CollectionViewRestriction.objects.using("default").create(collection=collection, restriction_type="login")
    for name, (_status, text) in outputs(replicated).items():
        assert "kestrel-minutes" not in text.lower(), name
        assert "Kestrel Minutes" not in text, name


def test_check_and_rebuild_read_what_they_write(replicated):
    from django.core.management import call_command

    PageViewRestriction.objects.using("default").bulk_create(
        [PageViewRestriction(page_id=replicated.section.pk, restriction_type="login")]
    )
    found = {difference.page_pk: difference.what for difference in check().differences}
    assert found[replicated.story.pk] == "not public"
    call_command("rebuild_catalogue", stdout=io.StringIO())
    assert not Entry.objects.using("default").get(pk=replicated.entry.pk).public
    assert check().differences == []


def test_what_is_written_elsewhere_is_read_elsewhere(settings):
    """A model of the host's with a database of its own, which an adapter may read."""
    from django.db import router

    from wagtail_cpsnews.catalogue.routing import reading_from

    class Elsewhere(StaleRouter):
        def db_for_write(self, model, **hints):
            return "archive" if model is Area else "default"

    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert router.db_for_read(Page) == "replica"
    with reading_from("default"):
        assert router.db_for_read(Page) == "default"
        assert router.db_for_read(Area) == "replica"
    assert router.db_for_read(Page) == "replica"
