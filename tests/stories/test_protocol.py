"""The media protocol.

Versions and their status, addresses of clauses, comparison, and what its page refuses to show.
"""

import datetime
import json

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail.models import (
    GroupPagePermission,
)
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from tests.protocols import NEW, OLD, TODAY, history, raw_of
from wagtail_cpsnews.pages.models import MediaProtocolPage
from wagtail_cpsnews.stories.blocks.protocol import VersionsBlock
from wagtail_cpsnews.stories.protocol_history import History


def cleaned(*versions):
    block = VersionsBlock()
    return block.clean(
        block.to_python([{"type": "version", "value": raw_of(v), "id": v["title"]} for v in versions])
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
        {"type": "version", "value": raw_of({**NEW, "in_force_to": datetime.date(2000, 1, 1)})},
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
        value |= raw_of(
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
    raw = [*protocol.versions.raw_data, {"type": "version", "value": raw_of(next_one)}]
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
    value = raw_of({**NEW, "clauses": [{"type": "item", "id": "a", "value": {"number": n}} for n in "12"]})
    found = History(VersionsBlock().to_python([{"type": "version", "value": value, "id": "v"}]))
    assert [clause.anchor for clause in found.versions[0].clauses] == ["clause-a", "clause-a-2"]
