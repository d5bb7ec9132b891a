"""Advance copies: for one recipient, until the story is public, and nothing to be learnt by anybody else."""

import datetime
import re
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale

from tests.editors import make_editor
from tests.factories import draft_story
from tests.pictures import jpeg
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.desk import advance_copies, embargoes
from wagtail_cpsnews.desk.embargoes import EmbargoRefused
from wagtail_cpsnews.desk.models import AdvanceCopy, AdvanceCopyView, hash_token
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TITLE, WORDS = "Heron Quay verdict", "Rowan Pell was found guilty."
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def page(newsroom):
    document = get_document_model().objects.create(
        title="Sentencing remarks", file=ContentFile(b"x", name="r.pdf")
    )
    image = get_image_model().objects.create(
        title="Dock of court 2", file=ImageFile(BytesIO(jpeg()), name="dock.jpg")
    )
    body = [
        ("text", f"<p>{WORDS}</p><p><a linktype='document' id='{document.pk}'>the remarks</a></p>"),
        ("image", {"image": image, "alt": "The dock", "caption": "Court 2", "credit": "", "licence": ""}),
        ("document", {"document": document, "title": "Read the remarks"}),
    ]
    page = draft_story(parent=newsroom, title=TITLE, summary="A summary.", image=image, body=body)
    page.save_revision()
    return page


@pytest.fixture
def stop(page):
    return embargoes.set_embargo(page, None, versions=[page.pk], until=timezone.now() + HOUR)


def make(stop, **more):
    values = {"name": "Ada Finch", "organisation": "The Daily Quill", "email": "ada@quill.example", **more}
    return advance_copies.make(stop, None, **values)


@pytest.fixture
def link(stop):
    _copy, token = make(stop)
    return f"/newsroom/advance/{token}/"


def ask(link, method="get", **data):
    return getattr(Client(), method)(link, data, headers={"host": "localhost"})


def assert_private(response):
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"].startswith("noindex")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert not response.cookies
    assert not response.has_header("ETag")


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_address_tells_nothing_until_the_button_is_pressed(page, link, method):
    response = ask(link, method)
    assert response.status_code == 200
    html = response.content.decode()
    assert_private(response)
    for said in (TITLE, "Heron", "Ada", "Quill", WORDS, page.slug, "og:", "twitter:"):
        assert said not in html
    assert not AdvanceCopyView.objects.exists()
    assert method == "head" or (html.count("<form method") == 1 and "Continue" in html)


def test_the_story_comes_with_the_button_and_names_its_embargo_and_reader(stop, link):
    response = ask(link, "post", language="en")
    html = response.content.decode()
    assert response.status_code == 200
    assert_private(response)
    assert f'<h1 dir="auto">{TITLE}</h1>' in html
    assert WORDS in html
    assert html.count("Under embargo until") == 2
    assert html.count("Advance copy for Ada Finch, The Daily Quill.") == 2
    assert stop.reference in html
    assert "<title>Advance copy</title>" in html
    assert "<script" not in html
    view = AdvanceCopyView.objects.get()
    assert (view.copy.name, view.language) == ("Ada Finch", "en")
    ask(link, "post", language="en")
    assert AdvanceCopyView.objects.count() == 1  # reloaded


def test_the_embargo_is_told_with_its_time_and_zone(page):
    until = datetime.datetime(2126, 6, 30, 13, 30, tzinfo=datetime.UTC)
    stop = embargoes.set_embargo(page, None, versions=[page.pk], until=until)
    html = ask(f"/newsroom/advance/{make(stop)[1]}/", "post").content.decode()
    assert html.count("Under embargo until 2:30pm (BST) on 30 June 2126.") == 2


def test_it_names_no_file(page, link):
    html = ask(link, "post").content.decode()
    assert "<img" not in html
    assert not re.search(r"/(media|documents)/", html)
    assert ".pdf" not in html
    assert "the remarks" in html  # the words of the link stay
    assert "Pictures and documents are not part of an advance copy." in html
    assert not page.image.renditions.exists()


def test_a_host_s_html_loads_nothing_either(monkeypatch, page, stop, link):
    from wagtail_cpsnews.desk import advance_reading

    said = (
        '<p class="x">Words</p><img src="/media/secret.jpg"><video src="/media/a.mp4"></video>'
        '<iframe src="https://video.example/"></iframe><script>alert(1)</script><form action="/x"></form>'
        '<a href="/documents/7/secret.pdf">remarks</a><a href="javascript:alert(1)">run</a>'
        '<a href="/news/">news</a>'
    )
    monkeypatch.setattr(
        advance_reading, "content_of", lambda *args: {"body_html": said, "notes_to_editors": said}
    )
    html = ask(link, "post").content.decode()
    assert html.count('<p class="x">Words</p>') == 2
    for gone in ("secret", "<img", "<video", "<iframe", "alert(1)", "<form action", "javascript:"):
        assert gone not in html
    assert html.count('<a href="/news/"') == 2


def test_it_is_what_was_approved(page, link):
    draft = page.get_latest_revision_as_object()
    draft.title = "Not approved"
    draft.save_revision()
    html = ask(link, "post").content.decode()
    assert TITLE in html
    assert "Not approved" not in html


def test_in_each_language_that_is_published(page, newsroom):
    cy = Locale.objects.get(language_code="cy")
    newsroom.get_parent().copy_for_translation(cy).save_revision().publish()
    newsroom.copy_for_translation(cy).save_revision().publish()
    welsh = page.copy_for_translation(cy)
    welsh.title, welsh.summary = "Rheithfarn", "Crynodeb."
    welsh.save_revision()
    stop = embargoes.set_embargo(page, None, versions=[page.pk, welsh.pk], event="the verdict")
    link = f"/newsroom/advance/{make(stop)[1]}/"
    assert "Rheithfarn" in ask(link, "post", language="cy").content.decode()
    html = ask(link, "post", language="en").content.decode()
    assert TITLE in html
    assert "Under embargo until this has happened: the verdict." in html
    assert 'name="language" value="cy"' in html
    cymraeg = ask(link).content.decode()
    assert '<section lang="cy">' in cymraeg
    assert TITLE not in cymraeg
    embargoes.change_embargo(stop, None, versions=[page.pk], event="the verdict")
    html = ask(link, "post", language="cy").content.decode()
    assert TITLE in html
    assert "Rheithfarn" not in html


def test_afterwards_it_leads_to_the_public_story(page, stop, link):
    embargoes.publish(stop)
    for method in ("get", "post"):
        response = ask(link, method)
        assert (response.status_code, response["Location"]) == (302, page.get_full_url())
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
    page.refresh_from_db()
    page.unpublish()
    assert ask(link).status_code == 404


def gone(link):
    """Whether a link answers as one that never was."""
    never = "/newsroom/advance/" + "x" * 43 + "/"
    for method in ("get", "post"):
        response, expected = ask(link, method), ask(never, method)
        assert_private(response)
        if (response.status_code, response.content) != (404, expected.content):
            return False
    return TITLE not in response.content.decode()


def test_expired_revoked_lifted_and_unknown_links_answer_alike(page):
    stop = embargoes.set_embargo(page, None, versions=[page.pk], event="the verdict")
    link = f"/newsroom/advance/{make(stop)[1]}/"
    assert not gone(link)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7, seconds=1)):
        assert gone(link)
    advance_copies.revoke(AdvanceCopy.objects.get(), None)
    assert gone(link)
    other = f"/newsroom/advance/{make(stop)[1]}/"
    embargoes.lift_embargo(stop, None)
    assert gone(other)
    with pytest.raises(EmbargoRefused):
        make(stop)
    assert gone("/newsroom/advance/\u2603/")


@pytest.mark.parametrize("kind", ["hold", "withdrawal"])
@pytest.mark.parametrize("is_public", [False, True])
def test_a_hold_or_withdrawal_ends_it_at_once_and_recipients_are_told_the_reference(
    page, stop, link, kind, is_public, django_capture_on_commit_callbacks
):
    revoked, _token = make(stop, email="gone@quill.example")
    advance_copies.revoke(revoked, None)
    if is_public:
        embargoes.publish(stop)
    with django_capture_on_commit_callbacks(execute=True):
        other = begin_stop(kind, page)
    assert gone(link)
    (message,) = mail.outbox
    assert message.to == ["ada@quill.example"]
    assert stop.reference in message.subject
    assert stop.reference in message.body
    said = message.subject + message.body
    for secret in (TITLE, "Heron", "http", "hold", "withdr", page.slug):
        assert secret not in said
    assert AdvanceCopy.objects.get(email="ada@quill.example").told_at is not None
    end_stop(other, PublicationStop.Ending.RELEASED)
    assert gone(link)


def test_a_mail_that_fails_is_told_and_not_counted(stop, link, page, monkeypatch, caplog):
    hold = begin_stop("hold", page)
    from wagtail_cpsnews.desk.advance_mail import tell_recipients

    with monkeypatch.context() as patch:
        patch.setattr("wagtail_cpsnews.desk.advance_mail.send_mail", NoMail)
        tell_recipients.func(hold.pk, attempt=3)
    assert "were not told" in caplog.text
    assert AdvanceCopy.objects.get().told_at is None
    tell_recipients.func(hold.pk)
    tell_recipients.func(hold.pk)
    assert len(mail.outbox) == 1


def NoMail(*args, **kwargs):
    raise OSError("the mail server is away")


def test_the_token_is_not_stored_and_has_256_bits(stop):
    copy, token = make(stop)
    assert len(token) == 43
    row = AdvanceCopy.objects.filter(pk=copy.pk).values().get()
    assert token not in str(row)
    assert row["token_hash"] == hash_token(token)
    assert make(stop)[1] != token


def test_views_are_bounded(stop, link, monkeypatch):
    monkeypatch.setattr(advance_copies, "MOST_VIEWS", 2)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _number in range(4):
            ask(link, "post")
            clock.shift(60)
    assert AdvanceCopyView.objects.count() == 2


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(link, method):
    assert ask(link, method).status_code == 405


def test_no_output_and_no_robot_is_led_to_it(link, client):
    for path in ("/newsroom/sitemap-news.xml", "/newsroom/api/v1/items/", "/robots.txt", "/news/"):
        assert "advance" not in client.get(path, headers={"host": "localhost"}).content.decode()


# -- in the admin --------------------------------------------------------------------------------------------------------


@pytest.fixture
def screen(page, stop, client):
    client.force_login(make_editor("press", page.get_parent(), rights=["embargo_story"]))
    return f"/admin/newsroom/embargo/{page.pk}/copies/"


VALUES = {"name": "Ada Finch", "organisation": "The Daily Quill", "email": "ada@quill.example", "days": 3}


def test_made_shown_once_and_revoked(screen, client, page):
    assert screen in client.get(f"/admin/newsroom/embargo/{page.pk}/").content.decode()
    response = client.post(screen, VALUES)
    link = re.search(r'value="(http://localhost(/newsroom/advance/[\w-]{43}/))"', response.content.decode())
    assert "no-store" in response["Cache-Control"]
    assert ask(link[2]).status_code == 200
    ask(link[2], "post")
    html = client.get(screen).content.decode()
    assert link[1] not in html
    assert "The Daily Quill" in html
    assert "1 time, on" in html
    copy = AdvanceCopy.objects.get()
    assert abs(copy.expires_at - copy.created_at - datetime.timedelta(days=3)) < datetime.timedelta(seconds=1)
    html = client.post(screen, {"revoke": copy.pk}).content.decode()
    assert "does not work any more" in html
    assert "revoked on" in html
    assert ask(link[2]).status_code == 404
    history = client.get(f"/admin/pages/{page.pk}/history/").content.decode()
    assert "Made an advance copy" in history
    assert "Revoked an advance copy" in history
    assert "Ada" not in history


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "", "required"),
        ("email", "ada", "valid email address"),
        ("days", "31", "less than or equal to 30"),
        ("days", "0", "greater than or equal to 1"),
        ("organisation", "x" * 151, "at most 150"),
    ],
)
def test_what_cannot_be_read_is_answered(screen, client, name, value, said):
    assert said in client.post(screen, {**VALUES, name: value}).content.decode()
    assert not AdvanceCopy.objects.exists()


@pytest.mark.parametrize("key", ["999", "x", "", "1" * 30])
def test_a_copy_that_is_none_cannot_be_revoked(screen, client, key):
    assert "no such advance copy" in client.post(screen, {"revoke": key}).content.decode()


def test_who_may(screen, page, newsroom, client):
    client.force_login(make_editor("other", newsroom))
    assert client.get(screen).status_code == 302
    assert client.post(screen, VALUES).status_code == 302
    writer = make_editor("writer", newsroom, rights=["embargo_story"])
    writer.groups.get().page_permissions.filter(permission__codename="publish_page").delete()
    client.force_login(writer)
    assert "you need permission to publish" in client.get(screen).content.decode()
    client.post(screen, VALUES)
    assert not AdvanceCopy.objects.exists()


def test_another_story_s_copies_are_not_shown(screen, client, newsroom):
    other = draft_story(parent=newsroom, title="Other")
    other.save_revision()
    make(embargoes.set_embargo(other, None, versions=[other.pk], event="x"), name="Bram Stoat")
    assert "Bram Stoat" not in client.get(screen).content.decode()
