"""How references are kept and resolved.

Blocks of a host's, lists in bulk, rows of an earlier version, lifetimes.
"""

import datetime
import importlib
import json
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.documents.models import Document
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.models import CollectionViewRestriction, Locale, Page, PageViewRestriction, Site

from tests.factories import HomePageFactory
from tests.pointing import API, DOCUMENT, FILE, PICTURE, PICTURE_FILE, SLUG, TITLE, restrict_collection
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import ROW_FORMAT, Entry, Invalidation
from wagtail_cpsnews.catalogue.public_values import public_page, public_value
from wagtail_cpsnews.catalogue.references import Resolver, refs_in_text
from wagtail_cpsnews.catalogue.snapshots import current


def resolver(language="en"):
    return Resolver(current().reference, language)


def link(page, words="words"):
    return f'<a linktype="page" id="{page.pk}">{words}</a>'


def entry_of(page):
    current()
    return Entry.objects.get(page_pk=page.pk)


def get(path, **headers):
    return Client().get(path, headers={"host": "localhost", **headers})


# -- blocks of a host's ------------------------------------------------------------------------------------------------


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock()
    page = blocks.PageChooserBlock()
    file = DocumentChooserBlock()
    picture = ImageChooserBlock()


def host_stream(target, document, picture):
    card = {"title": TITLE, "page": target.pk, "file": document.pk, "picture": picture.pk}
    block = blocks.StreamBlock(
        [
            ("card", CardBlock()),
            ("cards", blocks.ListBlock(CardBlock())),
            ("inner", blocks.StreamBlock([("card", CardBlock())])),
            ("page", blocks.PageChooserBlock()),
            ("file", DocumentChooserBlock()),
            ("picture", ImageChooserBlock()),
            ("wagtails", ImageBlock()),
            ("text", blocks.RichTextBlock()),
        ]
    )
    raw = [
        {"type": "card", "value": card},
        {"type": "cards", "value": [card, card]},
        {"type": "inner", "value": [{"type": "card", "value": card}]},
        {"type": "page", "value": target.pk},
        {"type": "file", "value": document.pk},
        {"type": "picture", "value": picture.pk},
        {"type": "wagtails", "value": {"image": picture.pk, "alt_text": PICTURE, "decorative": False}},
        {"type": "text", "value": f"<p>{link(target, TITLE)}</p>"},
    ]
    return block.to_python(raw)


def test_blocks_of_a_host_see_what_is_hidden_as_deleted(newsroom, target, document, picture):
    stream = host_stream(target, document, picture)
    shown = str(public_value(stream, None, resolver()).render_as_block())
    for said in (SLUG, TITLE, FILE, PICTURE_FILE):
        assert said in shown
    target.unpublish()
    restrict_collection(document)
    made = public_value(host_stream(target, document, picture), None, resolver())
    hidden = str(made.render_as_block()) + json.dumps(made.stream_block.get_api_representation(made))
    for secret in (SLUG, TITLE, DOCUMENT, FILE, PICTURE, PICTURE_FILE):
        assert secret not in hidden
    assert hidden.count("a story that is no longer available") >= 5
    # Saving what was made from the database still writes what it was.
    assert stream.stream_block.get_prep_value(stream)[0]["value"]["page"] == target.pk


def test_the_page_itself_is_not_changed(story, target, document):
    page = story("Speaks", speech=True, transcript=document, notes_to_editors=f"<p>{link(target)}</p>")
    restrict_collection(document)
    target.unpublish()
    shown = public_page(page, resolver())
    assert shown.transcript is None
    assert "linktype" not in str(shown.notes_to_editors)
    assert page.transcript == document
    assert page.transcript_id == document.pk
    assert "linktype" in page.notes_to_editors


# -- which pages are public --------------------------------------------------------------------------------------------


def test_a_page_on_another_site_keeps_its_address(story, target, section):
    Site.objects.create(hostname="other.example", port=443, root_page=section)
    page = story("Links", notes_to_editors=f"<p>{link(target, TITLE)}</p>")
    html = get(f"{API}/items/{entry_of(page).pk}/").json()["notes_to_editors"]
    assert html == f'<p><a href="https://other.example/{SLUG}/">{TITLE}</a></p>'


def test_a_link_leads_to_the_version_in_the_language_of_the_text(story, target, settings, section):
    settings.WAGTAIL_I18N_ENABLED = True
    section.get_parent().copy_for_translation(Locale.objects.get(language_code="cy"))
    section.copy_for_translation(Locale.objects.get(language_code="cy"))
    welsh = target.copy_for_translation(Locale.objects.get(language_code="cy"))
    welsh.slug = "cymraeg"
    text = f"<p>{link(target)}</p>"
    assert SLUG in resolver("cy").html(text)
    welsh.save_revision().publish()
    Page.objects.get(pk=section.get_parent().pk).get_translations().update(live=True)
    assert "cymraeg" in resolver("cy").html(text)
    assert SLUG in resolver("en").html(text)
    PageViewRestriction.objects.create(page=welsh, restriction_type="login")
    assert "href" not in resolver("cy").html(text)


@pytest.mark.parametrize("key", ["", "x", "-1", "1" * 30, "٣", "999999"])
def test_a_link_with_a_key_that_leads_nowhere(newsroom, key):
    for text in (
        f'<a linktype="page" id="{key}">words</a>',
        f'<a linktype="document" id="{key}">words</a>',
        '<a linktype="page">words</a>',
        '<a linktype="nothing" id="1">words</a>',
        f'words<embed embedtype="image" id="{key}" format="left" alt="x"/>',
        'words<embed embedtype="image" id="1" format="nothing"/>',
        "words<embed embedtype='image'/>",
    ):
        refs_in_text(text)
        assert resolver().html(text) in ("<a>words</a>", "words")


def test_titles_of_before_and_of_deleted_pages_are_known(newsroom, target):
    target.title = "Quite another"
    target.save_revision(log_action=True).publish()
    target.delete()
    html = resolver().html(
        f"<p>{link(target, TITLE)} {link(target, 'Quite another')} {link(target, 'The case')}</p>"
    )
    gone = "<a>a story that is no longer available</a>"
    assert html == f"<p>{gone} {gone} <a>The case</a></p>"


# -- in bulk -----------------------------------------------------------------------------------------------------------


def test_a_list_costs_the_same_however_much_it_points_to(story, target, document, section):
    def ask(path):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = get(path)
        assert response.status_code == 200
        return len(captured), response.content.decode()

    def publish(number):
        other = section.add_child(
            instance=HomePageFactory.build(title=f"Other {number}", slug=f"other-{number}")
        )
        file = Document.objects.create(
            title=f"Paper {number}", file=document.file, collection=document.collection
        )
        story(
            f"Points {number}",
            speech=True,
            transcript=file,
            archived_on=datetime.date(2026, 1, 1),
            archived_note=f"<p>See {link(other)}</p>",
        )

    publish(1)
    paths = (
        f"{API}/items/",
        "/newsroom/feeds/news.atom",
        "/newsroom/embed/list/",
        f"{API}/changes/",
        "/news/",
    )

    def costs():
        for path in paths:
            ask(path)
        found = {}
        for path in paths:
            snapshots.reset()  # each answer looks, or none
            found[path] = ask(path)[0]
        return found

    before = costs()
    for number in range(2, 6):
        publish(number)
    assert costs() == before
    text = ask(f"{API}/items/")[1]
    assert "/other-5/" in text
    assert f"/documents/{Document.objects.get(title='Paper 5').pk}/" in text


# -- lifetimes ---------------------------------------------------------------------------------------------------------


def test_no_answer_outlives_what_it_points_to(story, target):
    page = story("Links", notes_to_editors=f"<p>{link(target)}</p>")
    target.expire_at = timezone.now() + datetime.timedelta(seconds=40)
    target.save_revision().publish()
    entry = entry_of(page)
    assert entry.changes_at == target.expire_at
    Entry.objects.filter(page_pk=target.pk).update(expires_at=None)  # its own row would say the same
    for path in (
        f"{API}/items/{entry.pk}/",
        f"{API}/items/",
        "/newsroom/feeds/news.atom",
        f"/newsroom/embed/list/?id={entry.pk}",
        page.get_url_parts()[2],
    ):
        control = get(path).headers["Cache-Control"]
        assert int(control.partition("max-age=")[2].split(",")[0]) <= 30, (path, control)


def test_an_index_page_does_not_outlive_what_it_points_to(newsroom, section):
    other = section.add_child(instance=HomePageFactory.build(title="Ends", slug="ends"))
    other.expire_at = timezone.now() + datetime.timedelta(seconds=40)
    other.save()
    newsroom.introduction = f"<p>{link(other)}</p>"
    newsroom.save_revision().publish()
    assert "/section/ends/" in get("/news/").content.decode()
    assert int(get("/news/").headers["Cache-Control"].partition("max-age=")[2].split(",")[0]) <= 30


# -- rows of an earlier version ----------------------------------------------------------------------------------------


def make_old(page, target, document):
    """The row as version 0.1 wrote it: addresses instead of references."""
    entry = entry_of(page)
    html = f'<p><a href="/section/{SLUG}/">{TITLE}</a></p>'
    entry.content = {
        "body": [{"type": "text", "value": html, "id": None}],
        "body_html": html,
        "notes_to_editors": html,
        "documents": [{"title": DOCUMENT, "url": f"/documents/{document.pk}/{FILE}.txt", "size": 5}],
    }
    del entry.facts["format"]
    entry.facts.pop("placeholders", None)
    entry.facts["archived"] = {"on": "2026-01-01", "note": html}
    entry.facts["speech"] = {"speaker": "A", "transcript": f"/documents/{document.pk}/{FILE}.txt"}
    entry.text, entry.digest = TITLE, "of another shape"
    entry.save()
    return entry


def test_rows_of_an_earlier_version_do_not_go_on_leaking(story, target, document):
    page = story(
        "Old",
        speech=True,
        speaker="A",
        transcript=document,
        notes_to_editors=f"<p>{link(target, TITLE)}</p>",
        archived_on=datetime.date(2026, 1, 1),
        archived_note=f"<p>{link(target, TITLE)}</p>",
    )
    entry = make_old(page, target, document)
    shown = get(f"{API}/items/{entry.pk}/").content.decode()
    assert SLUG in shown
    assert FILE in shown
    Page.objects.filter(pk=target.pk).update(live=False)
    CollectionViewRestriction.objects.bulk_create(
        [CollectionViewRestriction(collection=document.collection, restriction_type="login")]
    )
    detail = get(f"{API}/items/{entry.pk}/").content.decode()
    assert "a story that is no longer available" in detail
    listed = get(f"{API}/items/").json()[
        "results"
    ]  # nothing has told that the target is hidden, so it is there
    for text in (detail, json.dumps([item for item in listed if item["title"] == "Old"])):
        for secret in (SLUG, FILE, DOCUMENT):
            assert secret not in text
    assert {(found.page_pk, found.what) for found in check().differences} >= {(page.pk, "stale")}


def test_the_migration_has_every_story_projected_again(story, target, document):
    page = story("Old", notes_to_editors=f"<p>{link(target, TITLE)}</p>")
    make_old(page, target, document)
    migration = importlib.import_module("wagtail_cpsnews.migrations.0012_entry_changes_at")
    now = {"Mark": "Invalidation"}  # what the migration's model is called today
    then = SimpleNamespace(get_model=lambda app, name: apps.get_model(app, now.get(name, name)))
    migration.look_at_every_story_again(then, connection.schema_editor())
    assert Invalidation.objects.filter(scope="page", subject=str(page.pk)).exists()
    entry = entry_of(page)
    assert SLUG not in json.dumps(entry.content)
    assert entry.facts["format"] == ROW_FORMAT
