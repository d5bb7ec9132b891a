"""The media protocol: versions and their status, addresses of clauses, comparison, and what its page refuses to show."""

import datetime
import json
import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupPagePermission,
    Locale,
    Page,
    PageViewRestriction,
)
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from wagtail_cpsnews.pages.models import MediaProtocolPage
from wagtail_cpsnews.stories.blocks.protocol import VersionsBlock
from wagtail_cpsnews.stories.protocol_diff import Part, differences, pairs
from wagtail_cpsnews.stories.protocol_history import History

OLD = {
    "title": "2005 protocol",
    "status": "superseded",
    "in_force_from": datetime.date(2005, 10, 1),
    "in_force_to": datetime.date(2025, 12, 16),
    "clauses": [
        {"number": "1", "heading": "Purpose", "text": "<p>Open justice for the press.</p>"},
        {"number": "2", "heading": "Requests", "text": "<p>Ask by fax.</p>"},
    ],
}
NEW = {
    "title": "2025 protocol",
    "status": "in_force",
    "in_force_from": datetime.date(2025, 12, 17),
    "replaces": "2005 Protocol",
    "agreed_by": [{"name": "Guild of Reporters", "group": "crime_reporters"}],
    "introduction": "<p>Written anew.</p>",
    "clauses": [
        {"number": "1", "heading": "Purpose", "text": "<p>Open justice for everybody.</p>"},
        {"number": "2", "heading": "Victims", "text": "<p>They hear first.</p>"},
        {"number": "2.1", "heading": "Requests", "text": "<p>Ask by e-mail.</p>"},
    ],
    "annexes": [
        {"title": "Annex A", "lists": [{"release": "normally", "title": "", "items": ["Maps", "CCTV"]}]}
    ],
}
TODAY = datetime.date(2026, 3, 14)


def stream(*versions):
    """A stream value as the database gives it."""
    block = VersionsBlock()
    value = block.to_python([{"type": "version", "value": _raw(version)} for version in versions])
    return block.to_python(json.loads(json.dumps(block.get_prep_value(value), default=str)))


def _raw(version):
    return {
        name: str(value) if isinstance(value, datetime.date) else value for name, value in version.items()
    }


def history(*versions, day=TODAY):
    return History(stream(*versions), "/protocol/", day)


def cleaned(*versions):
    block = VersionsBlock()
    return block.clean(
        block.to_python([{"type": "version", "value": _raw(v), "id": v["title"]} for v in versions])
    )


def complaint(*versions):
    """Field and message of the one thing that is wrong."""
    with pytest.raises(ValidationError) as caught:
        cleaned(*versions)
    (error,) = caught.value.block_errors.values()
    ((field, found),) = error.block_errors.items()
    while getattr(found, "block_errors", None):
        found = next(iter(found.block_errors.values()))
    return field, found.messages[0]


@pytest.fixture
def protocol(newsroom):
    """A published protocol in two versions beside the news centre."""
    page = MediaProtocolPage(title="Media protocol", slug="media-protocol", live=False)
    page.versions = [("version", NEW), ("version", OLD)]
    newsroom.get_parent().add_child(instance=page)
    page.save_revision().publish()
    return MediaProtocolPage.objects.get(pk=page.pk)


@pytest.fixture
def read(client):
    def get(path="/media-protocol/", **params):
        response = client.get(path, params, headers={"host": "localhost"})
        response.text_ = response.content.decode()
        return response

    return get


# -- status ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "day", "state", "words"),
    [
        ({}, TODAY, "in_force", "In force since 17 December 2025"),
        (
            {"status": "being_updated"},
            TODAY,
            "being_updated",
            "Being updated; in force since 17 December 2025",
        ),
        ({"in_force_from": None}, TODAY, "in_force", "In force"),
        ({}, datetime.date(2025, 12, 16), "coming", "In force from 17 December 2025"),
        ({}, datetime.date(2025, 12, 17), "in_force", "In force since 17 December 2025"),
        (
            {"in_force_to": datetime.date(2026, 1, 1)},
            TODAY,
            "superseded",
            "Not in force since 2 January 2026",
        ),
        ({"status": "superseded"}, TODAY, "superseded", "No longer in force"),
    ],
)
def test_status_follows_status_and_dates(changes, day, state, words):
    version = history({**NEW, **changes}, day=day).versions[0]
    assert (version.state, version.status_display) == (state, words)


def test_what_was_replaced_says_by_what():
    found = history(OLD, NEW)
    new, old = found.versions
    assert found.present is new is found.shown
    assert old.status_display == "Superseded on 17 December 2025 by “2025 protocol”"
    assert (new.replaces, old.successor) == (old, new)
    assert history().status_display == ""
    assert history().shown is None


def test_a_version_that_was_replaced_without_a_last_day_no_longer_holds():
    old = {**OLD, "status": "in_force", "in_force_to": None}
    assert [version.state for version in history(NEW, old).versions] == ["in_force", "superseded"]
    before = history(NEW, old, day=datetime.date(2025, 12, 16))
    assert before.present.title == "2005 protocol"


def test_the_status_is_in_welsh_too():
    with translation.override("cy"):
        assert "2025" in history(NEW).status_display


# -- rules ----------------------------------------------------------------------------------------------------------


def test_good_versions_pass():
    assert len(cleaned(NEW, OLD)) == 2


@pytest.mark.parametrize(
    ("versions", "field", "words"),
    [
        ([NEW, {**OLD, "in_force_to": datetime.date(2026, 1, 1)}], "in_force_from", "Give the older one"),
        ([{**NEW, "replaces": ""}, {**OLD, "in_force_to": None, "status": "in_force"}], "in_force_from", "same day"),
        ([{**NEW, "in_force_to": datetime.date(2025, 1, 1)}, OLD], "in_force_to", "before the first"),
        ([{**NEW, "clauses": [{"number": "4.2", "text": ""}, {"number": "4.2.", "text": ""}]}, OLD], "clauses", "4.2"),
        ([{**NEW, "replaces": "1999 protocol"}, OLD], "replaces", "“2005 protocol”"),
        ([{**NEW, "replaces": "2025 protocol"}, OLD], "replaces", "itself"),
        ([{**NEW, "replaces": "", "title": "2005 PROTOCOL"}, OLD], "title", "its own"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(versions, field, words):
    found, message = complaint(*versions)
    assert found == field
    assert words in message


def test_versions_do_not_replace_each_other_in_a_circle():
    with pytest.raises(ValidationError):
        cleaned(NEW, {**OLD, "replaces": "2025 protocol"})


def test_a_draft_may_be_half_filled():
    block = VersionsBlock()
    half = [
        {"type": "version", "value": {"title": "", "clauses": [{"number": "", "text": ""}, {"number": ""}]}},
        {"type": "version", "value": _raw({**NEW, "in_force_to": datetime.date(2000, 1, 1)})},
    ]
    value = block.to_python(half)
    list(value)  # raw data becomes blocks when it is first looked at
    before = json.dumps(block.get_prep_value(value), default=str)
    block.clean_deferred(value)
    assert json.dumps(block.get_prep_value(value), default=str) == before
    assert [version.title for version in History(value).versions] == ["2025 protocol", ""]


ADD = "/admin/pages/add/cpsnews_pages/mediaprotocolpage/{}/"


@pytest.fixture
def editor(newsroom, client):
    """Logged in: may add, edit and publish below the home page."""
    user = User.objects.create_user("editor", password="editor")
    group = Group.objects.create(name="Press office")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=newsroom.get_parent(), permission=permission)
    user.groups.add(group)
    client.force_login(user)
    return user


def form(*versions, **changes):
    """What the browser posts. A list of blocks is posted as a stream is."""
    blocks = []
    for version in versions:
        value = {"introduction": rich_text(""), "replaces": "", "agreed_by": streamfield([])}
        value |= _raw(
            {name: text for name, text in version.items() if name in ("title", "status", "replaces")}
        )
        for name in ("in_force_from", "in_force_to"):
            value[name] = str(version.get(name) or "")
        clauses = [{**clause, "text": rich_text(clause["text"])} for clause in version.get("clauses", ())]
        value["clauses"] = streamfield([("item", clause) for clause in clauses])
        value["annexes"] = streamfield([])
        blocks.append(("version", value))
    data = {
        "title": "Media protocol",
        "slug": "media-protocol",
        "introduction": rich_text(""),
        "versions": streamfield(blocks),
        "comments": inline_formset([]),
    }
    return nested_form_data({**data, **changes})


def test_an_editor_writes_and_publishes_a_protocol(editor, newsroom, client, read):
    address = ADD.format(newsroom.get_parent().pk)
    assert client.get(address).status_code == 200
    answer = client.post(address, form(NEW, OLD) | {"action-publish": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert "They hear first." in read().text_


def test_rules_bite_when_it_is_published_and_not_before(editor, newsroom, client):
    address = ADD.format(newsroom.get_parent().pk)
    wrong = form(NEW, {**OLD, "status": "in_force", "in_force_to": None})
    answer = client.post(address, wrong | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "would both be in force on the same day" in answer.content.decode()
    assert not MediaProtocolPage.objects.exists()
    assert client.post(address, wrong).status_code == 302
    page = MediaProtocolPage.objects.get()
    assert not page.live
    assert len(page.get_latest_revision_as_object().get_history().versions) == 2


def test_saving_the_form_again_keeps_addresses(editor, protocol, client):
    edit = f"/admin/pages/{protocol.pk}/edit/"
    before = anchors(protocol, "2025 protocol")
    data = form(NEW, OLD)
    for place, block in enumerate(protocol.versions.raw_data):
        data[f"versions-{place}-id"] = block["id"]
        for number, item in enumerate(block["value"]["clauses"]):
            data[f"versions-{place}-value-clauses-{number}-id"] = item["id"]
            if not place:  # the clauses of the first version are turned round
                data[f"versions-0-value-clauses-{number}-order"] = str(9 - number)
    assert client.post(edit, data | {"action-publish": "1"}).status_code == 302
    page = MediaProtocolPage.objects.get(pk=protocol.pk)
    assert anchors(page, "2025 protocol") == before
    assert list(anchors(page, "2025 protocol")) == list(before)[::-1]


def test_the_draft_can_be_previewed(editor, protocol, client):
    protocol.versions = []
    protocol.save_revision()
    response = client.get(f"/admin/pages/{protocol.pk}/view_draft/")
    assert response.status_code == 200
    assert "The text will be here when it has been agreed." in response.content.decode()


# -- addresses of clauses ---------------------------------------------------------------------------------------------


def anchors(page, title):
    version = page.get_history("/media-protocol/").find(title)
    return {clause.heading: clause.url for clause in version.clauses}


def test_an_address_stays_when_clauses_are_added_moved_and_renumbered(protocol):
    before = anchors(protocol, "2025 protocol")
    raw = list(protocol.versions.raw_data)
    clauses = raw[0]["value"]["clauses"]
    clauses.insert(0, {"type": "item", "value": {"number": "0", "heading": "First", "text": ""}})
    clauses[1]["value"]["number"], clauses[1]["value"]["heading"] = "1a", "Purpose"
    clauses.append(clauses.pop(1))
    protocol.versions = json.dumps(raw, default=str)
    protocol.save_revision().publish()
    after = anchors(MediaProtocolPage.objects.get(pk=protocol.pk), "2025 protocol")
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 4


def test_a_copy_keeps_anchors(protocol):
    copy = protocol.copy(update_attrs={"slug": "copy", "title": "Copy"})
    urls = [clause.anchor for clause in copy.get_history().versions[0].clauses]
    assert urls == [clause.anchor for clause in protocol.get_history().versions[0].clauses]


def test_a_link_to_an_old_clause_goes_on_working(protocol, read):
    url = anchors(protocol, "2025 protocol")["Victims"]
    next_one = {**OLD, "title": "2031 protocol", "replaces": "2025 protocol", "status": "in_force"}
    next_one |= {"in_force_from": datetime.date(2026, 1, 1), "in_force_to": None}
    raw = [*protocol.versions.raw_data, {"type": "version", "value": _raw(next_one)}]
    protocol.versions = json.dumps(raw, default=str)
    protocol.save_revision().publish()
    path, anchor = url.split("#")
    text = read(path).text_
    assert "They hear first." in text
    assert f'id="{anchor}"' in text
    assert "This version is no longer in force." in text
    # A link that lost its version still finds where the clause is.
    plain = read().text_
    assert "They hear first." not in plain
    assert f'id="{anchor}"' in plain
    assert url in plain


def test_equal_ids_get_anchors_of_their_own():
    value = _raw({**NEW, "clauses": [{"type": "item", "id": "a", "value": {"number": n}} for n in "12"]})
    found = History(VersionsBlock().to_python([{"type": "version", "value": value, "id": "v"}]))
    assert [clause.anchor for clause in found.versions[0].clauses] == ["clause-a", "clause-a-2"]


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
