"""The page of a media protocol.

Its versions, what differs between them, and its data.
"""

import datetime
import json
import re

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
)

from wagtail_cpsnews.pages.models import MediaProtocolPage
from wagtail_cpsnews.stories.protocol_diff import Part, differences, pairs

# -- page -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_holds_now(protocol, read):
    response = read()
    for wanted in (
        "In force since 17 December 2025",
        "Guild of Reporters",
        "Crime reporters",
        "They hear first.",
        "Annex A",
        "Normally released once relied on in court",
        "CCTV",
        "Superseded on 17 December 2025",
        "Written anew.",
    ):
        assert wanted in response.text_
    assert "Ask by fax." not in response.text_
    ids = re.findall(r' id="([^"]+)"', response.text_)
    assert len(ids) == len(set(ids))
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert " style=" not in response.text_


def test_one_version_by_id_title_or_slug(protocol, read):
    old = protocol.get_history().find("2005 protocol")
    for value in (old.id, "2005 protocol", "2005-protocol"):
        text = read(version=value).text_
        assert "Ask by fax." in text
        assert "This version is no longer in force." in text


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"version": "1999"}, "no version “1999”"),
        ({"compare": "1999"}, "no version “1999”"),
        ({"compare": "2005 protocol", "with": "x"}, "no version “x”"),
        ({"compare": "2025 protocol"}, "cannot be compared with itself"),
        ({"versoin": "2005 protocol"}, "Did you mean “version”?"),
        ({"version": "<script>\x00"}, "no version"),
        ({"version": "2005 protocol", "compare": "2005 protocol"}, "“version” has been ignored"),
    ],
)
def test_bad_values_are_explained_beside_a_working_page(protocol, read, params, said):
    response = read(**params)
    assert response.status_code == 200
    assert said in response.text_
    assert "They hear first." in response.text_
    assert "<script>" not in response.text_


def test_trackers_are_dropped_and_a_stray_ampersand_is_mended(protocol, read):
    assert 'role="alert"' not in read(utm_source="x", fbclid="y", version="").text_
    text = read(**{"compare": "2005-protocol", "amp;with": "2025-protocol"}).text_
    assert 'role="alert"' not in text
    assert "2005 protocol compared with 2025 protocol" in text


def test_a_flood_of_parameters_is_a_page_too(protocol, read):
    response = read(**{f"a{number}": "1" for number in range(2000)})
    assert response.status_code == 200
    assert "too many parameters" in response.text_


def test_a_protocol_without_versions_is_a_page_too(newsroom, read):
    page = MediaProtocolPage(
        title="Media protocol", slug="media-protocol", introduction="<p>For openness.</p>"
    )
    newsroom.get_parent().add_child(instance=page)
    response = read()
    assert response.status_code == 200
    assert "For openness." in response.text_
    assert read(compare="a", **{"with": "b"}).status_code == 200
    assert page.get_public_data("en")["status"] is None


def test_it_is_public_by_the_rules_of_other_pages(protocol, read):
    Page.objects.filter(pk=protocol.pk).update(expire_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert read().status_code == 404
    Page.objects.filter(pk=protocol.pk).update(expire_at=None)
    protocol.unpublish()
    assert read().status_code == 404


def test_a_private_document_of_an_annex_is_not_named(protocol, read):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    document = get_document_model()(title="Names of suspects", collection=private)
    document.file.save("names.pdf", ContentFile(b"%PDF"), save=False)
    document.save()
    raw = list(protocol.versions.raw_data)
    raw[0]["value"]["annexes"][0]["value"]["document"] = document.pk
    protocol.versions = json.dumps(raw, default=str)
    protocol.save_revision().publish()
    protocol.refresh_from_db()
    pages = [read().text_, read(compare="2005-protocol").text_, str(protocol.get_public_data("en"))]
    assert not any("Names of suspects" in page or "names" in page for page in pages)
    CollectionViewRestriction.objects.all().delete()
    assert "Names of suspects" in read().text_


def test_other_languages_are_linked_only_where_public(protocol, read):
    welsh = protocol.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.title, welsh.slug = "Protocol y cyfryngau", "protocol"
    welsh.save_revision()
    assert "/cy/" not in read().text_.split("<main")[1]
    welsh.save_revision().publish()
    assert "/cy/protocol/" in read().text_
    PageViewRestriction.objects.create(page=welsh, restriction_type="login")
    assert "/cy/protocol/" not in read().text_


# -- comparison -------------------------------------------------------------------------------------------------------


def test_a_comparison_says_what_came_and_went(protocol, read):
    text = read(compare="2005-protocol").text_
    assert "Changed: 2. Added: 4. Removed: 0. The same: 0." in text
    plain = " ".join(re.sub(r"<[^>]+>", "", text).split())
    assert (
        "Open justice for [removed: the press. end of removal] [added: everybody. end of addition]" in plain
    )
    assert "<ins>" in text
    assert "<del>" in text
    assert "noindex" in text


def part(number, heading, *lines):
    return Part(number, heading, lines)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("1 A|2 B", "1 A|2 B", "1 A=1 A|2 B=2 B"),
        ("1 A|2 B", "1 A|2 X|3 B", "1 A=1 A|+2 X|2 B=3 B"),  # put in: numbers move
        ("4.2 A", "4.2 Z", "4.2 A=4.2 Z"),  # another heading
        ("4.2 A", "4.3 A", "4.2 A=4.3 A"),  # another number
        ("1 A|2 B|3 C", "1 A|3 C", "1 A=1 A|-2 B|3 C=3 C"),
        ("1 A|2 B", "2 A|1 B", "1 A=2 A|2 B=1 B"),  # swapped
        ("1 A", "", "-1 A"),
        ("", "1 A", "+1 A"),
        ("1 A|1 A", "1 A", "1 A=1 A|-1 A"),
    ],
)
def test_clauses_are_matched_by_number_and_by_heading(before, after, found):
    one, other = ([part(*text.split()) for text in side.split("|") if text] for side in (before, after))
    said = []
    for pair in pairs(one, other):
        old, new = (side.name if side else "" for side in (pair.before, pair.after))
        said.append(f"{old}={new}" if old and new else f"-{old}" if old else f"+{new}")
    assert "|".join(said) == found


def test_differences_keep_every_word():
    old, new = ["One two three.", "Four five."], ["One 2 three.", "Between.", "Four five six."]
    pieces = [piece for paragraph in differences(old, new) for piece in paragraph]
    assert " ".join(p.text for p in pieces if p.kind != "added") == " ".join(old)
    assert " ".join(p.text for p in pieces if p.kind != "removed") == " ".join(new)
    assert len(differences(old, new)) == 3


def test_very_long_texts_are_compared_by_paragraphs():
    """Word by word takes seconds there, and anybody can ask for it."""
    stays, before, after = (
        " ".join(f"{name}{n % 7}" for n in range(3000)) for name in ("stay", "old", "new")
    )
    pieces = [piece for paragraph in differences([stays, before], [stays, after]) for piece in paragraph]
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", stays),
        ("removed", before),
        ("added", after),
    ]


# -- data -------------------------------------------------------------------------------------------------------------


def test_public_data_is_plain_and_says_what_the_page_says(protocol):
    data = protocol.get_public_data("en")
    assert json.loads(json.dumps(data)) == data
    assert data["status"] == "in_force"
    assert data["status_display"] == "In force since 17 December 2025"
    new, old = data["versions"]
    assert data["present_version"] == new["id"]
    assert (new["replaces"], old["superseded_by"]) == (old["id"], new["id"])
    clause = new["clauses"][1]
    assert clause["url"] == f"http://localhost/media-protocol/?version={new['id']}#{clause['anchor']}"
    assert (clause["number"], clause["heading"], clause["html"]) == (
        "2",
        "Victims",
        "<p>They hear first.</p>",
    )
    assert new["annexes"][0]["lists"][0]["items"] == ["Maps", "CCTV"]
    assert new["agreed_by"] == [
        {"name": "Guild of Reporters", "group": "crime_reporters", "group_display": "Crime reporters"}
    ]
    assert old["in_force_to"] == "2025-12-16"


def test_queries_of_the_page(protocol, client, django_assert_max_num_queries):
    client.get("/media-protocol/", headers={"host": "localhost"})
    # site, root page, path, page, restrictions, locale; look; other languages; the rest is the host's template
    with django_assert_max_num_queries(14):
        client.get("/media-protocol/", {"compare": "2005-protocol"}, headers={"host": "localhost"})
