"""People of the press desk, each with one permission."""

import pytest
from django.contrib.auth.models import Permission, User


def make_person(name, *rights, **fields):
    """Make a user of the admin with the named permissions of the package, and no right on any page."""
    user = User.objects.create_user(name, email=f"{name}@desk.example", password=name, **fields)
    for right in ("access_admin", *rights):
        user.user_permissions.add(Permission.objects.get(codename=right))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def officer(db):
    """A press officer who may hold, without the right to publish."""
    return make_person("officer", "hold_story")


@pytest.fixture
def head(db):
    """A person who may release."""
    return make_person("head", "release_story")
