"""The news centre's panel "Working with the media".

The protocol's status, and nothing of a page that is not public.
"""

import datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from demo.models import HomePage
from tests.factories import publish_story
from tests.telling import telling
from wagtail_cpsnews.catalogue import visibility
from wagtail_cpsnews.catalogue.invalidation import invalidate_page
from wagtail_cpsnews.catalogue.projection import project_pending
from wagtail_cpsnews.catalogue.sites import address_of, read_roots
from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsIndexPage, PressOfficePage
from wagtail_cpsnews.taxonomy.models import Topic

DAY = datetime.date(2025, 12, 17)


def make(parent, title="Media protocol", slug="media-protocol", status="in_force", **fields):
    page = MediaProtocolPage(title=title, slug=slug, live=False, **fields)
    page.versions = [("version", {"title": "2025 protocol", "status": status, "in_force_from": DAY})]
    parent.add_child(instance=page)
    page.save_revision().publish()
    return MediaProtocolPage.objects.get(pk=page.pk)


@pytest.fixture
def protocol(newsroom):
    return make(newsroom.get_parent())


@pytest.fixture
def office(newsroom):
    """Any page will do: the field takes every type."""
    page = HomePage(title="Press office", slug="press-office")
    newsroom.get_parent().add_child(instance=page)
    return page


@pytest.fixture
def centre(newsroom, protocol, office):
    newsroom.media_text, newsroom.protocol_page, newsroom.press_office_page = "Call us.", protocol, office
    newsroom.save_revision().publish()
    return NewsIndexPage.objects.get(pk=newsroom.pk)


@pytest.fixture
def panel(client):
    """The panel's HTML on a list; "" where there is none."""

    def read(path="/news/", **params):
        text = client.get(path, params, headers={"host": "localhost"}).content.decode()
        return (
            text.split('<section class="cpsnews-media cpsnews-desk"')[1].split("</section>")[0]
            if 'class="cpsnews-media ' in text
            else ""
        )

    return read


def test_it_shows_both_pages_and_the_status(centre, panel):
    text = panel()
    for wanted in (
        "Call us.",
        "http://localhost/media-protocol/",
        "Media protocol",
        "In force since 17 December 2025",
    ):
        assert wanted in text
    assert "http://localhost/press-office/" in text
    assert panel(area="wessex") == ""


def test_nothing_filled_in_is_no_panel(newsroom, panel):
    assert panel() == ""


def test_the_status_is_right_as_soon_as_the_protocol_is_edited(centre, protocol, panel):
    raw = [{"type": "version", "value": {"title": "2025 protocol", "status": "being_updated"}}]
    protocol.versions = raw
    revision = protocol.save_revision()
    assert "In force since" in panel()
    revision.publish()
    assert "Being updated" in panel()
    assert "In force since" not in panel()


def hide_draft(page):
    page.unpublish()


def hide_expired(page):
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - datetime.timedelta(seconds=1))


def hide_private(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def hide_private_above(page):
    section = HomePage(title="Members", slug="members")
    page.get_parent().add_child(instance=section)
    PageViewRestriction.objects.create(page=section, restriction_type="password", password="x")
    page.move(section, pos="last-child")


def hide_scheduled(page):
    page.unpublish()
    page.refresh_from_db()
    page.go_live_at = timezone.now() + datetime.timedelta(days=1)
    page.save_revision().publish()


def hide_under_no_site(page):
    page.move(Page.objects.get(depth=1), pos="last-child")


def hide_by_becoming_an_alias(page):
    source = page.get_parent().add_child(instance=HomePage(title="Source", slug="source"))
    Page.objects.filter(pk=page.pk).update(alias_of=source)


HIDES = [value for name, value in sorted(globals().items()) if name.startswith("hide_")]


@pytest.mark.parametrize("hide", HIDES)
@pytest.mark.parametrize("which", telling(["protocol", "office"], "protocol"))
def test_nothing_of_a_page_that_is_not_public_is_shown(centre, protocol, office, panel, hide, which):
    page = {"protocol": protocol, "office": office}[which]
    hide(page)
    assert visibility.why_not_served(page.__class__.objects.get(pk=page.pk)) or not visibility.is_public(
        Page.objects.get(pk=page.pk)
    )
    text = panel()
    assert page.title not in text
    assert page.slug not in text
    assert "Call us." in text
    if which == "protocol":
        assert "December" not in text


def test_onward_links_to_a_story_that_a_rule_hides(newsroom, client, rule):
    office = PressOfficePage(title="Press office", slug="press-office")
    newsroom.get_parent().add_child(instance=office)
    held = publish_story(parent=newsroom, title="Held back")
    newsroom.ways_on = [("way", {"title": "Way", "text": "", "page": held, "url": ""})]
    newsroom.save_revision().publish()
    office.enquiries_page = held
    office.save_revision().publish()

    def text():
        return "".join(
            client.get(path, headers={"host": "localhost"}).content.decode()
            for path in ("/news/", office.url)
        )

    assert text().count("/held-back/") == 3  # in the list too
    rule(lambda page: "held" if page.slug == held.slug else "")
    invalidate_page(held.pk)
    project_pending()
    assert "/held-back/" not in text()


def test_a_welsh_centre_shows_the_welsh_version_where_there_is_a_public_one(centre, protocol, panel):
    welsh = Locale.objects.get(language_code="cy")
    index = centre.copy_for_translation(welsh, copy_parents=True)
    index.title, index.slug = "Canolfan newyddion", "newyddion"
    index.save_revision().publish()
    assert 'hreflang="en">Media protocol' in panel("/cy/newyddion/")
    twin = protocol.copy_for_translation(welsh)
    twin.title, twin.slug = "Protocol y cyfryngau", "protocol"
    twin.save_revision()
    assert "Protocol y cyfryngau" not in panel("/cy/newyddion/")
    twin.save_revision().publish()
    assert "Protocol y cyfryngau" in panel("/cy/newyddion/")
    assert "Media protocol" not in panel("/cy/newyddion/")
    assert "Protocol y cyfryngau" not in panel()
    PageViewRestriction.objects.create(page=twin, restriction_type="login")
    assert "Media protocol" in panel("/cy/newyddion/")


def test_only_a_protocol_can_be_chosen_as_one(newsroom, office):
    newsroom.protocol_page = office
    with pytest.raises(ValidationError, match="not a media protocol"):
        newsroom.full_clean()


def test_a_deleted_protocol_leaves_the_centre_standing(centre, protocol, panel):
    protocol.delete()
    assert "Media protocol" not in panel()


def test_visible_pages_agrees_with_the_checker(newsroom, protocol, office):
    """Every page of a tree with all that can be wrong.

    What the one query lets through is what the checker does.
    """
    home = newsroom.get_parent()
    for number, hide in enumerate(HIDES):
        hide(make(home, title=f"Hidden {number}", slug=f"hidden-{number}"))
    welsh_home = home.copy_for_translation(
        Locale.objects.get(language_code="cy")
    )  # a draft: no language answers
    below = HomePage(title="Below a draft home", slug="below", locale=welsh_home.locale)
    welsh_home.add_child(instance=below)
    private = make(home, title="Private", slug="private")
    alias = private.create_alias(update_slug="alias-of-private", parent=home)
    further = alias.create_alias(update_slug="alias-of-alias", parent=home)
    further.create_alias(update_slug="alias-of-alias-of-alias", parent=home)
    make(alias, title="Below", slug="below-alias")
    make(further, title="Below", slug="below-further-alias")
    hide_private(private)  # after them: a new alias gets a copy of the restriction
    protocol.create_alias(update_slug="alias-of-public", parent=home)
    Site.objects.create(hostname="other.example", root_page=office)
    roots = read_roots()
    found = visibility.visible_pages(Q(pk__gt=0), roots).filter(alias_of=None)
    below = {"below-alias", "below-further-alias"}
    assert not below & set(found.values_list("slug", flat=True))
    passed = {pk for pk, path in found.values_list("pk", "url_path") if address_of(tuple(roots), path)}
    judge = visibility.VisibilityChecker()
    assert passed == {page.pk for page in Page.objects.all() if not judge.why_not(page)}
    assert {home.pk, newsroom.pk, protocol.pk, office.pk} == passed - {Page.objects.get(slug="source").pk}
    every = set(visibility.visible_pages(Q(pk__gt=0), roots).values_list("slug", flat=True))
    assert "alias-of-public" in every
    assert not [slug for slug in every if slug.startswith("alias-of-") and slug != "alias-of-public"]


def test_three_more_queries_when_it_is_filled_in(
    newsroom, protocol, office, client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        ContentType.objects.get_for_model(MediaProtocolPage)  # remembered by every process
        client.get("/news/", headers={"host": "localhost"})  # takes in what is new
        with CaptureQueriesContext(connection) as found:
            client.get("/news/", headers={"host": "localhost"})
        return len(found)

    newsroom.themes = [("theme", {"topic": Topic.find("statistics"), "text": "", "image": None})]
    newsroom.save_revision().publish()
    before = count()
    newsroom.protocol_page, newsroom.press_office_page = protocol, office
    newsroom.ways_on = [("way", {"title": "Home", "text": "", "page": office, "url": ""})]
    newsroom.save_revision().publish()
    # The protocol's versions; the pages that the links lead to, and which of all those are public now.
    assert count() == before + 3
    assert count() <= 15
