"""A story on hold is in no output, in no language; its release brings back the same story."""

from importlib.util import find_spec

import pytest
from django.test import Client
from wagtail.models import Locale

from tests.oracle import assert_outputs, assert_true
from tests.outputs import ask, list_questions, shows, story_questions, wagtail_questions
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.desk import holds
from wagtail_cpsnews.pages.models import NewsItemPage

pytestmark = pytest.mark.slow

TITLE, WELSH = "Rowan Pell charged", "Cyhuddo Rowan Pell"


def fresh(page):
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def both(story, newsroom):
    """A story in English and in Welsh, with an alias, beside another story."""
    page = story(TITLE, summary="Quay twelve was searched.", slug="rowan-pell")
    story("Another")
    newsroom.get_parent().copy_for_translation(
        Locale.objects.get(language_code="cy")
    ).save_revision().publish()
    newsroom.copy_for_translation(Locale.objects.get(language_code="cy")).save_revision().publish()
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"))
    welsh.title, welsh.summary = WELSH, "Chwiliwyd cei deuddeg."
    welsh.save_revision().publish()
    alias = page.create_alias(parent=newsroom, update_slug="rowan-pell-alias")
    current()
    return page, fresh(welsh), fresh(alias)


def everything(pages):
    """Return what each address says that could show one of the pages, by address."""
    ids = {entry.page_pk: entry.pk for entry in Entry.objects.all()}
    addresses = []
    for language in ("en", "cy"):
        addresses += list_questions(language=language, language_only=1, page_size=100).values()
        addresses += list_questions(language=language, q="Pell").values()
    for page in pages:
        addresses += story_questions(ids.get(page.pk), page.get_full_url()).values()
        addresses += wagtail_questions(page).values()
        addresses.append(page.url)
    return {address: ask(address) for address in addresses}


@pytest.mark.django_db
def test_it_is_in_no_output_in_no_language(both, titles):
    assert titles() == ["Another", TITLE]
    assert any(shows(text, TITLE) for _status, text in everything(both).values())
    holds.hold(both[0])
    for address, (_status, text) in everything(both).items():
        text = text.replace(both[0].get_full_url(), "").replace(both[1].get_full_url(), "")
        text = text.replace(both[2].get_full_url(), "")  # an error repeats what was asked
        for words in (TITLE, WELSH, "Quay twelve", "Chwiliwyd"):
            assert not shows(text, words), (address, words)
    assert_true()
    assert_outputs()


@pytest.mark.django_db
def test_its_pages_answer_410_and_never_say_why(both):
    stop = holds.hold(both[1], note="wrong name")
    for page in both[:2]:
        response = Client().get(page.url, headers={"host": "localhost"})
        assert response.status_code == 410
        text = response.content.decode().lower()
        for words in ("hold", "held", "wrong name", stop.reference.lower(), "pell", "withdrawn"):
            assert words not in text, words


@pytest.mark.django_db
def test_the_change_log_has_a_tombstone_and_then_the_same_story(both, api):
    page, since = both[0], api("changes/")["token"]
    entry = Entry.objects.get(page_pk=page.pk)
    (before,) = [one for one in api("items/")["results"] if one["title"] == TITLE]
    stop = holds.hold(page)
    (gone,) = [one for one in api("changes/", since=since)["results"] if one["id"] == str(entry.pk)]
    assert (gone["change"], set(gone)) == ("gone", {"change", "gone_at", "id"})
    holds.release(stop)
    (after,) = [one for one in api("items/")["results"] if one["title"] == TITLE]
    assert [after[name] for name in ("id", "url", "published")] == [
        before[name] for name in ("id", "url", "published")
    ]
    assert api("items/", language="cy", language_only=1)["results"][0]["title"] == WELSH
    assert_true()


@pytest.mark.django_db
def test_wagtails_own_api_and_search_do_not_have_it(both, settings):
    settings.ROOT_URLCONF = "tests.urls_headless"
    addresses = ["/api/v2/pages/?type=cpsnews_pages.NewsItemPage&fields=*", "/api/v2/pages/?search=Pell"]
    addresses += [address for page in both for address in wagtail_questions(page).values()]
    if find_spec("wagtail.api.v3"):
        addresses += ["/api/v3/pages/"]
    assert any(shows(ask(address)[1], TITLE) for address in addresses)
    holds.hold(both[2])
    for address in addresses:
        _status, text = ask(address)
        assert not shows(text, TITLE), address
        assert not shows(text, WELSH), address
    assert not NewsItemPage.objects.live().search("Pell").get_queryset().exists()
