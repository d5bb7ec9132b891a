"""The mail that follows a withdrawal, as a job.

A job knows ids alone; a mail names the reference, never the story, because mail can be forwarded.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.admin.utils import get_admin_base_url
from wagtail.users.models import UserProfile

from ..catalogue.db import using
from ..catalogue.jobs import task
from ..catalogue.models import PublicationStop
from .mails import send_to_staff

logger = logging.getLogger("wagtail_cpsnews")

#: Who is told: people who can act on a withdrawal.
PERMISSIONS = ("cpsnews.withdraw_story", "cpsnews.release_story")


@task()
def mail_about_withdrawal(stop_pk: int) -> None:
    """Tell all who may withdraw or release stories that one is withdrawn.

    A mail that fails does not keep the others from being sent.

    Args:
        stop_pk: Of the withdrawal.
    """
    stop = PublicationStop.objects.using(using()).filter(pk=stop_pk).first()
    if stop is None:
        return
    for user in _people():
        address = getattr(user, get_user_model().get_email_field_name(), "")
        if not address or user.pk == stop.began_by_id:
            continue
        try:
            _send(stop, user, address)
        except Exception:  # whatever a mail backend raises
            logger.exception("User %s was not told of %s.", user.pk, stop.reference)


def _people() -> list[Any]:
    found = {user.pk: user for name in PERMISSIONS for user in ModelBackend().with_perm(name, is_active=True)}
    return list(found.values())


def _send(stop: PublicationStop, user: Any, address: str) -> None:
    with override(UserProfile.get_for_user(user).get_preferred_language()):
        path = reverse("cpsnews_withdrawal", args=[stop.pk])
        values = {"reference": stop.reference, "link": (get_admin_base_url() or "").rstrip("/") + path}
        subject = _("A story has been withdrawn: %(reference)s") % values
        text = _(
            "A story has been withdrawn (%(reference)s).\n\n"
            "To see which story it is, and what to do, open:\n%(link)s\n\n"
            "This mail does not name the story, because mail can be forwarded."
        )
        send_to_staff(subject, text % values, address)
