"""What staff are told before a hold or withdrawal: what goes with the story, and what stays."""

import pytest
from django.utils import timezone
from wagtail.models import Locale

from tests.catalogue.test_public_files import body_with, make_document, make_image
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.desk.affected import affected_by
from wagtail_cpsnews.usage.models import EmbedUse

pytestmark = pytest.mark.django_db


def test_a_story_without_anything(story):
    page = story("Rowan Pell charged")
    affected = affected_by(page)
    assert [one.pk for one in affected.versions] == [page.pk]
    assert (affected.aliases, affected.files, affected.linking, affected.sites) == ((), (), (), ())
    assert affected.linking_count == 0


def test_versions_aliases_and_files_of_all_of_them(story, newsroom):
    lead, inside, sheet, welsh_sheet = (
        make_image("a"),
        make_image("b"),
        make_document("c"),
        make_document("d"),
    )
    page = story("Rowan Pell charged", image=lead, **body_with(inside, sheet))
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.notes_to_editors = f'<p><a linktype="document" id="{welsh_sheet.pk}">taflen</a></p>'
    welsh.save_revision().publish()
    alias = page.create_alias(parent=newsroom, update_slug="copy")
    other = story("Another", image=lead)
    snapshots.current()
    for start in (page, welsh, alias):
        affected = affected_by(start)
        assert {one.pk for one in affected.versions} == {page.pk, welsh.pk}
        assert [one.pk for one in affected.aliases] == [alias.pk]
        files = {(file.kind, file.file.title): file.stays for file in affected.files}
        assert files == {
            ("image", "a"): True,
            ("image", "b"): False,
            ("document", "c"): False,
            ("document", "d"): False,
        }
        (staying,) = affected.staying
        assert [one.pk for one in staying.used_by] == [other.pk]
        assert (staying.is_document, len(affected.going)) == (False, 3)


def test_linking_pages_and_sites(story):
    page = story("Rowan Pell charged")
    linking = story("Another", notes_to_editors=f'<p><a linktype="page" id="{page.pk}">it</a></p>')
    quiet = story("Quiet", notes_to_editors=f'<p><a linktype="page" id="{page.pk}">it</a></p>')
    quiet.unpublish()
    snapshots.current()
    pk = Entry.objects.get(page_pk=page.pk).pk
    old, now = timezone.now() - timezone.timedelta(days=1), timezone.now()
    for host, door, seen in (
        ("a.example", "iframe", old),
        ("b.example", "iframe", old),
        ("a.example", "oembed", now),
    ):
        EmbedUse.objects.create(host=host, door=door, what=f"story:{pk}", first_seen=old, last_seen=seen)
    EmbedUse.objects.create(host="c.example", door="iframe", what="list:", first_seen=old, last_seen=now)
    affected = affected_by(page)
    assert [one.pk for one in affected.linking] == [linking.pk]
    assert affected.linking_count == 1
    assert [(site.host, site.last_seen) for site in affected.sites] == [
        ("a.example", now),
        ("b.example", old),
    ]
