"""What saving and publishing costs: a draft costs readers nothing, and a publication is projected once."""

import pytest
from django.db import transaction
from wagtail.models import Comment, Page

from tests.factories import draft_story
from tests.oracle import API, assert_true, get
from tests.statements import counted
from wagtail_cpsnews.catalogue.models import Entry, Invalidation
from wagtail_cpsnews.catalogue.signals import DRAFT_FIELDS
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area


def numbers():
    return dict(Entry.objects.values_list("page_pk", "number"))


# -- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_of_a_live_page_runs_no_statement(world):
    page, before = world.plain, numbers()
    page.title, page.areas = "A draft", [Area.find("cymru-wales")]
    with counted() as statements:
        page.save_revision()
    assert statements == []
    assert len(statements.all) > 10
    assert (numbers(), Invalidation.objects.count()) == (before, 0)


def test_a_comment_on_a_live_page_is_no_change(world, admin_user):
    page = world.plain
    page.wagtail_admin_comments = [Comment(page=page, user=admin_user, text="Really?", contentpath="title")]
    with counted() as statements:
        page.save_revision()
    assert statements == []
    assert Comment.objects.exists()


def test_a_page_that_was_not_live_and_is_not_costs_one_look(world):
    page = draft_story(parent=world.index, title="Draft")
    for change in ("save_revision", "save"):
        with counted() as statements:
            getattr(NewsItemPage.objects.get(pk=page.pk), change)()
        assert len(statements) <= 1, statements
        assert all(sql.startswith("SELECT") for sql in statements)


@pytest.mark.parametrize("fields", [["latest_revision"], ["locked", "locked_by", "locked_at"], ["numchild"]])
def test_fields_that_only_editors_see(world, fields):
    with counted() as statements:
        world.plain.save(update_fields=fields, clean=False)
    assert statements == []


def test_every_other_field_invalidates(world):
    fields = {field.name for field in NewsItemPage._meta.concrete_fields} - {"id", "page_ptr"}
    assert fields >= {name for name in DRAFT_FIELDS if not name.endswith("_id")}
    for name in sorted(fields - DRAFT_FIELDS):
        with transaction.atomic():
            world.plain.save(update_fields=[name, "latest_revision"], clean=False)
            assert Invalidation.objects.filter(scope=Invalidation.PAGE, subject=str(world.plain.pk)), name


def test_terms_that_are_saved_with_a_draft_are_noticed(world):
    page = Page.objects.get(pk=world.plain.pk).specific
    page.areas = [Area.find("cymru-wales")]
    page.save(update_fields=["latest_revision", "areas"], clean=False)
    assert_true()
    (item,) = get(f"{API}/items/", area="cymru-wales").json()["results"]
    assert item["title"] == "Plain Harbour"
