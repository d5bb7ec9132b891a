"""Who logs in to the example: one person for each role.

With the rights that the role needs and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)


@dataclass(frozen=True)
class Role:
    """A role with a login; user name and password are the same word."""

    login: str
    group: str
    #: Wagtail's page permissions on the whole site.
    pages: tuple[str, ...]
    #: Permissions on images and documents.
    files: tuple[str, ...]
    #: Permissions on everything else.
    models: tuple[str, ...]


#: Looks at terms, keeps press contacts, sees which sites show a story.
SHARED = (
    "access_admin",
    "add_presscontact",
    "change_presscontact",
    "view_kind",
    "view_crimetype",
    "view_area",
    "view_topic",
    "view_outcomelabel",
    "view_embeduse",
)
FILES = ("add_image", "choose_image", "add_document", "choose_document")

PRESS_OFFICER = Role("press", "Press officers", pages=("add_page",), files=FILES, models=SHARED)
EDITOR = Role(
    "editor",
    "News editors",
    pages=("add_page", "change_page", "publish_page"),
    files=FILES,
    models=(*SHARED, "submit_translation"),
)
ROLES = (PRESS_OFFICER, EDITOR)
ADMINISTRATOR = "admin"


def add_people(homes: Sequence[Page]) -> None:
    """Add the groups and logins that are missing.

    Args:
        homes: The home page in each language; a role's page permissions begin there.
    """
    for role in ROLES:
        group, created = Group.objects.get_or_create(name=role.group)
        if created:
            _give_rights(group, role, homes)
        if not User.objects.filter(username=role.login).exists():
            User.objects.create_user(role.login, f"{role.login}@example.org", role.login)
        User.objects.get(username=role.login).groups.add(group)
    if not User.objects.filter(username=ADMINISTRATOR).exists():
        User.objects.create_superuser(ADMINISTRATOR, f"{ADMINISTRATOR}@example.org", ADMINISTRATOR)
    # Wagtail's own workflow asks its group of moderators, in which nobody is.
    editors = Group.objects.get(name=EDITOR.group)
    for task in GroupApprovalTask.objects.all():
        task.groups.add(editors)


def _give_rights(group: Group, role: Role, homes: Sequence[Page]) -> None:
    group.permissions.add(*Permission.objects.filter(codename__in=role.models))
    for codename in role.files:
        GroupCollectionPermission.objects.create(
            group=group,
            collection=Collection.get_first_root_node(),
            permission=Permission.objects.get(codename=codename),
        )
    for codename in role.pages:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        for page in homes:
            GroupPagePermission.objects.create(group=group, page=page, permission=permission)
