"""What stories point to, and ways of hiding it.

A page, a document and a picture with titles to keep secret.
"""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.urls import clear_url_caches
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from tests.factories import HomePageFactory, publish_story
from wagtail_cpsnews.catalogue.sites import _serve_prefix

TITLE, SLUG = "Teacher Rowan Pell charged", "teacher-rowan-pell-charged"
DOCUMENT, FILE = "Pell charge sheet", "rowan-pell-sheet"
PICTURE, PICTURE_FILE = "Pell at the gate", "rowan-pell-gate"
API = "/newsroom/api/v1"


@pytest.fixture
def wagtail_pages(settings):
    """Wagtail's own page API is mounted too."""
    settings.ROOT_URLCONF = "tests.urls_headless"
    clear_url_caches()
    _serve_prefix.cache_clear()


@pytest.fixture
def collection(newsroom):
    outer = Collection.get_first_root_node().add_child(name="Outer")
    return outer.add_child(name="Inner")


@pytest.fixture
def section(newsroom):
    return newsroom.get_parent().add_child(instance=HomePageFactory.build(title="Section", slug="section"))


@pytest.fixture
def target(section):
    return publish_story(parent=section, title=TITLE, slug=SLUG)


@pytest.fixture
def document(collection):
    file = ContentFile(b"words", name=f"{FILE}.txt")
    return Document.objects.create(title=DOCUMENT, collection=collection, file=file, file_size=5)


@pytest.fixture
def picture(collection):
    file = get_test_image_file(filename=f"{PICTURE_FILE}.png")
    return Image.objects.create(title=PICTURE, collection=collection, file=file)


# -- ways of hiding; each returns how it is undone ------------------------------------------------------------------


def unpublish(page):
    page.unpublish()
    return lambda: Page.objects.get(pk=page.pk).specific.save_revision().publish()


def restrict(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    return restriction.delete


def restrict_above(page):
    return restrict(page.get_parent())


def expire(page):
    """Cron has not run; nothing tells."""
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
    return lambda: Page.objects.filter(pk=page.pk).update(expire_at=None)


def leave_the_site(page):
    parent = page.get_parent()
    page.move(Page.get_first_root_node(), pos="last-child")
    return lambda: Page.objects.get(pk=page.pk).specific.move(
        Page.objects.get(pk=parent.pk), pos="last-child"
    )


def become_a_draft_silently(page):
    Page.objects.filter(pk=page.pk).update(live=False)
    return lambda: Page.objects.filter(pk=page.pk).update(live=True)


PAGES = [unpublish, restrict, restrict_above, expire, leave_the_site, become_a_draft_silently]


def restrict_collection(file):
    restriction = CollectionViewRestriction.objects.create(
        collection=file.collection, restriction_type="login"
    )
    return restriction.delete


def restrict_collection_above(file):
    restriction = CollectionViewRestriction.objects.create(
        collection=file.collection.get_parent(), restriction_type="login"
    )
    return restriction.delete


def secret_collection():
    secret = Collection.get_first_root_node().add_child(name="Secret")
    CollectionViewRestriction.objects.create(collection=secret, restriction_type="login")
    return secret


def move_file(file):
    before, file.collection = file.collection, secret_collection()
    file.save()

    def undo():
        file.collection = before
        file.save()

    return undo


def move_collection(file):
    moved = Collection.objects.get(pk=file.collection_id)
    parent = moved.get_parent()
    moved.move(secret_collection(), pos="sorted-child")
    return lambda: Collection.objects.get(pk=moved.pk).move(
        Collection.objects.get(pk=parent.pk), pos="sorted-child"
    )


FILES = [restrict_collection, restrict_collection_above, move_file, move_collection]
