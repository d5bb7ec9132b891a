"""Make the groups of a press desk. Groups that exist keep what they have."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand

_OFFICERS = ("hold_story", "view_publicationstop", "view_embeduse")
_HEADS = (*_OFFICERS, "release_story", "embargo_story", "withdraw_story")

#: The package's permissions of each group, by its name.
GROUPS = {"Press officers": _OFFICERS, "Heads of the press office": _HEADS}


class Command(BaseCommand):
    help = (
        "Makes two groups with the permissions to hold, release, embargo and withdraw stories. Adds what a group lacks "
        "and removes nothing; permissions on pages and users are yours to add."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, codenames in GROUPS.items():
            group, is_new = Group.objects.get_or_create(name=name)
            wanted = Permission.objects.filter(content_type__app_label="cpsnews", codename__in=codenames)
            admin = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
            before = set(group.permissions.values_list("pk", flat=True))
            group.permissions.add(*wanted, *admin)
            added = group.permissions.count() - len(before)
            self.stdout.write(f"{name}: {'made' if is_new else 'there'}, {added} permissions added")
