"""Every way in which a page can change.

After each, the oracle: pages and catalogue say the same.
"""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from tests.oracle import assert_true, get, serves
from tests.telling import telling
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.pages.models import NewsItemPage

ALL = ["Deep Lantern", "Deep Marigold", "Plain Harbour"]
HOUR = datetime.timedelta(hours=1)


def id_of(page):
    return Entry.objects.get(page_pk=page.pk).pk


def test_published(world):
    world.publish("New Quay")
    assert assert_true() == sorted([*ALL, "New Quay"])


def test_changed_and_published_again_keeps_its_id(world):
    before, page = id_of(world.plain), world.plain
    page.title = "Plain Jetty"
    page.save_revision().publish()
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Plain Jetty"]
    assert id_of(page) == before


def test_a_draft_of_a_live_page_says_nothing(world):
    page = world.plain
    page.title = "Secret Jetty"
    page.summary = "Secret summary"
    page.save_revision()
    assert assert_true() == ALL
    assert "Secret" not in get("/newsroom/api/v1/items/").content.decode()


def test_a_scheduled_story_leaks_nothing_until_it_is_due(world):
    from tests.factories import draft_story

    page = draft_story(parent=world.index, title="Embargoed Tern", areas=["mersey-cheshire"])
    page.go_live_at = timezone.now() + HOUR
    page.save_revision().publish()
    assert assert_true() == ALL
    assert not Entry.objects.filter(page_pk=page.pk).exists()
    Page.objects.filter(pk=page.pk).update(go_live_at=timezone.now() - HOUR)
    for revision in page.revisions.all():
        revision.approved_go_live_at = timezone.now() - HOUR
        revision.content["go_live_at"] = None
        revision.save()
    call_command("publish_scheduled")
    assert assert_true() == sorted([*ALL, "Embargoed Tern"])


def test_a_scheduled_change_of_a_live_story_leaves_the_old_text(world):
    page = world.plain
    page.title = "Embargoed Jetty"
    page.go_live_at = timezone.now() + HOUR
    page.save_revision().publish()
    assert assert_true() == ALL


def test_unpublished_and_published_again(world):
    before = id_of(world.plain)
    world.plain.unpublish()
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    assert get("/news/plain/").status_code == 410
    page = world.plain
    page.save_revision().publish()
    assert assert_true() == ALL
    assert id_of(page) == before


def test_expired_before_cron_comes(world):
    page = world.plain
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - HOUR)  # as time would have passed
    Entry.objects.filter(page_pk=page.pk).update(expires_at=timezone.now() - HOUR)
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    assert get("/news/plain/").status_code == 410
    assert not Entry.objects.get(page_pk=page.pk).public
    call_command("publish_scheduled")
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_an_alias_of_what_has_expired_does_not_show_it(world):
    page = world.plain
    alias = page.create_alias(update_slug="alias")
    page.expire_at = timezone.now() + HOUR
    page.save_revision().publish()
    alias = Page.objects.get(pk=alias.pk).specific
    assert alias.expire_at == page.expire_at
    assert serves(alias)
    Page.objects.filter(pk__in=[page.pk, alias.pk]).update(expire_at=timezone.now() - HOUR)
    assert not serves(Page.objects.get(pk=alias.pk).specific)


def test_moved_keeps_id_and_answers_at_the_new_address(world):
    before = id_of(world.plain)
    world.plain.move(world.section, pos="last-child")
    assert assert_true() == ALL
    assert id_of(world.plain) == before
    assert get("/news/section/plain/").status_code == 200
    assert get("/news/plain/").status_code in (301, 404)  # Wagtail's redirects app makes one


def test_ancestor_moved_out_of_the_site_and_back(world):
    ids = {id_of(world.deep), id_of(world.deeper)}
    root = Page.objects.get(depth=1)
    world.section.move(root, pos="last-child")
    assert assert_true() == ["Plain Harbour"]
    world.section.move(world.index, pos="last-child")
    assert assert_true() == ALL
    assert {id_of(world.deep), id_of(world.deeper)} == ids


def test_ancestor_moved_within_the_site(world):
    world.section.move(world.home, pos="last-child")
    assert assert_true() == ALL
    assert get("/section/deep/").status_code == 200


def test_ancestor_gets_another_slug(world):
    ids = {id_of(world.deep), id_of(world.deeper)}
    section = world.section
    section.slug = "chapter"
    section.save_revision().publish()
    assert assert_true() == ALL
    assert {id_of(world.deep), id_of(world.deeper)} == ids


def test_ancestor_unpublished_leaves_its_live_stories(world):
    world.section.unpublish()
    assert assert_true() == ALL


def test_copied_as_draft_and_live(world):
    world.plain.copy(update_attrs={"slug": "copy", "title": "Draft Copy"}, keep_live=False)
    assert assert_true() == ALL
    copy = world.plain.copy(update_attrs={"slug": "copy-2", "title": "Live Copy"}, keep_live=True)
    assert assert_true() == sorted([*ALL, "Live Copy"])
    assert id_of(copy) != id_of(world.plain)


def test_section_copied_live(world):
    world.section.copy(
        recursive=True, update_attrs={"slug": "section-2", "title": "Section 2"}, keep_live=True
    )
    # The copies have the titles of their originals: the oracle tells them by page.
    assert assert_true() == sorted([*ALL, "Deep Lantern", "Deep Marigold"])


def test_restricted_story_copied_live_never_shows(world):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=world.plain, restriction_type="login")
    world.plain.copy(update_attrs={"slug": "copy", "title": "Private Copy"}, keep_live=True)
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_alias_answers_and_is_no_story(world):
    alias = world.plain.create_alias(update_slug="alias")
    assert serves(alias)
    assert assert_true() == ALL
    page = world.plain
    page.title = "Plain Jetty"
    page.save_revision().publish()
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Plain Jetty"]


def test_alias_of_what_was_restricted_later(world):
    from wagtail.models import PageViewRestriction

    alias = world.plain.create_alias(update_slug="alias")
    PageViewRestriction.objects.create(page=world.plain, restriction_type="login")
    assert not serves(alias)
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_alias_made_a_page_of_its_own(world, admin):
    alias = world.plain.create_alias(update_slug="alias")
    response = admin.post(f"/admin/pages/{alias.pk}/convert_alias/")
    assert response.status_code == 302
    assert assert_true() == sorted([*ALL, "Plain Harbour"])


def test_source_of_an_alias_deleted(world):
    """Wagtail unpublishes the alias and cuts it loose.

    The latter in an update without a signal.
    """
    alias = world.plain.create_alias(update_slug="alias")
    world.plain.delete()
    alias = NewsItemPage.objects.get(pk=alias.pk)
    assert alias.alias_of_id is None
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    alias.save_revision().publish()
    assert assert_true() == ALL


def test_story_below_an_alias_whose_private_source_is_deleted(world):
    from wagtail.models import PageViewRestriction

    alias = world.section.create_alias(update_slug="section-alias")
    world.publish("Below Alias", parent=alias)
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    assert assert_true() == ["Plain Harbour"]
    world.section.delete()
    assert assert_true() == ["Below Alias", "Plain Harbour"]


def test_story_below_an_alias_of_a_restricted_section(world):
    """An alias shares its source's restrictions.

    And so does what lies below the alias.
    """
    from wagtail.models import PageViewRestriction

    alias = world.section.create_alias(update_slug="section-alias")
    second = alias.create_alias(update_slug="section-alias-2")
    world.publish("Below Alias", parent=alias)
    world.publish("Below Second", parent=Page.objects.get(pk=second.pk))
    everything = sorted([*ALL, "Below Alias", "Below Second"])
    assert assert_true() == everything
    restriction = PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    assert assert_true() == ["Plain Harbour"]
    restriction.delete()
    assert assert_true() == everything
    PageViewRestriction.objects.create(page=world.section, restriction_type="login")
    alias = Page.objects.get(pk=alias.pk)
    alias.alias_of = None
    alias.save(update_fields=["alias_of"], clean=False)
    assert assert_true() == ["Below Alias", "Below Second", "Plain Harbour"]


@pytest.mark.parametrize("kind", telling(["login", "password", "groups"], "password"))
@pytest.mark.parametrize("where", ["page", "ancestor", "home"])
def test_restriction_added_and_lifted(world, kind, where):
    from wagtail.models import PageViewRestriction

    page = {"page": world.deep, "ancestor": world.section, "home": world.home}[where]
    left = {"page": ["Deep Marigold", "Plain Harbour"], "ancestor": ["Plain Harbour"], "home": []}[where]
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")
    assert assert_true() == left
    restriction.delete()
    assert assert_true() == ALL


def test_story_moved_into_and_out_of_a_private_section(world):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=world.section, restriction_type="password", password="x")
    world.plain.move(world.section, pos="first-child")
    assert assert_true() == []
    world.plain.move(world.index, pos="first-child")
    assert assert_true() == ["Plain Harbour"]


def test_deleted(world):
    entry = id_of(world.plain)
    world.plain.delete()
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]
    assert not Entry.objects.get(pk=entry).public
    assert get("/news/plain/").status_code == 410


def test_ancestor_deleted(world):
    world.section.delete()
    assert assert_true() == ["Plain Harbour"]


def test_deleted_by_a_queryset(world):
    Page.objects.filter(slug="plain").delete()
    NewsItemPage.objects.filter(slug="deep").delete()
    assert assert_true() == ["Deep Marigold"]


def test_saved_as_its_base_class(world):
    page = Page.objects.get(slug="plain")
    page.title = "Base Jetty"
    page.save()
    assert assert_true() == ["Base Jetty", "Deep Lantern", "Deep Marigold"]
    page.live = False
    page.save(update_fields=["live"])
    assert assert_true() == ["Deep Lantern", "Deep Marigold"]


def test_slug_changed_as_its_base_class(world):
    page = Page.objects.get(slug="section")
    page.slug = "chapter"
    page.save()
    assert assert_true() == ALL


@pytest.fixture
def admin(world, client):
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.create_superuser("editor", "editor@example.org", "x"))
    return client


def bulk(admin, action, pages, **data):
    ids = "&".join(f"id={page.pk}" for page in pages)
    response = admin.post(f"/admin/bulk/wagtailcore/page/{action}/?next=/admin/&{ids}", data)
    assert response.status_code == 302, response.content
    return response


def test_bulk_unpublish_publish_move_delete(world, admin):
    both = [world.plain, world.deep]
    bulk(admin, "unpublish", both)
    assert assert_true() == ["Deep Marigold"]
    bulk(admin, "publish", both)
    assert assert_true() == ALL
    bulk(admin, "move", [world.plain], chooser=world.section.pk)
    assert world.plain.get_parent().slug == "section"
    assert assert_true() == ALL
    bulk(admin, "delete", both)
    assert assert_true() == ["Deep Marigold"]


def test_bulk_unpublish_of_a_section_with_what_is_below(world, admin):
    bulk(admin, "unpublish", [world.section], include_descendants="on")
    assert assert_true() == ["Plain Harbour"]
    bulk(admin, "publish", [world.section], include_descendants="on")
    assert assert_true() == ALL


def test_privacy_set_in_the_admin(world, admin):
    address = f"/admin/pages/{world.section.pk}/privacy/"
    assert admin.post(address, {"restriction_type": "login"}).status_code == 200
    assert assert_true() == ["Plain Harbour"]
    assert admin.post(address, {"restriction_type": "none"}).status_code == 200
    assert assert_true() == ALL


def test_a_page_that_is_rolled_back_to_an_old_revision(world):
    page = world.plain
    old = page.save_revision()
    page.title = "Plain Jetty"
    page.save_revision().publish()
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Plain Jetty"]
    old.publish()
    assert assert_true() == ALL
