"""The page editor as an editor with few rights meets it."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone
from wagtail.models import GroupPagePermission
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area, CrimeType

ADD = "/admin/pages/add/cpsnews_pages/newsitempage/{}/"


@pytest.fixture
def editor(newsroom, client):
    """Logged in: may add, edit and publish below the news index, and nothing else."""
    user = User.objects.create_user("editor", password="editor")
    group = Group.objects.create(name="Press office")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=newsroom, permission=permission)
    user.groups.add(group)
    client.force_login(user)
    return user


def form(**changes):
    """What the browser posts for a new story."""
    data = {
        "title": "From the editor",
        "slug": "from-the-editor",
        "summary": "One sentence.",
        "body": streamfield([("text", rich_text("<p>Words.</p>"))]),
        "updates": streamfield([]),
        "notes_to_editors": rich_text(""),
        "archived_note": rich_text(""),
        "comments": inline_formset([]),
    }
    terms = {name: changes.pop(name) for name in ("areas", "crime_types", "topics") if name in changes}
    return {**nested_form_data({**data, **changes}), **terms}


def test_an_editor_writes_and_publishes(editor, newsroom, client, titles):
    page = client.get(ADD.format(newsroom.pk))
    assert page.status_code == 200
    data = form(**{"action-publish": "1", "areas": [Area.find("wessex").pk]})
    answer = client.post(ADD.format(newsroom.pk), data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert titles(area="wessex") == ["From the editor"]


def test_a_draft_is_not_listed(editor, newsroom, client, titles):
    answer = client.post(ADD.format(newsroom.pk), form())
    assert answer.status_code == 302
    assert titles() == []


def test_a_half_filled_draft_is_saved(editor, newsroom, client):
    client.post(ADD.format(newsroom.pk), form(summary="", title="Half", slug="half"))
    assert NewsItemPage.objects.filter(title="Half", live=False).exists()


def test_when_it_was_published_needs_a_right(editor, newsroom, client):
    assert b'name="published_at"' not in client.get(ADD.format(newsroom.pk)).content
    editor.user_permissions.add(Permission.objects.get(codename="change_published_at"))
    assert b'name="published_at"' in client.get(ADD.format(newsroom.pk)).content


def test_a_story_was_not_published_tomorrow(editor, newsroom, client, titles):
    editor.user_permissions.add(Permission.objects.get(codename="change_published_at"))
    tomorrow = (timezone.localtime() + datetime.timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    answer = client.post(ADD.format(newsroom.pk), form(published_at=tomorrow, **{"action-publish": "1"}))
    assert answer.status_code == 200
    assert "This is in the future" in answer.content.decode()
    assert titles() == []


def test_retired_terms_are_not_offered_but_kept(editor, newsroom, client, story):
    kept, offered = CrimeType.find("terrorism"), CrimeType.find("hate-crime")
    page = story("Old", crime_types=["terrorism"])
    kept.retired = True
    kept.save()
    new = client.get(ADD.format(newsroom.pk)).content.decode()
    old = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    choice = r'name="crime_types"\s+value="{}"'
    assert re.search(choice.format(offered.pk), new)
    assert not re.search(choice.format(kept.pk), new)
    assert re.search(choice.format(kept.pk), old)


def test_a_taxonomy_that_is_off_is_not_in_the_form(editor, newsroom, client, settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False, "area": {"en": ("ward", "wards")}}}
    page = client.get(ADD.format(newsroom.pk)).content.decode()
    assert 'name="crime_types"' not in page
    assert 'name="areas"' in page


def test_terms_are_edited_and_protected(admin_client, newsroom, story):
    story("Uses it", areas=["wessex"])
    listing = admin_client.get("/admin/snippets/cpsnews/area/").content.decode()
    assert "Wessex" in listing
    area = Area.find("wessex")
    answer = admin_client.post(f"/admin/snippets/cpsnews/area/delete/{area.pk}/", follow=True)
    assert "is used by 1 pages" in answer.content.decode().replace("&quot;", '"')
    assert Area.objects.filter(pk=area.pk).exists()


def test_an_editor_cannot_publish_elsewhere(editor, newsroom, client):
    home = newsroom.get_parent()
    assert client.get(ADD.format(home.pk)).status_code in (302, 403)


def test_previews_of_story_and_index(editor, newsroom, client, story):
    page = story("Preview me")
    for subject in (page, newsroom):
        response = client.get(f"/admin/pages/{subject.pk}/view_draft/")
        assert response.status_code == 200
