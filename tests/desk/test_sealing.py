"""A story that is withdrawn for legal reasons is sealed, and can be erased by two people."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from wagtail.models import Comment, Page, PageLogEntry, Revision

from tests.editors import make_editor
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.desk import erasing
from wagtail_cpsnews.desk.replacing import replace, revisions_put_away
from wagtail_cpsnews.desk.sealed_texts import Erasure, SealedText
from wagtail_cpsnews.desk.sealing import without_words
from wagtail_cpsnews.desk.withdrawals import undo, withdraw
from wagtail_cpsnews.importers.models import ImportedStory
from wagtail_cpsnews.pages.models import NewsItemPage

pytestmark = pytest.mark.slow

READ = "view_withdrawn_versions"


@pytest.fixture
def officer(newsroom):
    return make_editor("officer", newsroom, rights=["withdraw_story"])


@pytest.fixture
def pell(story, titles, officer):
    page = story("Rowan Pell charged", summary="Pell, of Quill Street.", slug="man-charged", seo_title="Pell")
    assert titles() == ["Rowan Pell charged"]
    page.title = "Rowan Pell is charged"
    page.save_revision(user=officer, log_action=True).publish(user=officer)
    comment = Comment(page=page, user=officer, text="Is Pell right?", contentpath="title")
    comment.save()
    ImportedStory.objects.create(
        source="jsonl", source_id="1", language="en", page_pk=page.pk, digest="x", title="Pell", slug="pell"
    )
    return NewsItemPage.objects.get(pk=page.pk)


def as_user(name, *rights, page):
    client = Client(headers={"host": "localhost"})
    client.force_login(make_editor(name, page, rights=rights))
    return client


def everywhere(client, page):
    """What an editor's admin says, by address: None where it is refused."""
    revision = page.latest_revision_id
    paths = [
        f"/admin/pages/{page.get_parent().pk}/",
        "/admin/newsroom/newsitempage/",
        "/admin/pages/search/?q=Pell",
        "/admin/reports/site-history/",
        "/admin/",
        f"/admin/pages/{page.pk}/edit/",
        f"/admin/pages/{page.pk}/view_draft/",
        f"/admin/pages/{page.pk}/history/",
        f"/admin/pages/{page.pk}/copy/",
        f"/admin/pages/{page.pk}/revisions/{revision}/view/",
        f"/admin/pages/{page.pk}/revisions/{revision}/revert/",
        f"/admin/pages/{page.pk}/revisions/compare/earliest...latest/",
    ]
    answers = {path: client.get(path) for path in paths}
    return {
        path: answer.content.decode() if answer.status_code == 200 else None
        for path, answer in answers.items()
    }


def test_only_people_with_the_permission_read_a_sealed_story(pell, officer, newsroom):
    editor, reader = as_user("editor", page=newsroom), as_user("reader", READ, page=newsroom)
    assert all(
        "Rowan" in (text or "") for path, text in everywhere(editor, pell).items() if path != "/admin/"
    )
    stop = withdraw(pell, officer, reason="A court order", legal=True)
    shown = everywhere(editor, pell)
    assert {path for path, text in shown.items() if text and "Rowan" in text} == set()
    assert all(text is None for path, text in shown.items() if f"/pages/{pell.pk}/" in path)
    assert f"Withdrawn story {stop.reference}" in shown[f"/admin/pages/{newsroom.pk}/"]
    for path, text in everywhere(reader, pell).items():
        if f"/pages/{pell.pk}/" in path and "/copy/" not in path:
            assert text is not None, path
            assert "Rowan" in text or "Quill Street" in text or "history" in path, path


def test_undo_writes_everything_back(pell, officer, newsroom, titles):
    pages = list(Page.objects.filter(pk=pell.pk).values("title", "draft_title", "seo_title"))
    logs = list(
        PageLogEntry.objects.filter(page_id=pell.pk).order_by("pk").values_list("pk", "label", "data")
    )
    stop = withdraw(pell, officer, reason="A court order", legal=True)
    assert SealedText.objects.filter(stop=stop).count() > 4
    assert not Comment.objects.filter(text__contains="Pell").exists()
    assert not ImportedStory.objects.filter(title__contains="Pell").exists()
    assert not Revision.objects.filter(object_str__contains="Pell").exists()
    undo(stop, officer, reason="The order was lifted")
    assert list(Page.objects.filter(pk=pell.pk).values("title", "draft_title", "seo_title")) == pages
    after = {pk: (label, data) for pk, label, data in PageLogEntry.objects.values_list("pk", "label", "data")}
    for pk, label, data in logs:
        assert after[pk] == (label, data)
    assert Comment.objects.get().text == "Is Pell right?"
    assert ImportedStory.objects.get().slug == "pell"
    assert not SealedText.objects.exists()
    assert titles() == ["Rowan Pell is charged"]
    assert "Rowan" in everywhere(as_user("editor", page=newsroom), pell)["/admin/pages/search/?q=Pell"]


def test_other_withdrawals_seal_nothing(pell, officer, newsroom):
    withdraw(pell, officer, reason="A mistake")
    assert not SealedText.objects.exists()
    assert "Pell" in everywhere(as_user("editor", page=newsroom), pell)[f"/admin/pages/{pell.pk}/edit/"]


def test_two_people_erase_a_withdrawn_story(pell, officer, newsroom, api):
    entry = Entry.objects.get(page_pk=pell.pk)
    first, second = (make_editor(name, rights=["erase_story"]) for name in ("first", "second"))
    stop = withdraw(pell, officer, reason="A court order", legal=True)
    with pytest.raises(PermissionDenied):
        erasing.ask(stop, officer, reason="Please")
    erasure = erasing.ask(stop, first, reason="The order says so")
    with pytest.raises(ValidationError, match="already"):
        erasing.ask(stop, second, reason="Twice")
    with pytest.raises(PermissionDenied):
        erasing.decide(erasure, first, grant=True)
    with pytest.raises(PermissionDenied):
        erasing.decide(erasure, officer, grant=True)
    assert NewsItemPage.objects.filter(pk=pell.pk).exists()
    erasure = erasing.decide(erasure, second, grant=True)
    assert erasure.erased["wagtailcore.page"] == 1
    assert erasure.erased["wagtailcore.revision"] >= 2
    assert not NewsItemPage.objects.filter(pk=pell.pk).exists()
    assert not Revision.objects.filter(object_id=str(pell.pk)).exists()
    assert not SealedText.objects.exists()
    assert not PageLogEntry.objects.filter(label__contains="Pell").exists()
    api(f"items/{entry.pk}/", status=410)
    assert Client().get(pell.url, headers={"host": "localhost"}).status_code == 410
    assert PublicationStop.objects.get().is_in_force
    with pytest.raises(ValidationError, match="decided already"):
        erasing.decide(erasure, second, grant=True)
    with pytest.raises(ValidationError, match="erased already"):
        erasing.ask(stop, first, reason="Again")


def test_what_was_replaced_can_be_erased(pell, officer, newsroom, titles):
    first, second = (make_editor(name, rights=["erase_story"]) for name in ("first", "second"))
    stop = withdraw(pell, officer, reason="A court order", legal=True)
    page = NewsItemPage.objects.get(pk=pell.pk).get_latest_revision_as_object()
    page.title, page.summary, page.seo_title = "Man charged", "A man was charged.", ""
    page.save_revision()
    replace(stop, officer, reason="Without the name")
    assert titles() == ["Man charged"]
    assert revisions_put_away(stop).exists()
    stop.refresh_from_db()
    erasing.decide(erasing.ask(stop, first, reason="The order says so"), second, grant=True)
    assert not revisions_put_away(stop).exists()
    assert titles() == ["Man charged"]
    assert NewsItemPage.objects.get(pk=pell.pk).revisions.count() == 1


def test_erase_in_the_admin(pell, officer, newsroom):
    stop = withdraw(pell, officer, reason="A court order", legal=True)
    address = f"/admin/newsroom/withdrawals/{stop.pk}/erase/"
    first, second = (as_user(name, "erase_story", page=newsroom) for name in ("first", "second"))
    assert as_user("editor", page=newsroom).get(address)["Location"] == "/admin/"
    assert first.post(address, {"reason": ""}).status_code == 422
    assert first.post(address, {"reason": "The order"}).status_code == 302
    page = BeautifulSoup(first.get(address).content.decode(), "html.parser")
    assert "Another person" in page.text
    assert not page.select("[name=decision]")
    assert first.post(address, {"decision": "grant"}).status_code == 302  # refused: to the admin's home page
    assert NewsItemPage.objects.filter(pk=pell.pk).exists()
    assert second.post(address, {"decision": "refuse"}).status_code == 302
    assert not Erasure.objects.get().is_granted
    first.post(address, {"reason": "The order, again"})
    second.post(address, {"decision": "grant"})
    assert not NewsItemPage.objects.filter(pk=pell.pk).exists()
    assert (
        "asked by first, decided by second" in BeautifulSoup(second.get(address).content, "html.parser").text
    )


def test_no_text_of_log_data_stays():
    data = {"page": {"id": 5, "title": "Pell"}, "list": ["Pell", 1, None], "reference": "7K3Q-PM2X"}
    assert without_words(data) == {
        "page": {"id": 5, "title": ""},
        "list": ["", 1, None],
        "reference": "7K3Q-PM2X",
    }
