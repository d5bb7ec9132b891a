"""Editors with few rights, and two sections to tell apart.

And the addresses of the newsroom's lists.
"""

import csv
import io

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission

from tests.factories import NewsIndexPageFactory, draft_story, publish_story

NEWS = "/admin/newsroom/newsitempage/"
SPEECHES = "/admin/newsroom/speechpage/"
AREAS = "/admin/newsroom/area/"
SNIPPETS = "/admin/snippets/cpsnews/area/"


def make_editor(name, *pages, rights=()):
    """Make a user who may add, change and publish below ``pages``.

    With the named model permissions.
    """
    user = User.objects.create_user(name, password=name)
    group = Group.objects.create(name=name)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in rights:
        group.permissions.add(Permission.objects.get(content_type__app_label="cpsnews", codename=right))
    for page in pages:
        for codename in ("add_page", "change_page", "publish_page"):
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(group)
    return user


@pytest.fixture
def sections(newsroom):
    """Two lists below the news centre: (wessex, london)."""
    return (
        NewsIndexPageFactory(parent=newsroom, title="Wessex list", slug="wessex"),
        NewsIndexPageFactory(parent=newsroom, title="London list", slug="london"),
    )


@pytest.fixture
def stories(sections):
    """A live story and a draft in either section."""
    wessex, london = sections
    return {
        "ours": publish_story(parent=wessex, title="Ours", areas=["wessex"], kind="press-release"),
        "our draft": draft_story(parent=wessex, title="Our draft", areas=["wessex"]),
        "theirs": publish_story(
            parent=london, title="Theirs secret", areas=["london-north"], kind="statement"
        ),
        "their draft": draft_story(parent=london, title="Theirs embargoed", areas=["london-south"]),
    }


@pytest.fixture
def section_editor(sections, client):
    """Logged in: may write below the first section only."""
    user = make_editor("section", sections[0])
    client.force_login(user)
    return user


def rows_of(response):
    """The rows of an exported CSV or XLSX file, headings first."""
    content = b"".join(response.streaming_content)
    if response["Content-Type"] == "text/csv":
        return list(csv.reader(io.StringIO(content.decode())))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
