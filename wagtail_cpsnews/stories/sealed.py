"""Stories that are sealed after a withdrawal for legal reasons.

Only people with a permission of its own open them in the admin."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from wagtail.models import PagePermissionTester

from ..catalogue.db import using
from ..catalogue.models import PublicationStop
from ..catalogue.stops import key_of

PERMISSION = "cpsnews.view_withdrawn_versions"


def may_read_sealed(user: Any) -> bool:
    """Return whether a user may read what was withdrawn."""
    return bool(user.is_active and user.has_perm(PERMISSION))


def _sealing() -> Any:
    return PublicationStop.objects.using(using()).filter(
        kind=PublicationStop.Kind.WITHDRAWAL, is_legal=True, ended_at=None
    )


def _keys_for(user: Any) -> set[uuid.UUID]:
    """Return the translation keys of sealed stories.

    Read once for each user of a request."""
    known: set[uuid.UUID] | None = getattr(user, "_cpsnews_sealed", None)
    if known is None:
        known = set(_sealing().values_list("translation_key", flat=True))
        user._cpsnews_sealed = known
    return known


class SealedTester(PagePermissionTester):
    """The permissions of somebody who may not read the page: none."""

    def __init__(self, user: Any, page: Any) -> None:
        super().__init__(AnonymousUser(), page)
        self.permissions: set[str] = set()

    def user_has_lock(self) -> bool:
        return False

    def page_locked(self) -> bool:
        return True

    def can_submit_for_moderation(self) -> bool:
        return False

    def can_view_revisions(self) -> bool:
        return False


class SealedMixin:
    """A page that few people open in the admin while it is sealed.

    People with the permission do."""

    def permissions_for_user(self, user: Any) -> Any:
        """Return no permission on a sealed page; a page that is sealed is not live."""
        if self.live or may_read_sealed(user) or key_of(self) not in _keys_for(user):  # type: ignore[attr-defined]
            return super().permissions_for_user(user)  # type: ignore[misc]
        return SealedTester(user, self)

    @classmethod
    def get_indexed_objects(cls) -> Any:
        """Return what Wagtail’s search of the admin may hold."""
        sealed = _sealing().filter(translation_key=OuterRef("translation_key"))
        return super().get_indexed_objects().exclude(Exists(sealed))  # type: ignore[misc]
