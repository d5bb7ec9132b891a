"""An address of a picture that the catalogue gives answers, or it is not given."""

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.images import get_image_model

from tests import pictures, storages
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, EntryUse, Invalidation, Retry, State
from wagtail_cpsnews.images.renditions import get_rendition

Image = get_image_model()
Rendition = Image.get_rendition_model()


@pytest.fixture
def image(newsroom):
    return make_image()


def make_image(name="harbour.jpg", data=None):
    return Image.objects.create(
        title="Harbour", file=ContentFile(data or pictures.jpeg(size=(900, 600)), name)
    )


@pytest.fixture
def listed(api):
    """What the list gives of the one story's picture."""

    def picture():
        (item,) = api("items/")["results"]
        return item["image"]

    return picture


def answers(picture, settings):
    """Whether a file is there at an address that was given."""
    path = picture["url"].removeprefix("http://localhost/media/")
    return (Path(settings.MEDIA_ROOT) / path).is_file()


def files(settings):
    return {path: path.stat().st_mtime_ns for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


DELETIONS = {
    "one": lambda image: image.renditions.first().delete(),
    "many": lambda image: Rendition.objects.all().delete(),
    "purged": lambda image: call_command(
        "wagtail_update_image_renditions", "--purge-only", stdout=io.StringIO()
    ),
    "made again": lambda image: call_command("wagtail_update_image_renditions", stdout=io.StringIO()),
    "file changed": lambda image: _replace(image),
}


def _replace(image):
    image.file = ContentFile(pictures.jpeg(size=(800, 600)), "other.jpg")
    image.save()
    image.renditions.all().delete()


@pytest.mark.parametrize("how", DELETIONS)
def test_a_deleted_rendition_leads_nowhere_for_no_reader(
    how, image, story, listed, settings, django_capture_on_commit_callbacks
):
    story("Pictured", image=image)
    before = listed()
    assert answers(before, settings)
    with django_capture_on_commit_callbacks(execute=True):
        DELETIONS[how](image)
    assert how == "made again" or not answers(before, settings)
    assert answers(listed(), settings)
    assert not check().differences


def test_a_deleted_image_is_no_longer_named(image, story, listed):
    story("Pictured", image=image)
    image.delete()
    assert listed() is None


def test_a_lost_file_is_not_named_and_check_reports_it(image, story, listed, settings):
    page = story("Pictured", image=image)
    assert answers(listed(), settings)
    rendition = image.renditions.get()
    rendition.file.storage.delete(rendition.file.name)
    assert listed() is None
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_catalogue", stdout=out)
    assert f"page {page.pk}: picture (Pictured: image {image.pk} can't be shown)" in out.getvalue()
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    assert answers(listed(), settings)
    assert image.renditions.count() == 1
    assert not check().differences


@pytest.mark.parametrize("storage", ["FailingStorage", "SignedStorage"])
def test_check_writes_nothing(storage, image, story, settings):
    """No file, no row and no statement that would write one.

    Whatever there is to report.
    """
    storages.use(settings, storage)
    image = make_image()
    story("No rendition", image=image)
    story("No file", image=make_image())
    story("Pending", image=make_image())
    snapshots.current()
    Rendition.objects.filter(image=image)._raw_delete("default")
    lost = Rendition.objects.order_by("pk").first()
    lost.file.storage.delete(lost.file.name)
    Invalidation.objects.create(scope=Invalidation.PAGE, subject="1")
    before, models = files(settings), (Entry, EntryUse, Invalidation, Retry, State, Rendition, Image)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    statements = []

    def watch(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        found = check().differences
    assert sorted(one.what for one in found) == ["picture", "picture"]
    assert files(settings) == before
    assert [list(model.objects.order_by("pk").values()) for model in models] == rows
    assert not [
        sql
        for sql in statements
        if not sql.lstrip("( ").upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]


def test_what_waits_for_projection_is_no_difference(story):
    page = story("Plain")
    snapshots.current()
    type(page).objects.filter(pk=page.pk).update(title="Written past the page")
    mark = Invalidation.objects.create(scope=Invalidation.PAGE, subject=str(page.pk))
    report = check()
    assert (report.differences, report.pending) == ([], 1)
    mark.delete()
    assert [one.what for one in check().differences] == ["stale"]


def test_signed_addresses_are_made_for_each_answer(image, story, listed, settings, client):
    storages.use(settings, "SignedStorage")
    story("Pictured", image=make_image())
    first, second = listed()["url"], listed()["url"]
    assert first.startswith("https://media.example/images/")
    assert first != second
    assert first.split("?")[0] == second.split("?")[0]
    entry = Entry.objects.get()
    assert "url" not in entry.facts["image"]
    assert "media.example" not in str(entry.facts)
    assert (entry.facts["image"]["id"], entry.facts["image"]["spec"]) == (
        Image.objects.last().pk,
        "fill-720x480|stripmetadata",
    )


def test_an_answer_with_signed_addresses_is_not_the_same_for_ever(
    image, story, settings, client, monkeypatch
):
    """A client gets new addresses before the old ones expire.

    A client that asks whether its copy still holds.
    """
    story("Pictured", image=image)
    clock = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])

    def status(tag=""):
        path = "/newsroom/api/v1/items/"
        response = client.get(path, headers={"host": "localhost", **({"if-none-match": tag} if tag else {})})
        return response.status_code, response.headers["ETag"]

    for storage, after in (("FailingStorage", 304), ("SignedStorage", 200)):
        storages.use(settings, storage)
        tag = status()[1]
        assert status(tag)[0] == 304
        clock[0] += 301
        assert status(tag)[0] == after


def test_no_query_for_each_picture(image, story, api, django_assert_max_num_queries):
    """Name and size are kept with the entry."""
    for number in range(5):
        story(f"Story {number}", image=make_image(f"{number}.jpg"))
    api("items/")
    with django_assert_max_num_queries(4) as queries:
        assert all(item["image"] for item in api("items/")["results"])
    assert not any("wagtailimages_rendition" in query["sql"] for query in queries.captured_queries)


def test_a_row_of_the_last_version_is_projected_again(image, story, listed):
    """Its address may be of a file that says where a picture was taken."""
    from importlib import import_module

    from django.apps import apps

    story("Pictured", image=image)
    assert listed()
    story_entry = Entry.objects.get()
    right = story_entry.facts["image"]
    old = {"url": "/media/images/old.jpg", "width": 720, "height": 480, "alt": ""}
    Entry.objects.update(facts={**story_entry.facts, "image": old}, digest="old")
    snapshots.start_again(State.objects.get().epoch)  # a new release runs in processes that remember nothing
    assert listed() is None
    migration = import_module("wagtail_cpsnews.migrations.0007_image_retries")
    now = {"Mark": "Invalidation"}  # what the migration's models are called today
    then = SimpleNamespace(get_model=lambda app, name: apps.get_model(app, now.get(name, name)))
    migration.project_stories_with_images_again(then, SimpleNamespace(connection=connection))
    assert listed()["url"].endswith(right["name"])


def test_renditions_of_before_are_not_found(image):
    old = image.get_rendition("fill-720x480")
    assert get_rendition(image, "fill-720x480").pk != old.pk
    assert get_rendition(image, "fill-720x480|stripmetadata").pk == get_rendition(image, "fill-720x480").pk
