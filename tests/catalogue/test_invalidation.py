"""What changes around a story.

Links, pictures, documents, sites, languages. After each, the oracle.
"""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.factories import HomePageFactory
from tests.oracle import API, assert_true, get, serves
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry

ALL = ["Deep Lantern", "Deep Marigold", "Plain Harbour"]


def entry_of(page):
    return Entry.objects.get(page_pk=page.pk)


def detail(page, host="localhost"):
    return get(f"{API}/items/{entry_of(page).pk}/", host=host).json()


def image(title="A picture", colour="red"):
    buffer = io.BytesIO()
    Picture.new("RGB", (900, 600), colour).save(buffer, "PNG")
    return Image.objects.create(title=title, file=ImageFile(buffer, name="picture.png"))


def link_to(page, parent, title="Links Away"):
    from tests.factories import publish_story

    html = f'<p>See <a linktype="page" id="{page.pk}">that</a></p>'
    return publish_story(parent=parent, title=title, notes_to_editors=html)


# -- links ----------------------------------------------------------------------------------------------------------


def test_a_link_follows_the_page_that_it_leads_to(world):
    story = link_to(world.plain, world.index)
    assert 'href="http://localhost/news/plain/"' in detail(story)["notes_to_editors"]
    page = world.plain
    page.slug = "renamed"
    page.save_revision().publish()
    assert 'href="http://localhost/news/renamed/"' in detail(story)["notes_to_editors"]
    assert_true()


def test_a_link_follows_when_an_ancestor_of_its_target_moves(world):
    story = link_to(world.deep, world.index)
    section = world.section
    section.slug = "chapter"
    section.save_revision().publish()
    assert "/news/chapter/deep/" in detail(story)["notes_to_editors"]
    section = Page.objects.get(pk=section.pk)
    section.move(world.home, pos="last-child")
    assert 'href="http://localhost/chapter/deep/"' in detail(story)["notes_to_editors"]
    assert_true()


def test_a_link_to_a_deleted_page_leads_nowhere(world):
    story = link_to(world.deep, world.index)
    world.section.delete()
    assert "/deep/" not in detail(story)["notes_to_editors"]
    assert_true()


# -- pictures and documents -----------------------------------------------------------------------------------------


def test_picture_changed_and_deleted(world):
    picture = image()
    page = world.plain
    page.image = picture
    page.save_revision().publish()
    before = detail(page)["image"]["url"]
    picture = Image.objects.get(pk=picture.pk)
    picture.focal_point_x, picture.focal_point_y = 10, 10
    picture.focal_point_width = picture.focal_point_height = 20
    picture.save()
    assert detail(page)["image"]["url"] != before
    assert_true()
    picture.delete()
    assert detail(page)["image"] is None
    assert_true()


def test_picture_whose_file_is_gone_costs_the_picture_only(world):
    picture = image()
    picture.file.storage.delete(picture.file.name)
    page = world.plain
    page.image = picture
    page.save_revision().publish()
    assert detail(page)["image"] is None
    assert assert_true(checked=False) == ALL
    # It is tried again, and said until it has been found or the story has another picture.
    assert [difference.what for difference in check().differences] == ["picture"]


def test_document_changed_and_deleted(world):
    document = Document.objects.create(title="Minutes", file=ContentFile(b"x", name="minutes.txt"))
    page = world.plain
    page.notes_to_editors = f'<p><a linktype="document" id="{document.pk}">minutes</a></p>'
    page.save_revision().publish()
    assert [row["title"] for row in detail(page)["documents"]] == ["Minutes"]
    document.title = "Minutes, corrected"
    document.save()
    assert [row["title"] for row in detail(page)["documents"]] == ["Minutes, corrected"]
    document.delete()
    assert detail(page)["documents"] == []
    assert_true()


def test_a_picture_that_changes_while_a_story_begins_to_use_it(world):
    """The mark is left though no entry uses the picture yet."""
    from wagtail_cpsnews.catalogue.models import Invalidation

    picture = image()
    from django.db import transaction

    with transaction.atomic():
        picture.title = "Other"
        picture.save()
        assert Invalidation.objects.filter(
            scope=Invalidation.USE, subject=f"wagtailimages.image:{picture.pk}"
        ).exists()


# -- sites ----------------------------------------------------------------------------------------------------------


def test_hostname_changed_rewrites_no_story(world):
    numbers = dict(Entry.objects.values_list("page_pk", "number"))
    site = Site.objects.get()
    site.hostname, site.port = "news.example.org", 443
    site.save()
    assert detail(world.plain, host="news.example.org:443")["url"] == "https://news.example.org/news/plain/"
    assert dict(Entry.objects.values_list("page_pk", "number")) == numbers
    assert assert_true() == ALL


def test_hostname_changed_is_in_the_links_of_stories(world):
    home = Page.objects.get(depth=1).add_child(instance=type(world.home)(title="Other", slug="other"))
    site = Site.objects.create(hostname="other.example", root_page=home)
    target = home.add_child(instance=type(world.home)(title="There", slug="there"))
    story = link_to(target, world.index)
    assert "http://other.example/there/" in detail(story)["notes_to_editors"]
    site.hostname = "elsewhere.example"
    site.save()
    assert "http://elsewhere.example/there/" in detail(story)["notes_to_editors"]
    assert_true()


def test_root_page_changed(world):
    site = Site.objects.get()
    site.root_page = world.section
    site.save()
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    assert detail(world.deep)["url"] == "http://localhost/deep/"
    site.root_page = world.home
    site.save()
    assert assert_true() == ALL


def test_second_site_inside_the_first_and_away_again(world):
    second = Site.objects.create(hostname="section.example", root_page=world.section)
    assert assert_true() == ALL
    titles = [item["title"] for item in get(f"{API}/items/", host="section.example").json()["results"]]
    assert sorted(titles) == ["Deep Lantern", "Deep Marigold"]
    assert detail(world.deep, host="section.example")["url"] == "http://section.example/deep/"
    second.delete()
    assert assert_true() == ALL
    assert detail(world.deep)["url"] == "http://localhost/news/section/deep/"


def test_site_deleted_and_made_again(world):
    Site.objects.all().delete()
    assert not Entry.objects.filter(public=True).exists()
    Site.objects.create(hostname="localhost", port=80, root_page=world.home, is_default_site=True)
    assert assert_true() == ALL


def test_site_replaced_by_another_in_one_transaction(world):
    from django.db import transaction

    with transaction.atomic():
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", port=80, root_page=world.home, is_default_site=True)
    assert assert_true() == ALL


# -- languages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def welsh(world):
    """The home page, the index and their Welsh versions.

    Returns a function that translates a story.
    """
    cy = Locale.objects.get(language_code="cy")
    for page in (world.home, world.index):
        page.copy_for_translation(cy)
    for page in Page.objects.filter(locale=cy):
        page.specific.save_revision().publish()

    def translate(page, title):
        copy = page.copy_for_translation(cy)
        copy.title = title
        copy.save_revision().publish()
        return type(page).objects.get(pk=copy.pk)

    return translate


def titles(**params):
    return sorted(item["title"] for item in get(f"{API}/items/", **params).json()["results"])


def test_translation_made_published_unpublished(world, welsh):
    cy = Locale.objects.get(language_code="cy")
    draft = world.plain.copy_for_translation(cy)
    assert assert_true() == ALL
    draft.title = "Harbwr Plaen"
    draft.save_revision().publish()
    assert assert_true() == sorted([*ALL, "Harbwr Plaen"])
    # A twin never counts twice.
    assert titles() == ALL
    assert titles(language="cy") == ["Deep Lantern", "Deep Marigold", "Harbwr Plaen"]
    assert titles(language="cy", language_only=1) == ["Harbwr Plaen"]
    assert [row["language"] for row in detail(world.plain)["translations"]] == ["cy"]
    type(draft).objects.get(pk=draft.pk).unpublish()
    assert assert_true() == ALL
    assert titles(language="cy") == ALL
    assert detail(world.plain)["translations"] == []


def test_the_first_language_goes_the_other_stands_for_the_story(world, welsh):
    welsh(world.plain, "Harbwr Plaen")
    world.plain.unpublish()
    assert titles() == ["Deep Lantern", "Deep Marigold", "Harbwr Plaen"]
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Harbwr Plaen"]


def test_addresses_of_versions_follow(world, welsh):
    welsh(world.plain, "Harbwr Plaen")
    index = world.index
    index.slug = "newyddion"
    index.save_revision().publish()
    welsh_index = Page.objects.get(locale__language_code="cy", translation_key=index.translation_key)
    welsh_index.slug = "hanes"
    welsh_index.save()
    assert [row["url"] for row in detail(world.plain)["translations"]] == ["http://localhost/cy/hanes/plain/"]
    assert_true()


def test_welsh_home_page_that_is_a_draft_serves_nothing_below_it(world, welsh):
    story = welsh(world.plain, "Harbwr Plaen")
    assert serves(story)
    home = Page.objects.get(locale__language_code="cy", translation_key=world.home.translation_key)
    home.unpublish()
    assert_true()
    Page.objects.get(pk=home.pk).specific.save_revision().publish()
    assert assert_true() == sorted([*ALL, "Harbwr Plaen"])


def test_version_of_a_story_that_is_deleted_stands_alone(world):
    other = world.publish(
        "Polish Harbour", language="pl", version_of=Page.objects.get(slug="plain"), areas=["wessex"]
    )
    assert [row["language"] for row in detail(world.plain)["translations"]] == ["pl"]
    assert titles() == ALL
    world.plain.delete()
    assert titles() == ["Deep Lantern", "Deep Marigold", "Polish Harbour"]
    assert [str(difference) for difference in check().differences] == []
    assert detail(other)["translations"] == []


def test_locale_added(world, settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [*settings.LANGUAGES, ("pl", "Polski")]
    Locale.objects.create(language_code="pl")
    assert titles(language="pl") == ALL
    assert [str(difference) for difference in check().differences] == []


def test_restriction_on_the_welsh_home_hides_only_what_is_welsh(world, welsh):
    welsh(world.plain, "Harbwr Plaen")
    home = Page.objects.get(locale__language_code="cy", translation_key=world.home.translation_key)
    PageViewRestriction.objects.create(page=home, restriction_type="login")
    assert assert_true() == ALL


def test_a_page_above_a_sites_root_page_is_renamed(world):
    second = HomePageFactory(parent=world.section, title="Second", slug="second")
    Site.objects.create(hostname="second.example", port=80, root_page=second)
    page = world.publish("On the second site", parent=second, slug="there")
    section = world.section
    section.slug = "renamed"
    section.save_revision().publish()
    assert_true()
    assert detail(page, host="second.example")["url"] == "http://second.example/there/"
