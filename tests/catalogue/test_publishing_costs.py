"""What saving and publishing costs.

A draft costs readers nothing, and a publication is projected once.
"""

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    Comment,
    GroupApprovalTask,
    Locale,
    Page,
    Workflow,
    WorkflowTask,
)
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from tests.factories import draft_story
from tests.oracle import API, assert_true, get
from tests.statements import counted
from wagtail_cpsnews.catalogue import projection
from wagtail_cpsnews.catalogue.models import Entry, Invalidation, State
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


def test_a_page_that_was_not_live_and_is_not_costs_one_query(world):
    page = draft_story(parent=world.index, title="Draft")
    for change in ("save_revision", "save"):
        with counted() as statements:
            getattr(NewsItemPage.objects.get(pk=page.pk), change)()
        assert len(statements) <= 1, statements
        assert all(": SELECT" in statement for statement in statements)


@pytest.mark.parametrize("fields", [["latest_revision"], ["locked", "locked_by", "locked_at"], ["numchild"]])
def test_fields_that_only_editors_see(world, fields):
    with counted() as statements:
        world.plain.save(update_fields=fields, clean=False)
    assert statements == []


def test_every_other_field_invalidates(world):
    fields = {field.name for field in NewsItemPage._meta.concrete_fields} - {"id", "page_ptr"}
    assert fields >= {name for name in DRAFT_FIELDS if not name.endswith("_id")} - {COMMENTS_RELATION_NAME}
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


# -- publications -----------------------------------------------------------------------------------------------------

#: Statements of the package for a story that is published, savepoints included. A version of a story in another language
#: looks for the others and tells them; an alias is saved on its own, after its source, and links to it follow then. The
#: editor's form saves a page that is not live once more, and here it takes a term away.
MOST = {"publish_translation": 25, "publish_source_of_an_alias": 43, "press_button": 25}

#: Reads the drafts before a bulk action, to refuse what is not ready: no part of the publication.
CHECK = ("admin/publishing.py", "stories/forms.py")


def changed(page):
    page.title, page.summary, page.areas = "Quay", "Another.", [Area.find("wessex")]
    return page


def press_button(page, client, area):
    data = nested_form_data(
        {
            "title": "Quay",
            "slug": page.slug,
            "summary": "Another.",
            "body": streamfield([("text", rich_text("<p>Words.</p>"))]),
            "updates": streamfield([]),
            "notes_to_editors": rich_text(""),
            "archived_note": rich_text(""),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )
    answer = client.post(f"/admin/pages/{page.pk}/edit/", {**data, "areas": [area.pk]})
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def publish_in_bulk(page, client, area):
    answer = client.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}&next=/admin/")
    assert answer.status_code == 302


def approve(page, client, area):
    task = page.current_workflow_task_state
    action = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert client.post(action).status_code == 302


def be_on_schedule(page, client, area):
    page.get_latest_revision().publish()  # what publish_scheduled does for each revision that is due
    call_command("publish_scheduled")


def publish_source_of_an_alias(page, client, area):
    page.get_latest_revision().publish()
    alias = NewsItemPage.objects.get(alias_of=page)
    assert alias.title == page.get_latest_revision_as_object().title


def publish_translation(page, client, area):
    page.get_latest_revision().publish()


def prepare(world, page, way, user):
    """Save the draft that is published, as far as that is not a part of publishing."""
    if way is press_button:
        return page
    if way is be_on_schedule:
        page.go_live_at = timezone.now() - timezone.timedelta(seconds=1)
        changed(page).save_revision(approved_go_live_at=page.go_live_at)
        return page
    if way is publish_source_of_an_alias:
        page.create_alias(parent=world.section, update_slug="alias")
    if way is publish_translation:
        page = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    changed(page).save_revision()
    if way is approve:
        task = GroupApprovalTask.objects.create(name="Check")
        workflow = Workflow.objects.create(name="Press office")
        WorkflowTask.objects.create(workflow=workflow, task=task)
        workflow.start(page, user)
    return page


WAYS = [
    *(press_button, publish_in_bulk, approve, be_on_schedule),
    *(publish_source_of_an_alias, publish_translation),
]


@pytest.mark.parametrize("first", [True, False], ids=["first time", "again"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_publication_is_projected_once(world, client, monkeypatch, settings, way, first):
    # On a busy machine a look may come while the change is not committed: it makes up for itself afterwards.
    settings.WAGTAIL_CPSNEWS = {"LOOK_SECONDS": 60}
    user = User.objects.create_superuser("boss", "", "boss")
    client.force_login(user)
    page = draft_story(parent=world.index, title="A draft", kind="news") if first else world.plain
    page = prepare(world, page, way, user)
    before, area = State.objects.get().sequence, Area.find("wessex")
    monkeypatch.setattr(projection, "BATCH_SECONDS", 60)  # a busy machine would do it in two batches
    for content_type in ContentType.objects.all():  # a process reads each once
        ContentType.objects.get_for_id(content_type.pk)
    with counted() as statements:
        way(page, client, area)
    costs = [statement for statement in statements if not statement.startswith(CHECK)]
    assert len(costs) <= MOST.get(way.__name__, 22), [len(costs), *costs]
    assert State.objects.get().sequence == before + 1
    assert_true()
    language = "cy" if way is publish_translation else "en"
    results = get(f"{API}/items/", area="wessex", language=language).json()["results"]
    assert "Quay" in {item["title"] for item in results}
