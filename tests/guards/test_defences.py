"""What each guard of ``table.py`` prevents.

Every test here fails when its guard is switched off.
"""

import datetime

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, make_contact, publish_story
from tests.outputs import ABOUT_STORIES, LINKS_ONLY, LISTS, list_questions, names, story_questions
from tests.outputs import ask as ask_output
from wagtail_cpsnews.admin.usage import describe_uses
from wagtail_cpsnews.catalogue import deferred, projection, snapshots, visibility
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.public_pages import public_pages
from wagtail_cpsnews.catalogue.visibility import VisibilityChecker
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage, PressOfficePage
from wagtail_cpsnews.stories.press_office import PressOfficeMixin
from wagtail_cpsnews.taxonomy.models import Area
from wagtail_cpsnews.usage.models import EmbedUse

TITLE = "Teacher Rowan Pell charged"


def ask(path, host="localhost"):
    return Client(raise_request_exception=False).get(f"/newsroom/{path}", headers={"host": host})


@pytest.fixture
def entry(story):
    """The entry of a public story."""
    page = story(TITLE)
    snapshots.current()
    return Entry.objects.get(page_pk=page.pk)


@pytest.fixture
def other_site(newsroom):
    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Second", slug="second")
    Site.objects.create(hostname="second.example", port=80, root_page=home)
    return NewsIndexPageFactory(parent=home, title="News", slug="second-news")


# -- rules --------------------------------------------------------------------------------------------


def test_a_rule_keeps_a_story_out(story, titles, rule):
    rule(lambda page: "held" if page.title == TITLE else "")
    story(TITLE)
    story("Another")
    assert titles() == ["Another"]


def test_a_rule_is_asked_of_what_moves(newsroom, story, titles, rule):
    below = {NewsIndexPage: lambda page: page.get_descendants().values_list("pk", flat=True)}
    rule(lambda page: "held" if "/held/" in page.url_path else "", below)
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    held = NewsIndexPageFactory(parent=newsroom, title="Held", slug="held")
    story(TITLE, parent=section)
    assert titles() == [TITLE]
    section.refresh_from_db()
    section.move(held, "last-child")
    assert titles() == []


def test_a_rule_keeps_a_page_from_its_own_address(story, rule):
    page = story(TITLE)
    snapshots.current()
    rule(lambda page: "held" if page.title == TITLE else "")
    response = Client().get(page.url, headers={"host": "localhost"})
    assert response.status_code == 410
    assert TITLE not in response.content.decode()


# -- visibility -----------------------------------------------------------------------------------------------------


def test_the_visibility_checker_reads_every_column(newsroom, story):
    plain, draft, expired, private = (story(name) for name in ("Plain", "Draft", "Expired", "Private"))
    draft.unpublish()
    NewsItemPage.objects.filter(pk=expired.pk).update(expire_at=timezone.now() - datetime.timedelta(days=1))
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    alias = plain.create_alias(parent=newsroom, update_slug="plain-alias")
    asked = VisibilityChecker()
    public = {
        page.title: not asked.why_not(NewsItemPage.objects.get(pk=page.pk))
        for page in (plain, draft, expired, private)
    }
    assert public == {"Plain": True, "Draft": False, "Expired": False, "Private": False}
    assert asked.why_not(NewsItemPage.objects.get(pk=alias.pk)) == "alias"


def test_an_alias_of_a_restricted_page_is_no_open_page(newsroom, story):
    page = story(TITLE)
    alias = page.create_alias(parent=newsroom, update_slug="alias")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    roots = snapshots.current().reference.roots
    assert list(visibility.visible_pages(Q(pk=alias.pk), roots)) == []
    PageViewRestriction.objects.all().delete()
    assert [found.pk for found in visibility.visible_pages(Q(pk=alias.pk), roots)] == [alias.pk]


def test_a_page_that_expires_between_finding_and_loading(newsroom):
    newsroom.get_parent().add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    (found,) = public_pages(PressOfficeMixin, snapshots.current().reference)
    assert found.specific() is not None
    Page.objects.filter(pk=found.pk).update(expire_at=timezone.now() - datetime.timedelta(seconds=1))
    assert found.specific() is None


# -- other sites ------------------------------------------------------------------------------------------------------


def test_another_sites_story_is_in_no_card(other_site):
    page = publish_story(parent=other_site, title=TITLE)
    snapshots.current()
    entry = Entry.objects.get(page_pk=page.pk)
    assert TITLE in ask(f"embed/list/?id={entry.pk}", "second.example").content.decode()
    response = ask(f"embed/list/?id={entry.pk}")
    assert response.status_code == 404
    assert TITLE not in response.content.decode()


def test_another_sites_story_is_no_item(other_site):
    page = publish_story(parent=other_site, title=TITLE)
    snapshots.current()
    entry = Entry.objects.get(page_pk=page.pk)
    assert ask(f"api/v1/items/{entry.pk}/", "second.example").status_code == 200
    assert ask(f"api/v1/items/{entry.pk}/").status_code == 404


# -- invalidation -----------------------------------------------------------------------------------------------------


def test_a_contacts_terms_alone_change_its_answers(newsroom, api):
    contact = make_contact("Wessex desk", areas=["wessex"])
    assert api("press-contacts/")["results"][0]["areas"][0]["slug"] == "wessex"
    contact.areas.set([Area.find("london-north")])
    assert api("press-contacts/")["results"][0]["areas"][0]["slug"] == "london-north"


def test_a_save_alone_changes_the_list(story, titles):
    page = story(TITLE)
    assert titles() == [TITLE]
    page.live = False
    page.save()
    assert titles() == []


def test_a_deletion_alone_changes_the_list(story, titles):
    page = story(TITLE)
    assert titles() == [TITLE]
    Page.objects.get(pk=page.pk).delete()
    assert titles() == []


def test_text_that_looks_like_a_placeholder_stays(story, api):
    """Somebody who has once seen a placeholder types it into a story."""
    with deferred.collecting() as collector:
        seen = collector.marker("h", "related_stories", {})
    story(TITLE, body=[("text", f"<p>Before {seen} after</p>")])
    item = api("items/")["results"][0]
    assert seen in api(f"items/{item['id']}/")["body_html"]


# -- second lines: the projection has not come yet --------------------------------------------------------------------


@pytest.fixture
def delayed_projection(entry, monkeypatch):
    """The story has expired, and the projection is late.

    It would remove the story, but the database is locked.
    """
    Entry.objects.filter(pk=entry.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    monkeypatch.setattr(projection, "project_once", lambda: False)
    return entry


@pytest.mark.parametrize("name", names(ABOUT_STORIES))
def test_an_entry_that_was_not_projected_yet_is_gone(delayed_projection, name):
    url = f"http://localhost{delayed_projection.path}"
    status, text = ask_output(story_questions(delayed_projection.pk, url)[name])
    assert status == (404 if name in LINKS_ONLY else 410)
    assert TITLE not in text


@pytest.mark.parametrize("name", names(LISTS))
def test_an_entry_that_was_not_projected_yet_is_in_no_list(delayed_projection, name):
    status, text = ask_output(list_questions()[name])
    assert status == 200
    assert TITLE not in text
    assert delayed_projection.path not in text
    assert "teacher-rowan" not in text


def test_the_usage_report_does_not_name_a_story_that_is_gone(entry):
    """Even where a tombstone still held its title."""
    now = timezone.now()
    use = EmbedUse(host="council.example", what=f"story:{entry.pk}", first_seen=now, last_seen=now)
    describe_uses([use])
    assert use.description == TITLE
    NewsItemPage.objects.get(pk=entry.page_pk).unpublish()
    snapshots.current()
    Entry.objects.filter(pk=entry.pk).update(title=TITLE)
    describe_uses([use])
    assert TITLE not in use.description
