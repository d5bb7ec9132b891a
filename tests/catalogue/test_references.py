"""What a public page points to: hidden, and back again.

In every place of every page type, in every output.
"""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import PageChooserBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from tests.outputs import LISTS, ask, list_questions, readable, story_questions, wagtail_questions
from tests.outputs import PAGES as PAGES_OF_OUTPUTS
from tests.plugs import plug
from tests.pointing import (
    API,
    DOCUMENT,
    FILE,
    FILES,
    PAGES,
    PICTURE,
    PICTURE_FILE,
    SLUG,
    TITLE,
    become_a_draft_silently,
    expire,
)
from tests.telling import telling
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.pages.models import (
    MediaProtocolPage,
    NewsIndexPage,
    NewsItemPage,
    PressOfficePage,
    SpeechPage,
)

pytestmark = pytest.mark.usefixtures("wagtail_pages")

SORTS = {NewsIndexPage: "news-centre", PressOfficePage: "press-office", MediaProtocolPage: "media-protocol"}


def build(model, newsroom, target, document, picture):
    """A public page of a type that points to all three in every place that can."""

    def rich(place):
        return (
            f'<p>at {place}: <a linktype="page" id="{target.pk}">{TITLE}</a>, '
            f'<a linktype="page" id="{target.pk}">words of {place}</a>, '
            f'<a linktype="document" id="{document.pk}">Read: <b>Pell</b> charge sheet</a> '
            f'<embed embedtype="image" id="{picture.pk}" format="left" alt="{PICTURE}"/></p>'
        )

    page = newsroom if model is NewsIndexPage else model(title="Points away", slug="points-away")
    if hasattr(page, "summary"):
        page.summary = "A summary."
    choose = {
        DocumentChooserBlock: document.pk,
        ImageChooserBlock: picture.pk,
        PageChooserBlock: target.pk,
    }
    places = plug(page, rich, choose)
    if isinstance(page, NewsItemPage | SpeechPage):
        page.archived_on = datetime.date(2026, 1, 2)
    if isinstance(page, SpeechPage):
        page.transcript = document
    if isinstance(page, PressOfficePage):
        page.enquiries_page = target
    if page.pk is None:
        newsroom.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk), places


def addresses(page):
    """Every public address that says something of a page."""
    current()
    entry = Entry.objects.filter(page_pk=page.pk, public=True).first()
    paths = [
        page.get_url_parts()[2],
        *wagtail_questions(page).values(),
        f"/api/v2/pages/?fields=*&type=cpsnews_pages.{type(page).__name__}&slug={page.slug}",
        *list_questions(q="points").values(),
    ]
    if entry is not None:
        paths += story_questions(entry.pk, page.full_url).values()
    else:
        paths += [reverse(output.url_name) for output in PAGES_OF_OUTPUTS if output.name == SORTS[type(page)]]
    return paths


def answers(page):
    """Every public answer that says something of a page, by its address."""
    found = {}
    for path in addresses(page):
        status, found[path] = ask(path)
        assert status == 200, (path, status, found[path])
    return found


@pytest.fixture(
    params=telling(
        [NewsItemPage, SpeechPage, NewsIndexPage, PressOfficePage, MediaProtocolPage],
        *(SpeechPage, PressOfficePage),  # what a news item has, a speech has too
    )
)
def pointing(request, newsroom, target, document, picture):
    return build(request.param, newsroom, target, document, picture)


def nothing_of(texts, *secrets):
    for path, text in texts.items():
        for secret in secrets:
            assert secret.lower() not in text.lower(), (path, secret)


def lasting(texts):
    """The answers that are as before once everything is; the change log never is."""
    return {path: text for path, text in texts.items() if "/changes/" not in path}


def whole_lists():
    """The addresses of lists that cannot be asked for some stories alone."""
    return {output.list_address() for output in LISTS if output.is_whole}


def check_pages(page, places, target, ways):
    own = page.get_url_parts()[2]
    public = answers(page)
    seen = [place for place in places if f"words of {place}" in public[own]]
    assert seen
    assert SLUG in public[own]
    for hide in ways:
        undo = hide(target)
        hidden = answers(page)
        # What was written without a signal stays listed itself, in lists of all stories, until a check finds it.
        lists = whole_lists() if hide in (expire, become_a_draft_silently) else ()
        nothing_of({path: text for path, text in hidden.items() if path not in lists}, SLUG, TITLE)
        for place in seen:
            assert f"words of {place}" in hidden[own], (hide, place)
        assert "a story that is no longer available" in hidden[own]
        undo()
        again = answers(page)
        assert lasting(again) == lasting(public), hide


def check_files(page, document, picture, ways):
    own = page.get_url_parts()[2]
    public = answers(page)
    for secret in (FILE, PICTURE_FILE, DOCUMENT):
        assert secret in public[own]
    for hide in ways:
        undo = [hide(document), hide(picture)]
        nothing_of(answers(page), FILE, DOCUMENT, f"/documents/{document.pk}/", PICTURE_FILE, PICTURE)
        for one in reversed(undo):
            one()
        document.refresh_from_db()
        picture.refresh_from_db()
        again = answers(page)
        assert lasting(again) == lasting(public), hide


def test_what_is_hidden_is_not_said_anywhere(pointing, target, document, picture):
    page, places = pointing
    own, public = page.get_url_parts()[2], answers(page)
    seen = [place for place in places if f"words of {place}" in public[own]]
    assert seen
    for secret in (SLUG, FILE, PICTURE_FILE, DOCUMENT):
        assert secret in public[own]
    undo = [PAGES[0](target), FILES[0](document), FILES[0](picture)]
    hidden = answers(page)
    nothing_of(hidden, SLUG, TITLE, FILE, DOCUMENT, f"/documents/{document.pk}/", PICTURE_FILE, PICTURE)
    for place in seen:
        assert f"words of {place}" in hidden[own], place
    assert "a story that is no longer available" in hidden[own]
    for one in reversed(undo):
        one()
    assert lasting(answers(page)) == lasting(public)


@pytest.mark.slow
def test_every_way_of_hiding(pointing, target, document, picture):
    page, places = pointing
    # A news centre lists the story itself; what was written without a signal is for check_catalogue to find.
    silent = {expire, become_a_draft_silently} if isinstance(page, NewsIndexPage) else set()
    ways = [hide for hide in PAGES[1:] if hide not in silent]
    check_pages(page, places, target, ways)
    check_files(page, document, picture, FILES[1:])


@pytest.fixture
def story_page(newsroom, target, document, picture):
    return build(NewsItemPage, newsroom, target, document, picture)[0]


@pytest.fixture
def detail(story_page):
    """A function that asks for the story and returns its text.

    As a client does that has the answer before.
    """
    current()
    path = f"{API}/items/{Entry.objects.get(page_pk=story_page.pk).pk}/"
    tags = []

    def ask():
        headers = {"host": "localhost"} | ({"If-None-Match": tags[-1]} if tags else {})
        response = Client().get(path, headers=headers)
        if response.status_code == 304:
            return None
        tags.append(response.headers["ETag"])
        return readable(response.content.decode())

    return ask


@pytest.mark.parametrize("hide", telling(PAGES[:5], PAGES[0], expire), ids=lambda hide: hide.__name__)
def test_a_client_is_told_that_a_page_is_hidden(detail, story_page, target, hide):
    """ETags change too, but for what no signal tells: that ``check_catalogue`` finds."""
    if hide is expire:
        soon = timezone.now() + datetime.timedelta(hours=1)
        target.expire_at = soon
        target.save()
        before = detail()
        assert Entry.objects.get(page_pk=story_page.pk).changes_at == soon
        past = timezone.now() - datetime.timedelta(seconds=1)
        Entry.objects.filter(page_pk=story_page.pk).update(changes_at=past)
    else:
        before = detail()
    assert SLUG in before
    assert detail() is None
    undo = hide(target)
    nothing_of({"detail": detail()}, SLUG, TITLE)
    if hide is not expire:
        undo()
        assert detail() == before


@pytest.mark.parametrize("hide", telling(FILES, FILES[1]), ids=lambda hide: hide.__name__)
def test_a_client_is_told_that_a_file_is_hidden(detail, document, picture, hide):
    before = detail()
    assert DOCUMENT in before
    assert PICTURE_FILE in before
    assert detail() is None
    undo = [hide(document), hide(picture)]
    nothing_of({"detail": detail()}, FILE, DOCUMENT, f"/documents/{document.pk}/", PICTURE_FILE, PICTURE)
    for one in reversed(undo):
        one()
    assert detail() == before


def test_what_is_deleted_is_not_said_anywhere(pointing, target, document, picture):
    page, _places = pointing
    answers(page)
    target.delete()
    document.delete()
    picture.delete()
    texts = answers(page)
    nothing_of(texts, SLUG, TITLE, FILE, PICTURE_FILE)
    assert "words of" in texts[page.get_url_parts()[2]]
