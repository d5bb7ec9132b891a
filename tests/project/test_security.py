"""What an attacker or a leaker would try, beyond what the other files prove."""

import json
import zlib
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from tests.factories import NewsIndexPageFactory, draft_story
from wagtail_cpsnews.api import renderers
from wagtail_cpsnews.importers.html import to_rich_text
from wagtail_cpsnews.importers.story import Story, in_order
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.stories.adapters import NewsItemFacts

HOST = {"host": "localhost"}


def test_the_page_of_the_api_holds_nothing_of_its_visitor(story):
    story("Here")
    plain, known = Client(), Client()
    known.cookies["csrftoken"] = "a" * 32
    answers = [
        client.get("/newsroom/api/v1/items/?format=html", headers=HOST) for client in (plain, known, known)
    ]
    assert answers[0].content == answers[1].content == answers[2].content
    assert b"csrfToken" not in answers[0].content
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_one_story_that_cannot_be_kept_holds_up_no_other(story, titles, monkeypatch):
    named, broken = story("Named by mistake"), story("Broken")
    assert titles() == ["Broken", "Named by mistake"]
    facts = NewsItemFacts.facts

    def with_nonsense(self, page):
        found = facts(self, page)
        if page.pk == broken.pk:
            object.__setattr__(found, "extra", {"place": float("nan")})
        return found

    monkeypatch.setattr(NewsItemFacts, "facts", with_nonsense)
    broken.save_revision().publish()
    named.unpublish()
    assert titles() == []


def test_a_rule_about_places_is_asked_again_where_a_section_has_moved(newsroom, story, titles, rule):
    below = {NewsIndexPage: lambda page: page.get_descendants().values_list("pk", flat=True)}
    rule(lambda page: "held" if "/held/" in page.url_path else "", below)
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    held = NewsIndexPageFactory(parent=newsroom, title="Held", slug="held")
    page = story("Moved", parent=section)
    assert titles() == ["Moved"]
    section.refresh_from_db()
    section.move(held, "last-child")
    assert titles() == []
    assert Client().get(NewsItemPage.objects.get(pk=page.pk).url, headers=HOST).status_code == 410


@pytest.fixture
def document(newsroom):
    collection = Collection.get_first_root_node().add_child(name="Case files")
    document = get_document_model()(title="Draft charges against somebody", collection=collection)
    document.file.save("charges.pdf", ContentFile(b"%PDF-1.4 not much"), save=False)
    document.save()
    return document


def test_a_document_that_not_everybody_may_read_is_not_listed(story, api, document):
    html = f'<p>Read it <a linktype="document" id="{document.pk}">here</a>.</p>'
    story("Linked", body=[("text", html)])
    item = api("items/")["results"][0]
    assert [row["title"] for row in api(f"items/{item['id']}/")["documents"]] == [document.title]
    restriction = CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    answer = api(f"items/{item['id']}/")
    assert answer["documents"] == []
    assert document.title not in json.dumps(answer)
    restriction.delete()
    assert len(api(f"items/{item['id']}/")["documents"]) == 1


def test_onward_links_do_not_tell_the_addresses_of_what_is_private(newsroom, story):
    private, shown = story("Private matter"), story("Open matter")
    draft = draft_story(parent=newsroom, title="Draft matter")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    newsroom.ways_on = [
        ("way", {"title": f"Way {page.pk}", "text": "", "page": page, "url": ""})
        for page in (private, shown, draft)
    ]
    newsroom.save_revision().publish()
    text = Client().get("/news/", headers=HOST).content.decode()
    ways = text[text.index("cpsnews-ways") :]
    assert "open-matter" in ways
    assert "private-matter" not in ways
    assert "draft-matter" not in ways


def test_half_a_character_in_an_import_is_refused(newsroom, tmp_path, capsys):
    row = {"id": "x", "title": "Title", "published": "2026-01-05T10:00:00+00:00", "summary": "One."}
    rows = [{**row, "updates": [{"date": "2026-01-06T10:00:00+00:00", "text": "bad \ud800 half"}]}]
    rows += [{**row, "id": "y", "title": "half \udfff"}, {**row, "id": "z", "title": "Whole"}]
    file = tmp_path / "stories.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    with pytest.raises(CommandError):
        call_command("import_news", "jsonl", str(file), parent=str(newsroom.pk))
    assert [page.title for page in NewsItemPage.objects.all()] == ["Whole"]
    assert Client().get("/news/", headers=HOST).status_code == 200
    assert "contains an invalid character" in capsys.readouterr().out


def test_a_damaged_archive_is_refused(newsroom, tmp_path):
    file = tmp_path / "stories.jsonl.gz"
    file.write_bytes(
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + zlib.compress(b"x" * 1000)[3:] + b"\xff" * 40
    )
    with pytest.raises(CommandError):
        call_command("import_news", "jsonl", str(file), parent=str(newsroom.pk))


def test_chains_and_crowds_of_translations_are_ordered():
    def one(number, language="en", of=None):
        return Story(
            source_id=str(number),
            language=language,
            title="T",
            slug="t",
            published=None,
            translation_of=of,
        )

    chain = [one(number, of=str(number + 1)) for number in range(3000)]
    crowd = [one("crowd", f"x{number}", of="crowd") for number in range(40)]
    ordered = in_order([*chain, *crowd], "en")
    assert len(ordered) == 3040
    places = {story.key: place for place, story in enumerate(ordered)}
    assert all(places[chain[n + 1].key] < places[chain[n].key] for n in range(2999))


@pytest.mark.parametrize("html", ['<p><a href="//[bad">words</a></p>', "<p>words" + "<br>" * 20_000 + "</p>"])
def test_odd_markup_keeps_its_words(html):
    text, _lost = to_rich_text(html, "https://www.example.org/")
    assert "words" in text


def test_a_site_without_drfs_templates_gives_json(newsroom, monkeypatch):
    monkeypatch.setattr(
        renderers, "apps", SimpleNamespace(is_installed=lambda name: name != "rest_framework")
    )
    answer = Client().get("/newsroom/api/v1/items/?format=html", headers=HOST)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_an_index_cannot_hide_behind_the_api(newsroom):
    with pytest.raises(ValidationError, match="API"):
        NewsIndexPageFactory(parent=newsroom.get_parent(), title="Newsroom", slug="newsroom")
