"""Which pictures and documents are public: those that nothing but hidden stories use are not."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from tests.factories import HomePageFactory, draft_story
from tests.pointing import PAGES as WAYS_OF_HIDING
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.former_uses import FormerUse
from wagtail_cpsnews.catalogue.models import EntryUse, PublicationStop
from wagtail_cpsnews.catalogue.public_files import decide_file, is_file_public
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsItemPage

HOLD = PublicationStop.Kind.HOLD


def make_image(name="harbour"):
    return Image.objects.create(title=name, file=get_test_image_file(filename=f"{name}.png"))


def make_document(name="sheet"):
    return Document.objects.create(title=name, file=ContentFile(b"words", name=f"{name}.txt"), file_size=5)


@pytest.fixture
def image(newsroom):
    return make_image()


@pytest.fixture
def sheet(newsroom):
    return make_document()


def body_with(image, sheet):
    text = (
        f'<p><a linktype="document" id="{sheet.pk}">sheet</a></p>'
        f'<embed embedtype="image" id="{image.pk}" format="left" alt="Harbour"/>'
    )
    return {"body": [("text", text)], "notes_to_editors": text}


def hold(page):
    stop = begin_stop(HOLD, page)
    return lambda: end_stop(stop, PublicationStop.Ending.RELEASED)


@pytest.mark.parametrize("hide", [*WAYS_OF_HIDING, hold], ids=lambda hide: hide.__name__)
def test_files_go_with_the_only_story_that_uses_them(story, newsroom, image, sheet, hide):
    section = newsroom.get_parent().add_child(instance=HomePageFactory.build(title="Section", slug="section"))
    lead = make_image("lead")
    page = story(image=lead, parent=section, **body_with(image, sheet))
    snapshots.current()
    files = (lead, image, sheet)
    assert [is_file_public(file) for file in files] == [True] * 3
    undo = hide(page)
    assert [is_file_public(file) for file in files] == [False] * 3
    undo()
    assert [is_file_public(file) for file in files] == [True] * 3


@pytest.mark.parametrize("hide", [*WAYS_OF_HIDING, hold], ids=lambda hide: hide.__name__)
def test_a_file_that_another_public_story_uses_stays(story, newsroom, image, sheet, hide):
    section = newsroom.get_parent().add_child(instance=HomePageFactory.build(title="Section", slug="section"))
    page = story(parent=section, **body_with(image, sheet))
    other = story(**body_with(image, sheet))
    hide(page)
    decision = decide_file(image)
    assert (decision.public, decision.pages) == (True, (other.pk,))
    assert is_file_public(sheet)
    hold(other)
    assert not is_file_public(image)
    assert not is_file_public(sheet)


def test_what_the_newsroom_has_never_used_is_left_alone(newsroom, image, sheet, settings):
    assert decide_file(image) == decide_file(sheet)
    decision = decide_file(image)
    assert (decision.public, decision.is_newsroom) == (True, False)
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "HIDE_UNUSED_FILES": True}
    assert not is_file_public(image)


def test_a_draft_that_was_never_public_hides_its_files(newsroom, image, sheet):
    draft_story(parent=newsroom, title="Draft", image=image, **body_with(make_image("other"), sheet))
    decision = decide_file(image)
    assert (decision.public, decision.was_public) == (False, False)
    assert not is_file_public(sheet)


def test_a_draft_of_another_story_does_not_make_a_file_public(story, newsroom, image):
    page = story(image=image)
    draft_story(parent=newsroom, title="Draft", image=image)
    snapshots.current()
    hold(page)
    decision = decide_file(image)
    assert (decision.public, decision.was_public) == (False, True)


def test_a_picture_that_is_taken_out_while_a_story_is_held(story, image):
    """What was taken out of a story is not served again when a clean version replaces it."""
    page = story(image=image)
    undo = hold(page)
    page = NewsItemPage.objects.get(pk=page.pk)
    page.image = None
    page.save()  # as the editor does with a page that is not live
    page.save_revision()
    assert not is_file_public(image)
    undo()
    assert NewsItemPage.objects.get(pk=page.pk).live
    assert not is_file_public(image)
    assert FormerUse.objects.filter(subject=f"wagtailimages.image:{image.pk}", page_pk=page.pk).exists()


def test_a_public_story_that_shows_another_picture(story, image):
    page = story(image=image)
    new = make_image("new")
    page.image = new
    page.save_revision().publish()
    assert (is_file_public(image), is_file_public(new)) == (False, True)


def test_files_of_a_story_that_was_deleted(story, image, sheet):
    page = story(image=image, **body_with(make_image("other"), sheet))
    Page.objects.get(pk=page.pk).delete()
    assert not is_file_public(image)
    assert not is_file_public(sheet)


def test_a_file_that_is_deleted_is_forgotten(story, image):
    page = story(image=image)
    Page.objects.get(pk=page.pk).delete()
    assert FormerUse.objects.count() == 1
    image.delete()
    assert FormerUse.objects.count() == 0


def test_what_is_no_story_may_use_it(story, newsroom, image, sheet):
    """A protocol, and a page of the host's."""
    text = f'<p><a linktype="document" id="{sheet.pk}">sheet</a></p>'
    home = newsroom.get_parent()
    protocol = home.add_child(
        instance=MediaProtocolPage(title="Protocol", slug="protocol", introduction=text, live=True)
    )
    page = story(image=image, **body_with(make_image("other"), sheet))
    hold(page)
    assert (is_file_public(image), is_file_public(sheet)) == (False, True)
    protocol.unpublish()
    assert not is_file_public(sheet)


def test_a_tombstone_keeps_the_keys_of_its_files_alone(story, image, sheet):
    other = story("Another")
    link = f'<p><a linktype="page" id="{other.pk}">another</a></p>'
    page = story(image=image, notes_to_editors=link)
    snapshots.current()
    uses = EntryUse.objects.filter(entry__page_pk=page.pk)
    assert uses.filter(subject=f"wagtailcore.page:{other.pk}").exists()
    hold(page)
    snapshots.current()
    assert list(uses.values_list("subject", flat=True)) == [f"wagtailimages.image:{image.pk}"]


def test_expiry_needs_no_projection(story, image):
    page = story(image=image)
    snapshots.current()
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now())
    assert EntryUse.objects.filter(entry__public=True, subject__endswith=f"image:{image.pk}").exists()
    assert not is_file_public(image)
