"""A copy is a new story.

It gets the content of the other one and nothing of its history.
"""

import datetime
import re
import uuid

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_page import CopyPageAction
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from tests.telling import telling
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.pages.models import (
    MediaProtocolPage,
    NewsIndexPage,
    NewsItemPage,
    PressOfficePage,
    SpeechPage,
)
from wagtail_cpsnews.stories.history import PUBLICATION_FIELDS, HistoryMixin

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(2019, 5, 1, 9, tzinfo=datetime.UTC)

#: Wagtail's own fields that say where a page is and how far its draft has come.
# fmt: off
PLACE = {
    "id", "path", "depth", "numchild", "url_path", "slug", "translation_key", "locale", "content_type",
    "owner", "alias_of", "index_entries", "page_ptr", "latest_revision", "latest_revision_created_at",
    "live", "has_unpublished_changes", "draft_title", "_revisions", "_workflow_states",
    "_specific_workflow_states", "wagtail_admin_comments", "postgres_index_entries",
}

#: What a page says: a copy says it too. A new field is added here, or to ``history_fields``.
CONTENT = {
    Page: ["title", "seo_title", "search_description", "show_in_menus", "go_live_at", "expire_at"],
    NewsItemPage: [
    "summary", "kind", "crime_types", "areas", "topics", "contacts", "image", "image_alt", "image_credit",
    "image_caption", "image_licence", "noindex", "body", "notes_to_editors", "language", "letter_addressee", "letter_publication",
    "letter_in_reply_to", "letter_in_reply_to_url", "letter_signatory",
    ],
    SpeechPage: [
    "speaker", "role", "event", "event_first_day", "event_last_day", "location", "delivered_on", "script",
    "recording", "transcript",
    ],
    MediaProtocolPage: ["introduction", "versions"],
    PressOfficePage: [
    "introduction", "contacts", "public_notice", "enquiries_page", "enquiries_url", "policy_introduction",
    "policy", "corrections", "shows_emergency_numbers",
    ],
    NewsIndexPage: [
    "introduction", "themes", "ways_on", "media_text", "protocol_page", "press_office_page", "kinds",
    "crime_types", "areas", "topics", "preset", "lead_story",
    ],
}
# fmt: on
CONTENT[SpeechPage] += CONTENT[NewsItemPage]

OURS = [model for model in apps.get_models() if issubclass(model, HistoryMixin)]


def content_of(model):
    return {*CONTENT[Page], *CONTENT[model]}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_field_takes_a_side(model):
    names = {field.name for field in model._meta.get_fields() if not field.auto_created or field.one_to_many}
    names = {name for name in names if not name.startswith("+")} - _reverse(model)
    history = set(model.history_fields)
    assert names - PLACE == history | content_of(model)
    assert not history & content_of(model)
    assert set(PUBLICATION_FIELDS) <= history


def _reverse(model):
    """Relations that other models have to this one: their rows are not the page's."""
    from modelcluster.models import get_all_child_relations

    children = {relation.get_accessor_name() for relation in get_all_child_relations(model)}
    return {
        field.name
        for field in model._meta.get_fields()
        if field.auto_created and not field.concrete and field.get_accessor_name() not in children
    }


def test_all_page_types_are_looked_at():
    assert {NewsItemPage, SpeechPage, MediaProtocolPage, PressOfficePage, NewsIndexPage} <= set(OURS)


# -- every way to a copy ------------------------------------------------------------------------------------------------


def value_of(field, other):
    """A value of a field that is not its default."""
    if isinstance(field, StreamField):
        return [("update", {"date": LONG_AGO, "kind": "correction", "text": "The other story’s correction."})]
    if isinstance(field, models.DateTimeField):
        return LONG_AGO
    if isinstance(field, models.DateField):
        return LONG_AGO.date()
    if isinstance(field, models.ForeignKey) and issubclass(field.related_model, Page):
        return other
    if isinstance(field, models.TextField):
        return "<p>The other story’s notice.</p>"
    raise AssertionError(f"{field} needs a value here")


@pytest.fixture
def original(newsroom):
    """Return a story of 2019 with a long history, and a draft.

    With all that can have happened to one; the draft is not published.
    """
    other = publish_story(parent=newsroom, title="Another version")
    page = publish_story(
        parent=newsroom,
        title="Old release",
        kind="press-release",
        areas=["wessex"],
        image_alt="A court",
        letter_signatory="A. Person",
    )
    for name in NewsItemPage.history_fields:
        if name not in PUBLICATION_FIELDS:
            setattr(page, name, value_of(page._meta.get_field(name), other))
    page.first_published_at = page.last_published_at = LONG_AGO
    page.save()
    page.save_revision().publish()
    page.refresh_from_db()
    assert page.first_published_at == LONG_AGO
    page.title = "Old release, changed"
    page.save_revision()
    return NewsItemPage.objects.get(pk=page.pk)


def copy_in_explorer(page, client, live):
    data = {
        "new_title": "Copied",
        "new_slug": "copied",
        "new_parent_page": str(page.get_parent().pk),
        "publish_copies": "on" if live else "",
    }
    assert (
        client.post(f"/admin/pages/{page.pk}/copy/", {k: v for k, v in data.items() if v}).status_code == 302
    )
    return NewsItemPage.objects.get(slug="copied")


def copy_with_parent(page, client, live):
    parent = page.get_parent().specific
    copied = parent.copy(
        recursive=True, keep_live=live, update_attrs={"slug": "copied-list", "title": "Copied list"}
    )
    return NewsItemPage.objects.child_of(copied).get(title__startswith="Old release")


def copy_by_api(page, client, live):
    """As API v3 and the admin API do it: the action, with the base page."""
    base = Page.objects.get(pk=page.pk)
    action = CopyPageAction(base, to=base.get_parent(), keep_live=live, update_attrs={"slug": "copied"})
    return action.execute(skip_permission_checks=True).specific


COPIES = {
    "explorer": copy_in_explorer,
    "recursive": copy_with_parent,
    "action": copy_by_api,
    "code": lambda page, client, live: page.copy(keep_live=live, update_attrs={"slug": "copied"}),
    "code, key by hand": lambda page, client, live: page.copy(
        keep_live=live,
        reset_translation_key=False,
        update_attrs={"slug": "copied", "translation_key": uuid.uuid4()},
    ),
    "without revisions": lambda page, client, live: page.copy(
        keep_live=live, copy_revisions=False, update_attrs={"slug": "copied"}
    ),
    "of an alias": lambda page, client, live: page.create_alias(update_slug="an-alias").copy(
        keep_live=live, update_attrs={"slug": "copied"}
    ),
}


def has_no_history(page, since):
    """Return whether nothing of a history is left.

    On the page and in its revisions; what is dated is dated now.
    """
    for state in [page, *(revision.as_object() for revision in page.revisions.all())]:
        for name in page.history_fields:
            value = getattr(state, name)
            if name in ("first_published_at", "last_published_at", "published_at", "live_revision"):
                assert page.live or value is None, name
                if isinstance(value, datetime.datetime):
                    assert value >= since, name
                elif value is not None:
                    assert value.object_id == str(page.pk)
            else:
                assert not value, name


@pytest.mark.parametrize("live", telling([True, False], True))
@pytest.mark.parametrize("way", COPIES)
def test_a_copy_has_no_history(original, admin_client, titles, api, way, live):
    since = timezone.now()
    copied = COPIES[way](original, admin_client, live)
    copied = NewsItemPage.objects.get(pk=copied.pk)
    assert copied.live is live
    has_no_history(copied, since)
    for name in CONTENT[NewsItemPage]:
        mine, its = getattr(copied, name), getattr(original, name)
        assert list(mine.all()) == list(its.all()) if hasattr(mine, "all") else str(mine) == str(its), name
    if not live:
        copied.save_revision().publish()
    listed = api("items/", page_size=100)["results"]
    item = next(item for item in listed if item["url"].endswith(f"/{copied.slug}/"))
    dated = {item["title"] for item in listed if item["published"] > "2020"}
    assert listed.index(item) < len(dated)
    assert datetime.datetime.fromisoformat(item["published"]) >= since.replace(microsecond=0)
    assert item["updated"] is None
    assert "updates" not in item
    assert "archived" not in item
    text = str(Entry.objects.filter(page_pk=copied.pk).values().get())
    assert not re.search(r"\b2019\b", text)  # a hash may hold the four digits
    assert "The other story" not in text


def test_a_draft_that_was_copied_with_its_status_is_dated_when_it_is_published(newsroom, original):
    original.unpublish()
    original.refresh_from_db()
    copied = original.copy(keep_live=True, update_attrs={"slug": "copied"})
    copied = NewsItemPage.objects.get(pk=copied.pk)
    assert not copied.live
    assert (copied.first_published_at, copied.last_published_at, copied.live_revision) == (None, None, None)
    since = timezone.now()
    copied.save_revision().publish()
    assert NewsItemPage.objects.get(pk=copied.pk).published_at >= since


@pytest.mark.parametrize("status", ["live", "draft"])
def test_an_expired_or_locked_story_gives_a_copy_that_is_neither(original, status):
    original.locked, original.locked_at, original.expired = True, timezone.now(), True
    original.live = status == "live"
    original.save()
    copied = original.copy(update_attrs={"slug": "copied"})
    assert (copied.locked, copied.locked_at, copied.expired) == (False, None, False)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_page_type_hands_down_when_it_was_published(newsroom, model):
    fields = {"summary": "S."} if issubclass(model, NewsItemPage | SpeechPage) else {}
    page = newsroom.add_child(instance=model(title="One", slug="one", live=False, **fields))
    page.save_revision().publish()
    model.objects.filter(pk=page.pk).update(first_published_at=LONG_AGO, last_published_at=LONG_AGO)
    copied = model.objects.get(pk=page.pk).copy(update_attrs={"slug": "two"})
    has_no_history(model.objects.get(pk=copied.pk), page.latest_revision_created_at)


# -- aliases ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["view", "action", "code"])
def test_an_alias_that_becomes_a_page_is_a_new_story(original, admin_client, api, way):
    alias = original.create_alias(update_slug="former-alias")
    since = timezone.now().replace(microsecond=0)  # a revision keeps milliseconds
    if way == "view":
        assert admin_client.post(f"/admin/pages/{alias.pk}/convert_alias/").status_code == 302
    elif way == "action":
        ConvertAliasPageAction(alias).execute()
    else:
        alias.alias_of = None
        alias.save()
        alias.save_revision(changed=False)
    page = NewsItemPage.objects.get(pk=alias.pk)
    assert (page.live, page.alias_of_id) == (True, None)
    has_no_history(page, since)
    assert page.first_published_at >= since
    item = next(item for item in api("items/", page_size=100)["results"] if "former-alias" in item["url"])
    assert item["published"] > "2020"
    assert "updates" not in item


def test_an_alias_of_a_draft_becomes_a_draft_without_dates(original):
    original.unpublish()
    alias = NewsItemPage.objects.get(pk=original.pk).create_alias(update_slug="former-alias")
    ConvertAliasPageAction(alias).execute()
    page = NewsItemPage.objects.get(pk=alias.pk)
    assert not page.live
    has_no_history(page, timezone.now())


# -- translations -------------------------------------------------------------------------------------------------------


@pytest.fixture
def welsh(newsroom):
    """The Welsh tree."""
    locale = Locale.objects.get(language_code="cy")
    home = newsroom.get_parent().specific.copy_for_translation(locale)
    home.save_revision().publish()
    newsroom.copy_for_translation(locale).save_revision().publish()
    return locale


def record(page):
    names = [name for name in page.history_fields if name not in PUBLICATION_FIELDS]
    values = [getattr(page, name) for name in names]
    return [str(value) if hasattr(value, "raw_data") else value for value in values]


@pytest.mark.parametrize("way", ["code", "base page", "subtree"])
def test_a_translation_is_the_same_story(original, welsh, way):
    if way == "code":
        translated = original.copy_for_translation(welsh)
    elif way == "base page":
        translated = Page.objects.get(pk=original.pk).copy_for_translation(welsh)
    else:
        section = NewsIndexPageFactory(parent=original.get_parent(), title="Section", slug="section")
        original.move(section, pos="last-child")
        from wagtail.actions.copy_for_translation import CopyPageForTranslationAction

        CopyPageForTranslationAction(section, welsh, include_subtree=True).execute()
        translated = original.get_translation(welsh)
    page = NewsItemPage.objects.get(pk=translated.pk)
    assert page.translation_key == original.translation_key
    assert record(page) == record(original)
    assert record(page.get_latest_revision_as_object()) == record(original)
    assert (page.live, page.first_published_at, page.live_revision_id) == (False, None, None)
    page.save_revision().publish()
    assert NewsItemPage.objects.get(pk=page.pk).published_at == LONG_AGO


def test_a_draft_gives_its_translation_what_the_draft_says(newsroom, welsh):
    page = newsroom.add_child(instance=NewsItemPage(title="Draft", summary="S.", live=False))
    page.archived_on = datetime.date(2020, 1, 1)
    page.save_revision()
    translated = NewsItemPage.objects.get(pk=page.pk).copy_for_translation(welsh)
    assert NewsItemPage.objects.get(pk=translated.pk).archived_on == datetime.date(2020, 1, 1)


def test_a_copy_and_its_translation_are_one_new_story(original, welsh):
    old = original.copy_for_translation(welsh)
    copied = original.copy(update_attrs={"slug": "copied"})
    translated = copied.copy_for_translation(welsh)
    assert translated.translation_key == copied.translation_key
    assert translated.translation_key != old.translation_key
    translated = NewsItemPage.objects.get(pk=translated.pk)
    assert (translated.updates.raw_data[:], translated.archived_on, translated.version_of) == ([], None, None)
    assert translated.published_at == NewsItemPage.objects.get(pk=copied.pk).published_at


def test_an_alias_in_another_language_that_becomes_a_page_is_its_translation(original, welsh):
    alias = original.copy_for_translation(welsh, alias=True)
    ConvertAliasPageAction(alias).execute()
    page = NewsItemPage.objects.get(pk=alias.pk)
    assert record(page) == record(original)
    assert page.first_published_at == LONG_AGO


# -- hosts --------------------------------------------------------------------------------------------------------------


def test_a_host_adds_fields_of_its_own(original, monkeypatch):
    monkeypatch.setattr(
        NewsItemPage, "history_fields", (*NewsItemPage.history_fields, "letter_signatory", "areas")
    )
    copied = NewsItemPage.objects.get(pk=original.copy(update_attrs={"slug": "copied"}).pk)
    assert (copied.letter_signatory, list(copied.areas.all())) == ("", [])
    alias = original.create_alias(update_slug="former-alias")
    ConvertAliasPageAction(alias).execute()
    page = NewsItemPage.objects.get(pk=alias.pk)
    assert (page.letter_signatory, list(page.areas.all())) == ("", [])


def test_the_hosts_own_exclusions_are_kept_beside_ours(original, monkeypatch):
    monkeypatch.setattr(NewsItemPage, "exclude_fields_in_copy", ["image_alt"])
    copied = NewsItemPage.objects.get(pk=original.copy(update_attrs={"slug": "copied"}).pk)
    assert (copied.image_alt, copied.archived_on, copied.updates.raw_data[:]) == ("", None, [])


def test_pages_of_others_are_copied_as_before(newsroom):
    page = HomePageFactory(parent=newsroom.get_parent(), title="Theirs", first_published_at=LONG_AGO)
    assert page.copy(keep_live=True, update_attrs={"slug": "two"}).live
