"""Everything by which a story is published, tried on one that is on hold: it stays unpublished, and says why."""

import datetime
import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import GroupApprovalTask, Locale, Page, Revision, Workflow, WorkflowTask

from tests.factories import draft_story
from tests.importing import STORY, run, write
from wagtail_cpsnews.catalogue import adapters
from wagtail_cpsnews.catalogue.facts import PublicFacts
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.desk import holds
from wagtail_cpsnews.pages.models import NewsItemPage

pytestmark = pytest.mark.django_db

TITLE = "Rowan Pell charged"


def fresh(page):
    return type(page).objects.get(pk=page.pk)


@pytest.fixture
def held(story):
    """A story on hold."""
    page = story(TITLE)
    page.save_revision()
    holds.hold(page)
    return fresh(page)


@pytest.fixture
def reference(held):
    return PublicationStop.objects.get().reference


@pytest.fixture
def nothing_is_public(titles):
    """Fail the test where a page is live after it that was not to be."""
    yield
    assert titles() == []
    live = Page.objects.live().type(NewsItemPage)
    assert not live.exists(), list(live)


# By code


def _publish(page):
    page.save_revision().publish()


def _publish_latest(page):
    page.get_latest_revision().publish(user=User.objects.create_superuser("root"))


def _action(page):
    PublishPageRevisionAction(page.get_latest_revision(), user=None).execute(skip_permission_checks=True)


def _save(page):
    page.live = True
    page.save()


def _save_the_base_class(page):
    base = Page.objects.get(pk=page.pk)
    base.live = True
    base.save(update_fields=["live"])


def _schedule(page):
    page.go_live_at = timezone.now() + datetime.timedelta(days=1)
    page.save_revision().publish()


def _approve_by_hand(page):
    page.save_revision(approved_go_live_at=timezone.now())


def _revert(page):
    page.revisions.order_by("created_at").first().publish()


def _copy(page):
    page.copy(update_attrs={"slug": "copy", "title": "Copy"})


def _copy_as_draft(page):
    page.copy(keep_live=False, update_attrs={"slug": "copy"})


def _copy_by_action(page):
    CopyPageAction(page=page, update_attrs={"slug": "copy"}).execute(skip_permission_checks=True)


def _copy_the_section(page):
    parent = page.get_parent()
    CopyPageAction(page=parent, recursive=True, update_attrs={"slug": "copy"}).execute(
        skip_permission_checks=True
    )


@pytest.mark.parametrize(
    "act",
    [
        _publish,
        _publish_latest,
        _action,
        _save,
        _save_the_base_class,
        _schedule,
        _approve_by_hand,
        _revert,
        _copy,
        _copy_as_draft,
        _copy_by_action,
        _copy_the_section,
    ],
    ids=lambda act: act.__name__.strip("_"),
)
def test_no_code_publishes_or_copies_it(held, reference, nothing_is_public, act):
    with pytest.raises(PublishingRefused, match=reference):
        act(held)
    assert NewsItemPage.objects.count() == 1


def test_an_alias_is_no_way_out(held, newsroom, reference, nothing_is_public):
    alias = CreatePageAliasAction(held, parent=newsroom, update_slug="alias").execute(
        skip_permission_checks=True
    )
    assert not alias.live
    alias.live = True
    with pytest.raises(PublishingRefused, match=reference):
        alias.save()
    with pytest.raises(PublishingRefused, match=reference):
        ConvertAliasPageAction(fresh(alias)).execute(skip_permission_checks=True)
    with pytest.raises(PublishingRefused, match=reference):
        fresh(alias).copy(update_attrs={"slug": "copy"})


def test_a_translation_is_the_same_story(held, reference, nothing_is_public):
    held.get_parent().specific.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh = held.copy_for_translation(Locale.objects.get(language_code="cy"))
    with pytest.raises(PublishingRefused, match=reference):
        welsh.save_revision().publish()


def test_moving_it_moves_no_text(held, newsroom, nothing_is_public):
    held.move(newsroom.get_parent(), pos="last-child")
    assert not fresh(held).live


def test_cron_goes_on_with_the_others(held, newsroom, titles):
    other = draft_story(parent=newsroom, title="Another")
    soon = timezone.now() + datetime.timedelta(hours=1)
    for page in (other,):
        page.go_live_at = soon
        page.save_revision().publish()
    Revision.objects.filter(object_id=str(other.pk)).update(
        approved_go_live_at=timezone.now() - datetime.timedelta(minutes=1)
    )
    call_command("publish_scheduled")
    assert not fresh(held).live


def test_a_story_scheduled_before_the_hold_does_not_stop_cron(story, newsroom, titles):
    past = timezone.now() - datetime.timedelta(minutes=1)
    pages = [draft_story(parent=newsroom, title=title) for title in (TITLE, "Another")]
    for page in pages:
        page.save_revision(approved_go_live_at=past)
    holds.hold(pages[0])
    call_command("publish_scheduled")
    assert titles() == ["Another"]


# In the admin


@pytest.fixture
def root(client):
    """Logged in: a superuser, whom a lock of Wagtail's would not stop."""
    user = User.objects.create_superuser("root", "root@desk.example", "root")
    client.force_login(user)
    return user


def form_of(page, **changed):
    """What the editor's form sends."""
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "1000",
    }
    for name in ("body", "updates"):
        data |= {f"{name}-count": "0"}
    data |= {"notes_to_editors": "null", "archived_note": "null"}
    return data | changed


def told(client, address="/admin/"):
    """The words of the messages on the page that comes next."""
    return client.get(address).content.decode()


def test_the_editor_keeps_what_was_typed_and_says_why(held, reference, client, root, nothing_is_public):
    edit = f"/admin/pages/{held.pk}/edit/"
    for buttons in ({"action-publish": "1"}, {}):
        response = client.post(edit, form_of(held, title="A title just typed", **buttons))
        assert response.status_code == 200
        html = response.content.decode()
        assert "A title just typed" in html
        assert f"on hold ({reference})" in html
        assert f"/admin/newsroom/holds/{reference}/" in html


def test_the_editor_shows_who_holds_it_and_no_unlock_button(story, officer, client, root):
    page = story(TITLE)
    stop = holds.hold(page, officer)
    html = told(client, f"/admin/pages/{page.pk}/edit/")
    assert f"on hold ({stop.reference})" in html
    assert "by officer" in html
    assert f"/admin/newsroom/holds/{stop.reference}/" in html
    assert f"/admin/pages/{page.pk}/unlock/" not in html
    assert f"/admin/pages/{page.pk}/lock/" not in html
    client.post(f"/admin/pages/{page.pk}/unlock/")
    assert fresh(page).get_lock().for_user(root)


def test_bulk_publishing_publishes_nothing_and_says_why(
    held, reference, newsroom, client, root, nothing_is_public
):
    other = draft_story(parent=newsroom, title="Another")
    for pages in ([held, other], [newsroom]):
        query = "&".join(f"id={page.pk}" for page in pages)
        response = client.post(
            f"/admin/bulk/wagtailcore/page/publish/?{query}&next=/admin/", {"include_descendants": "on"}
        )
        assert response.url == "/admin/"
        html = told(client)
        assert f"{TITLE}: This story is on hold ({reference})" in html
        assert "Nothing was published." in html


def test_the_copy_view_refuses(held, reference, newsroom, client, root, nothing_is_public):
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": newsroom.pk, "publish_copies": "on"}
    for page, more in ((held, {}), (held, {"alias": "on"}), (newsroom, {"copy_subpages": "on"})):
        parent = page.get_parent()
        response = client.post(
            f"/admin/pages/{page.pk}/copy/", {**data, **more, "new_parent_page": parent.pk}
        )
        assert response.status_code == 302
        html = told(client)
        assert f"on hold ({reference})" in html
        assert "Nothing was copied" in html
        assert not Page.objects.filter(slug="copy").exists()


def test_reverting_is_no_way_out(held, client, root, nothing_is_public):
    old = held.revisions.order_by("created_at").first()
    data = form_of(held, **{"action-publish": "1", "revision": old.pk})
    response = client.post(f"/admin/pages/{held.pk}/revisions/{old.pk}/revert/", data)
    assert response.status_code == 200
    client.post(f"/admin/pages/{held.pk}/edit/", data)


def start_workflow(page, user):
    """Submit a page to a workflow of one task, and return the state of the task."""
    workflow = Workflow.objects.create(name="Check")
    task = GroupApprovalTask.objects.create(name="Read")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    workflow.start(page, user)
    return page.current_workflow_task_state


def test_a_workflow_does_not_publish_it(story, client, root, nothing_is_public):
    page = story(TITLE)
    page.save_revision()
    User.objects.update(email="")  # Wagtail’s own mails use a call that Django 6.1 deprecates
    state = start_workflow(page, root)
    stop = holds.hold(page)
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    response = client.post(approve, {"comment": "fine"})
    assert response.status_code == 302
    html = told(client, response.url)
    assert stop.reference in html
    assert "do not have permission" not in html
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS  # nothing is half done


@pytest.fixture
def host_class():
    """A page class of a host's own with an adapter, and without the package's mixins."""
    from demo.models import HomePage

    class HomePages(adapters.Adapter):
        def facts(self, page):
            return PublicFacts(title=page.title, published=page.first_published_at)

    adapters.register(HomePage)(HomePages)
    yield HomePage
    del adapters._adapters[HomePage]
    adapters.adapter_for.cache_clear()


def test_a_page_class_without_the_lock_is_saved_as_a_draft(newsroom, host_class, client, root):
    page = newsroom.get_parent().add_child(instance=host_class(title=TITLE, slug="own"))
    page.save_revision().publish()
    stop = holds.hold(fresh(page))
    data = form_of(SimpleNamespace(title="A title just typed", slug="own", summary=""))
    client.post(f"/admin/pages/{page.pk}/edit/", data | {"action-publish": "1"})
    page = fresh(page)
    assert (page.live, page.draft_title) == (False, "A title just typed")
    assert stop.reference in told(client)


# By an API


def test_wagtails_api_answers_403(held, reference, client, root, nothing_is_public):
    """The admin's API, and API v3 where this Wagtail has one."""
    addresses = []
    for name, args in (
        ("wagtailadmin_api:pages:action", [held.pk, "publish"]),
        ("wagtailadmin_api:pages:action", [held.pk, "copy"]),
    ):
        try:
            addresses.append(reverse(name, args=args))
        except NoReverseMatch:
            continue
    assert addresses
    for address in addresses:
        response = client.post(address, json.dumps({"slug": "copy"}), content_type="application/json")
        assert response.status_code == 403, (address, response.content)


def test_api_v3_answers_403_and_says_why(held, reference, client, settings, nothing_is_public):
    models = pytest.importorskip("wagtail.models.api", reason="since Wagtail 8.0")
    settings.ROOT_URLCONF = "tests.urls_headless"
    user, token = User.objects.create_superuser("root"), models.APIToken.generate_token()
    models.APIToken.objects.create(user=user, key_hash=models.APIToken.hash_token(token))
    for action in ("publish", "copy"):
        response = client.post(
            f"/api/v3/pages/{held.pk}/actions/{action}/",
            "{}",
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
        assert response.status_code == 403, (action, response.content)
        assert reference in response.json()["detail"]


# By an import


def test_an_import_reports_it_and_goes_on(newsroom, titles, tmp_path):
    path, other = tmp_path / "stories.jsonl", STORY | {"id": "2", "title": "Another"}
    run(write(path, STORY | {"title": TITLE}, other))
    page = NewsItemPage.objects.get(title=TITLE)
    stop = holds.hold(page)
    changed = STORY | {"title": f"{TITLE} again"}
    said = run(write(path, changed, other | {"title": "Another, changed"}))
    assert titles() == ["Another, changed"]
    assert stop.reference in said
    assert fresh(page).draft_title == TITLE
