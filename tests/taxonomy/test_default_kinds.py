"""Speeches and letters have their news type where the editor chooses none."""

import pytest

from wagtail_cpsnews.pages.models import SpeechPage
from wagtail_cpsnews.taxonomy.models import Kind

pytestmark = pytest.mark.django_db


def test_a_speech_is_listed_as_one(story, titles):
    story("Said", speech=True)
    story("Written")
    assert titles(kind="speech") == ["Said"]
    page = SpeechPage.objects.get(title="Said")
    assert page.kind.slug == "speech"


def test_a_letter_is_listed_as_one(story, titles):
    story("Dear editor", letter_addressee="The editor")
    story("A statement that answers a letter", letter_in_reply_to="A leader", kind="statement")
    assert titles(kind="letter") == ["Dear editor"]


def test_another_kind_is_kept(story, titles):
    story("Said", speech=True, kind="statement")
    assert titles(kind="speech") == []


@pytest.mark.parametrize("change", ["renamed", "new slug", "replaced", "retired", "deleted", "off", "host"])
def test_the_default_kind_follows_its_term(story, titles, settings, monkeypatch, change):
    terms = Kind.objects.filter(translation_key=Kind.find("speech").translation_key)
    expected = "speech"
    if change == "renamed":
        for term in terms:
            term.name = "Address"
            term.save()
    elif change == "new slug":
        for term in terms:
            term.slug = expected = "addresses"
            term.save()
    elif change == "replaced":
        Kind.find("speech").merge_into(Kind.find("article"))
        expected = "article"
    elif change == "retired":
        terms.update(retired=True)
        expected = None
    elif change == "deleted":
        terms.delete()
        expected = None
    elif change == "off":
        settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"kind": False}}
        expected = None
    elif change == "host":
        monkeypatch.setattr(SpeechPage, "default_kind", "Statement")
        expected = "statement"
    page = story("Said", speech=True)
    assert getattr(page.kind, "slug", None) == expected
    if expected:
        assert titles(kind=expected) == ["Said"]


def test_a_welsh_speech_has_the_welsh_row(newsroom):
    from wagtail.models import Locale

    page = SpeechPage(title="Araith", locale=Locale.objects.get(language_code="cy"))
    assert page.get_default_kind().locale.language_code == "cy"


def test_a_speech_of_before_is_listed_once_the_catalogue_is_checked(story, titles):
    from wagtail_cpsnews.catalogue.maintenance import check

    page = story("Said long ago", speech=True)
    SpeechPage.objects.filter(pk=page.pk).update(kind=None)
    check(repair=True)
    assert titles(kind="speech") == ["Said long ago"]
