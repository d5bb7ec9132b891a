"""The form of a live list says how many stories its filter finds.

While an editor sets it.
"""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageViewRestriction

from tests.factories import draft_story, publish_story


def make_editor(page):
    """Somebody who may edit below one page and see nothing else."""
    group = Group.objects.create(name="Few rights")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    editor = User.objects.create_user("fewrights", "few@example.org", "fewrights")
    editor.groups.add(group)
    return editor


@pytest.fixture
def count(client, newsroom):
    client.force_login(make_editor(newsroom))

    def ask(**params):
        response = client.get(reverse("cpsnews_live_list_count"), params, headers={"host": "localhost"})
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def test_it_counts_public_stories_only(count, story, newsroom):
    story("One", areas=["wessex"])
    story("Two", areas=["wessex"])
    draft_story(parent=newsroom, title="Draft", areas=["wessex"])
    private = story("Private", areas=["wessex"])
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    found = count(area="wessex", page_size=1, for_page=newsroom.pk)
    assert found == {"count": 2, "text": "This filter finds 2 stories now. The newest is shown."}
    assert count(area=["wessex", "cps"], kind="blog")["count"] == 0


@pytest.mark.parametrize(
    "params",
    [
        {"area": "nowhere"},
        {"q": "!!!"},
        {"q": "x" * 500},
        {"q": 'a"b\x00'},
        {"page_size": "many"},
        {"for_page": "99999999999999999999"},
        {"for_page": "-1"},
        {"for_page": "12345"},
        {"page": "7", "cursor": "x", "password": "y"},
    ],
)
def test_whatever_is_asked_is_answered(count, params):
    found = count(**params)
    assert found["text"]
    if params.keys() & {"area", "q"}:
        assert found["count"] is None


def test_it_is_for_editors_only(client, newsroom):
    response = client.get(reverse("cpsnews_live_list_count"), headers={"host": "localhost"})
    assert response.status_code == 302
    assert "login" in response["Location"]


@pytest.mark.browser
def test_the_form_counts_in_blocks_that_are_there_added_and_nested(served_newsroom, tab):
    live = {"heading": "", "area": ["wessex"], "q": "", "page_size": 5}
    body = [("live_list", live), ("section", {"parts": [("list", {**live, "area": []})]})]
    page = publish_story(parent=served_newsroom.index, title="Main", areas=["wessex"], body=body)
    publish_story(parent=served_newsroom.index, title="Other", crime_types=["hate-crime"])
    User.objects.create_superuser("chief", "chief@example.org", "chief")
    tab.goto(f"{served_newsroom.url}/admin/login/?next=/admin/pages/{page.pk}/edit/")
    tab.fill("[name=username]", "chief")
    tab.fill("[name=password]", "chief")
    tab.click("button[type=submit]")
    status = tab.locator("p[role=status].help")
    one, two = "This filter finds 1 story now.", "This filter finds 2 stories now."

    def wait_for(number, text):
        tab.wait_for_function(
            "([number, text]) => document.querySelectorAll('p[role=status].help')[number]?.textContent === text",
            arg=[number, text],
        )

    wait_for(0, one)
    wait_for(1, two)
    box = tab.locator("[name='body-1-value-parts-0-value-crime_type'][value='hate-crime']")
    box.focus()
    tab.keyboard.press("Space")  # nested, with the keyboard
    wait_for(1, one)
    wait_for(0, one)
    tab.locator("[name='body-0-value-q']").fill("nothing has this word")
    wait_for(0, "This filter finds 0 stories now.")
    tab.locator("[data-streamfield-stream-container] .c-sf-add-button, .c-sf-add-button").first.click()
    tab.get_by_role("option", name="Live list").click()
    tab.wait_for_function("document.querySelectorAll('p[role=status].help').length === 3")
    wait_for(0, two)  # the new one stands first
    assert status.count() == 3
